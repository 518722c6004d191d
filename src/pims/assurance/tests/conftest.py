"""The small prison of the custody room's tests, and the one in which everybody is held lawfully."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from pims.assurance.tests.lawful_prison import LawfulPrison
from pims.custody.tests.conftest import other_prison, prison
from pims.custody.tests.prison import Prison
from pims.foundation.access.selectors import system_actor
from pims.foundation.database.ephemeral import database_from_template
from tests.fixtures.database import default_database

__all__ = ["other_prison", "prison"]


@pytest.fixture(scope="module")
def recorded_lawful_prison(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, LawfulPrison]]:
    """A database with the lawful prison in it, and what it is: made once for all tests of a file,
    for it takes ten times as long as what each does with it."""
    with database_from_template() as name:
        with default_database(name, django_db_blocker), django_db_blocker.unblock():
            made = LawfulPrison.build(Prison.build(system_actor()))
        yield name, made


@pytest.fixture
def lawful_database(
    recorded_lawful_prison: tuple[str, LawfulPrison], django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """As `db`, over the lawful prison: whatever the test does is rolled back."""
    name, _made = recorded_lawful_prison
    with (
        default_database(name, django_db_blocker),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)


@pytest.fixture
def lawful(recorded_lawful_prison: tuple[str, LawfulPrison], lawful_database: None) -> LawfulPrison:
    return deepcopy(recorded_lawful_prison[1])


@pytest.fixture
def a_database(request: pytest.FixtureRequest) -> None:
    """That of the lawful prison where a test asks for it, else `db`: for actors and prisons."""
    wanted = "lawful_database" if "lawful" in request.fixturenames else "db"
    if "fresh_database" in request.fixturenames:
        wanted = "fresh_database"
    request.getfixturevalue(wanted)
