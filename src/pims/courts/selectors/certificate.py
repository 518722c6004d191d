"""The certificate of time in custody by charge, for the judge before sentence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.rules.custody_days import ChargeDays, Hold, days_by_charge, days_of
from pims.courts.selectors.cases import case, hearings
from pims.courts.selectors.infos import CaseInfo, ChargeInfo, HearingInfo, OrderInfo
from pims.courts.selectors.orders import orders
from pims.custody import selectors as custody
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.kernel.periods import Period, gaps
from pims.people import selectors as people

READER = Actor(user_id=0, name="", badge="", system=True)
VIEW = "courts.view"
NEVER = frozenset({"never_held", "never_was"})


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper that a certificate names. `key` is how the stretches name it."""

    key: str
    kind: str
    label: dict[str, str]
    body_name: str
    reference: str
    dated: date | None
    holds: Period
    serving: bool
    charge_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChargeTime:
    charge: ChargeInfo
    days: ChargeDays


@dataclass(frozen=True, slots=True)
class Certificate:
    """`custody` is when the person was in custody, days at large left out; `days_in_custody` every
    day of it, once. `elsewhere` are papers that held and are about no charge of this case: their
    days count for none of its charges. `upto` is the last instant that counts."""

    person_id: int
    case: CaseInfo
    upto: datetime
    zone: str
    charges: tuple[ChargeTime, ...]
    custody: tuple[Period, ...]
    days_in_custody: int
    papers: tuple[PaperLine, ...]
    elsewhere: tuple[PaperLine, ...]


def time_in_custody_by_charge(
    viewer: Actor, case_id: int, person_id: int, *, upto: datetime | None = None
) -> Certificate:
    """The days in custody under each charge of a case until `upto` (now), with every interval.

    A paper counts for the charges that its order names; one without an order for those of the
    order that took its place, or of the case whose hearing it is about. Raises NotFound.
    """
    require_visible(viewer, VIEW, person_id)
    about = case(READER, case_id)
    root = people.canonical_id(person_id)
    if root not in about.person_ids:
        raise NotFound("court_case", case_id)
    zone = facilities.time_zone(about.establishment_id)
    until = upto or clock.now()
    own = people.persons_of(person_id)
    mine = [one for one in about.charges if one.person_id in own]
    found = orders(READER, [root]).get(root, [])
    held = hearings(READER, [root]).get(root, [])
    briefs = authority.warrants_of([root], zone=zone).get(root, [])
    reach = _charges_of_papers(found, held, briefs, about, [one.charge_id for one in mine])
    papers = _papers(briefs, reach)
    inside = custody_periods(root, upto=until)
    days = days_by_charge(
        inside,
        [Hold(p.key, p.holds, frozenset(p.charge_ids), p.serving) for p in papers],
        zone=zone,
        upto=until,
    )
    begun = [p for p in papers if p.holds.start < until]
    return Certificate(
        person_id=root,
        case=about,
        upto=until,
        zone=zone,
        charges=tuple(
            ChargeTime(one, days.get(one.charge_id) or ChargeDays(one.charge_id, ()))
            for one in mine
        ),
        custody=tuple(inside),
        days_in_custody=len(days_of(inside, zone=zone, upto=until)),
        papers=tuple(p for p in begun if p.charge_ids),
        elsewhere=tuple(p for p in begun if not p.charge_ids),
    )


def custody_periods(person_id: int, *, upto: datetime) -> list[Period]:
    """When the person was in custody, oldest first: not at large, not held by mistake of entry."""
    found: list[Period] = []
    for info in reversed(custody.episodes(READER, person_id)):
        begins, ends = info.episode.starts_at, info.episode.ends_at
        if (
            info.episode.end_kind in NEVER
            or begins >= upto
            or (ends is not None and ends <= begins)
        ):
            continue
        away = [
            Period(a.starts_at, a.ends_at)
            for a in info.absences
            if a.end_kind not in NEVER and (a.ends_at is None or a.ends_at > a.starts_at)
        ]
        found += gaps(Period(begins, ends), away)
    return found


def _charges_of_papers(
    found: Iterable[OrderInfo],
    held: Iterable[HearingInfo],
    briefs: Sequence[WarrantBrief],
    about: CaseInfo,
    charge_ids: Collection[int],
) -> dict[int, set[int]]:
    """Warrant -> the charges of this case that it is about."""
    reach: dict[int, set[int]] = {}

    def add(warrant_name_id: int | None, charges: Iterable[int]) -> None:
        if warrant_name_id is not None:
            reach.setdefault(warrant_name_id, set()).update(set(charges) & set(charge_ids))

    for order in found:
        if order.state == "void":
            continue
        # An order of the case that names no charge is about all of them.
        own = order.charge_ids or (charge_ids if order.case_id == about.case_id else ())
        add(order.warrant_name_id, own)
        if order.effect in ("detains", "sentence"):
            for earlier in order.ended_warrant_name_ids:
                add(earlier, own)
    for hearing in held:
        linked = hearing.warrant_name_id
        if hearing.case_id == about.case_id and not reach.get(linked or 0):
            add(linked, charge_ids)
    # Where the court named a day too late, the paper went on as another with its reference.
    by_reference: dict[tuple[str, str], set[int]] = {}
    for brief in briefs:
        if brief.reference and brief.warrant_name_id in reach:
            key = (brief.body_name, brief.reference.casefold())
            by_reference.setdefault(key, set()).update(reach[brief.warrant_name_id])
    for brief in briefs:
        key = (brief.body_name, brief.reference.casefold())
        if brief.warrant_name_id not in reach and key in by_reference:
            add(brief.warrant_name_id, by_reference[key])
    return reach


def _papers(
    briefs: Sequence[WarrantBrief], reach: Mapping[int, Collection[int]]
) -> list[PaperLine]:
    return [
        PaperLine(
            key=str(brief.warrant_name_id),
            kind=brief.kind,
            label=dict(warrant_kinds()[brief.kind].label),
            body_name=brief.body_name,
            reference=brief.reference,
            dated=brief.dated,
            holds=brief.detains,
            serving=brief.legal_status == "convicted",
            charge_ids=tuple(sorted(reach.get(brief.warrant_name_id, ()))),
        )
        for brief in briefs
        # What was entered by mistake held nobody, whatever ended it.
        if brief.detains is not None and brief.end_kind != "void"
    ]
