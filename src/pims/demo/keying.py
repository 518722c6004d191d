"""What the records office keys of the courts in the simulated prison, as one change a group.

Cases, charges, the order that each paper is, credit and forfeitures; hearings with their outcome;
and, by another officer, the second readings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.authority import selectors as authority
from pims.courts import selectors as courts_read
from pims.courts import services as courts
from pims.courts.services import OrderName, OrderReading, SentenceInput, SentenceReading
from pims.custody import services as custody
from pims.demo.judgments import Judgment, PlannedCharge
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Transaction, service
from pims.sentences import services as sentences


@dataclass(slots=True)
class InCourt:
    """What the record has of one person's case so far: ids."""

    case_id: int
    charge_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewCase:
    """The case of whoever comes: number, court, charges."""

    number: str
    body_id: int
    charges: tuple[PlannedCharge, ...]
    opened_on: date | None = None


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """One order as it is keyed. `names` are of one paper; `judgment` gives its sentences.

    `keyed_warrant_name_id` and `keyed_release_order_id` are of the first person, where the desk
    recorded the paper before.
    """

    kind: str
    body_id: int
    person_ids: tuple[int, ...]
    reference: str
    dated: date
    holds_from: datetime | None = None
    next_date: date | None = None
    until: date | None = None
    amount_cents: int | None = None
    review_months: int | None = None
    sureties: str = ""
    conditions: str = ""
    defects: tuple[str, ...] = ()
    judgment: Judgment | None = None
    new_case: NewCase | None = None
    in_court: InCourt | None = None
    keyed_warrant_name_id: int | None = None
    keyed_release_order_id: int | None = None
    ends_all: bool = False


@dataclass(frozen=True, slots=True)
class Keyed:
    """What came of a paper, with what another officer will read on it."""

    order_ids: tuple[int, ...]
    warrant_name_ids: tuple[int | None, ...]
    release_order_ids: tuple[int | None, ...]
    in_court: InCourt | None
    reading: OrderReading


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the hearing of one person on one day, and the orders made at it."""

    person_id: int
    on: date
    outcome: str
    papers: tuple[OrderPaper, ...] = ()
    in_court: InCourt | None = None
    charges_become: str = ""


@service
def key_papers(
    tx: Transaction, *, establishment_id: int, papers: Sequence[OrderPaper]
) -> tuple[Keyed, ...]:
    """Record the papers of a group, each with its case where it is the first to tell of it."""
    tx.lock_persons(person_id for paper in papers for person_id in paper.person_ids)
    return tuple(_key(tx, establishment_id, paper) for paper in papers)


@service
def key_outcomes(
    tx: Transaction, *, establishment_id: int, outcomes: Sequence[Outcome]
) -> tuple[tuple[Keyed, ...], ...]:
    """Record what came of hearings; of each, what was keyed."""
    persons = [one.person_id for one in outcomes]
    tx.lock_persons(persons)
    due = courts_read.hearings(system_actor(), persons)
    found = []
    for one in outcomes:
        for hearing in due.get(one.person_id, ()):
            if hearing.on == one.on and not hearing.outcome and hearing.cancelled_at is None:
                courts.record_hearing_outcome(
                    tx,
                    hearing_id=hearing.hearing_id,
                    version=hearing.version,
                    outcome=one.outcome,
                )
        if one.in_court is not None and one.charges_become:
            for charge_id in one.in_court.charge_ids:
                courts.decide_charge(
                    tx, charge_id=charge_id, state=one.charges_become, decided_on=one.on
                )
        found.append(tuple(_key(tx, establishment_id, paper) for paper in one.papers))
    return tuple(found)


@service
def read_again(tx: Transaction, *, readings: Mapping[int, OrderReading]) -> int:
    """Key the second readings of these orders, each as the reader found the paper."""
    for order_id, reading in readings.items():
        courts.read_order_again(tx, order_id=order_id, reading=reading)
    return len(readings)


@service
def certify_forfeited(
    tx: Transaction, *, person_id: int, days: int, on: date, reference: str
) -> int:
    return sentences.record_adjustment(
        tx, person_id=person_id, kind="forfeited", days=days, first_day=on, basis=reference
    ).adjustment_id


@service
def check_identities(tx: Transaction, *, episode_ids: Sequence[int]) -> int:
    """Go through the register with two officers: everybody is who they are held as."""
    for episode_id in episode_ids:
        custody.record_identity_check(
            tx,
            episode_id=episode_id,
            how="two_officers",
            officers=("Officer Ical", "Officer Wade"),
            purpose="register",
        )
    return len(episode_ids)


@service
def bring_forward(tx: Transaction, *, person_id: int, on: date, reason: str) -> int | None:
    """The court itself put the person's next hearing to another day; its id, None without one."""
    for hearing in courts_read.hearings(system_actor(), [person_id]).get(person_id, ()):
        if not hearing.outcome and hearing.cancelled_at is None and hearing.on >= on:
            return courts.move_hearing(
                tx,
                hearing_id=hearing.hearing_id,
                version=hearing.version,
                on=on,
                reason=reason,
                by_order=True,
            ).hearing_id
    return None


