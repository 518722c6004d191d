"""Every table and field in every status a person can be in, agreements of every kind, and what
each should be told: worked out here the slow way, by nothing that the product uses."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg

from pims.exchange import catalogue
from pims.exchange.models import (
    AccessToken,
    Agency,
    AgencyCertificate,
    AgencyKey,
    Agreement,
    AgreementVersion,
    ShelfRow,
)
from pims.exchange.rules.policy import Row
from pims.exchange.rules.terms import Terms, parse
from pims.foundation.access.models import User
from pims.kernel import clock

PERSONS = tuple(name for name, table in catalogue.TABLES.items() if not table.aggregate)
# Status -> the labels on each record of such a person, and what its custody is.
STATUSES: dict[str, tuple[set[str], set[str]]] = {
    "held": (set(), {"held:now", "where:in"}),
    "released": (set(), {"held:before", "end:discharged"}),
    "never": (set(), {"held:never"}),
    "juvenile": ({"juvenile"}, {"held:now", "where:in"}),
    "health": ({"health"}, {"held:now", "where:out"}),
    "informant": ({"protected"}, {"held:now", "where:in"}),
    "sealed": ({"sealed"}, {"held:before", "end:discharged"}),
    "sealed_juvenile": ({"sealed", "juvenile"}, {"held:before", "end:discharged"}),
    "merged": (set(), {"held:now", "where:in"}),
    "made_up": ({"test"}, {"held:now", "where:in", "test:yes"}),
    "at_large": (set(), {"held:now", "where:at_large"}),
}
# Of whom some agency is told: no agreement reaches whoever does not exist.
REAL = tuple(status for status in STATUSES if status != "made_up")
ROWS = (
    [["everyone:yes"]],
    [["held:now"]],
    [["held:now", "held:before"]],
    [["held:now"], ["where:at_large"]],
    [["held:now"], ["held:before"]],
    [],
    [[]],
)
LABELLED: tuple[tuple[str, ...], ...] = (
    ("ordinary",), (), ("juvenile",), ("health",), ("protected",), ("sealed",),
    ("juvenile", "sealed"), ("ordinary", "juvenile", "health", "protected", "sealed"),
)  # fmt: skip
NEW_FIELD = "added_tomorrow"


def secret(table: str, name: str, status: str) -> str:
    return f"{status}/{table}.{name}"


def known(table: str, status: str) -> str:
    """That there is such a record at all: to be told of an empty one is to be told."""
    return f"{status}/{table}"


def shelf() -> list[Row]:
    """One record of each table for each status; each value says where it comes from."""
    return [_row(table, status) for table in PERSONS for status in STATUSES]


def _row(table: str, status: str) -> Row:
    labels, facets = STATUSES[status]
    fields = {f.name: secret(table, f.name, status)
              for f in catalogue.TABLES[table].fields if not f.label}  # fmt: skip
    guarded: dict[str, dict[str, object]] = {}
    for f in catalogue.TABLES[table].fields:
        if f.label:
            guarded.setdefault(f.label, {})[f.name] = secret(table, f.name, status)
    guarded.setdefault("protected", {})["from_whom_kept_apart"] = "nobody may know"
    return Row(
        table, frozenset({"everyone:yes", *facets}), frozenset(labels),
        {**fields, NEW_FIELD: "a field that nobody agreed on"}, guarded,
    )  # fmt: skip


def put_on_shelf(rows: list[Row]) -> None:
    statuses = list(STATUSES)
    ShelfRow.objects.bulk_create(
        ShelfRow(
            person_id=statuses.index(status_of(row)) + 1, kind=row.kind, record="",
            fields=row.fields, guarded=row.guarded, facets=sorted(row.facets),
            labels=sorted(row.labels), changed_at=clock.now(),
        )
        for row in rows
    )  # fmt: skip


def status_of(row: Row) -> str:
    value = next(v for v in row.fields.values() if "/" in str(v))
    return str(value).partition("/")[0]


def terms(agency: str, purpose: str, turn: int) -> dict[str, Any]:
    """Some tables with some columns, chosen by the number alone: each differs from the next."""
    if (agency, purpose) == ("other", "sandbox"):
        every = {
            name: {
                "rows": [["everyone:yes"]],
                "columns": sorted(catalogue.TABLES[name].field_names),
            }
            for name in PERSONS
        }
        return _document(agency, purpose, LABELLED[-1], every)
    tables: dict[str, Any] = {}
    for place, table in enumerate(PERSONS):
        dice = int(hashlib.sha256(f"{agency}/{purpose}/{table}".encode()).hexdigest(), 16)
        if dice % 4 == 0:
            continue
        tables[table] = {
            "rows": ROWS[(turn + place) % len(ROWS)],
            "columns": [
                f.name for n, f in enumerate(catalogue.TABLES[table].fields) if dice >> (n + 2) & 1
            ],
        }
    return _document(agency, purpose, LABELLED[turn % len(LABELLED)], tables)


def _document(
    agency: str, purpose: str, labels: tuple[str, ...], tables: dict[str, Any]
) -> dict[str, Any]:
    return {
        "v": 1, "agency": agency, "purpose": purpose,
        "legal_basis": [{"text": "None", "citation": "", "confirmed": False}],
        "valid_from": "2020-01-01T00:00:00+00:00", "valid_until": "2090-01-01T00:00:00+00:00",
        "labels": list(labels), "lookups": [], "tables": tables,
        "events": {}, "retention_days": 1, "quota": {"a_minute": 10_000, "a_day": 100_000},
    }  # fmt: skip


def due(document: dict[str, Any]) -> set[str]:
    """Every value that an agency with these terms is to be told, looked at one by one."""
    found = set()
    for table in PERSONS:
        for status, (labels, facets) in STATUSES.items():
            if table not in document["tables"]:
                continue
            wanted = document["tables"][table]
            if not wanted["rows"]:
                continue
            if any(
                not [facet for facet in any_of if facet in facets or facet == "everyone:yes"]
                for any_of in wanted["rows"]
            ):
                continue
            if [label for label in labels if label not in document["labels"]]:
                continue
            found.add(known(table, status))
            for field in catalogue.TABLES[table].fields:
                if field.name not in wanted["columns"]:
                    continue
                if field.label and field.label not in document["labels"]:
                    continue
                found.add(secret(table, field.name, status))
    return found


def judged(
    judge: Callable[[Terms, Row], Any], document: dict[str, Any], rows: list[Row]
) -> set[str]:
    """Every value that a policy in Python tells of these rows."""
    terms, found = parse(document), set()
    for row in rows:
        told = judge(terms, row)
        if told is not None:
            found |= {known(row.kind, status_of(row)), *map(str, told.values())}
    return found


@dataclass(frozen=True)
class Asking:
    """One agency with one purpose: its terms and a token."""

    agency: str
    purpose: str
    document: dict[str, Any]
    token: bytes
    thumbprint: str


def agencies() -> Iterator[Asking]:
    """Each kind of agency with each purpose, agreed with straight in the tables."""
    turn, now = 0, clock.now()
    for kind in Agency.Kind.values:
        user = User.objects.create(badge=f"agency-{kind}", name=kind, created_at=now)
        agency = Agency.objects.create(
            code=kind, name=kind, kind=kind, state_at=now, user_id=user.pk, recorded_by_id=1
        )
        thumbprint, token = kind.ljust(43, "x"), hashlib.sha256(kind.encode()).digest()
        AgencyCertificate.objects.create(
            agency=agency, thumbprint=thumbprint, subject=kind, serial="1",
            not_before=now - timedelta(days=1), not_after=now + timedelta(days=1),
            recorded_by_id=1,
        )  # fmt: skip
        AgencyKey.objects.create(
            agency=agency, kid="1", use="assertion", jwk={}, starts_at=now, recorded_by_id=1
        )
        AccessToken.objects.create(
            id=uuid4(), agency=agency, kid="1", thumbprint=thumbprint, hash=token,
            issued_at=now - timedelta(minutes=1), expires_at=now + timedelta(minutes=30),
        )  # fmt: skip
        for purpose in catalogue.PURPOSES:
            turn += 1
            document = terms(kind, purpose, turn)
            AgreementVersion.objects.create(
                agreement=Agreement.objects.create(
                    agency=agency, purpose=purpose, recorded_by_id=1
                ),
                number=1, terms=document, digest="", state="active",
                starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), made_at=now,
                made_by_id=1,
            )  # fmt: skip
            yield Asking(kind, purpose, document, token, thumbprint)


def told(connection: psycopg.Connection[Any], asking: Asking) -> set[str]:
    """Every value that the agency's own connection gets to see, with all that it may select."""
    outcome, inquiry = _open(connection, asking)
    assert outcome == "ok", (asking.agency, asking.purpose, outcome)
    return seen(connection, str(inquiry))


def _open(connection: psycopg.Connection[Any], asking: Asking) -> Any:
    return connection.execute(
        "SELECT outcome, inquiry FROM agency_open_inquiry(%s, %s, %s, 'PC 1', 'leak', '{}')",
        [asking.token, asking.thumbprint, asking.purpose],
    ).fetchone()


def seen(connection: psycopg.Connection[Any], inquiry: str) -> set[str]:
    found = set()
    with connection.transaction():
        connection.execute("SELECT set_config('pims.inquiry', %s, true)", [inquiry])
        for table in PERSONS:
            rows = connection.execute(f"SELECT * FROM agreed_{table}".encode()).fetchall()
            for _, person_id, record, fields in rows:
                assert record == ""
                found.add(known(table, list(STATUSES)[person_id - 1]))
                found |= {str(value) for value in fields.values()}
    return found
