"""What goes wrong in real prisons is found as what it is; and else nothing is."""

import random
from collections import Counter

import pytest

from pims.assurance.proof import fault_kinds, faults, law_of
from pims.assurance.proof.verdict import judge
from tests.faults import near_misses
from tests.faults.lawful import AS_OF, RECIPES, Recipe, lawful_history
from tests.faults.planting import PLANTERS, plant

LAW = law_of("belize")
PLANTED = 1_000


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.__name__)
def test_in_a_lawful_life_nothing_is_amiss(recipe: Recipe) -> None:
    for seed in range(60):
        history = lawful_history(random.Random(seed), recipe=recipe)
        verdict = judge(history, LAW, AS_OF)
        assert verdict.faults == (), seed
        assert verdict.days == verdict.proven > 0


@pytest.mark.parametrize("recipe", near_misses.RECIPES, ids=lambda recipe: recipe.__name__)
def test_what_only_looks_like_a_fault_raises_none(recipe: Recipe) -> None:
    for seed in range(30):
        verdict = judge(lawful_history(random.Random(seed), recipe=recipe), LAW, AS_OF)
        assert verdict.faults == (), seed
        assert verdict.days == verdict.proven > 0


def test_every_kind_of_fault_can_be_planted() -> None:
    assert set(PLANTERS) == set(fault_kinds())
    assert len(PLANTERS) >= 55


def test_a_thousand_planted_faults_are_all_found_as_what_they_are() -> None:
    chance = random.Random(2026)
    kinds = sorted(PLANTERS)
    missed, confused, wrong_since = [], [], []
    found_of: Counter[str] = Counter()
    for number in range(PLANTED):
        kind = kinds[number % len(kinds)]
        planted = plant(kind, chance, f"P{number}")
        found = faults(planted.history, LAW, AS_OF)
        named = {fault.kind for fault in found}
        if kind not in named:
            missed.append((number, kind, sorted(named)))
            continue
        found_of[kind] += 1
        if named - {kind} - planted.also:
            confused.append((number, kind, sorted(named)))
        begun = {fault.since for fault in found if fault.kind == kind}
        if planted.since is not None and planted.since not in begun:
            wrong_since.append((number, kind, planted.since, begun))
    assert missed == []
    assert confused == []
    assert wrong_since == []
    assert sum(found_of.values()) == PLANTED
    assert len(found_of) >= 15


def test_what_leaves_a_day_unproven_is_told_with_that_day() -> None:
    chance = random.Random(7)
    for kind, row in fault_kinds().items():
        verdict = judge(plant(kind, chance).history, LAW, AS_OF)
        if kind == "held_for_police":
            assert verdict.unproven > 0
        elif row.group == "other":
            assert verdict.unproven == 0, kind
        else:
            assert verdict.unproven > 0, kind