def warrant_name_of(warrant_id: int | None) -> int | None:
    """The only name on a paper of the desk."""
    if warrant_id is None:
        return None
    return authority.warrant(system_actor(), warrant_id)[0].warrant_name_id


def _key(tx: Transaction, establishment_id: int, paper: OrderPaper) -> Keyed:
    in_court = paper.in_court
    if paper.new_case is not None:
        in_court = _open(tx, establishment_id, paper.person_ids, paper.new_case)
    charge_ids = () if in_court is None else in_court.charge_ids
    judgment = paper.judgment
    terms = list(_sentences(judgment, charge_ids))
    made = courts.record_court_order(
        tx,
        establishment_id=establishment_id,
        kind=paper.kind,
        body_id=paper.body_id,
        names=[
            OrderName(
                person_id,
                keyed_warrant_name_id=paper.keyed_warrant_name_id if first else None,
                keyed_release_order_id=paper.keyed_release_order_id if first else None,
                ends_all=paper.ends_all,
                # Bail that a court takes back it granted before the person ever came here.
                granted=True,
            )
            for first, person_id in _first(paper.person_ids)
        ],
        received_at=tx.now,
        pronounced_at=paper.holds_from,
        case_id=None if in_court is None else in_court.case_id,
        charge_ids=charge_ids,
        reference=paper.reference,
        dated=paper.dated,
        next_date=paper.next_date,
        until=paper.until,
        amount_cents=paper.amount_cents,
        review_months=paper.review_months,
        sureties=paper.sureties,
        conditions=paper.conditions,
        defects=paper.defects,
        sentences=terms,
    )
    if judgment is not None and judgment.credit_days:
        sentences.record_adjustment(
            tx,
            person_id=paper.person_ids[0],
            kind="remand_credit",
            days=judgment.credit_days,
            for_pronounced_on=judgment.on,
            basis=f"Certificate of time in custody, {paper.reference}"[:300],
        )
    return Keyed(
        made.order_ids,
        made.warrant_name_ids,
        made.release_order_ids,
        in_court,
        _as_read(paper, terms),
    )


def _open(
    tx: Transaction, establishment_id: int, person_ids: Sequence[int], new: NewCase
) -> InCourt:
    case_id = courts.open_case(
        tx,
        establishment_id=establishment_id,
        number=new.number,
        body_id=new.body_id,
        person_ids=person_ids,
        opened_on=new.opened_on,
    ).case_id
    charge_ids = tuple(
        courts.add_charge(
            tx,
            case_id=case_id,
            person_id=person_id,
            offence_code=one.code,
            as_written=one.as_written,
            offence_from=one.offence_on,
            offence_to=one.offence_on,
        ).charge_id
        for person_id in person_ids
        for one in new.charges
    )
    return InCourt(case_id, charge_ids)


def _sentences(judgment: Judgment | None, charge_ids: Sequence[int]) -> Iterable[SentenceInput]:
    if judgment is None:
        return
    if judgment.minimum_years is not None:
        yield SentenceInput(
            minimum_years=judgment.minimum_years, charge_id=charge_ids[0] if charge_ids else None
        )
    for one in judgment.sentences:
        yield SentenceInput(
            years=one.term.years,
            months=one.term.months,
            weeks=one.term.weeks,
            days=one.term.days,
            effective_from=one.effective_from,
            link="consecutive" if one.follows else "concurrent",
            consecutive_to_position=one.follows,
            charge_id=charge_ids[one.charge] if one.charge < len(charge_ids) else None,
        )


def _as_read(paper: OrderPaper, terms: Sequence[SentenceInput]) -> OrderReading:
    """What stands on the paper: the second officer keys it without having seen the first."""
    return OrderReading(
        dated=paper.dated,
        next_date=paper.next_date,
        until=paper.until,
        amount_cents=paper.amount_cents,
        review_months=paper.review_months,
        sentences=tuple(
            SentenceReading(
                years=one.years,
                months=one.months,
                weeks=one.weeks,
                days=one.days,
                minimum_years=one.minimum_years,
                effective_from=one.effective_from,
                link=one.link,
            )
            for one in terms
        ),
    )


def _first(person_ids: Sequence[int]) -> Iterable[tuple[bool, int]]:
    return ((number == 0, person_id) for number, person_id in enumerate(person_ids))
