"""A discharge that was made without the system: a fact, entered as the paper tells it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody.selectors.standing import owner_of, standing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput
from pims.kernel.limits import CLOCK_SLACK
from pims.kernel.text import clean_field
from pims.release import events, rules, second
from pims.release.dated import as_calculated, calculated
from pims.release.facts import (
    clock_of,
    collect_facts,
    last_day,
    orders_that_free,
    orders_that_ground,
)
from pims.release.models import Discharge, DischargeCase
from pims.release.services.cases import ON_PAPER
from pims.release.services.discharges import DischargeResult, write_discharge

Basis = DischargeCase.Basis
# What `set_ground` sets.
GROUND_FIELDS = ("basis", "ground", "clock_started_at", "release_order_id", "final_date")
UNSAID = ("no_order_seen", "officer_not_named", rules.SECOND_IS_FIRST)


@service
def record_paper_discharge(
    tx: Transaction,
    *,
    episode_id: int,
    happened_at: datetime,
    order_seen: str = "",
    first_officer: str = "",
    second_officer: str = "",
    destination: str = "",
) -> DischargeResult:
    """Enter a discharge that was made on paper. It happened: it is recorded whatever was amiss.

    The officers are those whom the paper names; whoever types it is kept apart from them. What
    the check would have said is kept as marks, and whoever should not have left is alarmed. A
    check that was open is closed, and lends the paper nothing but the hour of its order and what
    was established of the identity. Raises InvalidInput (in the future, before reception),
    Refused (not in custody).
    """
    person_id, _establishment_id = owner_of(episode_id)
    tx.lock_persons([person_id])
    tx.require_person("release.discharge", person_id)
    row = next((r for r in standing(person_ids=[person_id]) if r.episode_id == episode_id), None)
    if row is None:
        refuse(Reason("release.not_in_custody")).require()
        raise AssertionError
    if happened_at > tx.now + CLOCK_SLACK:
        raise InvalidInput({"happened_at": Reason("release.in_the_future")})
    happened_at = minutes.after(happened_at, row.starts_at)
    if happened_at <= row.starts_at:
        raise InvalidInput({"happened_at": Reason("release.before_reception")})
    order_seen = clean_field("order_seen", order_seen, limit=300)
    first = clean_field("first_officer", first_officer, limit=120)
    other = clean_field("second_officer", second_officer, limit=120)
    destination = clean_field("destination", destination, limit=300)
    case = _case(tx, episode_id, happened_at, order_seen)
    found = rules.discharge_check(collect_facts(case, at=happened_at))
    freeing = orders_that_free(case, at=happened_at)
    for order_id in freeing:
        authority_services.act_on_release_order(tx, release_order_id=order_id, at=happened_at)
    return write_discharge(
        tx,
        case=case,
        at=happened_at,
        first_officer_id=None,
        first_name=first,
        second_how=Discharge.SecondHow.PAPER if other else Discharge.SecondHow.NONE,
        second_name=other,
        order_seen=order_seen,
        destination=destination,
        marks=paper_marks(found, order_seen=order_seen, first_officer=first, second_officer=other),
        left_open=found.open_items,
        acted_on=freeing,
        from_paper=True,
    )


def paper_marks(
    found: rules.DischargeCheck, *, order_seen: str, first_officer: str, second_officer: str
) -> tuple[str, ...]:
    """What the check would have said, and what the paper does not say."""
    # Three warrants that detain are one mark.
    stops = dict.fromkeys(reason.code for reason in found.stops)
    return (*stops, *found.doubts, "from_paper", *unsaid(order_seen, first_officer, second_officer))


def unsaid(order_seen: str, first_officer: str, second_officer: str) -> list[str]:
    """The marks of what the paper of a discharge does not say (`UNSAID`)."""
    missing = (
        not order_seen.strip(),
        not first_officer.strip(),
        second.same_words(first_officer, second_officer),
    )
    return [mark for mark, is_so in zip(UNSAID, missing, strict=True) if is_so]


def _case(
    tx: Transaction, episode_id: int, happened_at: datetime, order_seen: str
) -> DischargeCase:
    """The case of a discharge on paper; one that was being prepared is closed for it."""
    person_id, establishment_id = owner_of(episode_id)
    prepared = DischargeCase.objects.filter(
        episode_id=episode_id, state=DischargeCase.State.OPEN
    ).first()
    if prepared is not None:
        prepared.state, prepared.closed_at = DischargeCase.State.CLOSED, tx.now
        prepared.closed_reason = ON_PAPER
        prepared.save(update_fields=["state", "closed_at", "closed_reason"])
        tx.record(
            events.DischargeCaseClosed(
                person_id=person_id, establishment_id=establishment_id, case_id=prepared.pk
            ),
            details={"reason": prepared.closed_reason},
        )
    case = DischargeCase(
        episode_id=episode_id,
        person_id=person_id,
        establishment_id=establishment_id,
        recorded_by_id=tx.actor.user_id,
    )
    set_ground(
        case,
        own_order_id=None if prepared is None else prepared.release_order_id,
        at=happened_at,
        order_seen=order_seen,
    )
    established = None if prepared is None else prepared.identity_at
    if prepared is not None and established is not None and established <= happened_at:
        case.identity_how, case.identity_at = prepared.identity_how, established
    case.save()
    return case


def set_ground(
    case: DischargeCase, *, own_order_id: int | None, at: datetime, order_seen: str
) -> None:
    """On what a discharge on paper at `at` rests, by what stood then. Saves nothing."""
    person_id, establishment_id = case.person_id, case.establishment_id
    order_id = _standing_order(case.episode_id, own_order_id, at)
    final_date = None if order_id is not None else _last_day(person_id, establishment_id, at)
    case.basis, case.ground, case.clock_started_at = Basis.NO_AUTHORITY, order_seen or "-", at
    case.release_order_id = case.final_date = None
    if order_id is not None or final_date is not None:
        case.basis = Basis.ORDER if order_id is not None else Basis.FINAL_DATE
        case.release_order_id, case.final_date = order_id, final_date
        started = clock_of(
            person_id,
            episode_id=case.episode_id,
            establishment_id=establishment_id,
            release_order_id=order_id,
            at=at,
            earlier=[],
        )
        case.clock_started_at = at if started is None else min(started, at)


def _standing_order(episode_id: int, own: int | None, at: datetime) -> int | None:
    """The order that stood at `at` as a ground: the one being prepared, else the newest."""
    standing_then = [o for o in orders_that_ground(episode_id) if o.received_at <= at]
    if any(o.release_order_id == own for o in standing_then):
        return own
    newest = max(standing_then, key=lambda o: o.received_at, default=None)
    return None if newest is None else newest.release_order_id


def _last_day(person_id: int, establishment_id: int, at: datetime) -> date | None:
    """The last day that the papers name or that is calculated, where it had come for all."""
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    written = authority.warrants_of([person_id], zone=zone.key).get(person_id, [])
    papers = as_calculated(written, calculated([person_id]).get(person_id), zone)
    day = last_day(papers, at, zone)
    return day if day is not None and day <= at.astimezone(zone).date() else None
