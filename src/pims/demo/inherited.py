"""The prison as it was taken over from paper: the same plan, with gaps to work down.

Everybody in it was in the paper registers; nothing else is wrong with the record than what is
planted here, each gap with one prisoner, and each is written down for whoever checks the work.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

from pims.assurance import selectors as assurance
from pims.config import instance
from pims.demo.inmates import Inmate
from pims.demo.judgments import until_day
from pims.demo.plan import Plan, Stay
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotFound
from pims.people import selectors as people

# The registers were entered two days ago.
YEARS = 2 / 365
# How many of each, and the alarm that tells of it.
GAPS = {
    "warrant_missing": (40, "no_valid_warrant"),
    "warrant_expired": (40, "no_valid_warrant"),
    "next_appearance_missing": (50, "defect_undecided"),
    "birth_missing": (50, "birth_unknown"),
    "photograph_missing": (50, "admission_overdue"),
    "place_unknown": (30, "admission_overdue"),
    "property_receipt_missing": (40, "admission_overdue"),
}
# What else stands open about a gap: without the paper its step of the admission is undone, and a
# remand without its next date proves nothing after its own day.
FOLLOWS = {
    "warrant_missing": {"admission_overdue"},
    "next_appearance_missing": {"order_without_end"},
}
TOTAL = sum(count for count, _ in GAPS.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """One planted gap. `alarm` is the kind that stands open about it."""

    kind: str
    number: str
    name: str
    person_id: int
    episode_id: int
    alarm: str


def with_gaps(plan: Plan, seed: int, gaps: Mapping[str, int] | None = None) -> Plan:
    """The plan without any accidental fault and with exactly the gaps of `GAPS`, one a person.

    The smaller the prison, the fewer: in proportion to 1,114 held; or as many of each kind as
    `gaps` says. Raises ValueError where too few are held for them.
    """
    rng = Random(seed + 3)
    # Whoever was to leave in two days has left: nothing is under way.
    stays = [_clean(stay) for stay in plan.stays if stay.leaves is None]
    free = [stay for stay in stays if stay.inherited]
    share = min(1.0, len(stays) / 1050)
    for kind, (count, _) in GAPS.items():
        wanted = round(count * share) if gaps is None else gaps.get(kind, 0)
        suitable = [stay for stay in free if _suits(kind, stay)]
        chosen = rng.sample(suitable, wanted)
        for stay in chosen:
            _plant(kind, stay, plan, rng)
        taken = {id(stay) for stay in chosen}
        free = [stay for stay in free if id(stay) not in taken]
    return replace(plan, stays=tuple(stays))


def planted(viewer: Actor, establishment_id: int, inside: Iterable[Inmate]) -> list[Gap]:
    """The gaps of everyone held now.

    Raises RuntimeError where the alarm that a gap ought to raise is not open, or one is about
    somebody without a gap.
    """
    with_gap = [inmate for inmate in inside if inmate.stay.gap]
    heads = people.person_headers(viewer, [inmate.person_id for inmate in with_gap])
    found = []
    for inmate in with_gap:
        kind = inmate.stay.gap
        _, alarm = GAPS[kind]
        open_kinds = {a.kind.code for a in assurance.alarms_of(viewer, inmate.person_id)}
        if open_kinds != {alarm} | FOLLOWS.get(kind, set()):
            raise RuntimeError(f"{kind}: {sorted(open_kinds)} stand open and not {alarm!r}")
        found.append(
            Gap(
                kind=kind,
                number=heads[inmate.person_id].number,
                name=heads[inmate.person_id].display_name,
                person_id=inmate.person_id,
                episode_id=inmate.episode_id,
                alarm=alarm,
            )
        )
    persons = {gap.person_id for gap in found}
    for open_alarm in assurance.open_alarms(viewer, establishment_id):
        if open_alarm.person_id not in persons:
            raise RuntimeError(f"{open_alarm.kind.code} about {open_alarm.person_id}, with no gap")
    return sorted(found, key=lambda gap: (gap.kind, gap.number))


def write_down(gaps: Iterable[Gap]) -> None:
    """Keep the list in `var/demo/inherited_gaps.json`."""
    _list().parent.mkdir(parents=True, exist_ok=True)
    kept = [asdict(gap) for gap in gaps]
    _list().write_text(json.dumps(kept, indent=1, ensure_ascii=False), "utf-8")


def read_back() -> list[Gap]:
    """The list that `write_down` kept. Raises NotFound where no such prison was made here."""
    try:
        kept = json.loads(_list().read_text("utf-8"))
    except FileNotFoundError:
        raise NotFound("inherited prison") from None
    return [Gap(**gap) for gap in kept]


def still_open(viewer: Actor, gaps: Sequence[Gap]) -> list[Gap]:
    """Those of `gaps` that nobody has closed yet: an alarm about them is open."""
    found = []
    for gap in gaps:
        kinds = {alarm.kind.code for alarm in assurance.alarms_of(viewer, gap.person_id)}
        if kinds & ({gap.alarm} | FOLLOWS.get(gap.kind, set())):
            found.append(gap)
    return found


def _list() -> Path:
    return instance.var_dir() / "demo" / "inherited_gaps.json"


def _clean(stay: Stay) -> Stay:
    known = "day" if stay.person.birth_known == "unknown" else stay.person.birth_known
    return replace(stay, defective=False, person=replace(stay.person, birth_known=known))


def _suits(kind: str, stay: Stay) -> bool:
    if kind == "warrant_expired":
        return stay.kind == "committal_sentence"
    if kind == "next_appearance_missing":
        return stay.kind == "remand"
    if kind == "birth_missing":
        return (stay.arrives - stay.person.birth).days > 19 * 366
    return True


def _plant(kind: str, stay: Stay, plan: Plan, rng: Random) -> None:
    stay.gap = kind
    if kind == "warrant_expired":
        stay.until = plan.start - timedelta(days=rng.randint(1, 60))
        stay.arrives = min(stay.arrives, stay.until - timedelta(days=30))
        stay.judgment = until_day(stay.kind, stay.arrives, stay.until)
    elif kind == "next_appearance_missing":
        stay.hearings = []
    elif kind == "birth_missing":
        stay.person.birth_known = "unknown"
