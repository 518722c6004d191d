"""From terms to dates, each checked on a wall calendar."""

from typing import Any

import pytest

from pims.sentences.engine import Calculation, Term
from pims.sentences.tests.making import D, adjustment, codes, remand, sentence, worked


def away(days: int | None = None, **more: Any) -> Any:
    return adjustment("unlawfully_at_large", days, **more)


def lost(days: int, day: str = "2024-02-01") -> Any:
    return adjustment("additional_days", days, applies_from=day)


def given_back(days: int, day: str = "2024-02-01") -> Any:
    return adjustment("restored_days", days, applies_from=day)


def dates(found: Calculation, *names: str) -> list[str | None]:
    values = [getattr(found.dates, name) for name in names]
    return [None if value is None else str(value) for value in values]


def test_a_year_of_bare_arithmetic() -> None:
    found = worked("plain", sentence())
    assert found.status == "calculated"
    assert (
        dates(found, "full_term_end", "sentence_expiry", "edr", "ldr", "release_day")
        == ["2025-01-09"] * 5
    )
    assert dates(found, "ped", "next_review") == [None, None]
    assert found.dates.remission_days == 0
    assert found.earliest_arguable == D("2025-01-09")
    assert found.sentences[0].first_day == D("2024-01-10")
    assert found.sentences[0].dates == found.dates


def test_a_third_of_a_year_is_remitted_and_half_of_it_must_be_served_before_parole() -> None:
    found = worked("belize", sentence(offence_class="serious"))  # 366 days
    assert found.dates.remission_days == 122
    assert dates(found, "edr", "ldr", "ped") == ["2024-09-09", "2025-01-09", "2024-07-10"]
    lesser = worked("belize", sentence(offence_class="lesser"))
    assert dates(lesser, "ped") == ["2024-05-10"]


def test_a_month_earns_no_remission_and_a_day_more_does() -> None:
    assert worked("belize", sentence(term=Term(days=31))).dates.remission_days == 0
    assert worked("belize", sentence(term=Term(days=32))).dates.remission_days == 10


def test_whoever_is_due_on_a_weekend_goes_on_the_friday() -> None:
    saturday = worked("belize", sentence(term=Term(days=11)))  # to Saturday 20 January 2024
    assert dates(saturday, "edr", "release_day") == ["2024-01-20", "2024-01-19"]
    sunday = worked("belize", sentence(term=Term(days=12)))
    assert dates(sunday, "edr", "release_day") == ["2024-01-21", "2024-01-19"]
    assert "belize-2017.release_day" in sunday.provisional
    assert "sentences.gate_opens" in [one.code for one in sunday.steps]
    friday = worked("belize", sentence(term=Term(days=10)))
    assert dates(friday, "edr", "release_day") == ["2024-01-19", "2024-01-19"]
    assert "belize-2017.release_day" not in friday.provisional


def test_nobody_is_released_before_the_sentence_because_of_a_weekend() -> None:
    found = worked("belize", sentence(pronounced="2024-01-13", term=Term(days=1)))  # a Saturday
    assert dates(found, "release_day") == ["2024-01-13"]
    late = worked(
        "belize", sentence(pronounced="2024-01-13", effective_from="2024-01-12", term=Term(days=2))
    )
    assert dates(late, "release_day") == ["2024-01-13"]


def test_holidays_close_the_gate_too() -> None:
    one = sentence(pronounced="2024-08-01", offence_on="2024-07-01", term=Term(days=15))
    found = worked("testland", one)  # to 15 August, a holiday on a Thursday
    assert dates(found, "edr", "release_day") == ["2024-08-15", "2024-08-14"]


def test_whoever_is_due_on_good_friday_goes_on_the_thursday() -> None:
    one = sentence(pronounced="2027-03-17", term=Term(days=10))  # to Good Friday 2027
    assert dates(worked("belize", one), "edr", "release_day") == ["2027-03-26", "2027-03-25"]


def test_credit_is_taken_off_once_for_all_that_was_passed_on_its_day() -> None:
    found = worked("plain", sentence(1), sentence(2, term=Term(months=6)), remand(30))
    assert dates(found, "full_term_end", "sentence_expiry") == ["2025-01-09", "2024-12-10"]
    assert [str(s.dates.sentence_expiry) for s in found.sentences] == ["2024-12-10", "2024-06-09"]
    chain = worked("plain", sentence(1), sentence(2, consecutive_to=1), remand(30))
    assert dates(chain, "full_term_end", "sentence_expiry") == ["2026-01-09", "2025-12-10"]


