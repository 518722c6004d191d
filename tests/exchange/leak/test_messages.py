"""Message by type by custody by label by agreement: each is told to whom it is due.

Who is due is said once more here, plainly; the policy and the database are held against it, and
against every slip in either.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from pims.exchange.rules import telling
from pims.exchange.rules import terms as terms_rules
from pims.exchange.tests.helpers import terms_of
from tests.exchange.leak import mutants
from tests.fixtures.database import FreshDatabase

STATEMENTS = Path(telling.__file__).resolve().parents[1] / "sql" / "40_feed.sql"
FACETS = (("held:now", "legal:unsentenced"), ("held:now",), ("held:before",), ())
LABELS = ((), ("juvenile",), ("health", "sealed"))
KINDS = ("released", "admitted", "died", "retraction", "heartbeat")
ROWS: tuple[dict[str, list[list[str]]], ...] = (
    {"custody": [["held:now"]]},
    {"custody": [["held:now", "held:before"], ["legal:unsentenced", "held:before"]]},
    {"custody": []},
    {"person": [["everyone:yes", "held:now"]]},
)
EVENTS: tuple[dict[str, str], ...] = ({"released": "fat", "died": "thin"}, {}, {"admitted": "thin"})
NAMED = (("ordinary",), ("ordinary", "juvenile"), ("juvenile", "health", "sealed"))


class Case(NamedTuple):
    document: dict[str, Any]
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    labels: tuple[str, ...]


def _cases() -> list[Case]:
    return [
        Case(document, kind, before, after, labels)
        for document in _documents()
        for kind in KINDS
        for before in FACETS
        for after in FACETS
        for labels in LABELS
    ]


def _documents() -> Iterable[dict[str, Any]]:
    for rows in ROWS:
        for events in EVENTS:
            for named in NAMED:
                tables = {
                    table: {"rows": sets, "columns": ["number"]} for table, sets in rows.items()
                }
                yield terms_of(tables=tables, events=events, labels=named)


def _due(case: Case) -> bool:
    """Said plainly: the type is agreed, no label is unnamed, and one side meets every filter."""
    events = case.document["events"]
    if case.kind == "heartbeat":
        return len(events) > 0
    filters = case.document["tables"].get("custody", {}).get("rows", [])
    if case.kind not in events or not filters:
        return False
    for label in case.labels:
        if label not in case.document["labels"]:
            return False
    met = [
        sum(1 for one in filters if set(one).intersection(side)) == len(filters)
        for side in (case.before, case.after)
    ]
    return met[0] or met[1]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return _cases()


def _by_policy(module: Any, cases: list[Case]) -> list[bool]:
    parsed = {id(case.document): terms_rules.parse(case.document) for case in cases}
    return [
        module.tells(
            parsed[id(case.document)], case.kind, frozenset(case.before), frozenset(case.after),
            frozenset(case.labels),
        )
        for case in cases
    ]  # fmt: skip


def test_the_cases_are_told_and_not_told(cases: list[Case]) -> None:
    due = [_due(case) for case in cases]
    assert min(due.count(True), due.count(False)) > 300


def test_the_policy_alone_tells_whom_it_is_due(cases: list[Case]) -> None:
    assert _by_policy(telling, cases) == [_due(case) for case in cases]


def test_every_mutant_of_the_policy_of_messages_is_caught(cases: list[Case]) -> None:
    due = [_due(case) for case in cases]
    survivors, count = [], 0
    for what, module in mutants.of_python(Path(telling.__file__).read_text()):
        count += 1
        try:
            if _by_policy(module, cases) == due:
                survivors.append(what)
        except Exception:
            continue
    assert count >= 10
    assert survivors == []


def _by_database(connection: psycopg.Connection[Any], cases: list[Case]) -> list[bool]:
    given = json.dumps([case._asdict() for case in cases])
    rows = connection.execute(
        "SELECT exchange_message_agreed(one -> 'document', one ->> 'kind',"
        " ARRAY(SELECT jsonb_array_elements_text(one -> 'before')),"
        " ARRAY(SELECT jsonb_array_elements_text(one -> 'after')),"
        " ARRAY(SELECT jsonb_array_elements_text(one -> 'labels')))"
        " FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS given(one, place) ORDER BY place",
        [given],
    ).fetchall()
    return [bool(row[0]) for row in rows]


FACTS = {"custody.held": True, "custody.unit": "A", "person.held": "no", "custody": 1}


def _facts(connection: psycopg.Connection[Any]) -> Any:
    document = terms_of(tables={
        "custody": {"rows": [["held:now"]], "columns": ["held"]},
        "person": {"rows": [["held:now"]], "columns": ["held", "unit"]},
    })  # fmt: skip
    row = connection.execute(
        "SELECT exchange_facts_agreed(%s::jsonb, %s::jsonb)",
        [json.dumps(document), json.dumps(FACTS)],
    ).fetchone()
    assert row is not None
    return row[0]


def _without_terms(connection: psycopg.Connection[Any]) -> bool:
    """Whether anything is told where no inquiry is open."""
    row = connection.execute(
        "SELECT bool_or(exchange_message_agreed(NULL, kind, '{held:now}', '{held:now}', '{}')"
        " IS NOT FALSE) FROM unnest(%s::text[]) AS one(kind)",
        [list(KINDS)],
    ).fetchone()
    assert row is not None
    return bool(row[0])


_SLIPS = (
    (r"judged_as = 'heartbeat'", "false"),
    (r"<> '\{\}'::jsonb", "= '{}'::jsonb"),
    (r"terms -> 'events' \? judged_as\n", "true\n"),
    (r"terms -> 'events' \? judged_as\n", "NOT terms -> 'events' ? judged_as\n"),
    (r"'custody', facets_before", "'custody', facets_after"),
    (r"'custody', facets_after", "'custody', facets_before"),
    (r"OR exchange_row_agreed", "AND exchange_row_agreed"),
    (r"facets_before, labels\)", "facets_before, '{}')"),
    (r"facets_after, labels\)", "facets_after, '{}')"),
    (r"(?<=terms, )'custody'(?=, facets_before)", "'person'"),
    (r"\n        false\)", "\n        true)"),
    (r"split_part\(one.key, '.', 1\) = 'custody'\n      AND ", ""),
    (r"\n      AND terms #> ARRAY\['tables', 'custody', 'columns'\][^;]+", ""),
    (r"\? split_part\(one.key, '.', 2\)", "? split_part(one.key, '.', 1)"),
    (r"'custody', 'columns'", "'person', 'columns'"),
)


def test_every_slip_in_the_judgement_of_the_database_is_caught(
    fresh_database: FreshDatabase, cases: list[Case]
) -> None:
    text = STATEMENTS.read_text()
    judging = text[: text.index("ALTER TABLE exchange_message ENABLE")]
    due = [_due(case) for case in cases]

    def right() -> bool:
        try:
            return (
                _by_database(owner, cases) == due
                and _facts(owner) == {"custody.held": True}
                and not _without_terms(owner)
            )
        except psycopg.Error:
            return False

    survivors = []
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        assert right()
        for pattern, instead in _SLIPS:
            found = list(re.finditer(pattern, judging))
            assert found, pattern
            for one in found:
                owner.execute((judging[: one.start()] + instead + judging[one.end() :]).encode())
                if right():
                    survivors.append(f"{pattern} -> {instead}")
        owner.execute(judging.encode())
        assert right()
    assert survivors == []
