"""What the rooms have recorded of many people, as histories that a proof of custody is made from.

Records that were joined are one person. A constant number of queries, however many are asked for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pims.assurance.history_orders import MOST_MONTHS, Said, said_by, within
from pims.assurance.law import law_here
from pims.assurance.proof.checks_care import periods
from pims.assurance.proof.counting import Counting
from pims.assurance.proof.history import (
    Charge,
    Custody,
    CustodyEnd,
    DatesRefused,
    Hearing,
    History,
    Interest,
    Placement,
    Preparation,
    Review,
    UnitKind,
)
from pims.authority.selectors import Papers, papers_of
from pims.authority.selectors import bodies as all_bodies
from pims.courts import selectors as courts
from pims.courts.selectors import CaseInfo, HearingInfo, OrderInfo
from pims.custody import selectors as custody
from pims.custody.selectors.movements import CourtReturnInfo
from pims.custody.selectors.stays import Stay, last_moved, persons_held_since, stays_of
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.foundation.outbox.last import last_told
from pims.people import selectors as people
from pims.people.selectors.circumstances import Circumstances, circumstances
from pims.release.selectors.prepared import Prepared, prepared
from pims.sentences.selectors.each import EachSentence, dates_of_each

# What the system itself works out and raises is nobody's looking at somebody.
BY_ITSELF = ("assurance.", "sentences.calculated", "sentences.nothing", "vault.")
ENDS: Mapping[str, CustodyEnd] = {
    "discharged": "discharged",
    "discharged_at_court": "discharged",
    "released_in_error": "discharged",
    "died": "died",
    "removed": "removed",
    "transferred": "transferred",
}
UNITS: Mapping[str, UnitKind] = {"adult": "adults", "juvenile": "juveniles"}
# Outcomes by which the court decided something about somebody, and words of a hearing's purpose
# that say what for: who is only put over from month to month is not reviewed.
DECIDED = frozenset(
    {
        "other", "bailed", "sentenced", "fined", "convicted", "acquitted", "discharged",
        "withdrawn",
    }
)  # fmt: skip
NOT_HEARD = frozenset({"", "adjourned", "not_held", "not_produced", "refused"})
REVIEWS = ("review", "revisi", "fitness", "aptitud")


@dataclass(frozen=True, slots=True)
class Known:
    """One person's history, with what the alarms need beside it.

    `establishment_id` and `episode_id` are of the last stay.
    """

    person_id: int
    establishment_id: int
    episode_id: int
    number: str
    history: History


def everyone(*, since: datetime | None = None) -> list[int]:
    """Whoever was on the books at any time from `since` on (None: ever), one id a human being."""
    return sorted(persons_held_since(since))


def histories(person_ids: Collection[int], *, by_number: bool = False) -> dict[int, Known]:
    """Person as asked for -> their history, of those who were ever in custody.

    `by_number` names them by their prisoner numbers, as exports do; else by their ids.
    """
    ids = set(person_ids)
    stays = stays_of(ids)
    ids &= stays.keys()
    if not ids:
        return {}
    system = system_actor()
    who = circumstances(ids)
    zones = {one.establishment_id: one.time_zone for one in facilities.establishments(system)}
    units = facilities.unit_info(
        {u.unit_id for own in stays.values() for s in own for u in s.units}
    )
    kinds = {unit_id: UNITS.get(unit.for_age, "") for unit_id, unit in units.items()}
    papers = papers_of(ids)
    orders = courts.orders(system, ids)
    hearings = courts.hearings(system, ids)
    cases = courts.cases(system, ids)
    outcomes: dict[int, list[CourtReturnInfo]] = {}
    for person_id, one in custody.court_outcomes(
        ids, begins=datetime.min.replace(tzinfo=UTC), ends=datetime.max.replace(tzinfo=UTC)
    ):
        outcomes.setdefault(person_id, []).append(one)
    dates = dates_of_each(ids)
    ready = prepared(ids)
    records: dict[int, set[int]] = {i: {i} for i in ids}
    for record, root in people.joined_records(ids).items():
        records[root].add(record)
    told = last_told({r for own in records.values() for r in own}, but=BY_ITSELF)
    moved = last_moved(ids)
    bodies = {body.body_id: body for body in all_bodies()}
    counting = law_here().counting
    found = {}
    for i in ids:
        last = stays[i][-1]
        zone = zones[last.establishment_id]
        said = said_by(
            papers.get(i, Papers()), orders.get(i, ()), dates.get(i), bodies=bodies, zone=zone
        )
        own_hearings = list(_hearings(hearings.get(i, ()), outcomes.get(i, ()), zone))
        spoken = [told[r] for r in records[i] if r in told]
        spoken += [moved[i]] if i in moved else []
        found[i] = Known(
            person_id=i,
            establishment_id=last.establishment_id,
            episode_id=last.episode_id,
            number=who[i].number,
            history=_history(
                who[i].number if by_number else str(i),
                zone,
                who[i],
                said,
                custody=_custody(stays[i]),
                hearings=own_hearings,
                charges=list(_charges(cases.get(i, ()), records[i])),
                placements=_placements(stays[i], kinds),
                reviews=_reviews(hearings.get(i, ()), orders.get(i, ())),
                papers=papers.get(i, Papers()),
                ready=ready.get(i, ()),
                refused=_refused(dates.get(i)),
                counting=counting,
                last_recorded_at=max(spoken, default=None),
            ),
        )
    return found


def _history(
    person_id: str,
    zone: str,
    who: Circumstances,
    said: Said,
    *,
    custody: Sequence[Custody],
    hearings: Sequence[Hearing],
    charges: Sequence[Charge],
    placements: Sequence[Placement],
    reviews: Iterable[Review],
    papers: Papers,
    ready: Sequence[Prepared],
    refused: DatesRefused | None,
    counting: Counting,
    last_recorded_at: datetime | None,
) -> History:
    return said.with_hand_dates(
        History(
            person_id=person_id,
            zone=zone,
            custody=tuple(custody),
            orders=said.orders,
            sentences=said.sentences,
            payments=said.payments,
            hearings=tuple(hearings),
            charges=tuple(charges),
            placements=tuple(placements),
            reviews=tuple(reviews),
            interests=tuple(
                Interest(
                    interest_id=f"P{one.police_interest_id}",
                    begins=one.raised_at,
                    ends=one.withdrawn_at,
                )
                for one in papers.interests
                if one.withdrawn_at is None or one.withdrawn_at > one.raised_at
            ),
            preparations=tuple(
                Preparation(
                    opened_at=one.opened_at,
                    closed_at=one.closed_at,
                    ready_at=one.ready_at,
                    owed=one.owed,  # type: ignore[arg-type]
                )
                for one in ready
            ),
            dates_refused=refused,
            born_on=who.born_latest,
            born_earliest=who.born_earliest if who.born_earliest != who.born_latest else None,
            juvenile_until_decided=who.in_doubt,
            nationalities=who.nationalities,
            consul_told_at=_consul_told(who.consul_told, custody),
            lawyer=who.lawyer,
            lawyer_said_at=who.lawyer_said_at,
            last_recorded_at=last_recorded_at,
        ),
        counting,
    )


def _refused(dates: EachSentence | None) -> DatesRefused | None:
    if dates is None or dates.refused is None:
        return None
    day = dates.refused.arguable_on
    return DatesRefused(since=dates.refused.since, arguable_on=None if day is None else within(day))


def _custody(stays: Sequence[Stay]) -> list[Custody]:
    """The stays, parted where the person was at large; of joined records' that overlap, each
    instant once."""
    parts: list[Custody] = []
    for stay in stays:
        begins, number = stay.starts_at, 0
        for away in stay.away:
            if away.starts_at > begins:
                number += 1
                parts.append(_part(stay, number, begins, away.starts_at, "escaped"))
            if away.ends_at is None or (stay.ends_at is not None and away.ends_at >= stay.ends_at):
                break
            begins = max(begins, away.ends_at)
        else:
            if stay.ends_at is None or stay.ends_at > begins:
                end = ENDS.get(stay.end_kind, "")
                parts.append(_part(stay, number + 1, begins, stay.ends_at, end))
    found: list[Custody] = []
    for one in sorted(parts, key=lambda part: (part.begins, part.custody_id)):
        part = one
        before = found[-1] if found else None
        if before is not None and (before.ends is None or before.ends > part.begins):
            if before.ends is None or (part.ends is not None and part.ends <= before.ends):
                continue
            part = replace(part, begins=before.ends)
        found.append(part)
    return found


def _part(
    stay: Stay, number: int, begins: datetime, ends: datetime | None, end_kind: CustodyEnd
) -> Custody:
    name = f"C{stay.episode_id}" if number == 1 else f"C{stay.episode_id}.{number}"
    return Custody(custody_id=name, begins=begins, ends=ends, end_kind=end_kind)


def _placements(stays: Sequence[Stay], kinds: Mapping[int, UnitKind]) -> list[Placement]:
    return [
        Placement(begins=one.starts_at, ends=one.ends_at, unit_kind=kinds[one.unit_id])
        for stay in stays
        for one in stay.units
        if one.ends_at is None or one.ends_at > one.starts_at
    ]


def _hearings(
    rows: Sequence[HearingInfo], outcomes: Sequence[CourtReturnInfo], zone: str
) -> Iterator[Hearing]:
    """The hearings; what the desk recorded when the person came back is the outcome of a day of
    which nobody has said it otherwise, and a hearing where there is none of that day."""
    where = ZoneInfo(zone)
    desk = {one.happened_at.astimezone(where).date(): one for one in outcomes}
    days = set()
    for row in rows:
        days.add(row.on)
        back = desk.get(row.on)
        outcome, at = row.outcome, row.outcome_at
        if not outcome and back is not None:
            outcome, at = back.outcome, back.happened_at
        yield Hearing(
            hearing_id=f"H{row.hearing_id}",
            on=within(row.on),
            case="" if row.case_id is None else f"K{row.case_id}",
            outcome=outcome,
            outcome_at=at,
            cancelled=row.cancelled_at is not None,
        )
    for day, back in desk.items():
        if day not in days:
            yield Hearing(
                hearing_id=f"D{back.court_return_id}",
                on=day,
                outcome=back.outcome,
                outcome_at=back.happened_at,
            )


def _charges(cases: Sequence[CaseInfo], records: Collection[int]) -> Iterator[Charge]:
    for case in cases:
        for one in case.charges:
            if one.person_id in records:
                yield Charge(
                    charge_id=f"X{one.charge_id}",
                    case=f"K{case.case_id}",
                    state=one.state,  # type: ignore[arg-type]
                    decided_on=within(one.decided_on),
                    offence_on=within(one.offence_to or one.offence_from),
                    longest_months=None
                    if one.longest_months is None
                    else min(one.longest_months, MOST_MONTHS),
                    life=one.life,
                    likely_months=one.likely_months,
                )


def _reviews(rows: Sequence[HearingInfo], orders: Sequence[OrderInfo]) -> Iterator[Review]:
    """A hearing of the case of an order that waits for reviews, or called for on that order, is one
    where the court decided something, or where it was for a review and the person was heard."""
    for order in orders:
        if order.review_months is None and order.kind not in ("unfit_to_plead", "courts_pleasure"):
            continue
        for row in rows:
            same = (row.case_id is not None and row.case_id == order.case_id) or (
                row.warrant_name_id is not None and row.warrant_name_id == order.warrant_name_id
            )
            if same and row.cancelled_at is None and _reviewed(row):
                yield Review(on=within(row.on), order_id=f"O{order.order_id}")


def _reviewed(row: HearingInfo) -> bool:
    purpose = row.purpose.casefold()
    if any(word in purpose for word in REVIEWS):
        return row.outcome not in NOT_HEARD
    return row.outcome in DECIDED


def _consul_told(told: Sequence[datetime], custody: Sequence[Custody]) -> datetime | None:
    """The first time in the last custody, or shortly before it by the police; else the last."""
    since = datetime.max.replace(tzinfo=UTC)
    for part in reversed(custody):
        if since != datetime.max.replace(tzinfo=UTC) and part.ends != since:
            break
        since = part.begins
    about = [at for at in told if custody and at >= since - periods()["consul_before"]]
    return min(about, default=max(told, default=None))
