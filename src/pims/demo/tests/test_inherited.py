"""What is planted in the prison that was taken over from paper."""

from collections import Counter
from datetime import date

from pims.demo.inherited import GAPS, TOTAL, YEARS, with_gaps
from pims.demo.plan import make_plan

TODAY = date(2026, 11, 18)


def test_exactly_three_hundred_gaps_are_planted_one_a_prisoner_held_now() -> None:
    plan = with_gaps(make_plan(prisoners=1114, years=YEARS, seed=1, today=TODAY), seed=1)
    gaps = [stay for stay in plan.stays if stay.gap]
    assert TOTAL == 300
    assert Counter(stay.gap for stay in gaps) == {kind: count for kind, (count, _) in GAPS.items()}
    assert all(stay.leaves is None and stay.inherited for stay in gaps)


def test_nothing_is_wrong_with_anybody_else() -> None:
    plan = with_gaps(make_plan(prisoners=1114, years=YEARS, seed=1, today=TODAY), seed=1)
    for stay in plan.stays:
        assert not stay.defective
        if stay.gap != "birth_missing":
            assert stay.person.birth_known != "unknown"
        if stay.gap != "warrant_expired" and stay.leaves is None and stay.until is not None:
            assert stay.until >= TODAY


def test_the_same_seed_plants_the_same_gaps() -> None:
    one, other = (
        with_gaps(make_plan(prisoners=300, years=YEARS, seed=4, today=TODAY), seed=4)
        for _ in range(2)
    )
    assert [(s.person.name, s.gap) for s in one.stays] == [
        (s.person.name, s.gap) for s in other.stays
    ]
