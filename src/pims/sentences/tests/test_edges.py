"""The edges: one more or one less, and the other side of each."""

from datetime import date
from typing import Any

import pytest

from pims.jurisdictions.sentence_law import law_of, sentence_law
from pims.sentences.engine import Term, amounts_due, calculate, case_from
from pims.sentences.tests.making import D, adjustment, case, codes, remand, sentence, worked
from pims.sentences.tests.test_law import data as law_data
from pims.sentences.tests.test_refusals import after, away, fine, paid, part


def test_a_thousand_years_of_days_may_be_certified_and_not_one_more() -> None:
    most = 366_000
    assert codes(worked("plain", sentence(), remand(most))) == ["credit_exceeds_term"]
    assert codes(worked("plain", sentence(), remand(most + 1))) == ["days_out_of_range"]
    assert worked("plain", sentence(), remand(0)).dates == worked("plain", sentence()).dates


def test_a_day_held_may_be_one_day_only() -> None:
    one = remand(1, starts="2024-01-09", ends="2024-01-09")
    assert worked("plain", sentence(), one).status == "calculated"
    assert codes(worked("plain", sentence(), one, one)) == ["credit_twice"]
    absent = away(starts="2024-01-09", ends="2024-01-09")
    assert codes(worked("plain", sentence(), one, absent)) == ["at_large_and_held"]


def test_of_two_that_reach_as_far_the_first_is_compared_with_the_next() -> None:
    found = worked(
        "plain", sentence(), remand(starts="2023-01-01", ends="2023-01-10"),
        away(starts="2023-01-05", ends="2023-01-10"),
        remand(starts="2023-01-10", ends="2023-01-12"),
    )  # fmt: skip
    assert codes(found) == ["at_large_and_held", "credit_twice"]


def test_a_default_of_one_cent_is_one_and_of_none_is_not() -> None:
    assert worked("belize", fine(amount_cents=1), part(1, starts="2024-01-20")).status == (
        "calculated"
    )
    assert codes(worked("belize", fine(amount_cents=1), part(2))) == ["paid_out_of_range"]
    for amount in (0, -5):
        assert codes(worked("belize", fine(amount_cents=amount), part())) == ["amount_missing"]


def test_what_was_paid_is_told_of_each_sentence_on_its_own() -> None:
    none = fine(number=1, amount_cents=None)
    two = fine(number=2, amount_cents=300)
    found = worked("belize", none, two, part(301, 2))
    assert codes(found) == ["paid_out_of_range"]
    both = worked("belize", fine(number=1), two, part(900, 1, starts="2024-01-20"), part(299, 2))
    assert both.status == "calculated"
    full = worked("belize", two, part(300, 2, starts="2024-01-20"), paid(2, starts="2024-01-21"))
    assert full.status == "calculated"
    unknown = worked("belize", fine(), part(None), part(900, starts="2024-01-20"))
    assert codes(unknown) == ["paid_out_of_range", "payment_undated"]


def test_the_gate_opens_on_the_first_day_itself_where_that_is_the_last_open_one() -> None:
    friday = worked("belize", sentence(pronounced="2024-01-12", term=Term(days=2)))
    assert str(friday.dates.release_day) == "2024-01-12"
    saturday = worked("belize", sentence(pronounced="2024-01-13", term=Term(days=9)))
    assert str(saturday.dates.release_day) == "2024-01-19"


def test_credit_that_counts_is_not_told_as_unclaimed() -> None:
    named = sentence(effective_from="2024-02-01")
    for day in ("2024-01-10", "2024-02-01"):
        assert codes(worked("plain", named, remand(5, day))) == [], day
    chain = (sentence(1), after(2, 1, pronounced="2024-03-01"))
    assert codes(worked("plain", *chain, remand(5, "2024-03-01"))) == []
    assert codes(worked("plain", *chain, remand(5, "2024-01-10"), remand(5, "2024-03-02"))) == [
        "credit_unclaimed"
    ]


def test_every_credit_is_looked_at_also_after_one_without_dates() -> None:
    found = worked(
        "plain", sentence(), remand(1), remand(2, starts="2024-01-09", ends="2024-01-10")
    )
    assert codes(found) == ["credit_while_serving"]
    half = worked("plain", sentence(), remand(1, starts="2024-01-10"), remand(1, ends="2024-01-10"))
    assert half.status == "calculated"


def test_what_frees_now_passes_over_days_at_large() -> None:
    gone = away(10, starts="2024-01-15")
    law = sentence_law("belize")
    day = amounts_due(case(fine(term=Term(days=30)), gone), law, D("2024-02-03"))[0]
    same = amounts_due(case(fine(term=Term(days=30))), law, D("2024-01-24"))[0]
    assert day == same
    assert same.frees_cents == 421


def test_of_what_is_not_in_doubt_the_longest_says_by_when_somebody_decides() -> None:
    doubted = after(9, 8)
    long, short = sentence(1), sentence(2, term=Term(days=20))
    assert worked("plain", short, long, doubted).earliest_arguable == D("2025-01-09")


