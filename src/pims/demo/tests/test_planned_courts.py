"""What the plan says of the courts, before anything is written."""

from collections import Counter
from datetime import date

import pytest

from pims.demo.judgments import may_be_young
from pims.demo.plan import LAPSED, Plan, make_plan
from pims.jurisdictions.courts import doubt_of_day
from pims.jurisdictions.offences import offences

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(prisoners=1114, years=1, seed=1, today=TODAY)


def test_the_published_share_is_unsentenced(plan: Plan) -> None:
    held = Counter(stay.kind for stay in plan.stays if stay.leaves is None)
    assert held["remand"] == 407 + LAPSED
    assert sum(held.values()) == 1114 - 7
    waiting = [stay for stay in plan.stays if stay.leaves is None and stay.kind == "remand"]
    assert max((TODAY - stay.arrives).days for stay in waiting) < 182


def test_everyone_is_charged_with_one_to_three_offences_of_before_the_arrival(plan: Plan) -> None:
    counts = Counter(len(stay.charges) for stay in plan.stays)
    assert set(counts) == {1, 2, 3}
    grades = Counter(one.grade for stay in plan.stays for one in stay.charges)
    assert min(grades["serious"], grades["lesser"]) > 200
    for stay in plan.stays:
        assert all(one.offence_on <= stay.arrives for one in stay.charges)
        assert all(one.code in offences() or one.as_written for one in stay.charges)


def test_courts_order_and_hear_on_days_on_which_they_sit(plan: Plan) -> None:
    for stay in plan.stays:
        days = [stay.arrives, *stay.hearings]
        if stay.ends_by in ("bail", "discharged_at_court") and stay.leaves is not None:
            days.append(stay.leaves)
        assert all(doubt_of_day(stay.court, day) is None for day in days), stay


def test_the_paper_and_the_calculation_agree_about_everyone(plan: Plan) -> None:
    sentenced = [stay for stay in plan.stays if stay.judgment is not None]
    assert len(sentenced) > 600
    for stay in sentenced:
        judgment = stay.judgment
        assert judgment is not None
        if judgment.minimum_years is not None:
            served = (TODAY - judgment.on).days / 365.25
            assert judgment.minimum_years > served
            continue
        assert judgment.release_day is not None
        assert judgment.until is not None
        assert judgment.on <= judgment.release_day <= judgment.until
        begins = min(one.effective_from or judgment.on for one in judgment.sentences)
        assert all(one.offence_on <= begins for one in stay.charges)
        if stay.leaves is None:
            assert judgment.release_day > TODAY
        elif stay.ends_by in ("served", "sentenced_then_served"):
            assert stay.leaves == judgment.release_day < TODAY
            assert not may_be_young(stay.person, judgment.on)


def test_there_is_some_of_everything(plan: Plan) -> None:
    judgments = [stay.judgment for stay in plan.stays if stay.judgment is not None]
    terms = [one for judgment in judgments for one in judgment.sentences]
    assert sum(one.follows is not None for one in terms) > 40
    assert sum(one.effective_from is not None for one in terms) > 15
    assert sum(judgment.credit_days > 0 for judgment in judgments) > 100
    assert sum(judgment.forfeited_days > 0 for judgment in judgments) > 20
    assert sum(judgment.minimum_years is not None for judgment in judgments) > 20
    kinds = Counter(stay.kind for stay in plan.stays)
    for kind in (
        "fine_default", "compensation_default", "immigration", "emergency", "courts_pleasure",
        "unfit_to_plead", "civil", "juvenile_behaviour",
    ):  # fmt: skip
        assert kinds[kind], kind
    ways = Counter(stay.order_kind for stay in plan.stays)
    assert ways["bail_revoked"]
    assert ways["bail_surrendered"]
    assert any(stay.surety_wanted for stay in plan.stays)
    assert any(stay.appeals for stay in plan.stays)


def test_nobody_serves_life_for_what_was_done_before_eighteen(plan: Plan) -> None:
    for stay in plan.stays:
        if stay.kind == "life_sentence":
            born = stay.person.birth
            assert all((one.offence_on - born).days >= 18 * 365.25 for one in stay.charges)


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 8, 13])
def test_any_seed_and_size_makes_a_lawful_plan(seed: int) -> None:
    for prisoners, years in ((20, 0.1), (60, 0.3), (150, 1.0)):
        plan = make_plan(prisoners=prisoners, years=years, seed=seed, today=TODAY)
        again = make_plan(prisoners=prisoners, years=years, seed=seed, today=TODAY)
        assert plan == again
        for stay in plan.stays:
            if stay.leaves is not None:
                assert plan.start <= stay.leaves < plan.end
                assert stay.arrives < stay.leaves
            if stay.sentenced is not None:
                assert stay.leaves is not None
                assert stay.arrives <= stay.sentenced < stay.leaves