def test_credit_counts_where_the_court_named_another_first_day() -> None:
    one = sentence(effective_from="2024-02-01")
    for day in ("2024-01-10", "2024-02-01"):
        found = worked("plain", one, remand(5, day))
        assert dates(found, "sentence_expiry") == ["2025-01-26"], day
    other = worked("plain", one, remand(5, "2024-01-11"))
    assert dates(other, "sentence_expiry") == ["2025-01-31"]
    assert codes(other) == ["credit_unclaimed"]
    assert other.earliest_arguable == D("2025-01-26")


def test_credit_for_a_sentence_passed_later_shortens_the_chain_that_it_joins() -> None:
    found = worked(
        "plain", sentence(1), sentence(2, "2024-03-01", consecutive_to=1), remand(30, "2024-03-01")
    )
    assert [str(s.dates.sentence_expiry) for s in found.sentences] == ["2025-01-09", "2025-12-10"]
    same = worked(
        "plain", sentence(1), sentence(2, "2024-03-01", consecutive_to=1, term=Term(days=30)),
        remand(30, "2024-03-01"),
    )  # fmt: skip
    assert same.status == "calculated"


def test_credit_by_its_dates_where_no_number_was_certified() -> None:
    found = worked("plain", sentence(), remand(starts="2024-01-01", ends="2024-01-09"))
    assert dates(found, "sentence_expiry") == ["2024-12-31"]
    assert codes(found) == []


def test_fewer_days_certified_than_the_dates_have_are_counted_and_told() -> None:
    found = worked("plain", sentence(), remand(8, starts="2024-01-01", ends="2024-01-09"))
    assert dates(found, "sentence_expiry") == ["2025-01-01"]
    assert codes(found) == ["fewer_days_than_dates"]
    assert found.earliest_arguable == D("2024-12-31")
    absent = worked("plain", sentence(), away(8, starts="2024-02-01", ends="2024-02-09"))
    assert codes(absent) == ["fewer_days_than_dates"]
    assert absent.earliest_arguable == absent.dates.release_day


def test_credit_longer_than_the_sentence_ends_it_on_its_first_day_and_says_so() -> None:
    found = worked("belize", sentence(term=Term(days=20), offence_class="lesser"), remand(21))
    assert dates(found, "full_term_end", "sentence_expiry", "edr", "ped") == [
        "2024-01-29", "2024-01-10", "2024-01-10", None,
    ]  # fmt: skip
    assert codes(found) == ["credit_exceeds_term"]
    just = worked("plain", sentence(term=Term(days=20)), remand(20))
    assert (dates(just, "sentence_expiry"), codes(just)) == (["2024-01-10"], [])
    a_day_left = worked("plain", sentence(term=Term(days=20)), remand(19))
    assert dates(a_day_left, "sentence_expiry") == ["2024-01-10"]
    two_left = worked("plain", sentence(term=Term(days=20)), remand(18))
    assert dates(two_left, "sentence_expiry") == ["2024-01-11"]


def test_credit_is_told_where_its_days_were_served_as_well() -> None:
    found = worked("plain", sentence(), remand(3, starts="2024-01-08", ends="2024-01-10"))
    assert codes(found) == ["credit_while_serving"]
    before = worked("plain", sentence(), remand(3, starts="2024-01-07", ends="2024-01-09"))
    assert codes(before) == []
    earlier = sentence(2, "2023-01-10", term=Term(days=10))
    last = worked("plain", sentence(), earlier, remand(2, starts="2023-01-19", ends="2023-01-20"))
    assert codes(last) == ["credit_while_serving"]
    later = worked("plain", sentence(), earlier, remand(2, starts="2023-01-20", ends="2023-01-21"))
    assert codes(later) == []


def test_credit_that_another_reading_would_count_for_more_is_told_with_its_date() -> None:
    found = worked("plain", sentence(1), sentence(2, "2024-02-10"), remand(40))
    assert dates(found, "sentence_expiry") == ["2025-02-09"]
    assert codes(found) == ["credit_counts_for_one"]
    assert found.earliest_arguable == D("2024-12-31")
    assert codes(worked("plain", sentence(1), sentence(2, "2024-01-10"), remand(40))) == []


def test_days_at_large_are_served_afterwards() -> None:
    found = worked("plain", sentence(), away(10, starts="2024-03-01"))
    assert dates(found, "full_term_end", "sentence_expiry") == ["2025-01-09", "2025-01-19"]
    by_day = worked("plain", sentence(), away(10, applies_from="2024-03-01"))
    assert by_day.dates == found.dates
    open_one = worked("plain", sentence(), away(starts="2024-03-01"), as_of="2024-03-10")
    assert open_one.dates == found.dates
    assert worked("plain", sentence(), away(0, starts="2024-03-01")).dates == worked(
        "plain", sentence()).dates  # fmt: skip


