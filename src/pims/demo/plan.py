"""Who comes when, held on what, and how each stay ends: planned before anything is written.

Planning is pure and seeded: the same seed gives the same prison. What the plan says is carried
out day by day in `simulation.py`, through the services.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from pims.demo.judgments import (
    AHEAD,
    NEAR,
    Judgment,
    PlannedCharge,
    charges,
    commitment,
    life,
    may_be_young,
    short_of,
    sitting,
    sitting_before,
)
from pims.demo.people import MadePerson, make_person, same_person_again, settings

MAGISTRATES = ("MC-BZ", "MC-BZ", "MC-BZ", "MC-BM", "MC-SI", "MC-OW", "MC-CZ", "MC-DG", "MC-PG")


@dataclass(slots=True)
class Stay:
    """One custody episode to be. `leaves` None stays to the end; days are calendar days.

    `ends_by` is bail, discharged_at_court, served, fine_paid or sentenced_then_served; a stay
    that turns from remand to sentence has `sentenced`. `judgment` is the commitment on which the
    person comes or, on the day `sentenced`, is held from then on; its dates are those of the plan.
    `order_kind` is what a remand came as, where not as a plain one. `gap` is what the record of it
    lacks (`inherited.GAPS`), "" for nothing. `index` is the stay's place in the plan and `serial`
    the serial of the prisoner's number, reserved for it.
    """

    person: MadePerson
    arrives: date
    kind: str
    court: str
    offence: str
    inherited: bool = False
    leaves: date | None = None
    ends_by: str = ""
    sentenced: date | None = None
    until: date | None = None
    amount_cents: int | None = None
    hearings: list[date] = field(default_factory=list)
    defective: bool = False
    charges: tuple[PlannedCharge, ...] = ()
    judgment: Judgment | None = None
    order_kind: str = ""
    surety_wanted: bool = False
    appeals: bool = False
    gap: str = ""
    index: int = 0
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    stays: tuple[Stay, ...]
    start: date
    end: date


# Longer unsentenced is an alarm, and such things are planted.
LONGEST_REMAND = 176

# On the last day a van has just come in, whose papers are still to be read, and a few remands
# have lapsed: neither counts as unsentenced, and the published share is of everyone held.
ON_VAN = 7
LAPSED = 3


def make_plan(
    *,
    prisoners: int,
    years: float,
    seed: int,
    today: date,
    on_van: int = ON_VAN,
    lapsed: int = LAPSED,
) -> Plan:
    """A prison that holds `prisoners` on `today`, with its comings and goings for `years`.

    `on_van` of them are not in the plan: they come at the last minute. `lapsed` are those who
    will be held on a remand that has run out, beyond the published share of the unsentenced.
    """
    rng = Random(seed)
    start = today - timedelta(days=int(365 * years))
    published, assumed = settings()["published"], settings()["assumed"]
    scale = prisoners / published["held"]
    unsentenced = round(published["unsentenced"] * scale) + lapsed
    others = {
        kind: max(1, round(share * prisoners)) if prisoners >= 100 else 0
        for kind, share in assumed["other_statuses"].items()
    }
    convicted = prisoners - on_van - unsentenced - sum(others.values())
    stays = [_remand(rng, start, today) for _ in range(unsentenced)]
    stays += [_convicted(rng, start, today) for _ in range(convicted)]
    for kind, count in others.items():
        stays += [_other(rng, kind, start, today) for _ in range(count)]
    for _ in range(round(assumed["inherited_leavers"] * scale * min(years, 1))):
        stays.append(_leaver(rng, start, today, inherited=True))
    for _ in range(round(assumed["leavers_a_year"] * scale * years)):
        stays.append(_leaver(rng, start, today, inherited=False))
    _twice(rng, stays, round(assumed["same_person_twice"] * prisoners), start)
    stays.sort(key=lambda stay: stay.arrives)
    return Plan(tuple(stays), start, today)


def _person(rng: Random, arrives: date, *, juvenile: bool | None = None) -> MadePerson:
    published = settings()["published"]
    is_juvenile = rng.random() < published["juvenile"] if juvenile is None else juvenile
    return make_person(
        rng,
        today=arrives,
        sex="female" if rng.random() < published["female"] else "male",
        juvenile=is_juvenile,
        foreign=rng.random() < published["foreign"],
    )


# Where the offences of each kind of stay are drawn from.
_POOLS = {
    "remand": "remand", "committal_sentence": "convicted", "life_sentence": "life",
    "fine_default": "fine", "compensation_default": "fine", "immigration": "immigration",
    "civil": "civil", "juvenile_behaviour": "behaviour", "emergency": "emergency",
    "unfit_to_plead": "remand", "courts_pleasure": "life",
}  # fmt: skip


def _base(rng: Random, arrives: date, start: date, kind: str, *, high: float) -> Stay:
    court = "HC" if rng.random() < high else rng.choice(MAGISTRATES)
    arrives = sitting(court, arrives)
    if arrives < start:
        # The paper registers give the month of old receptions surely, the day often not.
        arrives = sitting(court, arrives.replace(day=1))
    person = _person(rng, arrives)
    if kind == "life_sentence":
        _grown(person, arrives)
    return Stay(
        person=person,
        arrives=arrives,
        kind=kind,
        court=court,
        offence="",
        inherited=arrives < start,
        defective=rng.random() < settings()["assumed"]["defective_warrant"],
    )


def _charged(rng: Random, stay: Stay, pool: str = "") -> Stay:
    pool = pool or _POOLS[stay.kind]
    stay.charges = charges(rng, pool, stay.arrives, stay.person)
    stay.offence = stay.charges[0].as_written
    return stay


def _hearings(rng: Random, stay: Stay, start: date, until: date) -> None:
    """A hearing every so many weeks, from the later of arrival and the window's start."""
    day = max(stay.arrives, start) + timedelta(days=rng.randint(7, 80))
    while (day := sitting(stay.court, day)) < until:
        stay.hearings.append(day)
        day += timedelta(weeks=rng.randint(*settings()["assumed"]["weeks_between_hearings"]))


