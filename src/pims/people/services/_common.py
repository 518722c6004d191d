"""What every write about a person begins and ends with."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from pims.foundation.access.days import day_in, day_of
from pims.foundation.access.person_scope import set_scope
from pims.foundation.commands.transaction import Transaction
from pims.foundation.vault.persons import lock_same_human, same_human
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.people import events, rules
from pims.people.models import Person, PersonPart

# A clock beside this one may be a little ahead.
AHEAD = timedelta(minutes=2)


def open_person(
    tx: Transaction, person_id: int, version: int | None = None, *, merged: bool = False
) -> Person:
    """The person, locked for a change by someone who may make it, with all records of the same
    human being: what is said of one may hide them all.

    `merged` allows a record that was merged into another, for facts of its own custody.

    Raises NotFound, NotPermitted, Refused (merged into another, erased) and Stale where
    `version` is given and somebody changed the person since.
    """
    tx.require_person("people.edit", person_id)
    lock_same_human(tx, [person_id])
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound("person")
    if person.erased_at is not None:
        refuse(Reason("people.record_erased")).require()
    if person.canonical_id is not None and not merged:
        refuse(Reason("people.record_is_merged")).require()
    if version is not None and version != person.version:
        raise Stale
    return person


def touch(person: Person, *fields: str) -> None:
    """Save the fields and say that the person changed."""
    person.version += 1
    person.save(update_fields=[*fields, "version"])


def add_part(
    tx: Transaction, person: Person, part: PersonPart, *, details: Mapping[str, object]
) -> int:
    """Save a new part of the person, record it and give its id."""
    part.person_id = person.pk
    part.recorded_at = tx.now
    part.recorded_by_id = tx.actor.user_id
    part.save(force_insert=True)
    part_id: int = part.pk
    touch(person)
    tx.record(
        events.PartAdded(person_id=person.pk, part=part_code(part), part_id=part.pk),
        details=details,
    )
    return part_id


def part_code(part: PersonPart | type[PersonPart]) -> str:
    """The word for a kind of part: the table's name without the room."""
    return part._meta.db_table.removeprefix("people_")


def today(tx: Transaction, person_id: int) -> date:
    """Today where the person is, wherever it is recorded."""
    return day_of(person_id, tx.now)


def not_in_future(tx: Transaction, field: str, at: datetime | None) -> None:
    """Raise InvalidInput for an instant that is yet to come."""
    if at is not None and at > tx.now + AHEAD:
        raise InvalidInput({field: Reason("people.in_the_future", {"at": at.isoformat()})})


def one_of(field: str, value: str, values: object, code: str = "people.unknown_choice") -> None:
    """Raise InvalidInput for a value that is not on its list."""
    if value not in values:  # type: ignore[operator]
        raise InvalidInput({field: Reason(code, {"value": value[:40]})})


def is_juvenile_today(tx: Transaction, person: Person, *, zone: str = "") -> bool:
    """`zone`: where the person is, for whoever asks of many at once."""
    facts = rules.AgeFacts(
        person.born_earliest, person.born_latest, person.age_disputed, person.age_decision
    )
    day = day_in(zone, tx.now) if zone else today(tx, person.pk)
    return rules.is_juvenile(facts, day)


def keep_juvenile_label(tx: Transaction, person: Person) -> bool:
    """Whoever is a juvenile today is reached only by those who may see juveniles.

    So is every record of the same human being, where one of them says so: all are locked. Tells
    whether they are marked now.
    """
    records = same_human(person.pk)
    others = Person.objects.filter(pk__in=records).exclude(pk=person.pk)
    juvenile = any(is_juvenile_today(tx, one) for one in (person, *others))
    for record in records:
        set_scope(
            record,
            add_labels=["juvenile"] if juvenile else [],
            drop_labels=[] if juvenile else ["juvenile"],
        )
    return juvenile
