"""May this prisoner be held in this place, and how well does it suit.

Hard rules come from the law on separation (Mandela Rules 11 and 112) and from what a place is;
each says who may decide otherwise. Soft reasons only move a place up or down the list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pims.kernel.decisions import Decision, Reason, allow, refuse

OVERRIDE = "custody.override_placement"
JUST_TAKEN = timedelta(minutes=2)

# The group that a legal status is kept with: Mandela Rule 11 (b) and (c).
STATUS_GROUP = {
    "convicted": "convicted",
    "unsentenced": "unsentenced",
    "unfit": "unsentenced",
    "emergency": "unsentenced",
    "immigration": "civil",
    "civil": "civil",
    "other": "civil",
    "juvenile_behaviour": "civil",
    "none": "",
}


@dataclass(frozen=True, slots=True)
class PrisonerFacts:
    """What placement asks about one person. `apart_cell` and `apart_unit` are persons who may
    never share the cell, or the unit; `apart_soft` those better not in the unit."""

    person_id: int
    sex: str
    gender: str
    juvenile: bool
    legal_status: str
    flags: frozenset[str] = frozenset()
    apart_cell: frozenset[int] = frozenset()
    apart_unit: frozenset[int] = frozenset()
    apart_soft: frozenset[int] = frozenset()
    infant_inside: bool = False
    held_at: int | None = None
    age: int | None = None

    @property
    def placed_as(self) -> str:
        """The sex whose accommodation applies: by gender as the person says, else by sex.

        "" where neither says (intersex, not known): then a person decides, no rule does.
        """
        by_gender = {"man": "male", "woman": "female"}.get(self.gender)
        return by_gender or (self.sex if self.sex in ("male", "female") else "")

    @property
    def group(self) -> str:
        return STATUS_GROUP.get(self.legal_status, "")


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A place with whoever is in it, in its cell and in its unit (the prisoner left out)."""

    place_id: int
    label: str
    kind: str
    cell_id: int
    cell_capacity: int
    cell_features: frozenset[str]
    unit_id: int
    unit_name: str
    unit_kind: str
    unit_operational: int
    unit_certified: int
    main_compound: bool
    establishment_id: int
    for_sex: str
    for_age: str
    for_status: str
    closed: str | None
    occupants: tuple[PrisonerFacts, ...] = ()
    occupied_since: datetime | None = None
    cellmates: tuple[PrisonerFacts, ...] = ()
    unit_persons: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PlacementFinding:
    """`decision` refuses for all hard reasons at once; `against` and `favour` rank what is left.

    `score` is for ordering alone: higher suits better.
    """

    decision: Decision
    against: tuple[Reason, ...] = ()
    favour: tuple[Reason, ...] = ()
    score: int = 0
    hard: tuple[Reason, ...] = field(default=())

    @property
    def occupied(self) -> bool:
        return any(r.code in OCCUPIED for r in self.hard)

    @property
    def impossible(self) -> bool:
        """Whether some reason is of the kind that nobody can decide otherwise."""
        return any(r.decided_by is None for r in self.hard)


OCCUPIED = frozenset({"custody.place_occupied", "custody.place_just_taken"})
_WEIGHT = {
    "custody.kept_apart_in_unit": 40,
    "custody.sex_not_certain": 10,
    "custody.status_not_known": 5,
    "custody.unit_over_operational": 30,
    "custody.unit_over_certified": 15,
    "custody.outside_main_compound": 35,
    "custody.alone_at_risk": 35,
    "custody.shares_despite_violence": 20,
    "custody.shares_despite_single_cell": 30,
    "custody.medical_place": 25,
    "custody.not_for_infant": 20,
    "custody.ages_far_apart": 8,
    "custody.by_gender": 0,
    "custody.unit_for_group": 20,
    "custody.same_group_in_cell": 6,
    "custody.cot_for_infant": 20,
    "custody.single_cell": 15,
    "custody.same_unit": 8,
    "custody.cell_has_room": 4,
}


def decide_placement(
    prisoner: PrisonerFacts, place: PlaceFacts, *, as_of: datetime
) -> PlacementFinding:
    """Weigh one place for one prisoner as things stand at `as_of`."""
    hard = tuple(_hard(prisoner, place, as_of))
    against = tuple(_against(prisoner, place))
    favour = tuple(_favour(prisoner, place))
    score = (
        100
        - sum(_WEIGHT.get(r.code, 10) for r in against)
        + sum(_WEIGHT.get(r.code, 5) for r in favour)
        - 100 * len(hard)
    )
    decision = refuse(*hard) if hard else allow(*against)
    return PlacementFinding(decision, against, favour, score, hard)


def _hard(who: PrisonerFacts, place: PlaceFacts, as_of: datetime) -> Iterator[Reason]:
    here = {"place": place.label}
    if who.held_at is not None and who.held_at != place.establishment_id:
        yield Reason("custody.other_establishment", here)
    if place.closed is not None:
        yield Reason("custody.place_out_of_use", {**here, "why": place.closed}, "", OVERRIDE)
    if place.occupants:
        since = place.occupied_since
        just = since is not None and timedelta(0) <= as_of - since < JUST_TAKEN
        code = "custody.place_just_taken" if just else "custody.place_occupied"
        yield Reason(code, here, "", OVERRIDE)
    elif place.unit_kind != "reception" and len(place.cellmates) >= place.cell_capacity:
        yield Reason(
            "custody.cell_full",
            {**here, "count": len(place.cellmates), "capacity": place.cell_capacity},
            "Mandela Rules 12-13",
            OVERRIDE,
        )
    yield from _hard_separation(who, place)
    if place.unit_kind == "segregation":
        yield Reason("custody.segregation_needs_decision", here, "Mandela Rules 43-45", OVERRIDE)


