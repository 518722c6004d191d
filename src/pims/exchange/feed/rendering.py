"""A message as an agency reads it: a CloudEvent, made when it is delivered.

Whatever of the person is in it is read under the agreement in force at that moment, through
`enforcement`. A thin message says what happened to which number, and where to ask; a fat one brings
the records that the agreement lists.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pims.exchange import catalogue
from pims.exchange.catalogue_docs import niem
from pims.exchange.enforcement import Given, Reader, Told
from pims.exchange.rules.telling import CUSTODY, HEARTBEAT

SOURCE = "urn:pims:exchange"
TYPE_PREFIX = "pims."
CONTENT_TYPE = "application/ld+json"
PERSON, PHOTOGRAPH, ALERT = "person", "photograph", "alert"
ESCAPES = frozenset({"escaped", "absent"})
AT_LARGE = {"whereabouts": "at_large"}

# Of which a person has one at most. Every fat message brings them, where agreed, as they are now or
# null: what the agreement no longer reaches is so taken out of a store. Of others a list is given.
SINGLE = (CUSTODY, PERSON, "dates")
# What a fat message brings beside them. Only the rows that the message itself is about, except
# where they serve to know the person by.
FAT: Mapping[str, tuple[str, ...]] = {
    "admitted": (PHOTOGRAPH,),
    "returned": (),
    "recaptured": (),
    "transferred": (),
    "released": (),
    "released_in_error": (PHOTOGRAPH,),
    "escaped": (PHOTOGRAPH, ALERT),
    "absent": (PHOTOGRAPH, ALERT),
    "died": (),
    "order_recorded": ("order", "warrant"),
    "dates_changed": (),
    "hearing_missed": ("hearing",),
    "identity_merged": (),
    "identity_unmerged": (),
}
_WHOLE = frozenset({*SINGLE, PHOTOGRAPH, ALERT})

Event = dict[str, Any]


def render(reader: Reader, messages: Sequence[Told]) -> list[Event]:
    """The CloudEvents of these messages, in their order. What is in them counts as given."""
    shapes = reader.inquired.terms.events
    fat = [m for m in messages if shapes.get(m.judged_as) == "fat" and m.person_id is not None]
    rows = _records(reader, fat)
    missing = _missing(reader) if any(m.type in ESCAPES for m in fat) else None
    brings = {told.position for told in fat}
    return [
        _event(reader, told, rows if told.position in brings else None, missing)
        for told in messages
    ]


def tables_of(kind: str) -> tuple[str, ...]:
    """The tables that a fat message of this type brings, where the agreement has them."""
    return (*SINGLE, *FAT.get(kind, ()))


Records = Mapping[tuple[str, int], Sequence[Given]]


def _records(reader: Reader, fat: Collection[Told]) -> Records:
    """What the agreement shows now of everybody whom fat messages are about, by table."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for told in fat:
        for table in tables_of(told.judged_as):
            if table in reader.inquired.terms.tables and told.person_id is not None:
                wanted[table].add(told.person_id)
    found: dict[tuple[str, int], list[Given]] = defaultdict(list)
    for table, person_ids in sorted(wanted.items()):
        for row in reader.read(table, person_ids=person_ids):
            found[table, row.person_id].append(row)
    return found


def _event(
    reader: Reader, told: Told, rows: Records | None, missing: Sequence[Event] | None
) -> Event:
    data: dict[str, Any] = {"@context": dict(niem.CONTEXT), "@type": niem.ours(told.type)}
    given = {f"event.{told.type}"}
    if told.takes_back is not None:
        data["pims:takesBack"] = str(told.takes_back)
        data["pims:takesBackType"] = TYPE_PREFIX + told.takes_back_type
    if told.because:
        data["pims:because"] = told.because
    if told.other_number:
        data["pims:otherNumber"] = told.other_number
    if told.number:
        data["pims:link"] = f"/v1/persons/{told.number}/custody"
        given.add("custody.number")
    if rows is not None and told.person_id is not None:
        _fill(reader, told, rows, data)
        given |= told.facts.keys()
        if missing is not None and told.type in ESCAPES:
            data["pims:missing"] = list(missing)
    if told.person_id is not None:
        reader.give_message(told.person_id, given)
    event: Event = {
        "specversion": "1.0",
        "id": str(told.message_id),
        "source": SOURCE,
        "type": TYPE_PREFIX + told.type,
        "time": instant(told.occurred_at),
        "recorded": instant(told.recorded_at),
        "sequence": f"{told.position:012d}",
        "datacontenttype": CONTENT_TYPE,
        "data": data,
    }
    if told.number:
        event["subject"] = told.number
    if told.origin != "live":
        event["origin"] = told.origin
    return event


def _fill(reader: Reader, told: Told, rows: Records, data: dict[str, Any]) -> None:
    """The records, each table by its name; one that is not the agency's any more is null."""
    assert told.person_id is not None
    if told.facts:
        data["pims:change"] = niem.written(
            CUSTODY, {name.partition(".")[2]: value for name, value in told.facts.items()}
        )
    for table in tables_of(told.judged_as):
        if table not in reader.inquired.terms.tables:
            continue
        found: Iterable[Given] = rows.get((table, told.person_id), ())
        if table not in _WHOLE:
            about = told.records.get(table, ())
            found = [row for row in found if row.record in about]
        found = list(found)
        reader.give(table, found)
        records = [niem.written(table, row.fields) for row in found]
        name = niem.ours(table)
        data[name] = (records[0] if records else None) if table in SINGLE else records


def _missing(reader: Reader) -> list[Event]:
    """Everybody at large whom the agency may know of, with what they look like."""
    tables = reader.inquired.terms.tables
    if CUSTODY not in tables:
        return []
    gone = reader.read(CUSTODY, where=AT_LARGE)
    reader.give(CUSTODY, gone)
    listed: dict[int, dict[str, Any]] = {
        row.person_id: {niem.ours(CUSTODY): niem.written(CUSTODY, row.fields)} for row in gone
    }
    for table in (PERSON, PHOTOGRAPH, ALERT):
        if table not in tables or not listed:
            continue
        rows = reader.read(table, person_ids=listed)
        reader.give(table, rows)
        for row in rows:
            record = niem.written(table, row.fields)
            if table in SINGLE:
                listed[row.person_id][niem.ours(table)] = record
            else:
                listed[row.person_id].setdefault(niem.ours(table), []).append(record)
    return list(listed.values())


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def known_types() -> list[str]:
    """Every type that can be in the feed."""
    return [*catalogue.EVENTS, "retraction", HEARTBEAT]
