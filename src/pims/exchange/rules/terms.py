"""The terms of an agreement: what they say, whether they can be signed, how two of them differ."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pims.exchange import catalogue
from pims.kernel.reasons import Reason

VERSION = 1
LONGEST = timedelta(days=5 * 366)
LONGEST_RETENTION = 10 * 366


class BadTerms(ValueError):
    """Not the shape of terms at all; `str` says where."""


@dataclass(frozen=True, slots=True)
class TableTerms:
    """`rows` are sets of facets, each of which a record must meet; `columns` what of it is told."""

    rows: tuple[frozenset[str], ...]
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Basis:
    """A ground in law as somebody named it; `confirmed` says that the legal officer did."""

    text: str
    citation: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """One agreement in full. Labels not named are not reached; `events` give thin or fat."""

    agency: str
    purpose: str
    legal_basis: tuple[Basis, ...]
    valid_from: datetime
    valid_until: datetime
    labels: frozenset[str]
    lookups: frozenset[str]
    tables: Mapping[str, TableTerms]
    events: Mapping[str, str]
    retention_days: int
    a_minute: int
    a_day: int


def parse(document: Mapping[str, Any]) -> Terms:
    """The terms of a document. Raises BadTerms for another shape, and for anything unknown."""
    known = {
        "v", "agency", "purpose", "legal_basis", "valid_from", "valid_until", "labels", "lookups",
        "tables", "events", "retention_days", "quota",
    }  # fmt: skip
    if not isinstance(document, Mapping) or set(document) != known:
        raise BadTerms("members")
    if document["v"] != VERSION:
        raise BadTerms("v")
    quota = _object(document, "quota")
    if set(quota) != {"a_minute", "a_day"}:
        raise BadTerms("quota")
    return Terms(
        agency=_text(document, "agency"),
        purpose=_text(document, "purpose"),
        legal_basis=tuple(_basis(one) for one in _list(document, "legal_basis")),
        valid_from=_instant(document, "valid_from"),
        valid_until=_instant(document, "valid_until"),
        labels=_texts(document, "labels"),
        lookups=_texts(document, "lookups"),
        tables={name: _table(name, one) for name, one in _object(document, "tables").items()},
        events={
            name: _text(_object(document, "events"), name) for name in _object(document, "events")
        },
        retention_days=_count(document, "retention_days"),
        a_minute=_count(quota, "a_minute"),
        a_day=_count(quota, "a_day"),
    )


def document_of(terms: Terms) -> dict[str, Any]:
    """The document that says these terms, every list in one order: the same terms, one text."""
    return {
        "v": VERSION,
        "agency": terms.agency,
        "purpose": terms.purpose,
        "legal_basis": [
            {"text": b.text, "citation": b.citation, "confirmed": b.confirmed}
            for b in terms.legal_basis
        ],
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat(),
        "labels": sorted(terms.labels),
        "lookups": sorted(terms.lookups),
        "tables": {
            name: {
                "rows": sorted(sorted(any_of) for any_of in table.rows),
                "columns": sorted(table.columns),
            }
            for name, table in sorted(terms.tables.items())
        },
        "events": dict(sorted(terms.events.items())),
        "retention_days": terms.retention_days,
        "quota": {"a_minute": terms.a_minute, "a_day": terms.a_day},
    }


def canonical_text(document: Mapping[str, Any]) -> str:
    """The one text that is signed: JSON with sorted keys and no spaces, in UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the canonical text: what both sides put their names to."""
    return hashlib.sha256(canonical_text(document).encode()).hexdigest()


def tried_out(terms: Terms) -> Terms:
    """What the terms reach for an agency that only tries things out: test prisoners alone.

    The database does the same in `sql/15_sandbox.sql`; a table without a filter reaches nobody.
    """
    only = frozenset({catalogue.TEST})
    tables = {
        name: replace(one, rows=(*one.rows, only)) if one.rows else one
        for name, one in terms.tables.items()
    }
    return replace(terms, labels=terms.labels | {catalogue.TEST_LABEL}, tables=tables)


def faults(terms: Terms, *, aggregate_only: bool) -> list[Reason]:
    """Why nobody may sign these terms; none where they can be signed.

    `aggregate_only` is for an agency that may know of no person.
    """
    return [
        *_shape_faults(terms),
        *(fault for name in terms.tables for fault in _table_faults(terms, name)),
        *(_aggregate_faults(terms) if aggregate_only else ()),
    ]  # fmt: skip


def _shape_faults(terms: Terms) -> Iterable[Reason]:
    if terms.purpose not in catalogue.PURPOSES:
        yield Reason("exchange.unknown_purpose", {"purpose": terms.purpose})
    if not terms.legal_basis or any(not basis.text.strip() for basis in terms.legal_basis):
        yield Reason("exchange.no_legal_basis")
    if terms.valid_until <= terms.valid_from:
        yield Reason("exchange.ends_before_it_starts")
    if terms.valid_until - terms.valid_from > LONGEST:
        yield Reason("exchange.too_long", {"days": LONGEST.days})
    if not terms.tables:
        yield Reason("exchange.no_tables")
    for label in sorted(terms.labels - {catalogue.ORDINARY, *catalogue.LABELS}):
        yield Reason("exchange.unknown_label", {"label": label})
    for lookup in sorted(terms.lookups - catalogue.LOOKUPS.keys()):
        yield Reason("exchange.unknown_lookup", {"lookup": lookup})
    for event, shape in sorted(terms.events.items()):
        if event not in catalogue.EVENTS or shape not in catalogue.SHAPES:
            yield Reason("exchange.unknown_event", {"event": event})
    if terms.events and "custody" not in terms.tables:
        yield Reason("exchange.events_need_custody")
    if not 1 <= terms.retention_days <= LONGEST_RETENTION:
        yield Reason("exchange.retention_out_of_range", {"most": LONGEST_RETENTION})
    if terms.a_minute < 1 or terms.a_day < terms.a_minute:
        yield Reason("exchange.quota_out_of_range")


def _table_faults(terms: Terms, name: str) -> Iterable[Reason]:
    known, table = catalogue.TABLES.get(name), terms.tables[name]
    if known is None:
        yield catalogue.unknown_table(name)
        return
    if not table.rows or any(not any_of for any_of in table.rows):
        yield Reason("exchange.no_rows", {"table": name})
    for facet in sorted({facet for any_of in table.rows for facet in any_of}):
        prefix, colon, value = facet.partition(":")
        if prefix not in catalogue.FACETS or not colon or not value:
            yield Reason("exchange.unknown_filter", {"filter": facet})
    if not table.columns:
        yield Reason("exchange.no_columns", {"table": name})
    labels = {field.name: field.label for field in known.fields}
    for column in sorted(table.columns):
        if column not in labels:
            yield Reason("exchange.unknown_column", {"table": name, "column": column})
        elif labels[column] and labels[column] not in terms.labels:
            yield Reason(
                "exchange.column_needs_label",
                {"table": name, "column": column, "label": labels[column]},
            )


def _aggregate_faults(terms: Terms) -> Iterable[Reason]:
    for name in sorted(terms.tables):
        if name in catalogue.TABLES and not catalogue.TABLES[name].aggregate:
            yield Reason("exchange.about_persons", {"table": name})
    if terms.lookups or terms.events:
        yield Reason("exchange.asks_about_persons")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing in which new terms differ. `wider` says that more would be told than before."""

    code: str
    params: Mapping[str, object]
    wider: bool