@pytest.mark.parametrize(
    ("began", "expiry"),
    [("2024-01-10", "2025-01-10"), ("2025-01-09", "2025-01-10"), ("2025-01-10", "2025-01-09")],
)
def test_an_absence_counts_from_the_first_day_to_the_last(began: str, expiry: str) -> None:
    found = worked("plain", sentence(), away(1, starts=began))
    assert dates(found, "sentence_expiry") == [expiry]


def test_an_absence_before_the_sentence_is_none_from_it() -> None:
    found = worked("plain", sentence(), away(starts="2024-01-01", ends="2024-01-09"))
    assert dates(found, "sentence_expiry") == ["2025-01-09"]


def test_a_second_absence_may_fall_in_the_days_that_the_first_put_off() -> None:
    late = away(5, starts="2025-01-12")
    assert dates(worked("plain", sentence(), late), "sentence_expiry") == ["2025-01-09"]
    both = worked("plain", sentence(), late, away(3, starts="2024-05-01"))
    assert dates(both, "sentence_expiry") == ["2025-01-17"]


def test_an_absence_after_the_earliest_release_moves_the_latest_alone() -> None:
    one = sentence(offence_class="serious")
    found = worked("belize", one, away(10, starts="2024-09-10"))
    assert dates(found, "edr", "ldr", "ped") == ["2024-09-09", "2025-01-19", "2024-07-10"]
    sooner = worked("belize", one, away(10, starts="2024-07-11"))
    assert dates(sooner, "edr", "ldr", "ped") == ["2024-09-19", "2025-01-19", "2024-07-10"]
    before = worked("belize", one, away(10, starts="2024-07-10"))
    assert dates(before, "edr", "ldr", "ped") == ["2024-09-19", "2025-01-19", "2024-07-20"]


def test_forfeited_remission_is_served_and_restored_remission_is_not() -> None:
    found = worked("belize", sentence(), lost(20), given_back(5))
    assert dates(found, "edr", "ldr") == ["2024-09-24", "2025-01-09"]
    assert found.dates.remission_days == 122
    all_of_it = worked("belize", sentence(), lost(122))
    assert dates(all_of_it, "edr") == ["2025-01-09"]
    more = worked("belize", sentence(), lost(200))
    assert (more.status, dates(more, "edr")) == ("calculated", ["2025-01-09"])


@pytest.mark.parametrize(
    ("day", "edr"),
    [("2024-01-09", "2024-09-09"), ("2024-01-10", "2024-09-10"), ("2025-01-09", "2024-09-10"),
     ("2025-01-10", "2024-09-09")],
)  # fmt: skip
def test_an_award_counts_while_the_sentence_runs(day: str, edr: str) -> None:
    assert dates(worked("belize", sentence(), lost(1, day)), "edr") == [edr]


def test_an_award_by_its_dates_and_one_without_any() -> None:
    dated = adjustment("additional_days", starts="2024-02-01", ends="2024-02-03")
    assert dates(worked("belize", sentence(), dated), "edr") == ["2024-09-12"]
    undated = adjustment("additional_days", 3)
    assert dates(worked("belize", sentence(), undated), "edr") == ["2024-09-12"]


def test_awards_mean_nothing_to_a_law_without_remission() -> None:
    assert dates(worked("plain", sentence(), lost(20)), "edr") == ["2025-01-09"]


def test_parole_is_no_date_where_release_comes_first() -> None:
    one = sentence(offence_class="serious", offence_on="2020-01-01", term=Term(years=2))
    found = worked("testland", one, remand(100))
    assert dates(found, "ped") == [None]
    assert "sentences.released_before_parole" in [step.code for step in found.steps]


def test_testland_has_no_parole_for_a_year_and_has_it_for_a_day_more() -> None:
    young = {"offence_class": "lesser", "offence_on": "2020-01-01"}
    assert dates(worked("testland", sentence(term=Term(days=365), **young)), "ped") == [None]
    found = worked("testland", sentence(term=Term(days=366), **young))
    assert dates(found, "ped") == ["2024-04-10"]  # 92 days
    held = worked("testland", sentence(term=Term(days=366), **young), remand(30))
    assert dates(held, "ped") == ["2024-04-10"]
    chain = worked(
        "testland", sentence(term=Term(days=300), **young),
        sentence(2, consecutive_to=1, term=Term(days=66), **young),
    )  # fmt: skip
    assert dates(chain, "ped") == ["2024-04-10"]  # 75 and 17 days