def _remand(rng: Random, start: date, today: date) -> Stay:
    days = 1 + int(rng.triangular(0, LONGEST_REMAND - 2, 40))
    stay = _base(rng, today - timedelta(days=days), start, "remand", high=0.3)
    stay.arrives = min(stay.arrives, sitting_before(stay.court, today - timedelta(days=1)))
    assumed = settings()["assumed"]
    _hearings(rng, stay, start, today)
    stay.surety_wanted = bool(stay.hearings) and rng.random() < assumed["bail_not_taken_up"]
    if rng.random() < assumed["brought_back_from_bail"]:
        stay.order_kind = rng.choice(("bail_revoked", "bail_surrendered"))
    return _charged(rng, stay)


# Whoever is held for longer than this is held for something grave.
_GRAVE_DAYS = 2000


def _convicted(rng: Random, start: date, today: date) -> Stay:
    assumed = settings()["assumed"]
    if rng.random() < 0.055:
        served = rng.randint(400, 9000)
        stay = _base(rng, today - timedelta(days=served), start, "life_sentence", high=1.0)
        stay.judgment = life(rng, stay.arrives, today)
        return _charged(rng, stay)
    kind, served = "committal_sentence", min(int(rng.expovariate(1 / 800)) + 2, 6000)
    due = today + max(NEAR, timedelta(days=int(rng.expovariate(1 / 900))))
    if (draw := rng.random()) < assumed["fine_default"] + assumed["compensation_default"]:
        kind = "fine_default" if draw < assumed["fine_default"] else "compensation_default"
        served, due = rng.randint(3, 90), today + AHEAD + timedelta(days=rng.randint(0, 60))
    high = 0.45 if kind == "committal_sentence" else 0.0
    stay = _base(rng, today - timedelta(days=served), start, kind, high=high)
    stay.arrives = min(stay.arrives, sitting_before(stay.court, today - timedelta(days=1)))
    grave = kind == "committal_sentence" and (due - stay.arrives).days > _GRAVE_DAYS
    _charged(rng, stay, "grave" if grave else "")
    stay.judgment = commitment(rng, kind, stay.arrives, stay.charges, due_from=due, end=today)
    stay.until, stay.amount_cents = stay.judgment.until, stay.judgment.amount_cents
    stay.appeals = kind == "committal_sentence" and rng.random() < assumed["appeal_lodged"]
    return stay


def _grown(person: MadePerson, arrives: date) -> None:
    """No life sentence under 18 (DOMAIN: read): whoever serves one was grown when it began."""
    person.birth = min(person.birth, arrives - timedelta(days=21 * 366))


_BODIES = {
    "immigration": "IMM", "unfit_to_plead": "HC", "courts_pleasure": "HC",
    "juvenile_behaviour": "FC-BZ", "emergency": "MIN",
}  # fmt: skip


