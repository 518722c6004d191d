"""Everything about who one person is: as it was at T, as known at K."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from pims.foundation.access.actor import Actor
from pims.foundation.access.days import day_of
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.history.known import as_known
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people.models import (
    Address,
    Child,
    ConsularNotice,
    Contact,
    Description,
    Identifier,
    Infant,
    Mark,
    Nationality,
    Person,
    PersonMerge,
    PersonName,
    PersonPart,
    Photograph,
    SpokenLanguage,
)
from pims.people.search import index
from pims.people.selectors.headers import (
    PersonHeader,
    display_name,
    person_headers,
    persons_of,
)

CONFIDENTIAL = "people.view_confidential"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NameLine:
    name_id: int
    kind: str
    given: str
    family: str
    is_primary: bool
    person_id: int

    @property
    def shown(self) -> str:
        return display_name(self.given, self.family)


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    identifier_id: int
    kind: str
    number: str
    country: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class LanguageLine:
    code: str
    reads: bool | None
    needs_interpreter: bool


@dataclass(frozen=True, slots=True)
class AddressLine:
    address_id: int
    lines: str
    place: str
    district: str
    country: str
    phone: str
    lived_from: date | None
    lived_until: date | None


@dataclass(frozen=True, slots=True)
class DescriptionLine:
    description_id: int
    observed_on: date
    height_cm: int | None
    weight_kg: int | None
    build: str
    complexion: str
    hair: str
    eyes: str
    facial_hair: str
    handedness: str
    other: str


@dataclass(frozen=True, slots=True)
class MarkLine:
    mark_id: int
    kind: str
    body_part: str
    side: str
    text: str
    photo_blob_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ContactLine:
    contact_id: int
    kind: str
    name: str
    relationship: str
    phone: str
    email: str
    address: str
    language: str
    note: str
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsularLine:
    consular_notice_id: int
    country: str
    told_at: datetime | None
    answer: str
    asked_in_writing: bool
    consulate_told_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class ChildLine:
    child_id: int
    name: str
    birth_date: date | None
    age_as_given: str
    where: str
    with_whom: str
    note: str


@dataclass(frozen=True, slots=True)
class InfantLine:
    infant_id: int
    name: str
    sex: str
    birth_date: date | None
    entered_at: datetime
    left_at: datetime | None
    left_with: str


@dataclass(frozen=True, slots=True)
class PhotographLine:
    photograph_id: int
    kind: str
    blob_id: UUID
    taken_at: datetime
    mark_id: int | None


@dataclass(frozen=True, slots=True)
class MergedLine:
    """Another record of the same person: its number leads here."""

    person_id: int
    number: str
    merged_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """`children` is None for whoever may not see them; `merged_into` a number, "" where not."""

    header: PersonHeader
    as_of: AsOf
    birth_place: str
    age_decision: str
    age_decision_reason: str
    names: tuple[NameLine, ...]
    identifiers: tuple[IdentifierLine, ...]
    nationalities: tuple[str, ...]
    languages: tuple[LanguageLine, ...]
    addresses: tuple[AddressLine, ...]
    descriptions: tuple[DescriptionLine, ...]
    marks: tuple[MarkLine, ...]
    contacts: tuple[ContactLine, ...]
    consular: tuple[ConsularLine, ...]
    children: tuple[ChildLine, ...] | None
    infants: tuple[InfantLine, ...]
    photographs: tuple[PhotographLine, ...]
    merged: tuple[MergedLine, ...]
    merged_into: str

    @property
    def description(self) -> DescriptionLine | None:
        """The newest description."""
        return self.descriptions[0] if self.descriptions else None

    def contacts_of(self, kind: str) -> tuple[ContactLine, ...]:
        return tuple(contact for contact in self.contacts if contact.kind == kind)


def person_detail(viewer: Actor, person_id: int, as_of: AsOf | None = None) -> PersonDetail:
    """All parts of one person and of the records merged into it, in a constant number of queries.

    At T: what had been withdrawn by then, taken later or ended before is left out. At K: what
    was entered after it is unknown, and what was withdrawn after it still stands. Raises NotFound,
    also where the viewer may not know of the person; NotPermitted.
    """
    if not viewer.system:
        require_visible(viewer, "people.view", person_id)
    as_of = as_of or AsOf(clock.now())
    header = person_headers(viewer, [person_id], as_of).get(person_id)
    if header is None:
        raise NotFound("person")
    person = as_known(Person, as_of.known_at, among=Q(id=person_id)).get()
    known_at = as_of.known_at
    ids = sorted(
        index.merged_into([person_id])
        if known_at is None
        else persons_of(person_id, known_at=known_at)
    )
    read = _Reader(ids, as_of)
    confidential = viewer.system or bool(visible_ids(viewer, CONFIDENTIAL, [person_id]))
    marks_photographs: dict[int, list[UUID]] = {}
    photographs = read.all(
        Photograph,
        lambda p: PhotographLine(p.id, p.kind, p.blob_id, p.taken_at, p.mark_id),
        Q(taken_at__lte=as_of.valid_at),
    )
    for photograph in photographs:
        if photograph.mark_id is not None:
            marks_photographs.setdefault(photograph.mark_id, []).append(photograph.blob_id)
    day = day_of(person_id, as_of.valid_at)  # as in the header
    lived = Q(lived_from__isnull=True) | Q(lived_from__lte=day)
    return PersonDetail(
        header=header,
        as_of=as_of,
        birth_place=person.birth_place,
        age_decision=person.age_decision,
        age_decision_reason=person.age_decision_reason,
        names=tuple(
            sorted(
                read.all(
                    PersonName,
                    lambda n: NameLine(n.id, n.kind, n.given, n.family, n.is_primary, n.person_id),
                ),
                key=lambda n: (n.person_id != person_id, not n.is_primary, n.name_id),
            )
        ),
        identifiers=read.all(
            Identifier,
            lambda i: IdentifierLine(i.id, i.kind, i.number, i.country, i.expires_on),
        ),
        nationalities=tuple(dict.fromkeys(sorted(read.all(Nationality, lambda n: str(n.country))))),
        languages=_spoken(
            read.all(SpokenLanguage, lambda s: LanguageLine(s.code, s.reads, s.needs_interpreter))
        ),
        addresses=read.all(
            Address,
            lambda a: AddressLine(
                a.id, a.lines, a.place, a.district, a.country, a.phone, a.lived_from, a.lived_until
            ),
            lived,
        ),
        descriptions=tuple(
            sorted(
                read.all(Description, _description, Q(observed_on__lte=day)),
                key=lambda d: (d.observed_on, d.description_id),
                reverse=True,
            )
        ),
        marks=read.all(
            Mark,
            lambda m: MarkLine(
                m.id, m.kind, m.body_part, m.side, m.text, tuple(marks_photographs.get(m.id, ()))
            ),
        ),
        contacts=read.all(Contact, _contact),
        consular=read.all(ConsularNotice, _consular),
        children=read.all(Child, _child) if confidential else None,
        infants=read.all(Infant, _infant, Q(entered_at__lte=as_of.valid_at)),
        photographs=tuple(
            sorted(photographs, key=lambda p: (p.taken_at, p.photograph_id), reverse=True)
        ),
        merged=_merged(person_id, ids, known_at),
        merged_into=_merged_into(person_id, known_at),
    )


class _Reader:
    """Parts of these persons that stood at T, as known at K."""

    def __init__(self, person_ids: list[int], as_of: AsOf) -> None:
        self.of = Q(person_id__in=person_ids)
        self.known_at = as_of.known_at
        self.living = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=as_of.valid_at)

    def all(self, model: type[PersonPart], line: Callable[..., T], *conditions: Q) -> tuple[T, ...]:
        rows = as_known(model, self.known_at, among=self.of).filter(self.living, *conditions)
        return tuple(line(row) for row in sorted(rows, key=lambda row: row.id))


def _description(d: Description) -> DescriptionLine:
    return DescriptionLine(
        d.id, d.observed_on, d.height_cm, d.weight_kg, d.build, d.complexion, d.hair, d.eyes,
        d.facial_hair, d.handedness, d.other,
    )  # fmt: skip


def _contact(c: Contact) -> ContactLine:
    return ContactLine(
        c.id, c.kind, c.name, c.relationship, c.phone, c.email, c.address, c.language, c.note,
        c.asked_at,
    )  # fmt: skip


def _consular(c: ConsularNotice) -> ConsularLine:
    return ConsularLine(
        c.id, c.country, c.told_at, c.answer, c.asked_in_writing, c.consulate_told_at, c.note
    )


def _child(c: Child) -> ChildLine:
    return ChildLine(c.id, c.name, c.birth_date, c.age_as_given, c.where, c.with_whom, c.note)


def _infant(i: Infant) -> InfantLine:
    return InfantLine(i.id, i.name, i.sex, i.birth_date, i.entered_at, i.left_at, i.left_with)


def _merged(person_id: int, ids: list[int], known_at: datetime | None) -> tuple[MergedLine, ...]:
    others = [i for i in ids if i != person_id]
    if not others:
        return ()
    stood = Q(unmade_at__isnull=True)
    if known_at is not None:
        stood = Q(stood | Q(unmade_at__gt=known_at), merged_at__lte=known_at)
    at = dict(
        PersonMerge.objects.filter(stood, person_id__in=others).values_list(
            "person_id", "merged_at"
        )
    )
    numbers = Person.objects.filter(pk__in=others).order_by("id").values_list("id", "number")
    return tuple(MergedLine(i, number, at.get(i)) for i, number in numbers)


def _merged_into(person_id: int, known_at: datetime | None) -> str:
    if known_at is None:
        root = index.roots([person_id])[person_id]
    else:
        root = index.root_known(person_id, index.links_known([person_id], known_at))
    if root == person_id:
        return ""
    return Person.objects.values_list("number", flat=True).get(pk=root)


def _spoken(lines: Iterable[LanguageLine]) -> tuple[LanguageLine, ...]:
    """Each language once, though two joined records name it: who needs help, or may, gets it."""
    found: dict[str, LanguageLine] = {}
    for line in lines:
        before = found.get(line.code, line)
        reads = False if False in (before.reads, line.reads) else before.reads or line.reads
        helped = before.needs_interpreter or line.needs_interpreter
        found[line.code] = LanguageLine(line.code, reads, helped)
    return tuple(found.values())
