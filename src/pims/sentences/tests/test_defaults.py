"""Terms served for not paying: what payment takes off, and what frees now."""

from typing import Any

import pytest

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import AmountDue, Term, amounts_due
from pims.sentences.tests.making import D, adjustment, case, codes, remand, sentence, worked

BELIZE, PLAIN = sentence_law("belize"), sentence_law("plain")


def fine(number: int = 1, **more: Any) -> Any:
    given = {"kind": "fine_default", "amount_cents": 900, "term": Term(days=30)} | more
    return sentence(number, **given)  # to 8 February 2024


def part(cents: int, starts: str | None = None, number: int = 1) -> Any:
    when = {"starts": starts} if starts else {}
    return adjustment("fine_part_paid", sentence=number, paid_cents=cents, **when)


def paid(starts: str, number: int = 1) -> Any:
    return adjustment("fine_paid", sentence=number, starts=starts)


def expiry(*parts: Any, law: str = "belize") -> str:
    found = worked(law, *parts)
    assert found.status == "calculated", codes(found)
    return str(found.dates.sentence_expiry)


@pytest.mark.parametrize("kind", ["fine_default", "compensation_default"])
def test_a_default_ends_on_the_day_on_which_it_is_paid(kind: str) -> None:
    for law in ("belize", "plain"):
        assert expiry(fine(kind=kind), law=law) == "2024-02-08"
        assert expiry(fine(kind=kind), paid("2024-01-25"), law=law) == "2024-01-25"
    no_amount = fine(kind=kind, amount_cents=None)
    assert expiry(no_amount, paid("2024-01-25"), law="plain") == "2024-01-25"


@pytest.mark.parametrize("day", ["2024-01-09", "2023-12-01", "2024-01-10"])
def test_a_default_paid_before_it_began_frees_on_its_first_day(day: str) -> None:
    found = worked("plain", fine(), paid(day))
    assert str(found.dates.sentence_expiry) == str(found.dates.full_term_end) == "2024-01-10"


@pytest.mark.parametrize("day", ["2024-02-08", "2024-02-09", "2025-01-01"])
def test_a_default_paid_when_it_was_over_was_over(day: str) -> None:
    assert expiry(fine(), paid(day), law="plain") == "2024-02-08"


def test_part_payment_takes_off_the_same_part_of_the_days() -> None:
    assert expiry(fine(), part(300)) == "2024-01-29"  # 20 days left
    assert expiry(fine(), part(301)) == "2024-01-28"  # a part of a day counts for the prisoner
    assert expiry(fine(), part(300), part(300)) == "2024-01-19"
    assert expiry(fine(), part(300), part(300, "2024-01-12")) == "2024-01-19"
    testland = {"offence_on": "2020-01-01", "amount_cents": 100}
    assert expiry(fine(**testland), part(33), law="testland") == "2024-01-30"


def test_days_that_were_served_before_part_was_paid_stay_served() -> None:
    assert expiry(fine(), part(600, "2024-01-25")) == "2024-01-25"
    assert expiry(fine(), part(600, "2024-01-19")) == "2024-01-19"
    assert expiry(fine(), part(600, "2024-01-18")) == "2024-01-19"
    assert expiry(fine(), part(1, "2024-02-09")) == "2024-02-08"


def test_payments_are_taken_in_their_order() -> None:
    late, early = part(300, "2024-01-28"), part(450, "2024-01-12")
    assert expiry(fine(), late, early) == expiry(fine(), early, late) == "2024-01-24"


def test_parts_that_make_the_whole_end_it() -> None:
    both = (part(500, "2024-01-12"), part(400, "2024-01-15"))
    assert expiry(fine(), *both) == "2024-01-15"
    assert expiry(fine(), *both, law="plain") == "2024-01-15"
    assert expiry(fine(), part(500, "2024-01-12"), paid("2024-01-12")) == "2024-01-12"
    assert codes(worked("plain", fine(), part(899))) == ["no_rule_for_part_payment"]


def test_what_follows_a_default_begins_when_it_is_paid() -> None:
    follows = sentence(2, consecutive_to=1, term=Term(days=10))
    assert expiry(fine(), follows, law="plain") == "2024-02-18"
    assert expiry(fine(), follows, paid("2024-01-12"), law="plain") == "2024-01-22"
    assert expiry(fine(), follows, paid("2024-01-01"), law="plain") == "2024-01-19"


