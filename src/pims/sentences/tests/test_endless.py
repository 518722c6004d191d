"""Life, and detention at the court's pleasure: no end is made up, and no review forgotten."""

from typing import Any

from pims.sentences.engine import Term
from pims.sentences.tests.making import D, adjustment, codes, remand, sentence, worked


def life(**more: Any) -> Any:
    return sentence(**{"kind": "life", "term": Term(years=20)} | more)


def test_life_has_no_end_and_a_minimum_term_before_parole() -> None:
    found = worked("belize", life(), remand(100))
    dates = found.dates
    assert found.status == "calculated"
    assert (dates.full_term_end, dates.sentence_expiry, dates.edr, dates.ldr) == (None,) * 4
    assert (str(dates.ped), str(dates.next_review)) == ("2043-10-01", "2024-07-09")
    assert found.earliest_arguable == dates.ped
    assert found.sentences[0].first_day == D("2024-01-10")
    assert {"life", "review", "credit"} <= {one.rpartition(".")[2] for one in found.provisional}


def test_another_law_does_not_count_the_days_before_and_asks_for_no_minimum() -> None:
    found = worked("testland", life(offence_on="2020-01-01"), remand(100))
    assert (str(found.dates.ped), str(found.dates.next_review)) == ("2044-01-09", "2025-01-09")
    without = worked("testland", life(offence_on="2020-01-01", term=Term()))
    assert (without.status, without.dates.ped) == ("calculated", None)
    assert without.earliest_arguable == D("2025-01-09")


def test_days_at_large_put_off_the_minimum_term() -> None:
    gone = adjustment("unlawfully_at_large", 10, starts="2030-01-01")
    assert str(worked("belize", life(), gone).dates.ped) == "2044-01-19"
    after = adjustment("unlawfully_at_large", 10, starts="2044-01-10")
    assert str(worked("belize", life(), after).dates.ped) == "2044-01-09"
    assert str(worked("belize", life(term=Term(days=5)), remand(9)).dates.ped) == "2024-01-10"


def test_a_sentence_beside_life_must_be_served_before_parole_too() -> None:
    beside = sentence(2, term=Term(years=40), offence_class="serious")
    assert str(worked("belize", life(), beside).dates.ped) == "2044-01-09"
    longer = sentence(2, term=Term(years=60), offence_class="serious")
    found = worked("belize", life(), longer)
    assert str(found.dates.ped) == "2054-01-09"
    assert found.dates.full_term_end is None
    assert found.sentences[1].dates.full_term_end == D("2084-01-09")
    pleasure = sentence(2, kind="pleasure", term=Term())
    assert worked("belize", life(), pleasure).dates.ped is None
    assert worked("testland", life(offence_on="2020-01-01", term=Term()),
                  sentence(2, offence_on="2020-01-01")).dates.ped is None  # fmt: skip


def test_the_next_review_is_the_courts_or_so_long_after_the_last() -> None:
    def pleasure(**more: Any) -> Any:
        return sentence(kind="pleasure", term=Term(), **more)

    assert str(worked("belize", pleasure()).dates.next_review) == "2024-07-09"
    again = worked("belize", pleasure(reviewed_on="2024-07-01"))
    assert str(again.dates.next_review) == "2024-12-31"
    named = worked("plain", pleasure(review_on="2024-03-15"))
    assert (str(named.dates.next_review), named.is_final) == ("2024-03-15", True)
    two = worked("belize", pleasure(), sentence(2, kind="life", term=Term(years=9),
                                                review_on="2024-05-05"))  # fmt: skip
    assert str(two.dates.next_review) == "2024-05-05"


def test_credit_for_life_is_not_told_as_unclaimed() -> None:
    assert codes(worked("belize", life(), remand(3))) == []
    assert codes(worked("belize", life(), remand(3, "2024-01-11"))) == ["credit_unclaimed"]
    inside = remand(3, starts="2024-02-01", ends="2024-02-03")
    assert codes(worked("belize", life(), inside)) == ["credit_while_serving"]
