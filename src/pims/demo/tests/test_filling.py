"""A simulated prison whose making was cut off: what is said, what is made anew, what is not."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from typer.testing import CliRunner, Result

from pims.config import instance
from pims.custody import selectors as custody
from pims.demo import filling, present, services
from pims.demo.cli import app
from pims.demo.present import State, look
from pims.facilities.selectors import establishments
from pims.foundation.access.selectors import system_actor
from pims.foundation.access.services import add_user
from pims.foundation.commands.transaction import Command
from pims.foundation.database import ephemeral, urls
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.roles import create_database
from pims.foundation.ledger import copies
from pims.foundation.supervisor.lock import InstallationLock
from pims.kernel.errors import Refused
from tests.fixtures.database import own_database

pytestmark = pytest.mark.any_server

SMALL = ("load", "--prisoners", "20", "--years", "0.1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def codes(result: Result) -> list[str]:
    assert isinstance(result.exception, Refused), result.output
    return [reason.code for reason in result.exception.reasons()]


def held() -> int:
    viewer = system_actor()
    return sum(
        len(custody.roll(viewer, where.establishment_id)) for where in establishments(viewer)
    )


class PowerCut(BaseException):
    pass


@pytest.fixture(scope="module")
def ended_early(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database with a load that ended when the paper registers had just been entered."""

    def report(text: str) -> None:
        if "taken over" in text:
            raise PowerCut

    with own_database(django_db_blocker) as name:
        with pytest.raises(PowerCut):
            services.load(prisoners=20, years=0.1, seed=1, report=report)
        connection.close()
        yield name


@pytest.fixture
def cut_off(ended_early: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with own_database(django_db_blocker, ended_early):
        yield


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is made anew is a copy of the migrated one, as `migrate_database` made it for
    all tests where there was none."""

    def migrated(*, report: Any) -> None:
        told = urls.dsn(urls.SUPERUSER, database="postgres")
        with psycopg.connect(told, autocommit=True) as server:
            name = urls.database_name()
            found = server.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                create_database(server, name, template=ephemeral.TEMPLATE)

    monkeypatch.setattr(filling, "migrate_database", migrated)


@pytest.mark.usefixtures("cut_off", "copied")
def test_a_load_that_was_cut_off_is_told_and_made_anew_only_when_asked() -> None:
    found = look()
    assert found.state is State.CUT_OFF
    assert 0 < found.held < 20
    told = run(*SMALL)
    assert codes(told) == ["demo.cut_off"]
    assert isinstance(told.exception, Refused)
    (reason,) = told.exception.reasons()
    assert reason.params["people"] == found.people
    assert look() == found

    running = InstallationLock(instance.var_dir() / "run")
    try:
        assert isinstance(run(*SMALL, "--again").exception, DatabaseUnavailable)
    finally:
        running.close()
    assert look() == found

    signed = copies.folders()[0] / "2026-01.checkpoints"
    signed.parent.mkdir(parents=True, exist_ok=True)
    signed.write_text("signed for the ledger before\n")
    done = run(*SMALL, "--again")
    assert done.exit_code == 0, (done.output, done.exception)
    assert look().state is State.COMPLETE
    assert held() == 20
    assert not signed.exists()
    (aside,) = signed.parent.parent.glob(f"{signed.parent.name}-until-*/*")
    assert aside.read_text() == "signed for the ledger before\n"

    assert codes(run(*SMALL)) == ["demo.complete"]
    add_user(Command(system_actor()), badge="X1", name="Somebody real")
    assert look().state is State.MIXED
    assert codes(run(*SMALL, "--again")) == ["demo.mixed"]
    assert held() == 20


@pytest.mark.usefixtures("cut_off")
def test_what_an_officer_recorded_in_it_is_never_given_up() -> None:
    add_user(Command(system_actor()), badge="X1", name="Somebody real")
    found = look()
    assert (found.state, found.others) == (State.MIXED, 1)
    assert codes(run(*SMALL, "--again")) == ["demo.mixed"]
    with pytest.raises(Refused):
        filling.make_anew(found, report=lambda _: None)
    assert not filling.fill_on_start(report=lambda _: None)
    assert look() == found


@pytest.mark.usefixtures("cut_off", "copied")
def test_the_start_makes_it_anew_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(services, "load", lambda **how: asked.append(how))
    said: list[str] = []
    assert filling.fill_on_start(report=said.append)
    assert "interrupted" in said[0]
    assert look().state is State.EMPTY
    assert [how["prisoners"] for how in asked] == [1114]


def test_a_server_that_is_not_ours_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = present.Present(9, 9, 2, loaded=50, others=0, last_at=None, begun=True, done=False)
    monkeypatch.setattr(filling.urls, "is_external", lambda: True)
    with pytest.raises(Refused, match=r"demo\.outside_server"):
        filling.make_anew(simulated, report=lambda _: None)
