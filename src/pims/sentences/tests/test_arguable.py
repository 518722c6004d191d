"""The first day on which somebody could argue that a person is free: never a day too late."""

from typing import Any

import pytest

from pims.jurisdictions.sentence_law import law_of
from pims.sentences.engine import Term, calculate
from pims.sentences.tests.making import D, case, codes, remand, sentence, worked
from pims.sentences.tests.test_law import data as law_data
from pims.sentences.tests.test_refusals import after, away, fine, given_back, lost, paid, part

IN_DOUBT = after(9, 8)  # follows a sentence that is not there


def refused(law: str, *parts: Any, **more: Any) -> str:
    found = worked(law, *parts, IN_DOUBT, **more)
    assert "follows_unknown" in codes(found)
    return str(found.earliest_arguable)


def test_the_gate_would_have_opened_before_the_weekend_on_which_more_credit_ends_it() -> None:
    first = sentence(1, term=Term(days=31))
    second = sentence(2, "2024-01-15", term=Term(days=31))  # to Wednesday 14 February
    found = worked("belize", first, second, remand(3))
    assert found.dates.release_day == D("2024-02-14")
    assert found.earliest_arguable == D("2024-02-09"), "the Friday before Sunday 11 February"


def test_nobody_was_at_large_who_could_have_been_free_by_then() -> None:
    first = sentence(1, term=Term(days=30))
    second = sentence(2, "2024-01-20", term=Term(days=30))  # to 18 February
    found = worked("plain", first, second, remand(10), away(5, starts="2024-02-10"))
    assert found.dates.release_day == D("2024-02-23")
    assert found.earliest_arguable == D("2024-02-08")
    sooner = worked("plain", first, second, remand(10), away(5, starts="2024-02-08"))
    assert sooner.earliest_arguable == D("2024-02-13")


def test_more_credit_is_no_argument_for_a_later_day() -> None:
    # Restored on the last day: with a day less to serve it would have come too late.
    awards = lost(50, applies_from="2024-02-01"), given_back(50, applies_from="2025-01-09")
    found = worked("belize", sentence(), *awards, remand(1, "2023-12-01"))
    assert "credit_unclaimed" in codes(found)
    assert found.earliest_arguable == found.dates.release_day == D("2024-09-09")


def test_more_credit_than_there_is_time_ends_it_on_its_first_day() -> None:
    parts = sentence(1), sentence(2, "2024-01-20")
    assert worked("plain", *parts, remand(5000)).earliest_arguable == D("2024-01-20")
    for_nothing = [remand(366_000, "2023-12-01")] * 3
    found = worked("plain", *parts, *for_nothing)
    assert (found.status, found.earliest_arguable) == ("calculated", D("2024-01-20"))


def test_what_was_certified_for_one_is_argued_for_a_chain_that_ran_beside_it() -> None:
    chain = sentence(1, term=Term(days=20)), after(2, 1, term=Term(days=20))  # to 18 February
    other = sentence(3, "2024-01-12", term=Term(days=30))  # to 10 February
    found = worked("plain", *chain, other, remand(15, "2024-01-12"))
    assert found.dates.release_day == D("2024-02-18")
    assert found.earliest_arguable == D("2024-02-03")


@pytest.mark.parametrize(
    ("credit", "day"),
    [
        (remand(9), "2024-12-31"),
        (remand(0), "2025-01-09"),
        (remand(-1), "2025-01-09"),
        (remand(starts="2024-01-01"), "2024-12-30"),  # still runs on 10 January
        (remand(8, starts="2024-01-01", ends="2024-01-09"), "2024-12-31"),
        (remand(10, starts="2024-01-01", ends="2024-01-09"), "2024-12-30"),
        (remand(starts="2024-01-09", ends="2023-12-01"), "2025-01-09"),
        (remand(ends="2024-01-09"), "2025-01-09"),
        (away(9, starts="2024-02-01"), "2025-01-09"),
    ],
)
def test_of_a_certificate_that_can_be_read_twice_the_longer_counts(credit: Any, day: str) -> None:
    assert refused("plain", sentence(), credit, as_of="2024-01-10") == day


def test_every_certificate_counts() -> None:
    assert refused("plain", sentence(), remand(9), remand(2, "2024-03-03")) == "2024-12-29"


def test_a_default_that_was_paid_may_be_over() -> None:
    month = {"term": Term(days=30)}  # to 8 February
    assert refused("plain", fine(**month)) == "2024-02-08"
    assert refused("plain", fine(**month), paid(starts="2024-01-25")) == "2024-01-25"
    assert refused("plain", fine(**month), part(900, starts="2024-01-25")) == "2024-01-25"
    assert refused("plain", fine(**month), part(300)) == "2024-02-08", "it knows no part"
    # 20 days are left, of which a third, 6, is remitted.
    assert refused("belize", fine(**month), part(300)) == "2024-01-23"
    # A cent takes off a day of 31; of 30 a third is remitted, to 29 January.
    assert refused("belize", fine(term=Term(days=31)), part(1)) == "2024-01-29"
    other = fine(number=2, **month), part(900, 1, starts="2024-01-12")
    assert refused("plain", sentence(1, term=Term(days=5)), *other) == "2024-02-08"


def test_a_sentence_that_no_money_ends_is_not_paid() -> None:
    found = worked("plain", sentence(), paid(starts="2024-01-25"))
    assert codes(found) == ["payment_for_no_fine"]
    assert found.earliest_arguable == D("2025-01-09")


@pytest.mark.parametrize(
    ("amount", "given", "day"),
    [
        (None, part(None), "2024-01-10"),  # anything may be the whole of what nobody knows
        (-5, part(-9), "2024-01-10"),
        (1, part(None), "2024-02-08"),
        (1, part(-1), "2024-02-08"),
        (1, part(1), "2024-01-10"),
    ],
)
def test_a_payment_that_cannot_be_read_is_no_reason_to_wait(
    amount: int | None, given: Any, day: str
) -> None:
    found = worked("plain", fine(amount_cents=amount, term=Term(days=30)), given)
    assert found.status == "invalid"
    assert str(found.earliest_arguable) == day


def test_the_months_are_those_of_the_law() -> None:
    one = sentence(1, "2023-01-30", term=Term(months=1, days=1))
    assert refused("plain", one) == "2023-03-01"  # 28 February and a day
    data = law_data("plain")
    data["version"][0]["months"] = {**data["version"][0]["months"], "order": "days_first"}
    found = calculate(case(one, IN_DOUBT), law_of(data))
    assert found.earliest_arguable == D("2023-02-28")  # a month from 31 January


def test_a_refused_case_ends_before_the_weekend_too() -> None:
    # 16 days, to 25 January, less 5 remitted: Saturday 20 January.
    assert refused("belize", sentence(1, term=Term(days=16))) == "2024-01-19"
    saturday = sentence(1, "2024-01-13", term=Term(days=1))
    assert refused("belize", saturday) == "2024-01-13", "not before its first day"