def _hard_separation(who: PrisonerFacts, place: PlaceFacts) -> Iterator[Reason]:
    """Sex, age and legal status by what the unit is for and by who is in the cell; keep-aparts."""
    here = {"place": place.label, "unit": place.unit_name}
    if place.for_sex and who.placed_as and place.for_sex != who.placed_as:
        yield Reason(f"custody.place_for_{place.for_sex}", here, "Mandela Rule 11 (a)", OVERRIDE)
    elif _others(who.placed_as, (mate.placed_as for mate in place.cellmates)):
        yield Reason("custody.cell_mixes_sexes", here, "Mandela Rule 11 (a)", OVERRIDE)
    if place.for_age == "adult" and who.juvenile:
        yield Reason("custody.place_for_adults", here, "Mandela Rule 11 (d)", OVERRIDE)
    elif place.for_age == "juvenile" and not who.juvenile:
        yield Reason("custody.place_for_juveniles", here, "Mandela Rule 11 (d)", OVERRIDE)
    elif any(mate.juvenile != who.juvenile for mate in place.cellmates):
        yield Reason("custody.cell_mixes_ages", here, "Mandela Rule 11 (d)", OVERRIDE)
    if place.unit_kind != "reception":
        reference = "Mandela Rules 11 (b), 11 (c), 112"
        if place.for_status and who.group and place.for_status != who.group:
            yield Reason(
                "custody.place_for_status", {**here, "status": place.for_status}, reference,
                OVERRIDE,
            )  # fmt: skip
        elif _others(who.group, (mate.group for mate in place.cellmates)):
            yield Reason("custody.cell_mixes_status", here, reference, OVERRIDE)
    apart = who.apart_cell | who.apart_unit
    if any(mate.person_id in apart for mate in (*place.cellmates, *place.occupants)):
        yield Reason("custody.kept_apart_in_cell", here, "", OVERRIDE)
    elif who.apart_unit & place.unit_persons and place.unit_kind != "reception":
        yield Reason("custody.kept_apart_absolutely", here, "", OVERRIDE)


def _against(who: PrisonerFacts, place: PlaceFacts) -> Iterator[Reason]:
    here = {"place": place.label, "unit": place.unit_name}
    if (who.apart_soft | who.apart_cell) & place.unit_persons:
        yield Reason("custody.kept_apart_in_unit", here)
    if not who.placed_as and place.for_sex:
        yield Reason("custody.sex_not_certain", here, "Mandela Rule 7 (a)")
    elif who.placed_as and who.sex in ("male", "female") and who.placed_as != who.sex:
        yield Reason("custody.by_gender", here, "Mandela Rule 7 (a)")
    if not who.group and place.for_status:
        yield Reason("custody.status_not_known", here, "Mandela Rule 7")
    if place.unit_kind != "reception":
        count = len(place.unit_persons) + 1
        if count > place.unit_operational:
            yield Reason(
                "custody.unit_over_operational", {**here, "capacity": place.unit_operational}
            )
        elif count > place.unit_certified:
            yield Reason("custody.unit_over_certified", {**here, "capacity": place.unit_certified})
    if "escape_risk" in who.flags and not place.main_compound:
        yield Reason("custody.outside_main_compound", here)
    alone = place.cell_capacity == 1 or "single" in place.cell_features
    if "self_harm" in who.flags and (alone or not place.cellmates):
        yield Reason("custody.alone_at_risk", here)
    company = (who, *place.cellmates) if place.cellmates and not alone else ()
    if any("violence" in person.flags for person in company):
        yield Reason("custody.shares_despite_violence", here)
    if "single_cell" in who.flags and not alone:
        yield Reason("custody.shares_despite_single_cell", here)
    if place.kind == "medical" and "health_alert" not in who.flags:
        yield Reason("custody.medical_place", here)
    if who.infant_inside and place.kind != "cot" and "cot" not in place.cell_features:
        yield Reason("custody.not_for_infant", here, "Bangkok Rules 48-52")
    if who.age is not None and any(
        mate.age is not None and abs(mate.age - who.age) > 30 for mate in place.cellmates
    ):
        yield Reason("custody.ages_far_apart", here)


def _favour(who: PrisonerFacts, place: PlaceFacts) -> Iterator[Reason]:
    here = {"place": place.label, "unit": place.unit_name}
    if (place.for_status and place.for_status == who.group) or (
        place.for_age == "juvenile" and who.juvenile
    ):
        yield Reason("custody.unit_for_group", here)
    if place.cellmates and who.group and all(m.group == who.group for m in place.cellmates):
        yield Reason("custody.same_group_in_cell", here)
    if who.infant_inside and (place.kind == "cot" or "cot" in place.cell_features):
        yield Reason("custody.cot_for_infant", here)
    alone = place.cell_capacity == 1 or "single" in place.cell_features
    if alone and who.flags & {"violence", "single_cell", "informant"}:
        yield Reason("custody.single_cell", here)
    if len(place.cellmates) < place.cell_capacity // 2:
        yield Reason("custody.cell_has_room", here)


def _others(mine: str, theirs: Iterator[str]) -> bool:
    """Whether two known values differ; what is not known mixes with nobody."""
    return bool(mine) and any(other and other != mine for other in theirs)
