"""What the records office keys day by day: papers, hearings, readings, days forfeited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from pims.authority import selectors as authority_selectors
from pims.authority import services as authority
from pims.custody.services import ReturnRow
from pims.demo.inmates import REVIEWED, Inmate, groups
from pims.demo.judgments import ORDER_KINDS, sitting
from pims.demo.keying import (
    Keyed,
    NewCase,
    OrderPaper,
    Outcome,
    certify_forfeited,
    check_identities,
    key_papers,
    read_again,
    warrant_name_of,
)
from pims.demo.plan import Stay
from pims.demo.state import State
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.holidays import is_closed
from pims.sentences import services as sentences


def key_group(simulation: State, group: list[Inmate], on: date) -> None:
    """The orders that they came on, before anybody asks for a place; dates of who will go."""
    papers = [
        (of_one, paper) for of_one in _by_paper(group) for paper in _papers(simulation, of_one, on)
    ]
    if not papers:
        return
    made = key_papers(
        simulation.officers.command("records_officer"),
        establishment_id=simulation.establishment_id,
        papers=[paper for _, paper in papers],
    )
    for (of_one, paper), keyed in zip(papers, made, strict=True):
        note(simulation, of_one, keyed, on)
        if paper.defects and simulation.rng.random() < 0.85:
            _decide(simulation, of_one[0])
    appeals = [inmate for inmate in group if inmate.stay.appeals and inmate.in_court]
    if appeals:
        noted = key_papers(
            simulation.officers.command("records_officer"),
            establishment_id=simulation.establishment_id,
            papers=[_appeal(simulation, inmate, on) for inmate in appeals],
        )
        for inmate, keyed in zip(appeals, noted, strict=True):
            note(simulation, [inmate], keyed, on)
    work_out(simulation, group)


def work_out(simulation: State, group: list[Inmate]) -> None:
    """The dates of those who go on them before the end; of all others they come together."""
    going = [i.person_id for i in group if i.stay.judgment is not None and i.stay.leaves]
    if going:
        sentences.recalculate(Command(simulation.officers.system), person_ids=going)


def note(simulation: State, inmates: list[Inmate], keyed: Keyed, on: date) -> None:
    for number, inmate in enumerate(inmates):
        inmate.in_court = keyed.in_court or inmate.in_court
        inmate.warrant_name_id = keyed.warrant_name_ids[number] or inmate.warrant_name_id
    # Of a paper that names several the first reading is that of all.
    inmates[0].unread[keyed.order_ids[0]] = keyed.reading
    simulation.unread[_next_working_day(on)].append(inmates[0])


def _papers(simulation: State, of_one: list[Inmate], on: date) -> list[OrderPaper]:
    inmate, stay = of_one[0], of_one[0].stay
    if stay.gap == "warrant_missing":
        return []
    simulation.serial += simulation.share[1]
    dated = min(stay.arrives, on)
    judgment = None if stay.sentenced is not None else stay.judgment
    kind = stay.order_kind or ORDER_KINDS[stay.kind]
    body_id = simulation.bodies[stay.court]
    return [
        OrderPaper(
            kind=kind,
            body_id=body_id,
            person_ids=tuple(one.person_id for one in of_one),
            reference=f"{stay.court} {simulation.serial}/{dated:%y}",
            dated=dated,
            holds_from=simulation.instant(stay.arrives, 12, 0),
            next_date=_next(simulation, stay, next(iter(stay.hearings), None)),
            until=stay.until if judgment is None and stay.sentenced is None else None,
            amount_cents=None if judgment is None else judgment.amount_cents,
            review_months=6 if stay.kind in REVIEWED else None,
            defects=("no_signature",) if stay.defective else (),
            judgment=judgment,
            new_case=NewCase(
                number=f"{stay.court} {stay.index}/{dated:%Y}",
                body_id=body_id,
                charges=stay.charges,
                opened_on=dated if inmate.stay.kind == "remand" else None,
            ),
        )
    ]


def _appeal(simulation: State, inmate: Inmate, on: date) -> OrderPaper:
    dated = min(inmate.stay.arrives + timedelta(days=9), on)
    return OrderPaper(
        kind="appeal_lodged",
        body_id=simulation.bodies["CA" if inmate.stay.court == "HC" else "HC"],
        person_ids=(inmate.person_id,),
        reference=f"Appeal {inmate.stay.index}/{dated:%y}",
        dated=dated,
        in_court=inmate.in_court,
    )


def _decide(simulation: State, inmate: Inmate) -> None:
    if inmate.warrant_name_id is None:
        return
    name = authority_selectors.warrant_name(simulation.officers.system, inmate.warrant_name_id)
    authority.decide_defective(
        simulation.officers.command("officer_in_charge"),
        warrant_id=name.warrant_id,
        decision="acted_on",
        reason="Confirmed by the clerk of court by telephone",
    )


def second_readings(simulation: State, day: date) -> None:
    """What was keyed on a day another officer reads on the next working day, before noon."""
    waiting = [inmate for inmate in simulation.unread.pop(day, []) if inmate.unread]
    if waiting:
        with simulation.at(day, 10, 15):
            read(simulation, waiting)


def read(simulation: State, inmates: Sequence[Inmate]) -> None:
    """Another officer reads whatever of theirs is still to be read again."""
    for group in groups(list({inmate.episode_id: inmate for inmate in inmates}.values())):
        readings = {i: reading for one in group for i, reading in one.unread.items()}
        if readings:
            read_again(simulation.officers.command("duty_senior_officer"), readings=readings)
        for inmate in group:
            inmate.unread.clear()


def go_through_register(simulation: State, day: date) -> None:
    """Two officers see, and write down, everybody who is inside."""
    with simulation.at(day, 20, 30):
        for group in groups(list(simulation.inside.values())):
            check_identities(
                simulation.officers.command("reception_officer"),
                episode_ids=[inmate.episode_id for inmate in group],
            )


def forfeit(simulation: State, day: date, inmate: Inmate) -> None:
    judgment = inmate.stay.judgment
    if judgment is None or judgment.forfeited_on is None:
        return
    with simulation.at(day, 15, 0):
        certify_forfeited(
            simulation.officers.command("records_officer"),
            person_id=inmate.person_id,
            days=judgment.forfeited_days,
            on=judgment.forfeited_on,
            reference=f"Disciplinary award {inmate.stay.index}",
        )


def _next(simulation: State, stay: Stay, first: date | None) -> date | None:
    if stay.gap == "next_appearance_missing":
        return None
    if stay.kind == "remand":
        return first or simulation.open_day(stay.court)
    if stay.kind == "life_sentence":
        return sitting(
            stay.court, simulation.plan.end + timedelta(days=simulation.rng.randint(60, 900))
        )
    return None


def outcome_of(
    simulation: State,
    day: date,
    inmate: Inmate,
    row: ReturnRow,
    *,
    warrant_id: int | None,
    order_id: int | None,
) -> Outcome:
    """What Records key of the paper that came back with the person: what the desk recorded
    of it is that paper already."""
    stay, in_court = inmate.stay, inmate.in_court
    paper = OrderPaper(
        kind="remand",
        body_id=simulation.bodies[stay.court],
        person_ids=(inmate.person_id,),
        reference=row.reference,
        dated=day,
        in_court=in_court,
    )
    if row.outcome in ("sentenced", "fined") and stay.judgment is not None:
        paper = replace(
            paper,
            kind=stay.judgment.order_kind,
            amount_cents=stay.judgment.amount_cents,
            judgment=stay.judgment,
            keyed_warrant_name_id=warrant_name_of(warrant_id),
        )
        return Outcome(inmate.person_id, day, row.outcome, (paper,), in_court)
    if row.outcome == "bailed":
        paper = replace(
            paper, kind="bail_taken_up", sureties="One surety", keyed_release_order_id=order_id
        )
        return Outcome(inmate.person_id, day, "bailed", (paper,), in_court)
    if row.outcome == "discharged_at_court":
        return Outcome(
            inmate.person_id, day, "discharged", in_court=in_court, charges_become="discharged"
        )
    remand = replace(
        paper, next_date=row.next_appearance, keyed_warrant_name_id=inmate.warrant_name_id
    )
    papers = [remand]
    if stay.surety_wanted and day == stay.hearings[0]:
        papers.append(
            replace(
                paper,
                kind="bail_awaiting_surety",
                sureties="Two sureties with land",
                amount_cents=500_000,
            )
        )
    return Outcome(inmate.person_id, day, "remanded", tuple(papers), in_court)


def _by_paper(group: Sequence[Inmate]) -> list[list[Inmate]]:
    """Those of one order of the Minister together: it is one paper."""
    together = [inmate for inmate in group if inmate.stay.kind == "emergency"]
    alone = [[inmate] for inmate in group if inmate.stay.kind != "emergency"]
    return [*alone, together] if together else alone


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while is_closed(day):
        day += timedelta(days=1)
    return day
