"""The agency process's own connection to the database, used to try everything it should not."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import Sum
from psycopg.errors import (
    InsufficientPrivilege,
    ObjectNotInPrerequisiteState,
    WrongObjectType,
)

from pims.custody.tests.prison import Prison
from pims.exchange.models import InquiryCount
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import SmallAgency, agency_with, terms_of, token_for
from pims.foundation.access.selectors import system_actor
from pims.foundation.database.privileges import AGENCY_FUNCTIONS, OBSERVATORY_FUNCTIONS
from tests.fixtures.database import FreshDatabase

ROLES = {"agency": AGENCY_FUNCTIONS, "observatory": OBSERVATORY_FUNCTIONS}
VIEWS = {
    "agency": {
        f"agreed_{one}"
        for one in (
            "person", "custody", "episode", "warrant", "hearing", "dates", "photograph", "alert",
            "order", "message",
        )
    },
    "observatory": {"agreed_statistic"},
}  # fmt: skip
ASK = (
    "SELECT outcome, inquiry FROM agency_open_inquiry("
    "%s, %s, 'custody_enquiry', 'PC 1', 'person.custody', '{}')"
)


class Outside:
    """A prison with one agency that may read custody, and its process's connection."""

    def __init__(self, agency: SmallAgency, person_id: int, connection: Any) -> None:
        self.agency, self.person_id, self.connection = agency, person_id, connection

    def one(self, statement: str, *values: object) -> Any:
        row = self.connection.execute(statement, values).fetchone()
        return row[0] if row is not None and len(row) == 1 else row

    def refused(self, statement: str) -> None:
        with pytest.raises(InsufficientPrivilege):
            self.connection.execute(statement)

    def ask(self) -> str:
        outcome, inquiry = self.one(ASK, token_for(self.agency), self.agency.thumbprint)
        assert outcome == "ok"
        return str(inquiry)

    def seen(self, inquiry: str) -> int:
        self.one("SELECT set_config('pims.inquiry', %s, true)", inquiry)
        return int(self.one("SELECT count(*) FROM agreed_custody"))


@pytest.fixture
def outside(fresh_database: FreshDatabase) -> Iterator[Outside]:
    prison = Prison.build(system_actor())
    person_id = prison.one().person_id
    shelve([person_id])
    agency = agency_with(terms_of())
    with psycopg.connect(fresh_database.dsn("agency"), autocommit=True) as own:
        yield Outside(agency, person_id, own)


def test_callers_at_once_are_let_in_as_often_as_agreed_and_no_more(
    fresh_database: FreshDatabase,
) -> None:
    agency, callers, each, most = agency_with(terms_of(a_minute=21, a_day=21)), 6, 6, 21
    token = token_for(agency)
    together = threading.Barrier(callers)

    def call(_: int) -> list[str]:
        with psycopg.connect(fresh_database.dsn("agency"), autocommit=True) as own:
            together.wait(timeout=30)
            rows = [own.execute(ASK, [token, agency.thumbprint]).fetchone() for _ in range(each)]
        return [row[0] for row in rows if row is not None]

    with ThreadPoolExecutor(callers) as pool:
        outcomes = Counter(one for found in pool.map(call, range(callers)) for one in found)
    assert outcomes == {"ok": most, "over_quota": callers * each - most}
    counted = InquiryCount.objects.values("span").annotate(total=Sum("count"))
    assert {one["span"]: one["total"] for one in counted} == {"minute": most, "day": most}


@dataclass(frozen=True)
class Bare:
    """A connection of one of the roles, and what it runs into."""

    role: str
    connection: Any

    def rows(self, statement: str) -> list[Any]:
        return list(self.connection.execute(statement).fetchall())

    def may(self, statement: str) -> bool:
        try:
            self.connection.execute(statement)
        except (InsufficientPrivilege, WrongObjectType):
            return False
        except ObjectNotInPrerequisiteState as error:  # a view of several tables takes no row
            return "view" not in str(error)
        except psycopg.Error:  # it was let in, and failed for another reason
            return True
        return True


