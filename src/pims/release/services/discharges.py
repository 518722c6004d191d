"""The gate: the one way out, and the second signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as papers
from pims.authority import services as authority
from pims.custody import services as custody
from pims.custody.selectors.standing import owner_of, standing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse, refuse_if_any
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.release import events, rules, second
from pims.release.dated import SERVED, calculated, served_by
from pims.release.facts import collect_facts, orders_that_free
from pims.release.models import Discharge, DischargeCase
from pims.release.services.cases import open_case, settle_item


@dataclass(frozen=True, slots=True)
class DischargeResult:
    discharge_id: int
    case_id: int | None
    marks: tuple[str, ...]


@service
def discharge_person(
    tx: Transaction,
    *,
    case_id: int,
    destination: str = "",
    explanations: Mapping[str, str] | None = None,
    second_by_telephone: str = "",
) -> DischargeResult:
    """Let the person walk. The one place through which every planned discharge goes.

    Refused for three things only (see `rules.discharge_check`), and, in the first fifteen
    minutes, for want of a second officer. What is left undone and unexplained is marked, and so is
    a second officer by telephone whom nobody here knows. Raises InvalidInput where that is the
    first officer again: the box may stay empty.
    """
    case = open_case(tx, case_id)
    tx.require_person("release.discharge", case.person_id)
    destination = clean_field("destination", destination, limit=300)
    second_by_telephone = clean_field("second_by_telephone", second_by_telephone, limit=120)
    for code, note in (explanations or {}).items():
        if note.strip():
            settle_item(tx, case_id=case.pk, code=code, done=False, note=note)
    facts = collect_facts(case, at=tx.now)
    found = rules.discharge_check(facts)
    refuse_if_any(found.stops).require()
    own_second = case.second_officer_id == tx.actor.user_id
    if own_second and tx.now < rules.telephone_from(case.clock_started_at):
        refuse(Reason("release.same_officer", decided_by="release.second_check")).require()
    rules.second_officer_decision(facts, as_of=tx.now, called=second_by_telephone).require()
    if case.second_officer_id is not None and not own_second:
        second_how = Discharge.SecondHow.PRESENT
    elif second_by_telephone:
        second_how = Discharge.SecondHow.TELEPHONE
    else:
        second_how = Discharge.SecondHow.NONE
    marks = [f"not_done:{code}" for code in found.open_items]
    reached: second.Officer | None = None
    second_name = ""
    if second_how is Discharge.SecondHow.TELEPHONE:
        reached = _reached(tx, case, second_by_telephone)
        second_name = second_by_telephone if reached is None else reached.shown
        marks += [rules.SECOND_NOT_KNOWN] * (reached is None)
    if second_how is not Discharge.SecondHow.PRESENT:
        marks.append("not_countersigned")
    marks += found.doubts
    freeing = orders_that_free(case, at=tx.now)
    at = custody.hour_of_leaving(tx, case.episode_id)
    for order_id in freeing:
        authority.act_on_release_order(tx, release_order_id=order_id, at=at)
    return write_discharge(
        tx,
        case=case,
        at=at,
        first_officer_id=tx.actor.user_id,
        second_how=second_how,
        second_name=second_name,
        reached_officer_id=None if reached is None else reached.user_id,
        destination=destination,
        marks=marks,
        left_open=found.open_items,
        acted_on=freeing,
    )


def end_served(tx: Transaction, case: DischargeCase, *, at: datetime) -> None:
    """End the papers of sentences that by the calculation are over, whatever day they name.

    They end as papers that ran out: taking the discharge back opens them again.
    """
    zone = ZoneInfo(facilities.time_zone(case.establishment_id))
    held = papers.warrants_of([case.person_id], zone=zone.key).get(case.person_id, [])
    counted = calculated([case.person_id]).get(case.person_id)
    today = at.astimezone(zone).date()
    for warrant_name_id in served_by(held, counted, today=today, at=at):
        authority.end_warrant_by_fact(
            tx.beyond_scope(),
            warrant_name_id=warrant_name_id,
            end_kind="expired",
            at=at,
            basis=SERVED,
        )


def _reached(tx: Transaction, case: DischargeCase, text: str) -> second.Officer | None:
    """The second officer by telephone whom the words mean, None where nobody here knows them.

    Raises InvalidInput where the words mean the first officer.
    """
    named = second.named_officer(
        text,
        first=second.Officer(tx.actor.user_id, tx.actor.name, tx.actor.badge),
        others=second.second_officers(case.establishment_id),
    )
    if named.is_first:
        raise InvalidInput({"second_by_telephone": Reason("release.second_is_first")})
    return named.officer


@service
def countersign(tx: Transaction, *, discharge_id: int) -> DischargeResult:
    """The second officer signs later what was agreed by telephone, or done alone.

    Where a second officer stood at the gate, or has signed, nothing changes. Raises Refused for
    the first officer and of a discharge that was taken back, NotFound.
    """
    discharge, person_id = locked_discharge(tx, discharge_id)
    tx.require_person("release.second_check", people.canonical_id(person_id))
    if discharge.taken_back_at is not None:
        refuse(Reason("release.discharge_taken_back")).require()
    if tx.actor.user_id == (discharge.first_officer_id or discharge.recorded_by_id):
        refuse(Reason("release.same_officer", decided_by="release.second_check")).require()
    present = discharge.second_how == Discharge.SecondHow.PRESENT
    if discharge.countersigned_at is None and not present:
        discharge.countersigned_at = tx.now
        discharge.second_officer_id = tx.actor.user_id
        discharge.save(update_fields=["countersigned_at", "second_officer_id"])
        tx.record(
            events.Countersigned(
                person_id=discharge.person_id,
                establishment_id=discharge.establishment_id,
                discharge_id=discharge.pk,
            )
        )
    return DischargeResult(discharge.pk, discharge.case_id, tuple(discharge.marks))


def locked_discharge(tx: Transaction, discharge_id: int) -> tuple[Discharge, int]:
    """The discharge, and whose stay it ended, both persons locked. Raises NotFound.

    They differ where the stay was found to be another person's since.
    """
    found = Discharge.objects.filter(pk=discharge_id).first()
    if found is None:
        raise NotFound("discharge", discharge_id)
    tx.lock_persons([found.person_id, owner_of(found.episode_id)[0]])
    found = Discharge.objects.get(pk=discharge_id)
    owner_id, _establishment_id = owner_of(found.episode_id)  # as it is now that nothing moves
    tx.lock_persons([found.person_id, owner_id])
    return found, owner_id


def write_discharge(
    tx: Transaction,
    *,
    case: DischargeCase,
    at: datetime,
    first_officer_id: int | None,
    second_how: str,
    second_name: str,
    destination: str,
    marks: Sequence[str],
    left_open: Sequence[str],
    acted_on: Sequence[int],
    reached_officer_id: int | None = None,
    first_name: str = "",
    order_seen: str = "",
    from_paper: bool = False,
) -> DischargeResult:
    """End custody and keep the discharge, for the services of this room that have decided.

    Of whoever was at large by the record that is marked: no return was recorded.
    """
    row = next((r for r in standing(person_ids=[case.person_id])), None)
    if row is not None and row.at_large_since is not None and row.at_large_since <= at:
        marks = [*marks, rules.WAS_AT_LARGE]
    ended = custody.end_episode(
        tx,
        episode_id=case.episode_id,
        kind="discharged",
        ended_at=at if from_paper else None,  # the clock's own hour is nobody's late entry
        release_order_id=case.release_order_id,
        order_seen=order_seen if from_paper else case.ground[:300],
        by_whom=first_name,
        destination=destination,
    )
    at = ended.ended_at  # the book says the hour that custody says
    end_served(tx, case, at=at)
    second_officer_id = None if from_paper else case.second_officer_id
    discharge = Discharge.objects.create(
        case=case,
        person_id=case.person_id,
        episode_id=case.episode_id,
        establishment_id=case.establishment_id,
        at=at,
        first_officer_id=first_officer_id,
        first_name=first_name,
        order_seen=order_seen,
        second_officer_id=None if second_officer_id == first_officer_id else second_officer_id,
        second_how=second_how,
        second_name=second_name,
        reached_officer_id=reached_officer_id,
        destination=destination,
        minutes_from_order=max(0, int((at - case.clock_started_at).total_seconds() // 60)),
        entered_from_paper=from_paper,
        left_open=list(left_open),
        marks=list(marks),
        orders_acted_on=list(acted_on),
        recorded_by_id=tx.actor.user_id,
    )
    case.state, case.closed_at = DischargeCase.State.DISCHARGED, at
    case.save(update_fields=["state", "closed_at"])
    tx.record(
        events.Released(
            person_id=case.person_id,
            establishment_id=case.establishment_id,
            discharge_id=discharge.pk,
            episode_id=case.episode_id,
            happened_at=at.isoformat(),
            from_paper=from_paper,
            marks=tuple(marks),
        ),
        details={"destination": destination, "first": first_name, "second": second_name},
    )
    return DischargeResult(discharge.pk, case.pk, tuple(marks))
