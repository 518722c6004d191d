"""A slip in any line of the policy is caught: in Python, and in the database."""

from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from pims.exchange import catalogue
from pims.exchange.models import AccessToken, Agency, AgreementVersion
from pims.exchange.rules import policy
from pims.kernel import clock
from tests.exchange.leak import mutants, world
from tests.fixtures.database import FreshDatabase

STATEMENTS = Path(policy.__file__).resolve().parents[1] / "sql" / "10_agreed.sql"


def _cases() -> list[dict[str, Any]]:
    return [
        world.terms(kind, purpose, turn)
        for turn, (kind, purpose) in enumerate(
            (kind, purpose) for kind in ("police", "court", "parole", "social")
            for purpose in catalogue.PURPOSES
        )
    ]  # fmt: skip


def _differs(module: ModuleType, rows: list[Any], cases: list[dict[str, Any]]) -> bool:
    for document in cases:
        try:
            told = world.judged(module.judge, document, rows)
        except Exception:
            return True
        if told != world.due(document):
            return True
    return False


def test_every_mutant_of_the_policy_is_caught() -> None:
    rows, cases = world.shelf(), _cases()
    assert not _differs(policy, rows, cases)
    survivors, count = [], 0
    for what, module in mutants.of_python(Path(policy.__file__).read_text()):
        count += 1
        if not _differs(module, rows, cases):
            survivors.append(what)
    assert count >= 25
    assert survivors == []


class Watched:
    """The agency's own connection, and inquiries that must show something or nothing."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.asking = [one for n, one in enumerate(world.agencies()) if n % 5 == 0]
        self.due = [world.due(one.document) for one in self.asking]
        self.spoiled = self._spoiled()

    def _inquiry(self, asking: world.Asking) -> str:
        outcome, inquiry = world._open(self.connection, asking)
        assert outcome == "ok"
        return str(inquiry)

    def _spoiled(self) -> list[str]:
        """Inquiries of an agency that is told something, each spoiled in one way."""
        rich = max(self.asking, key=lambda one: len(world.due(one.document)))
        made = {how: self._inquiry(rich) for how in ("outcome", "closed", "old", "foreign", "ours")}
        with psycopg.connect(self.superuser, autocommit=True) as above:
            update = "UPDATE exchange_inquiry SET {} WHERE id = %s"
            other = above.execute(
                "SELECT id FROM exchange_agency WHERE code <> %s ORDER BY id LIMIT 1",
                [rich.agency],
            ).fetchone()
            for how, change in (
                ("outcome", "outcome = 'over_quota'"),
                ("closed", "closed_at = now()"),
                ("old", "opened_at = now() - interval '61 seconds'"),
                ("foreign", f"agency_id = {other[0] if other else 0}"),
                ("ours", "token_id = NULL"),
            ):
                above.execute(update.format(change).encode(), [made[how]])
        return list(made.values())

    superuser = ""

    def leaks_or_fails(self) -> bool:
        """Whether anything differs from what it should be."""
        try:
            for asking, due in zip(self.asking, self.due, strict=True):
                if world.told(self.connection, asking) != due:
                    return True
            if any(world.seen(self.connection, one) for one in self.spoiled):
                return True
            return self._leaks_by_state() or self._leaks_in_one_transaction()
        except (psycopg.Error, AssertionError):
            return True

    def _leaks_in_one_transaction(self) -> bool:
        rich = max(self.asking, key=lambda one: len(world.due(one.document)))
        with self.connection.transaction():
            return bool(world.seen(self.connection, self._inquiry(rich)))

    def _leaks_by_state(self) -> bool:
        rich = max(self.asking, key=lambda one: len(world.due(one.document)))
        inquiry = self._inquiry(rich)
        now = clock.now()
        version = AgreementVersion.objects.filter(
            agreement__agency__code=rich.agency, agreement__purpose=rich.purpose
        )
        agency = Agency.objects.filter(code=rich.agency)
        token = AccessToken.objects.filter(agency__code=rich.agency)
        before = version.get()
        for change, back in (
            (lambda: agency.update(state="suspended"), lambda: agency.update(state="active")),
            (lambda: version.update(state="ended"), lambda: version.update(state="active")),
            (
                lambda: version.update(ends_at=now),
                lambda: version.update(ends_at=before.ends_at),
            ),
            (
                lambda: version.update(starts_at=before.ends_at),
                lambda: version.update(starts_at=before.starts_at),
            ),
            (lambda: token.update(revoked_at=now), lambda: token.update(revoked_at=None)),
        ):
            change()
            try:
                if world.seen(self.connection, inquiry):
                    return True
            finally:
                back()
        return not world.seen(self.connection, inquiry)


@pytest.fixture
def watched(fresh_database: FreshDatabase) -> Any:
    world.put_on_shelf(world.shelf())
    Watched.superuser = fresh_database.dsn("superuser")
    with psycopg.connect(fresh_database.dsn("agency"), autocommit=True) as connection:
        yield Watched(connection)


def test_every_slip_in_the_statements_of_the_database_is_caught(
    watched: Watched, fresh_database: FreshDatabase
) -> None:
    text = STATEMENTS.read_text()
    judging = text[: text.index("ALTER TABLE exchange_shelf ENABLE")]
    assert not watched.leaks_or_fails()
    survivors, count = [], 0
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        for what, mutant in mutants.of_sql(judging):
            owner.execute(mutant.encode())
            count += 1
            if not watched.leaks_or_fails():
                survivors.append(what)
        owner.execute(judging.encode())
    assert not watched.leaks_or_fails()
    assert count >= 25
    assert survivors == []


@pytest.mark.parametrize(
    ("slip", "instead"),
    [
        ("ALTER TABLE exchange_shelf FORCE ROW", "ALTER TABLE exchange_shelf NO FORCE ROW"),
        (
            "exchange_shelf FOR SELECT TO pims_owner\n    USING (exchange",
            "exchange_shelf FOR SELECT TO pims_owner\n    USING (true OR exchange",
        ),
        ("%L, fields, guarded)", "%L, fields, fields)"),
        ("WHERE kind = %L'", "WHERE kind <> %L'"),
    ],
)  # fmt: skip
def test_a_slip_in_the_row_security_or_the_views_is_caught(
    watched: Watched, fresh_database: FreshDatabase, slip: str, instead: str
) -> None:
    text = STATEMENTS.read_text()
    assert text.count(slip) == 1
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        owner.execute(text.replace(slip, instead).encode())
        owner.execute(
            "DO $$ DECLARE one text; BEGIN FOR one IN SELECT viewname FROM pg_views"
            " WHERE viewname LIKE 'agreed\\_%' AND viewname <> 'agreed_statistic' LOOP"
            " EXECUTE format('GRANT SELECT ON %I TO pims_agency', one); END LOOP; END $$"
        )
    assert watched.leaks_or_fails()