def difference(before: Terms | None, after: Terms) -> list[Change]:
    """What new terms change, in the order in which terms are read; of a first one, everything."""
    return [
        *_table_changes(before.tables if before else {}, after.tables),
        *_set_changes("label", before.labels - {catalogue.ORDINARY} if before else frozenset(),
                      after.labels - {catalogue.ORDINARY}),
        *_set_changes("lookup", before.lookups if before else frozenset(), after.lookups),
        *_event_changes(before.events if before else {}, after.events),
        *(_single_changes(before, after) if before else ()),
    ]  # fmt: skip


def _table_changes(
    before: Mapping[str, TableTerms], after: Mapping[str, TableTerms]
) -> Iterable[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if new is None:
            yield Change("table_dropped", {"table": name}, wider=False)
            continue
        if old is None:
            yield Change("table_added", {"table": name}, wider=True)
        columns = old.columns if old else frozenset()
        for column in sorted(new.columns - columns):
            yield Change("column_added", {"table": name, "column": column}, wider=True)
        for column in sorted(columns - new.columns):
            yield Change("column_dropped", {"table": name, "column": column}, wider=False)
        if old is not None:
            yield from _row_changes(name, set(old.rows), set(new.rows))


def _row_changes(name: str, old: set[frozenset[str]], new: set[frozenset[str]]) -> Iterable[Change]:
    """A filter that goes lets more through; one that comes lets less. Both may be one change."""
    for any_of in sorted(old - new, key=sorted):
        yield Change("filter_dropped", {"table": name, "filter": sorted(any_of)}, wider=True)
    for any_of in sorted(new - old, key=sorted):
        yield Change("filter_added", {"table": name, "filter": sorted(any_of)}, wider=False)


def _set_changes(what: str, old: frozenset[str], new: frozenset[str]) -> Iterable[Change]:
    for one in sorted(new - old):
        yield Change(f"{what}_added", {what: one}, wider=True)
    for one in sorted(old - new):
        yield Change(f"{what}_dropped", {what: one}, wider=False)


def _event_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Change]:
    for event in sorted(old.keys() | new.keys()):
        if event not in new:
            yield Change("event_dropped", {"event": event}, wider=False)
        elif event not in old:
            yield Change("event_added", {"event": event, "shape": new[event]}, wider=True)
        elif old[event] != new[event]:
            fatter = new[event] == "fat"
            yield Change("event_shape", {"event": event, "shape": new[event]}, wider=fatter)


