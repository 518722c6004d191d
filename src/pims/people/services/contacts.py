"""Who is told, the consulate, children outside and babies inside."""

from dataclasses import dataclass
from datetime import date, datetime

from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import events, rules
from pims.people.countries import is_country
from pims.people.languages import LANGUAGES
from pims.people.models import Child, ConsularNotice, Contact, Infant, Sex
from pims.people.services._common import (
    add_part,
    not_in_future,
    one_of,
    open_person,
    today,
    touch,
)
from pims.people.services.parts import PartResult


@dataclass(frozen=True, slots=True)
class InfantResult:
    infant_id: int
    person_id: int
    version: int


@service
def add_contact(
    tx: Transaction,
    *,
    person_id: int,
    kind: str,
    name: str,
    relationship: str = "",
    phone: str = "",
    email: str = "",
    address: str = "",
    language: str = "",
    note: str = "",
    version: int | None = None,
) -> PartResult:
    """Add next of kin, an emergency contact, a lawyer or another. Raises InvalidInput, Stale."""
    person = open_person(tx, person_id, version)
    one_of("kind", kind, [one for one in Contact.Kind.values if one != Contact.Kind.NO_LAWYER])
    if language:
        one_of("language", language, LANGUAGES)
    part = Contact(
        kind=kind,
        name=clean_field("name", name, required=True, prefix="people.name_"),
        relationship=clean_field("relationship", relationship, limit=60),
        phone=clean_field("phone", phone, limit=40),
        email=clean_field("email", email, limit=254),
        address=clean_field("address", address, limit=300),
        language=language,
        note=clean_field("note", note, limit=500),
    )
    if part.email and ("@" not in part.email or " " in part.email):
        raise InvalidInput({"email": Reason("people.email_malformed")})
    if kind == Contact.Kind.LAWYER:
        Contact.objects.filter(
            person=person, kind=Contact.Kind.NO_LAWYER, withdrawn_at=None
        ).update(withdrawn_at=tx.now, withdrawn_reason="")
    details = {"kind": kind, "name": part.name, "phone": part.phone}
    return PartResult(add_part(tx, person, part, details=details), person.version)