@pytest.fixture(params=sorted(ROLES))
def bare(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[Bare]:
    with psycopg.connect(fresh_database.dsn(request.param), autocommit=True) as own:
        yield Bare(request.param, own)


_RELATIONS = (
    " FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p', 'v', 'm', 'f')"
)
_WRITES = (
    'DELETE FROM "{}"',
    'TRUNCATE "{}"',
    'INSERT INTO "{}" DEFAULT VALUES',
)


def test_the_roles_may_select_from_their_views_and_from_nothing_else(bare: Bare) -> None:
    relations = [row[0] for row in bare.rows(f"SELECT relname {_RELATIONS}")]
    assert len(relations) > 150
    readable = {name for name in relations if bare.may(f'SELECT * FROM "{name}" LIMIT 1')}
    assert readable == {name for name in VIEWS[bare.role] if name in relations}
    written = [s for name in relations for s in _WRITES if bare.may(s.format(name))]
    assert written == []
    some_column = "AND has_any_column_privilege(oid, 'INSERT, UPDATE, REFERENCES')"
    assert bare.rows(f"SELECT relname {_RELATIONS} {some_column}") == []
    assert (
        bare.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND CASE relkind WHEN 'S'"
            " THEN has_sequence_privilege(oid, 'USAGE, SELECT, UPDATE') ELSE false END"
        )
        == []
    )


def test_the_roles_may_execute_the_named_functions_and_no_other_of_ours(bare: Bare) -> None:
    ours = bare.rows(
        "SELECT proname, has_function_privilege(oid, 'EXECUTE') FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proowner = 'pims_owner'::regrole"
    )
    assert {name for name, may in ours if may} == ROLES[bare.role] & {name for name, _ in ours}
    borrowed = bare.rows(
        "SELECT proname FROM pg_proc WHERE prosecdef AND proowner <> 'pims_owner'::regrole"
        " AND has_function_privilege(oid, 'EXECUTE')"
    )
    assert borrowed == []


TRIED = (
    "CREATE TABLE mine (a int)",
    "CREATE TEMPORARY TABLE mine (a int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "CREATE EXTENSION dblink",
    "ALTER ROLE pims_agency SUPERUSER",
    "ALTER ROLE pims_app PASSWORD 'x'",
    "ALTER TABLE exchange_shelf DISABLE ROW LEVEL SECURITY",
    "ALTER VIEW agreed_custody SET (security_barrier = false)",
    "CREATE POLICY mine ON exchange_shelf USING (true)",
    "SET ROLE pims_app",
    "SET ROLE pims_owner",
    "SET SESSION AUTHORIZATION pims_owner",
    "GRANT pims_app TO pims_agency",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_largeobject",
    "SET SESSION_REPLICATION_ROLE = replica",
    "ALTER SYSTEM SET log_statement = 'all'",
    "DROP VIEW agreed_custody",
    "COMMENT ON TABLE exchange_shelf IS 'x'",
)


def test_what_else_the_agency_role_tries_is_refused(outside: Outside) -> None:
    for statement in TRIED:
        try:
            outside.refused(statement)
        except BaseException as error:
            raise AssertionError(statement) from error
    # It cannot end the work of another either: this test's own connection is the application's.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        outside.refused(f"SELECT pg_terminate_backend({cursor.fetchone()[0]})")


def test_nothing_is_shown_without_a_question_that_is_on_the_disk(outside: Outside) -> None:
    with outside.connection.transaction():
        assert outside.one("SELECT count(*) FROM agreed_custody") == 0
    with outside.connection.transaction():
        assert outside.seen("00000000-0000-0000-0000-000000000000") == 0
    with outside.connection.transaction():
        assert outside.seen("not an inquiry' OR true --") == 0
    # Asked and read in one transaction, that could be undone: nothing.
    with outside.connection.transaction():
        assert outside.seen(outside.ask()) == 0
    # Asked, undone, and read: nothing.
    with outside.connection.transaction(force_rollback=True):
        inquiry = outside.ask()
    with outside.connection.transaction():
        assert outside.seen(inquiry) == 0
    # Nor by a savepoint inside.
    with outside.connection.transaction():
        with outside.connection.transaction():
            inquiry = outside.ask()
        assert outside.seen(inquiry) == 0


def test_a_question_on_the_disk_shows_what_was_agreed(outside: Outside) -> None:
    inquiry = outside.ask()
    with outside.connection.transaction():
        assert outside.seen(inquiry) == 1
        given = f'{{"{outside.person_id}": ["custody.held"]}}'
        assert outside.one("SELECT agency_close_inquiry(%s::jsonb, 1)", given) is not None
        assert outside.one("SELECT count(*) FROM agreed_custody") == 0
    with outside.connection.transaction():
        assert outside.seen(inquiry) == 0
        with outside.connection.transaction(force_rollback=True):
            outside.refused("SELECT agency_close_inquiry('{}', 0)")


def test_no_row_security_can_be_turned_off(outside: Outside) -> None:
    inquiry = outside.ask()
    with outside.connection.transaction():
        outside.connection.execute("SET LOCAL row_security = off")
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            outside.seen(inquiry)


def test_finding_needs_a_question_too(outside: Outside) -> None:
    assert outside.connection.execute("SELECT agency_find('number', '1')").fetchall() == []
