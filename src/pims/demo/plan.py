"""Who comes when, held on what, and how each stay ends: planned before anything is written.

Planning is pure and seeded: the same seed gives the same prison. What the plan says is carried
out day by day in `simulation.py`, through the services.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from pims.demo.people import MadePerson, make_person, same_person_again, settings

MAGISTRATES = ("MC-BZ", "MC-BZ", "MC-BZ", "MC-BM", "MC-SI", "MC-OW", "MC-CZ", "MC-DG", "MC-PG")


@dataclass(slots=True)
class Stay:
    """One custody episode to be. `leaves` None stays to the end; days are calendar days.

    `ends_by` is bail, discharged_at_court, served, fine_paid or sentenced_then_served; a stay
    that turns from remand to sentence has `sentenced` and `until`. `gap` is what the record of it
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
    gap: str = ""
    index: int = 0
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    stays: tuple[Stay, ...]
    start: date
    end: date


# On the last day a van has just come in, whose papers are still to be read, and a few remands
# have lapsed: neither counts as unsentenced, and the published share is of everyone held.
ON_VAN = 7
LAPSED = 3


def make_plan(
    *, prisoners: int, years: float, seed: int, today: date, on_van: int = ON_VAN
) -> Plan:
    """A prison that holds `prisoners` on `today`, with its comings and goings for `years`.

    `on_van` of them are not in the plan: they come at the last minute.
    """
    rng = Random(seed)
    start = today - timedelta(days=int(365 * years))
    published, assumed = settings()["published"], settings()["assumed"]
    scale = prisoners / published["held"]
    unsentenced = round(published["unsentenced"] * scale) + LAPSED
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


def _weekday(day: date) -> date:
    """The day, or the Monday after it: courts and vans rest at the end of the week."""
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _base(
    rng: Random, arrives: date, start: date, kind: str, *, high: float, offences: str
) -> Stay:
    arrives = _weekday(arrives)
    if arrives < start:
        # The paper registers give the month of old receptions surely, the day often not.
        arrives = _weekday(arrives.replace(day=1))
    return Stay(
        person=_person(rng, arrives),
        arrives=arrives,
        kind=kind,
        court="HC" if rng.random() < high else rng.choice(MAGISTRATES),
        offence=rng.choice(settings()["offences"][offences]),
        inherited=arrives < start,
        defective=rng.random() < settings()["assumed"]["defective_warrant"],
    )


def _hearings(rng: Random, stay: Stay, start: date, until: date) -> None:
    """A hearing every so many weeks, from the later of arrival and the window's start."""
    day = max(stay.arrives, start) + timedelta(days=rng.randint(7, 80))
    while (day := _weekday(day)) < until:
        stay.hearings.append(day)
        day += timedelta(weeks=rng.randint(*settings()["assumed"]["weeks_between_hearings"]))


def _remand(rng: Random, start: date, today: date) -> Stay:
    days = min(int(rng.expovariate(1 / 210)) + 1, 1500)
    stay = _base(rng, today - timedelta(days=days), start, "remand", high=0.3, offences="remand")
    stay.arrives = min(stay.arrives, today - timedelta(days=1))
    _hearings(rng, stay, start, today)
    return stay


def _convicted(rng: Random, start: date, today: date) -> Stay:
    if rng.random() < 0.055:
        served = rng.randint(400, 9000)
        stay = _base(
            rng, today - timedelta(days=served), start, "life_sentence", high=1.0,
            offences="convicted",
        )  # fmt: skip
        stay.offence = "Murder"
        _grown(stay)
        return stay
    served = min(int(rng.expovariate(1 / 800)) + 2, 6000)
    stay = _base(
        rng, today - timedelta(days=served), start, "committal_sentence", high=0.45,
        offences="convicted",
    )  # fmt: skip
    stay.until = today + timedelta(days=3 + int(rng.expovariate(1 / 900)))
    stay.arrives = min(stay.arrives, today - timedelta(days=1))
    return stay


def _grown(stay: Stay) -> None:
    """No life sentence under 18 (DOMAIN: read): whoever serves one was grown when it began."""
    adult_by = stay.arrives - timedelta(days=19 * 366)
    stay.person.birth = min(stay.person.birth, adult_by)


def _other(rng: Random, kind: str, start: date, today: date) -> Stay:
    days = rng.randint(3, 150)
    offences = "immigration" if kind == "immigration" else "fine"
    stay = _base(rng, today - timedelta(days=days), start, kind, high=0.0, offences=offences)
    stay.court = {"immigration": "IMM", "unfit_to_plead": "HC", "juvenile_behaviour": "FC-BZ"}.get(
        kind, stay.court
    )
    juvenile = kind == "juvenile_behaviour"
    foreign = kind == "immigration"
    stay.person = make_person(
        rng, today=stay.arrives, sex="male", juvenile=juvenile, foreign=foreign
    )
    stay.until = today + timedelta(days=rng.randint(5, 120))
    return stay


def _leaver(rng: Random, start: date, today: date, *, inherited: bool) -> Stay:
    if inherited:
        arrives = start - timedelta(days=rng.randint(20, 900))
        leaves = start + timedelta(days=rng.randint(10, max(11, (today - start).days - 5)))
    else:
        arrives = start + timedelta(days=rng.randint(0, max(1, (today - start).days - 30)))
        length = 6 + int(rng.expovariate(1 / 60))
        leaves = min(arrives + timedelta(days=length), today - timedelta(days=2))
    arrives = _weekday(arrives)
    leaves = _weekday(max(leaves, arrives + timedelta(days=5)))
    if leaves >= today:
        leaves = today - timedelta(days=1 + (today - timedelta(days=1)).weekday() // 5 * 2)
    how = rng.choices(
        ["bail", "discharged_at_court", "served", "fine_paid", "sentenced_then_served"],
        [0.38, 0.12, 0.28, 0.14, 0.08],
    )[0]
    kind = {"served": "committal_sentence", "fine_paid": "fine_default"}.get(how, "remand")
    stay = _base(
        rng, arrives, start, kind, high=0.1,
        offences="fine" if kind == "fine_default" else "remand",
    )  # fmt: skip
    stay.leaves, stay.ends_by, stay.inherited = leaves, how, inherited
    if how == "served":
        stay.until = leaves
    elif how == "fine_paid":
        stay.until = leaves + timedelta(days=rng.randint(10, 90))
        stay.amount_cents = rng.choice((20_000, 50_000, 100_000, 150_000))
    elif how == "sentenced_then_served":
        middle = max(stay.arrives, start) + (leaves - max(stay.arrives, start)) / 2
        stay.sentenced = _weekday(middle)
        stay.until = leaves
        if stay.sentenced >= leaves:
            stay.ends_by, stay.sentenced, stay.until = "bail", None, None
    if stay.kind == "remand":
        last = stay.sentenced or leaves
        _hearings(rng, stay, start, last)
        stay.hearings.append(last)
    return stay


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
