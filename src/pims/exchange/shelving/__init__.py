"""Keeping the shelf true: what could be told of a person, made anew when the person changes."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from pims.exchange.models import FacetsSeen, LookupKey, ShelfDue, ShelfRow
from pims.exchange.shelving.facts import Facts, Names, gather, names
from pims.exchange.shelving.lookup_keys import keys_of
from pims.exchange.shelving.records import Record, facets_of, labels_of, records_of
from pims.foundation.bulk import any_of
from pims.kernel import clock
from pims.people import selectors as people

_LOCK = 0x50494D53_5348
CUSTODY = "custody"


@dataclass(frozen=True, slots=True)
class Change:
    """What a person's custody was for the filters of agreements, before and after."""

    person_id: int
    number: str
    facets_before: frozenset[str]
    facets_after: frozenset[str]
    labels: frozenset[str]
    labels_after: frozenset[str]
    changed: bool


def shelve(person_ids: Collection[int]) -> dict[int, Change]:
    """Make what is kept ready of these people agree with the record, in the caller's transaction.

    Person -> change, by the record that others were joined to. Who was erased is taken off the
    shelf, and absent. `labels` are those of before and after together, `labels_after` those of now.
    """
    asked = set(person_ids)
    if not asked:
        return {}
    roots = people.ids_canonical(asked)
    wanted = {roots.get(i, i) for i in asked}
    at = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        facts = gather(wanted, at=at)
        codes = names()
        there: dict[int, list[ShelfRow]] = defaultdict(list)
        for row in ShelfRow.objects.filter(any_of("person_id", asked | wanted)):
            there[row.person_id].append(row)
        changes = _keep_rows(facts, there, codes, at)
        _keep_keys(facts)
        _forget((asked | wanted) - facts.keys())
        _note_due(facts, at)
        _note_seen(changes)
        _label_messages(changes, roots, asked | wanted)
    return changes


def _keep_rows(
    facts: Mapping[int, Facts], there: Mapping[int, list[ShelfRow]], codes: Names, at: datetime
) -> dict[int, Change]:
    gone: list[int] = []
    fresh: list[ShelfRow] = []
    changes = {}
    for person_id, one in facts.items():
        before = {(row.kind, row.record): row for row in there.get(person_id, ())}
        after = {(record.kind, record.record): record for record in records_of(one, codes)}
        same = {k for k, record in after.items() if k in before and _equal(before[k], record)}
        old = [row.pk for key, row in before.items() if key not in same]
        gone += old
        fresh += [_row(person_id, record, at) for key, record in after.items() if key not in same]
        custody = before.get((CUSTODY, ""))
        changes[person_id] = Change(
            person_id=person_id,
            number=one.particulars.numbers[0],
            facets_before=frozenset(custody.facets) if custody else frozenset(),
            facets_after=facets_of(one, codes),
            labels=labels_of(one) | frozenset(custody.labels if custody else ()),
            labels_after=labels_of(one),
            changed=bool(old) or len(same) < len(after),
        )
    if gone:
        ShelfRow.objects.filter(any_of("id", gone)).delete()
    ShelfRow.objects.bulk_create(fresh)
    return changes


def _equal(row: ShelfRow, record: Record) -> bool:
    return (
        row.fields == record.fields
        and row.guarded == record.guarded
        and set(row.facets) == record.facets
        and set(row.labels) == record.labels
    )


def _row(person_id: int, record: Record, at: datetime) -> ShelfRow:
    return ShelfRow(
        person_id=person_id,
        kind=record.kind,
        record=record.record,
        fields=record.fields,
        guarded=record.guarded,
        facets=sorted(record.facets),
        labels=sorted(record.labels),
        changed_at=at,
    )


def _keep_keys(facts: Mapping[int, Facts]) -> None:
    wanted = {(i, kind, key) for i, one in facts.items() for kind, key in keys_of(one)}
    rows = LookupKey.objects.filter(any_of("person_id", list(facts)))
    there = {(k.person_id, k.kind, k.key): k.pk for k in rows}
    if stale := [pk for key, pk in there.items() if key not in wanted]:
        LookupKey.objects.filter(any_of("id", stale)).delete()
    LookupKey.objects.bulk_create(
        LookupKey(person_id=person_id, kind=kind, key=key)
        for person_id, kind, key in sorted(wanted - there.keys())
    )


def _forget(person_ids: Collection[int]) -> None:
    """Whom another record now stands for, or who was erased."""
    if person_ids:
        for model in (ShelfRow, LookupKey, ShelfDue, FacetsSeen):
            model.objects.filter(any_of("person_id", person_ids)).delete()


def _note_due(facts: dict[int, Facts], at: datetime) -> None:
    ShelfDue.objects.filter(any_of("person_id", list(facts))).delete()
    ShelfDue.objects.bulk_create(
        ShelfDue(person_id=person_id, due_at=one.status.valid_until)
        for person_id, one in facts.items()
        if one.status is not None
        and one.status.valid_until is not None
        and one.status.valid_until > at
    )


def _note_seen(changes: Mapping[int, Change]) -> None:
    """Remember how custody was where it has changed. To be called when everything is read."""
    seen_at = clock.now()
    last = FacetsSeen.objects.filter(any_of("person_id", list(changes)))
    known = {
        row.person_id: (frozenset(row.facets), frozenset(row.labels))
        for row in last.order_by("person_id", "-seen_at", "-pk").distinct("person_id")
    }
    FacetsSeen.objects.bulk_create(
        FacetsSeen(
            person_id=person_id,
            seen_at=seen_at,
            facets=sorted(change.facets_after),
            labels=sorted(change.labels_after),
        )
        for person_id, change in changes.items()
        if known.get(person_id) != (change.facets_after, change.labels_after)
    )


# No agreement can name it: what is about somebody who was erased leaves under none.
ERASED = "erased"


def _label_messages(
    changes: Mapping[int, Change], roots: Mapping[int, int], asked: Collection[int]
) -> None:
    """Messages carry what the person carries now: a file that is sealed seals what was told of it.

    `asked` are also those whom another record stands for, or who were erased.
    """
    joined = people.joined_records(list(changes)) if changes else {}
    root_of = {i: roots.get(i, i) for i in asked} | {i: i for i in changes} | joined
    labels = {
        i: sorted(changes[root].labels_after) if root in changes else [ERASED]
        for i, root in root_of.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_message message"
            " SET labels_now = ARRAY(SELECT jsonb_array_elements_text(one.labels))::varchar[]"
            " FROM (SELECT key::bigint AS id, value AS labels FROM jsonb_each(%s::jsonb)) AS one"
            " WHERE message.person_id = one.id AND message.labels_now::text[]"
            "  IS DISTINCT FROM ARRAY(SELECT jsonb_array_elements_text(one.labels))",
            [json.dumps({str(i): found for i, found in labels.items()})],
        )


def forget_seen(*, before: datetime) -> None:
    """Drop what was remembered of custody then and has since become otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM exchange_facets_seen old WHERE old.seen_at < %s AND EXISTS ("
            " SELECT FROM exchange_facets_seen later WHERE later.person_id = old.person_id"
            "  AND later.seen_at > old.seen_at AND later.seen_at < %s)",
            [before, before],
        )