def _other(rng: Random, kind: str, start: date, today: date) -> Stay:
    # One order of the Minister names everybody who was taken in on that day.
    days = 12 if kind == "emergency" else rng.randint(3, 150)
    stay = _base(rng, today - timedelta(days=days), start, kind, high=0.0)
    stay.court = _BODIES.get(kind, stay.court)
    stay.arrives = min(
        sitting(stay.court, stay.arrives), sitting_before(stay.court, today - timedelta(days=1))
    )
    young = kind in ("juvenile_behaviour", "courts_pleasure")
    foreign = kind == "immigration"
    stay.person = make_person(rng, today=stay.arrives, sex="male", juvenile=young, foreign=foreign)
    stay.until = today + AHEAD + timedelta(days=rng.randint(0, 110))
    if kind == "emergency":
        stay.until = stay.arrives + timedelta(days=30)
        stay.defective = False
    if kind in ("unfit_to_plead", "courts_pleasure"):
        stay.until = None
    _charged(rng, stay)
    if young:
        # Whoever was a child at the offence was no younger than the law looks at.
        stay.charges = tuple(
            replace(one, offence_on=stay.arrives - timedelta(days=20)) for one in stay.charges
        )
    return stay


def _leaver(rng: Random, start: date, today: date, *, inherited: bool) -> Stay:
    if inherited:
        arrives = start - timedelta(days=rng.randint(20, 900))
        leaves = start + timedelta(days=rng.randint(10, max(11, (today - start).days - 5)))
    else:
        arrives = start + timedelta(days=rng.randint(0, max(1, (today - start).days - 30)))
        length = 6 + int(rng.expovariate(1 / 60))
        leaves = min(arrives + timedelta(days=length), today - timedelta(days=2))
    how = rng.choices(
        ["bail", "discharged_at_court", "served", "fine_paid", "sentenced_then_served"],
        [0.38, 0.12, 0.28, 0.14, 0.08],
    )[0]
    kind = {"served": "committal_sentence", "fine_paid": "fine_default"}.get(how, "remand")
    stay = _base(rng, arrives, start, kind, high=0.1)
    stay.inherited = inherited
    last = sitting_before(stay.court, today - timedelta(days=1))
    leaves = sitting(stay.court, max(leaves, stay.arrives + timedelta(days=5)))
    stay.leaves, stay.ends_by = min(leaves, last), how
    if how in ("served", "sentenced_then_served") and may_be_young(stay.person, today):
        # Nobody calculates the dates of the young: they leave on an order.
        stay.ends_by, stay.kind = "bail", "remand"
    _charged(rng, stay)
    if stay.ends_by == "served":
        _serves(rng, stay, stay.arrives, last, None)
    elif stay.ends_by == "fine_paid":
        after = stay.leaves + timedelta(days=rng.randint(10, 90))
        stay.judgment = commitment(
            rng, "fine_default", stay.arrives, stay.charges, due_from=after, end=today
        )
        stay.amount_cents = stay.judgment.amount_cents
    elif stay.ends_by == "sentenced_then_served":
        first = max(stay.arrives, start)
        middle = sitting(stay.court, first + (stay.leaves - first) / 2)
        if middle < stay.leaves - timedelta(days=1):
            stay.sentenced = middle
            kind = "fine_default" if rng.random() < 0.25 else "committal_sentence"
            _serves(rng, stay, middle, last, kind)
        else:
            stay.ends_by = "bail"
    stay.until = None if stay.judgment is None else stay.judgment.until
    if stay.kind == "remand":
        last_hearing = stay.sentenced or stay.leaves
        _hearings(rng, stay, start, last_hearing)
        stay.hearings.append(last_hearing)
    return stay


def _serves(rng: Random, stay: Stay, on: date, last: date, kind: str | None) -> None:
    """Terms after which the person left near the planned day; on bail where none would fit."""
    if stay.leaves is None:
        return
    wanted = max(stay.leaves, on + timedelta(days=2))
    held_since = stay.arrives if stay.sentenced is not None else None
    found: Judgment | None = commitment(
        rng, kind or stay.kind, on, stay.charges, due_from=wanted, end=last, held_since=held_since
    )
    if found is not None and found.release_day is not None and found.release_day > last:
        found = short_of(found, due_from=wanted, due_by=last)
    if found is None or found.release_day is None or found.release_day <= on:
        stay.ends_by, stay.kind, stay.sentenced = "bail", "remand", None
        return
    stay.judgment, stay.leaves = found, found.release_day
    stay.amount_cents = found.amount_cents


def _twice(rng: Random, stays: list[Stay], count: int, start: date) -> None:
    """Plant people who left and came again under another name."""
    left = [s for s in stays if s.leaves is not None and s.ends_by in ("bail", "fine_paid")]
    stayers = [s for s in stays if s.leaves is None and not s.inherited]
    for known in rng.sample(left, min(count, len(left))):
        later = [
            s
            for s in stayers
            if known.leaves is not None
            and s.arrives > known.leaves
            and s.person.sex == known.person.sex
            and s.person.twin_of is None
        ]
        if later:
            again = rng.choice(later)
            again.person = same_person_again(rng, known.person)