def test_every_answer_names_its_law_and_the_rules_that_it_rests_on() -> None:
    found = worked("plain", sentence())
    assert found.law == worked("plain").law == "plain"
    assert [rule.code for rule in found.rules] == [
        "plain-1.governs", "plain-1.first_day", "plain-1.months",
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_that_can_be(day: str) -> None:
    assert worked("plain", sentence(pronounced=day)).status == "calculated"


def test_a_number_may_be_as_large_as_a_thousand_million() -> None:
    data: Any = {"sentences": [{"number": 10**9, "pronounced_on": "2024-01-10",
                                "term": {"days": 9}}]}  # fmt: skip
    assert calculate(case_from(data), sentence_law("plain")).status == "calculated"
    data["sentences"][0]["number"] = 10**9 + 1
    assert case_from(data).faults[0].code == "sentences.number_wrong"
    data["sentences"][0] |= {"number": 1, "term": {"days": 10**9}}
    assert case_from(data).faults == ()
    data["sentences"][0] |= {"consecutive_to": 10**9}
    assert case_from(data).sentences[0].consecutive_to == 10**9


def test_days_from_before_and_after_the_case_are_kept_apart() -> None:
    award = adjustment("additional_days", 1, starts="2024-02-01", applies_from="2026-01-01")
    assert str(worked("belize", sentence(), award).dates.edr) == "2024-09-09"


def test_a_default_that_was_not_paid_hides_no_other_that_was() -> None:
    two = (fine(number=1), fine(number=2, consecutive_to=1))
    found = worked("plain", *two, remand(5), paid(1, starts="2024-02-01"))
    assert codes(found) == ["payment_and_credit"]


def test_all_days_at_large_are_told_together() -> None:
    twice = (away(2, starts="2024-02-01"), away(3, starts="2024-03-01"))
    found = worked("plain", sentence(), *twice)
    expires = next(one for one in found.steps if one.code == "sentences.expires")
    assert expires.params["at_large"] == 5
    life = worked("belize", sentence(kind="life", term=Term(years=9)), *twice)
    minimum = next(one for one in life.steps if one.code == "sentences.minimum_term")
    assert minimum.params["at_large"] == 5


def test_two_versions_that_say_the_same_are_no_two_laws() -> None:
    data = law_data("belize")
    newer = {**data["version"][0], "version": "newer", "begins": date(2024, 2, 1)}
    data["version"][0]["ends"] = newer["begins"]
    data["version"].append(newer)
    parts = (sentence(1), after(2, 1, pronounced="2024-02-01"))
    found = calculate(case(*parts), law_of(data))
    assert (found.status, found.versions) == ("calculated", ("belize-2017", "newer"))
    newer["parole"] = {**newer["parole"], "over_days": 9}
    differ = calculate(case(*parts), law_of(data))
    assert "chain_of_two_laws" in codes(differ)


def test_a_default_that_nobody_paid_takes_credit_like_any_sentence() -> None:
    found = worked("plain", fine(), after(2, 1), remand(5))
    assert found.status == "calculated"


def test_credit_that_still_runs_counts_to_the_day_asked_about() -> None:
    found = worked("plain", sentence(), remand(starts="2024-01-08"), as_of="2024-01-10")
    assert str(found.dates.sentence_expiry) == "2025-01-06"


def test_an_offence_of_the_day_of_the_sentence_and_of_its_first_day() -> None:
    assert worked("plain", sentence(offence_on="2024-01-10")).status == "calculated"
    back = sentence(offence_on="2024-01-05", effective_from="2024-01-05")
    assert worked("plain", back).status == "calculated"
    assert worked("plain", sentence(offence_on="2024-01-10"), born_on="2024-01-10").status == (
        "calculated"
    )


def test_absences_known_by_their_length_are_not_served_twice_either() -> None:
    first, second = away(10, starts="2024-02-01"), away(3, applies_from="2024-02-10")
    assert codes(worked("plain", sentence(), first, second)) == ["at_large_twice"]
    later = away(3, applies_from="2024-02-11")
    found = worked("plain", sentence(), first, later)
    assert str(found.dates.sentence_expiry) == "2025-01-22"
    nothing = away(0, starts="2024-02-05")
    assert worked("plain", sentence(), first, nothing).status == "calculated"
    one_day = away(1, starts="2024-02-05")
    assert codes(worked("plain", sentence(), first, one_day)) == ["at_large_twice"]
    held = remand(3, starts="2024-02-05")
    assert worked("plain", sentence(), first, held).status == "calculated"


def test_what_is_due_is_told_of_every_default_and_is_nothing_once_all_is_paid() -> None:
    law = sentence_law("belize")
    one = case(sentence(1), fine(number=2), part(500, 2, starts="2024-01-12"),
               part(400, 2, starts="2024-01-15"))  # fmt: skip
    (due,) = amounts_due(one, law, D("2024-01-13"))
    assert (due.sentence, due.outstanding_cents, due.frees_cents) == (2, 0, 0)


def test_awards_are_added_up_before_they_are_compared() -> None:
    def told(*parts: Any, **more: Any) -> list[str]:
        return codes(worked("plain", sentence(), *parts, **more))

    def lost(days: int | None = None, **more: Any) -> Any:
        return adjustment("additional_days", days, **more)

    def back(days: int | None = None, **more: Any) -> Any:
        return adjustment("restored_days", days, **more)

    assert told(lost(2), lost(3), back(5)) == []
    assert told(lost(2), lost(3), back(3), back(3)) == ["restored_more_than_forfeited"]
    dated = {"starts": "2024-02-01", "ends": "2024-02-03"}
    assert told(lost(**dated), back(3)) == []
    assert told(lost(**dated), back(4)) == ["restored_more_than_forfeited"]
    assert told(lost(1), lost(**dated), back(4)) == []
    assert told(lost(1), lost(**dated), back(5)) == ["restored_more_than_forfeited"]
    open_one = lost(starts="2024-02-01")
    assert told(open_one, back(3), as_of="2024-02-03") == []
    assert told(open_one, back(4), as_of="2024-02-03") == ["restored_more_than_forfeited"]
    ended = told(lost(**dated), back(4), as_of="2024-02-20")
    assert ended == ["restored_more_than_forfeited"]
    assert told(lost(3), back(starts="2024-02-01"), as_of="2024-02-03") == []
    found = worked("belize", sentence(), open_one, as_of="2024-02-03")
    assert str(found.dates.edr) == "2024-09-12"


def test_all_that_was_earned_may_be_forfeited_and_some_restored() -> None:
    lost, back = adjustment("additional_days", 122), adjustment("restored_days", 2)
    found = worked("belize", sentence(), lost, back)
    assert (found.status, str(found.dates.edr)) == ("calculated", "2025-01-07")


def test_parole_on_the_day_of_release_is_none() -> None:
    one = sentence(offence_on="2020-01-01", offence_class="serious", term=Term(years=2))
    found = worked("testland", one)
    assert found.dates.ped is None
    assert "sentences.released_before_parole" in [step.code for step in found.steps]
    parole = next(one for one in found.steps if one.code == "sentences.released_before_parole")
    assert parole.params["ped"] == parole.params["edr"] == found.dates.edr


def test_the_day_of_payment_is_served_even_if_it_is_the_first() -> None:
    found = worked("plain", fine(), after(2, 1, term=Term(days=10)), paid(1, starts="2024-01-10"))
    assert str(found.dates.sentence_expiry) == "2024-01-20"


def test_whoever_is_at_large_owes_what_was_due_on_the_day_before() -> None:
    law, gone = sentence_law("belize"), away(10, starts="2024-01-15")

    def due(day: str) -> int:
        return amounts_due(case(fine(term=Term(days=30)), gone), law, D(day))[0].frees_cents

    assert due("2024-01-14") == due("2024-01-15") == due("2024-01-24") > due("2024-01-25")
    assert due("2024-01-13") > due("2024-01-14")


def test_an_absence_of_a_thousand_years_overlaps_like_any_other() -> None:
    long = away(366_000, starts="2024-02-01")
    assert codes(worked("plain", sentence(), long, away(1, starts="2025-02-01"))) == [
        "at_large_twice"
    ]
    assert codes(worked("plain", sentence(), away(-(10**12), starts="2024-02-01"))) == [
        "days_out_of_range"
    ]


def test_an_award_without_an_end_is_missing_its_days() -> None:
    open_one = adjustment("restored_days", starts="2024-02-01")
    assert codes(worked("plain", sentence(), open_one)) == ["days_missing"]
    backwards = adjustment("restored_days", starts="2024-02-02", ends="2024-02-01")
    assert codes(worked("plain", sentence(), backwards)) == ["ends_before_it_starts"]


def test_a_sentence_from_a_time_without_a_law_says_so() -> None:
    data = law_data("plain")
    data["version"][0]["begins"] = date(2024, 1, 11)
    assert codes(calculate(case(sentence()), law_of(data))) == ["no_law_for_the_date"]


def test_what_is_outstanding_is_told_beside_what_frees() -> None:
    (due,) = amounts_due(case(fine(), part(100)), sentence_law("belize"), D("2024-01-24"))
    assert due.outstanding_cents == 800
    assert 0 < due.frees_cents < 800


def test_a_payment_of_nobody_knows_what_takes_nothing_off() -> None:
    (due,) = amounts_due(case(fine(), part(None)), sentence_law("belize"), D("2024-01-24"))
    assert due.outstanding_cents == 900


def test_the_remission_of_a_person_is_that_of_what_governs_the_release() -> None:
    found = worked("belize", sentence(1, term=Term(days=31)), sentence(2))
    assert found.dates.remission_days == 122
