"""Each instant in custody is judged once, by whoever judges: two proofs that share no step."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pims.assurance.proof import authority_over, fault_kinds, faults, law_of
from pims.assurance.proof.history import History
from pims.cli.verify import say
from tests.faults import chaos, near_misses
from tests.faults.lawful import AS_OF, lawful_history
from tests.faults.oracle import Oracle
from tests.faults.planting import PLANTERS, plant

LAW = law_of("belize")
STEP = timedelta(hours=17, minutes=47)
disorder = st.integers(0, 2**40).map(chaos.history)


def agree(history: History, upto: datetime, step: timedelta) -> None:
    oracle = Oracle(history)
    for stretch in authority_over(history, LAW, upto):
        now = stretch.begin
        instants = {stretch.begin, stretch.end - timedelta(microseconds=1)}
        while now < stretch.end:
            instants.add(now)
            now += step
        for instant in instants:
            assert oracle.lawful(instant) == stretch.proven, (instant, stretch)


@given(disorder)
@settings(max_examples=1_500, deadline=None)
def test_both_proofs_agree_on_papers_in_any_disorder(history: History) -> None:
    agree(history, chaos.NOW, STEP)


def test_both_proofs_agree_on_lawful_and_on_unlawful_lives() -> None:
    chance = random.Random(11)
    for number in range(60):
        agree(lawful_history(random.Random(number)), AS_OF, timedelta(days=9))
    for recipe in near_misses.RECIPES:
        agree(lawful_history(chance, recipe=recipe), AS_OF, timedelta(days=9))
    for kind in PLANTERS:
        agree(plant(kind, chance).history, AS_OF, timedelta(days=9))


@given(disorder)
@settings(max_examples=600, deadline=None)
def test_the_stretches_are_custody_no_more_and_no_less(history: History) -> None:
    found = authority_over(history, LAW, chaos.NOW)
    whole = []
    for custody in history.custody:
        end = min(custody.ends or chaos.NOW, chaos.NOW)
        if custody.begins < end:
            whole.append((custody.begins, end))
    joined: list[tuple[datetime, datetime]] = []
    for stretch in found:
        assert stretch.begin < stretch.end
        if joined and joined[-1][1] == stretch.begin and stretch.begin not in dict(whole):
            joined[-1] = joined[-1][0], stretch.end
        else:
            joined.append((stretch.begin, stretch.end))
    assert joined == whole


@given(disorder)
@settings(max_examples=600, deadline=None)
def test_every_instant_that_is_not_proven_is_in_a_fault_that_says_so(history: History) -> None:
    found = [f for f in faults(history, LAW, chaos.NOW) if fault_kinds()[f.kind].unproven]
    for stretch in authority_over(history, LAW, chaos.NOW):
        if stretch.proven:
            continue
        told = [
            f for f in found
            if f.kind == stretch.why and f.since <= stretch.begin
            and (f.until is None or f.until >= stretch.end)
        ]  # fmt: skip
        assert told, stretch


@given(disorder)
@settings(max_examples=300, deadline=None)
def test_every_fault_of_any_disorder_is_told_in_both_languages(history: History) -> None:
    for fault in faults(history, LAW, chaos.NOW):
        for language in ("en", "es"):
            assert say(fault.kind, fault.params, language)
            assert say(f"{fault.kind}.title", {}, language)


@given(disorder, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_in_what_order_the_papers_lie_makes_no_difference(
    history: History, chance: random.Random
) -> None:
    def shuffled(items: object) -> tuple[object, ...]:
        found = list(items)  # type: ignore[call-overload]
        chance.shuffle(found)
        return tuple(found)

    names = (
        "custody", "orders", "sentences", "payments", "hearings", "charges", "interests",
    )  # fmt: skip
    other = replace(history, **{name: shuffled(getattr(history, name)) for name in names})  # type: ignore[arg-type]
    assert authority_over(other, LAW, chaos.NOW) == authority_over(history, LAW, chaos.NOW)
    assert faults(other, LAW, chaos.NOW) == faults(history, LAW, chaos.NOW)