@service
def record_lawyer(
    tx: Transaction,
    *,
    person_id: int,
    answer: str,
    name: str = "",
    phone: str = "",
    asked_at: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> PartResult:
    """What the person said when a lawyer was offered: ``has`` one, by name, or ``declines``.

    A lawyer who was known before and is named again is so from now on; who declines has none of
    them any more. Raises InvalidInput, Stale.
    """
    person = open_person(tx, person_id, version)
    one_of("answer", answer, ("has", "declines"))
    not_in_future(tx, "asked_at", asked_at)
    has = answer == "has"
    part = Contact(
        kind=Contact.Kind.LAWYER if has else Contact.Kind.NO_LAWYER,
        name=clean_field("name", name if has else "", required=has, prefix="people.name_"),
        phone=clean_field("phone", phone if has else "", limit=40),
        note=clean_field("note", note, limit=500),
        asked_at=asked_at,
    )
    before = Contact.objects.filter(
        person=person, kind__in=(Contact.Kind.LAWYER, Contact.Kind.NO_LAWYER), withdrawn_at=None
    )
    over = [
        one.pk
        for one in before
        if not has or not one.name or one.name.casefold() == part.name.casefold()
    ]
    Contact.objects.filter(pk__in=over).update(withdrawn_at=tx.now, withdrawn_reason="")
    details = {"kind": part.kind, "name": part.name, "phone": part.phone, "note": part.note}
    return PartResult(add_part(tx, person, part, details=details), person.version)


@service
def record_consular_notice(
    tx: Transaction,
    *,
    person_id: int,
    country: str,
    answer: str = "not_answered",
    told_at: datetime | None = None,
    asked_in_writing: bool = False,
    consulate_told_at: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> PartResult:
    """Record that the person was told of the right to have the consulate told, and the answer.

    That the consulate was told is a fact and is recorded; against the prisoner's wish it is
    refused as an entry, unless `note` says what happened. Raises InvalidInput, Stale.
    """
    person = open_person(tx, person_id, version)
    one_of("answer", answer, ConsularNotice.Answer.values)
    if not is_country(country):
        raise InvalidInput({"country": Reason("people.unknown_country", {"value": country[:40]})})
    not_in_future(tx, "told_at", told_at)
    not_in_future(tx, "consulate_told_at", consulate_told_at)
    note = clean_field("note", note, limit=500)
    if consulate_told_at is not None:
        if told_at is not None and consulate_told_at < told_at:
            raise InvalidInput({"consulate_told_at": Reason("people.consulate_told_first")})
        against = rules.consular_rule(answer, asked_in_writing=asked_in_writing)
        if against and not note:
            raise InvalidInput(against)
    part = ConsularNotice(
        country=country,
        told_at=told_at,
        answer=answer,
        asked_in_writing=asked_in_writing,
        consulate_told_at=consulate_told_at,
        note=note,
    )
    ConsularNotice.objects.filter(person=person, country=country, withdrawn_at__isnull=True).update(
        withdrawn_at=tx.now, withdrawn_reason=""
    )
    part_id = add_part(tx, person, part, details={"country": country, "note": note})
    tx.record(
        events.ConsularAnswered(person_id=person_id, consular_notice_id=part_id, answer=answer)
    )
    return PartResult(part_id, person.version)


@service
def add_child(
    tx: Transaction,
    *,
    person_id: int,
    name: str,
    birth_date: date | None = None,
    age_as_given: str = "",
    where: str = "",
    with_whom: str = "",
    note: str = "",
    version: int | None = None,
) -> PartResult:
    """Add a child outside: confidential. Raises InvalidInput, Stale."""
    person = open_person(tx, person_id, version)
    if birth_date is not None and birth_date > today(tx, person.pk):
        raise InvalidInput(
            {"birth_date": Reason("people.born_in_future", {"date": birth_date.isoformat()})}
        )
    if (
        birth_date is not None
        and person.born_earliest is not None
        and birth_date <= person.born_earliest
    ):
        raise InvalidInput({"birth_date": Reason("people.born_before_parent")})
    part = Child(
        name=clean_field("name", name, required=True, prefix="people.name_"),
        birth_date=birth_date,
        age_as_given=clean_field("age_as_given", age_as_given, limit=40),
        where=clean_field("where", where, limit=300),
        with_whom=clean_field("with_whom", with_whom),
        note=clean_field("note", note, limit=500),
    )
    details = {"name": part.name, "where": part.where, "with_whom": part.with_whom}
    return PartResult(add_part(tx, person, part, details=details), person.version)


@service
def record_infant(
    tx: Transaction,
    *,
    person_id: int,
    name: str,
    entered_at: datetime,
    sex: str = "unknown",
    birth_date: date | None = None,
    version: int | None = None,
) -> InfantResult:
    """A baby comes in, or is born, with its mother: counted for fire, never as a prisoner."""
    person = open_person(tx, person_id, version)
    one_of("sex", sex, Sex.values)
    not_in_future(tx, "entered_at", entered_at)
    if birth_date is not None and birth_date > today(tx, person.pk):
        raise InvalidInput(
            {"birth_date": Reason("people.born_in_future", {"date": birth_date.isoformat()})}
        )
    part = Infant(
        name=clean_field("name", name, required=True, prefix="people.name_"),
        sex=sex,
        birth_date=birth_date,
        entered_at=entered_at,
    )
    infant_id = add_part(tx, person, part, details={"name": part.name})
    tx.record(events.InfantEntered(person_id=person_id, infant_id=infant_id))
    return InfantResult(infant_id, person_id, person.version)


@service
def record_infant_left(
    tx: Transaction,
    *,
    infant_id: int,
    left_at: datetime,
    left_with: str,
    version: int | None = None,
) -> InfantResult:
    """The baby left, and with whom. Raises InvalidInput before it entered, Stale."""
    person_id = Infant.objects.filter(pk=infant_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound("infant", infant_id)
    person = open_person(tx, person_id, version, merged=True)
    infant = Infant.objects.get(pk=infant_id)
    not_in_future(tx, "left_at", left_at)
    if left_at <= infant.entered_at:
        raise InvalidInput({"left_at": Reason("people.ends_before_it_starts")})
    infant.left_at = left_at
    infant.left_with = clean_field("left_with", left_with, required=True)
    infant.save(update_fields=["left_at", "left_with"])
    touch(person)
    tx.record(
        events.InfantLeft(person_id=person_id, infant_id=infant_id),
        details={"left_with": infant.left_with},
    )
    return InfantResult(infant_id, person_id, person.version)