def test_a_default_that_follows_falls_away_when_it_is_paid() -> None:
    first = sentence(1, term=Term(days=10))  # to 19 January
    default = fine(2, consecutive_to=1)
    assert expiry(first, default, law="plain") == "2024-02-18"
    assert expiry(first, default, paid("2024-01-12", 2), law="plain") == "2024-01-19"
    assert expiry(first, default, paid("2024-01-20", 2), law="plain") == "2024-01-20"
    assert expiry(first, default, part(450, "2024-01-12", 2)) == "2024-02-03"


def test_payment_is_reckoned_with_credit_and_absences() -> None:
    assert expiry(fine(), remand(10), paid("2024-01-15"), law="plain") == "2024-01-15"
    assert expiry(fine(), remand(10), paid("2024-01-29"), law="plain") == "2024-01-29"
    assert expiry(fine(), remand(10), paid("2024-01-30"), law="plain") == "2024-01-29"
    gone = adjustment("unlawfully_at_large", 10, starts="2024-01-15")
    assert expiry(fine(), gone, law="plain") == "2024-02-18"
    assert expiry(fine(), gone, paid("2024-01-14"), law="plain") == "2024-01-14"
    assert expiry(fine(), gone, paid("2024-01-25"), law="plain") == "2024-01-25"
    assert expiry(fine(), gone, paid("2024-02-17"), law="plain") == "2024-02-17"
    assert expiry(fine(), gone, part(600, "2024-01-25")) == "2024-01-29"
    for day in ("2024-01-15", "2024-01-24"):
        assert codes(worked("plain", fine(), gone, paid(day))) == ["paid_while_at_large"]


def test_what_frees_now_is_what_is_left_of_the_term() -> None:
    def due(day: str, *parts: Any) -> int:
        found = amounts_due(case(fine(), *parts), BELIZE, D(day))
        assert len(found) == 1
        return found[0].frees_cents

    assert due("2024-01-09") == 871  # nothing served: 29.03 of 30 days round up to all of them
    assert due("2024-01-10") == 841  # one day served: more than 28 of 30 days
    assert due("2024-01-24") == 421
    assert due("2024-02-07") == 1
    assert due("2024-02-08") == due("2024-03-01") == 0
    assert due("2024-01-24", part(300)) == 121
    assert due("2024-01-24", part(421)) == 0


def test_what_frees_now_does_free_now() -> None:
    for day in ("2024-01-12", "2024-01-24", "2024-02-07"):
        need = amounts_due(case(fine()), BELIZE, D(day))[0].frees_cents
        assert expiry(fine(), part(need, day)) == day
        if need > 1:
            assert expiry(fine(), part(need - 1, day)) > day


def test_where_no_rule_says_what_a_part_takes_off_the_whole_frees() -> None:
    assert amounts_due(case(fine()), PLAIN, D("2024-01-24")) == [AmountDue(1, 900, 900, None)]
    assert amounts_due(case(fine()), PLAIN, D("2024-02-08")) == [AmountDue(1, 900, 0, None)]
    assert amounts_due(case(fine(), paid("2024-01-20")), PLAIN, D("2024-01-24")) == [
        AmountDue(1, 0, 0, None)
    ]
    refused = case(fine(), sentence(2, consecutive_to=9), part(300))
    assert amounts_due(refused, BELIZE, D("2024-01-24")) == [AmountDue(1, 600, 600, None)]
    worse = case(fine(), sentence(2, pronounced="2024-06-01", consecutive_to=1), part(300))
    assert amounts_due(worse, BELIZE, D("2024-01-24")) == [AmountDue(1, 600, 600, None)]
    long = sentence(2, term=Term(years=1000))
    beyond = case(fine(), *(sentence(n, consecutive_to=n - 1, term=Term(years=1000))
                            for n in range(3, 12)), long)  # fmt: skip
    assert amounts_due(beyond, BELIZE, D("2024-01-24")) == [AmountDue(1, 900, 900, None)]


def test_what_frees_now_tells_the_rule_and_leaves_out_what_has_no_price() -> None:
    one = case(fine(), sentence(2), fine(3, amount_cents=None), sentence(4, kind="life"))
    found = amounts_due(one, BELIZE, D("2024-01-24"))
    assert [due.sentence for due in found] == [1]
    two = case(fine(), fine(2, consecutive_to=1), sentence(4, kind="life", term=Term(years=9)))
    first, second = amounts_due(two, BELIZE, D("2024-01-24"))
    assert first.rule is not None
    assert first.rule.code == "belize-2017.part_payment"
    assert (first.frees_cents, second.frees_cents) == (421, 871)