def test_parole_waits_for_the_class_of_every_offence() -> None:
    found = worked("belize", sentence(), sentence(2, offence_class="serious", term=Term(years=3)))
    assert dates(found, "ped") == ["2025-07-10"]
    assert codes(found) == ["class_not_known"]
    unsure = worked("belize", sentence(), sentence(2, offence_class="serious"))
    assert dates(unsure, "ped") == [None]
    chained = worked("belize", sentence(offence_class="serious"), sentence(2, consecutive_to=1))
    assert dates(chained, "ped") == [None]
    assert chained.sentences[0].dates.ped == D("2024-07-10")


def test_side_by_side_the_latest_date_of_each_kind_governs() -> None:
    short = sentence(1, offence_class="lesser", term=Term(days=31))  # no remission
    long = sentence(2, offence_class="serious", term=Term(days=40))
    found = worked("belize", short, long)
    assert dates(found, "full_term_end", "edr", "ldr") == ["2024-02-18", "2024-02-09", "2024-02-18"]
    assert found.dates.remission_days == 0  # of the sentence that governs the release
    assert dates(found, "ped", "release_day") == ["2024-01-29", "2024-02-09"]
    assert [s.dates.remission_days for s in found.sentences] == [0, 13]
    assert [s.number for s in worked("belize", long, short).sentences] == [2, 1]


def test_a_chain_is_served_as_one_and_each_sentence_told_as_if_it_were_the_last() -> None:
    found = worked(
        "belize", sentence(2, consecutive_to=1, term=Term(months=6)), sentence(1), remand(10)
    )
    assert [s.number for s in found.sentences] == [2, 1]
    second, first = found.sentences
    assert (first.first_day, second.first_day) == (D("2024-01-10"), D("2025-01-10"))
    assert first.dates.sentence_expiry == D("2024-12-30")
    assert second.dates == found.dates
    assert dates(found, "full_term_end", "sentence_expiry") == ["2025-07-09", "2025-06-29"]
    assert found.dates.remission_days == 182  # of 547 days
    assert first.dates.remission_days == 122


def test_a_sentence_may_follow_on_the_day_after_and_no_later() -> None:
    first = sentence(1, term=Term(days=10))  # to 19 January
    assert (
        worked("plain", first, sentence(2, "2024-01-20", consecutive_to=1)).status == "calculated"
    )
    for adjustments, status in (
        ((), "needs_person"), ((away(1, starts="2024-01-15"),), "calculated"),
        ((away(1, starts="2024-01-21"),), "needs_person"),
    ):  # fmt: skip
        found = worked("plain", first, sentence(2, "2024-01-21", consecutive_to=1), *adjustments)
        assert found.status == status
    credited = worked("plain", first, sentence(2, "2024-01-20", consecutive_to=1), remand(1))
    assert codes(credited, "needs_person") == ["follows_one_that_was_over"]
    left = worked("belize", sentence(1), sentence(2, "2024-09-10", consecutive_to=1))
    assert left.status == "calculated"
    gone = worked("belize", sentence(1), sentence(2, "2024-09-11", consecutive_to=1))
    assert codes(gone, "needs_person") == ["follows_one_already_left"]


def test_a_sentence_from_before_it_was_pronounced_may_be_over_by_then() -> None:
    one = sentence(effective_from="2009-05-26", term=Term(years=2))
    found = worked("plain", one)
    assert dates(found, "full_term_end", "sentence_expiry") == ["2011-05-25", "2011-05-25"]
    assert codes(found) == ["over_before_pronounced"]
    until_then = sentence(effective_from="2024-01-01", term=Term(days=10))
    assert codes(worked("plain", until_then)) == []


def test_a_refused_case_still_says_by_when_somebody_must_decide() -> None:
    long, follows = sentence(1), sentence(2, consecutive_to=1)
    branch = worked("plain", long, follows, sentence(3, consecutive_to=1), remand(5))
    assert branch.earliest_arguable == D("2025-01-04")
    with_remission = worked("belize", long, follows, sentence(3, consecutive_to=1))
    assert with_remission.earliest_arguable == D("2024-09-09")
    short = sentence(4, consecutive_to=9, term=Term(days=20))
    all_doubted = worked("plain", sentence(3, consecutive_to=8), short)
    assert all_doubted.earliest_arguable == D("2024-01-29")
    assert worked("plain", long, short).earliest_arguable == D("2025-01-09")
    life = sentence(2, kind="life", term=Term(years=20))
    assert worked("belize", life, short).earliest_arguable is None
    assert worked("plain").earliest_arguable is None
    assert worked("plain", sentence(term=Term(years=10_000))).earliest_arguable is None
