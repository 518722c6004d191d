"""Admitting a group in one go: what officers do step by step, as one change a group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody import services as custody
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.errors import Refused
from pims.people import services as people
from pims.people.services import LanguageInput, NameInput
from pims.property import services as property_room
from pims.property.services import ItemInput
from pims.safety import services as safety


@dataclass(frozen=True, slots=True)
class Paper:
    """The warrant that came with one person."""

    kind: str
    body_id: int
    reference: str
    dated: date
    starts_at: datetime
    until: date | None
    next_appearance: date | None
    amount_cents: int | None
    charges: str
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """Everything that the admission of one person will record.

    `warrant_name_id` is of the paper where it was keyed before the admission; `country` is the
    foreigner's, who is told of the right to have the consulate told.
    """

    person_id: int
    episode_id: int
    name: str
    paper: Paper | None
    items: tuple[ItemInput, ...]
    contact: tuple[str, str, str]
    languages: tuple[str, ...]
    answers: dict[str, str]
    alias: str
    arrested_at: datetime | None
    arrest_place: str
    place_id: int | None
    gap: str = ""
    lawyer: str = ""
    country: str = ""
    warrant_name_id: int | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """In the order of the admissions; ids None where there is none."""

    warrant_name_ids: tuple[int | None, ...]
    warrant_ids: tuple[int | None, ...]
    placed: tuple[bool, ...]


@service
def admit_group(
    tx: Transaction, *, establishment_id: int, admissions: Sequence[Admission]
) -> Admitted:
    """Record papers, property, contacts, risk answers and places of a group of people."""
    tx.lock_persons(a.person_id for a in admissions)
    names: list[int | None] = []
    papers: list[int | None] = []
    for admission in admissions:
        name_id, warrant_id = _paper(tx, establishment_id, admission)
        names.append(name_id)
        papers.append(warrant_id)
        _details(tx, establishment_id, admission)
    # A request locks the unit until the commit: units in one order, or two groups wait for
    # each other. The layout numbers its places unit by unit.
    by_place = sorted(admissions, key=lambda admission: admission.place_id or 0)
    placed = {admission.person_id: _placed(tx, admission) for admission in by_place}
    return Admitted(tuple(names), tuple(papers), tuple(placed[a.person_id] for a in admissions))


def _paper(
    tx: Transaction, establishment_id: int, admission: Admission
) -> tuple[int | None, int | None]:
    paper = admission.paper
    if paper is None:
        return admission.warrant_name_id, None
    made = authority.record_warrant(
        tx,
        establishment_id=establishment_id,
        kind=paper.kind,
        body_id=paper.body_id,
        reference=paper.reference,
        dated=paper.dated,
        received_at=tx.now,
        defects=paper.defects,
        names=[
            WarrantNameInput(
                person_id=admission.person_id,
                name_as_written=admission.name,
                starts_at=paper.starts_at,
                until=paper.until,
                next_appearance=paper.next_appearance,
                charges=paper.charges,
                amount_cents=paper.amount_cents,
            )
        ],
    )
    return made.warrant_name_ids[0], made.warrant_id


def _details(tx: Transaction, establishment_id: int, admission: Admission) -> None:
    episode_id = admission.episode_id
    done = ["person", "injuries"]
    if admission.paper is not None or admission.warrant_name_id is not None:
        done.append("warrant")
    if admission.alias:
        people.add_name(
            tx,
            person_id=admission.person_id,
            name=NameInput(given=admission.alias, kind="street"),
        )
    if admission.languages:
        people.set_languages(
            tx,
            person_id=admission.person_id,
            languages=[LanguageInput(code) for code in admission.languages],
        )
    if admission.arrested_at is not None:
        custody.record_arrest(
            tx,
            episode_id=episode_id,
            version=1,
            arrested_at=admission.arrested_at,
            place=admission.arrest_place,
        )
    if admission.gap != "property_receipt_missing":
        property_room.record_property(
            tx,
            person_id=admission.person_id,
            establishment_id=establishment_id,
            items=admission.items,
            signed=True,
        )
        done.append("property")
    relation, name, phone = admission.contact
    people.add_contact(
        tx,
        person_id=admission.person_id,
        kind="next_of_kin",
        name=name,
        relationship=relation,
        phone=phone,
    )
    if admission.lawyer:
        people.add_contact(tx, person_id=admission.person_id, kind="lawyer", name=admission.lawyer)
    if admission.country:
        people.record_consular_notice(
            tx,
            person_id=admission.person_id,
            country=admission.country,
            told_at=tx.now,
            answer="refuses",
        )
    safety.record_first_risk(
        tx,
        person_id=admission.person_id,
        episode_id=episode_id,
        answers=admission.answers,
        asked_at=tx.now,
    )
    done += ["contacts", "risk"]
    left_out = [] if admission.gap == "photograph_missing" else ["photograph"]
    left_out += [] if admission.arrested_at else ["arrest"]
    custody.complete_steps(
        tx,
        episode_id=episode_id,
        done=done,
        left_out=dict.fromkeys(left_out, "simulated"),
    )


def _placed(tx: Transaction, admission: Admission) -> bool:
    """Ask for the place kept in mind; where a rule speaks against it, the ranking is asked."""
    if admission.place_id is None:
        return False
    try:
        with tx.savepoint():
            custody.place_person(tx, episode_id=admission.episode_id, place_id=admission.place_id)
    except Refused:
        return False
    return True