def _single_changes(before: Terms, after: Terms) -> Iterable[Change]:
    if before.legal_basis != after.legal_basis:
        yield Change("legal_basis", {}, wider=False)
    if (before.valid_from, before.valid_until) != (after.valid_from, after.valid_until):
        yield Change(
            "period",
            {"from": after.valid_from, "until": after.valid_until},
            wider=after.valid_from < before.valid_from or after.valid_until > before.valid_until,
        )
    for what in ("retention_days", "a_minute", "a_day"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            yield Change(what, {"before": old, "after": new}, wider=new > old)


def _table(name: str, one: object) -> TableTerms:
    if not isinstance(one, Mapping) or set(one) != {"rows", "columns"}:
        raise BadTerms(f"tables.{name}")
    rows = _list(one, "rows")
    return TableTerms(
        rows=tuple(frozenset(_strings(any_of, f"tables.{name}.rows")) for any_of in rows),
        columns=_texts(one, "columns"),
    )


def _basis(one: object) -> Basis:
    if not isinstance(one, Mapping) or set(one) != {"text", "citation", "confirmed"}:
        raise BadTerms("legal_basis")
    if not isinstance(one["confirmed"], bool):
        raise BadTerms("legal_basis")
    return Basis(_text(one, "text"), _text(one, "citation"), one["confirmed"])


def _text(document: Mapping[str, Any], name: str) -> str:
    if not isinstance(document[name], str):
        raise BadTerms(name)
    return document[name]  # type: ignore[no-any-return]


def _count(document: Mapping[str, Any], name: str) -> int:
    if not isinstance(document[name], int) or isinstance(document[name], bool):
        raise BadTerms(name)
    return document[name]  # type: ignore[no-any-return]


def _object(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if not isinstance(document[name], Mapping):
        raise BadTerms(name)
    return document[name]  # type: ignore[no-any-return]


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    if not isinstance(document[name], list):
        raise BadTerms(name)
    return document[name]  # type: ignore[no-any-return]


def _strings(values: object, where: str) -> list[str]:
    if not isinstance(values, list) or any(not isinstance(one, str) for one in values):
        raise BadTerms(where)
    return values


def _texts(document: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(_strings(document[name], name))


def _instant(document: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(document, name))
    except ValueError:
        raise BadTerms(name) from None
    if at.tzinfo is None:
        raise BadTerms(name)
    return at
