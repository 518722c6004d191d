"""What can't be so, or can be read in two ways, has its own answer: no date is guessed."""

from typing import Any

import pytest

from pims.sentences.engine import Term
from pims.sentences.tests.making import D, adjustment, case, codes, remand, sentence, worked

away = lambda days=None, **more: adjustment("unlawfully_at_large", days, **more)  # noqa: E731
lost = lambda days=None, **more: adjustment("additional_days", days, **more)  # noqa: E731
given_back = lambda days=None, **more: adjustment("restored_days", days, **more)  # noqa: E731
fine = lambda **more: sentence(kind="fine_default", **{"amount_cents": 900} | more)  # noqa: E731
part = lambda cents=300, number=1, **more: adjustment(  # noqa: E731
    "fine_part_paid", sentence=number, paid_cents=cents, **more
)
paid = lambda number=1, **more: adjustment("fine_paid", sentence=number, **more)  # noqa: E731
after = lambda number, before, **more: sentence(number, consecutive_to=before, **more)  # noqa: E731

INVALID: dict[str, tuple[Any, ...]] = {
    "no_sentence": (),
    "number_repeated": (sentence(1), sentence(1)),
    "term_of_nothing": (sentence(term=Term()),),
    "term_negative": (sentence(term=Term(years=1, days=-3)),),
    "term_too_long": (sentence(term=Term(years=10_000)),),
    "before_offence": (sentence(offence_on="2024-01-11"),),
    "effective_before_offence": (sentence(offence_on="2024-01-09", effective_from="2024-01-08"),),
    "follows_itself": (after(1, 1),),
    "follows_unknown": (sentence(1), after(2, 3)),
    "follows_and_has_a_first_day": (sentence(1), after(2, 1, effective_from="2024-02-01")),
    "loop": (after(1, 2), after(2, 1)),
    "day_unlikely": (sentence(pronounced="0202-01-01"),),
    "days_out_of_range": (sentence(), remand(-1)),
    "days_missing": (sentence(), remand()),
    "ends_before_it_starts": (sentence(), remand(3, starts="2024-01-05", ends="2024-01-04")),
    "more_days_than_dates": (sentence(), remand(3, starts="2024-01-04", ends="2024-01-05")),
    "credit_for_nothing": (sentence(), adjustment("remand", 3)),
    "at_large_undated": (sentence(), away(3)),
    "credit_twice": (
        sentence(),
        remand(starts="2023-12-01", ends="2023-12-20"),
        adjustment("tagged_bail", starts="2023-12-20", ends="2023-12-25",
                   applies_from=D("2024-01-10").isoformat()),
    ),
    "at_large_twice": (
        sentence(),
        away(starts="2024-02-01", ends="2024-02-20"),
        away(starts="2024-02-20", ends="2024-02-25"),
    ),
    "at_large_and_held": (
        sentence(),
        remand(starts="2024-01-01", ends="2024-01-31"),
        away(starts="2024-01-15", ends="2024-02-25"),
    ),
    "restored_more_than_forfeited": (
        sentence(),
        lost(3, applies_from="2024-02-01"),
        given_back(4, applies_from="2024-02-01"),
    ),
    "payment_for_unknown": (fine(), part(number=2)),
    "payment_for_no_fine": (sentence(), part()),
    "payment_undated": (fine(), paid()),
    "amount_missing": (fine(amount_cents=None), part()),
    "paid_out_of_range": (fine(), part(0)),
    "beyond_the_calendar": tuple(
        after(n, n - 1 or None, term=Term(years=1000)) for n in range(1, 10)
    ),
}  # fmt: skip
NEEDS_PERSON: dict[str, tuple[Any, ...]] = {
    "branch": (sentence(1), after(2, 1), after(3, 1)),
    "follows_a_later_one": (sentence(1, "2024-02-10"), after(2, 1)),
    "follows_one_that_was_over": (sentence(1), after(2, 1, pronounced="2025-01-11")),
    "follows_one_already_left": (sentence(1), after(2, 1, pronounced="2024-09-12")),
    "at_large_when_it_began": (sentence(), away(starts="2024-01-09", ends="2024-01-10")),
    "credit_exceeds_its_part": (
        sentence(1), after(2, 1, pronounced="2024-01-20", term=Term(days=5)),
        remand(6, "2024-01-20"),
    ),
    "restored_of_too_much": (
        sentence(), lost(300, applies_from="2024-02-01"), given_back(1, applies_from="2024-02-01"),
    ),
    "paid_while_at_large": (
        fine(), away(starts="2024-02-01", ends="2024-02-09"), paid(starts="2024-02-09"),
    ),
    "payment_and_credit": (fine(), after(2, 1), remand(5), paid(starts="2024-02-09")),
    "life_without_minimum": (sentence(kind="life", term=Term()),),
}  # fmt: skip
UNSUPPORTED: dict[str, tuple[Any, ...]] = {
    "life_in_a_chain": (sentence(1), after(2, 1, kind="life", term=Term(years=20))),
    "no_rule_for_juvenile_order": (sentence(kind="juvenile_order"),),
    "minimum_of_pleasure": (sentence(kind="pleasure", term=Term(years=3)),),
}


@pytest.mark.parametrize("code", INVALID)
def test_what_contradicts_itself_is_invalid_and_says_what_does(code: str) -> None:
    found = worked("belize", *INVALID[code])
    assert found.status == "invalid"
    assert codes(found, "invalid") == [code]
    assert found.dates == type(found.dates)()
    assert found.sentences == ()


@pytest.mark.parametrize("code", NEEDS_PERSON)
def test_what_can_be_read_in_two_ways_needs_a_person(code: str) -> None:
    found = worked("belize", *NEEDS_PERSON[code])
    assert (found.status, codes(found, "needs_person")) == ("needs_person", [code])


@pytest.mark.parametrize("code", UNSUPPORTED)
def test_what_the_law_given_has_no_rule_for_is_unsupported(code: str) -> None:
    found = worked("belize", *UNSUPPORTED[code])
    assert (found.status, codes(found, "unsupported")) == ("unsupported", [code])


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("no_rule_for_life", (sentence(kind="life", term=Term(years=20)),)),
        ("no_rule_for_review", (sentence(kind="pleasure", term=Term()),)),
        ("no_rule_for_part_payment", (fine(), part(starts="2024-01-20"))),
    ],
)
def test_bare_arithmetic_has_no_rule_for_what_only_a_law_can_say(code: str, parts: Any) -> None:
    found = worked("plain", *parts)
    assert (found.status, codes(found)) == ("unsupported", [code])


def test_the_young_are_decided_on_by_a_person() -> None:
    young = worked("belize", sentence(), born_on="2006-01-11")
    assert (young.status, codes(young)) == ("unsupported", ["no_rule_for_juveniles"])
    assert worked("belize", sentence(), born_on="2006-01-10").status == "calculated"
    life = sentence(kind="life", term=Term(years=20), offence_on="2020-05-05")
    told = worked("belize", life, born_on="2002-05-06")
    assert (told.status, codes(told)) == ("needs_person", ["life_of_the_young"])
    assert worked("belize", life, born_on="2002-05-05").status == "calculated"
    unborn = worked("belize", life, born_on="2020-05-06")
    assert codes(unborn, "invalid") == ["before_birth"]


def test_what_is_later_than_the_day_asked_about_has_not_happened() -> None:
    found = worked("plain", sentence(), as_of="2024-01-09")
    assert codes(found) == ["not_yet_pronounced"]
    assert worked("plain", sentence(), as_of="2024-01-10").status == "calculated"
    open_absence = away(starts="2024-03-01")
    assert codes(worked("plain", sentence(), open_absence, as_of="2024-02-28")) == [
        "starts_after_as_of"
    ]
    assert codes(worked("plain", sentence(), open_absence)) == ["days_missing"]
    assert worked("plain", sentence(), open_absence, as_of="2024-03-01").status == "calculated"


def test_a_law_that_goes_by_the_offence_needs_its_date_where_that_matters() -> None:
    found = worked("testland", sentence())
    assert (found.status, codes(found)) == ("needs_person", ["offence_date_missing"])
    before = worked("testland", sentence(pronounced="2015-06-30"))
    assert (before.status, before.versions) == ("calculated", ("testland-old",))
    known = worked("testland", sentence(offence_on="2015-06-30"))
    assert known.versions == ("testland-old",)
    assert worked("testland", sentence(offence_on="2015-07-01")).versions == ("testland-new",)
    back = sentence(pronounced="2015-07-02", effective_from="2015-06-30")
    assert worked("testland", back).versions == ("testland-old",)


def test_a_chain_under_two_laws_needs_a_person_where_they_differ() -> None:
    old = sentence(1, offence_on="2015-06-30", term=Term(years=3))
    new = after(2, 1, offence_on="2015-07-01", term=Term(years=3))
    found = worked("testland", old, new)
    assert (found.status, codes(found, "needs_person")) == ("needs_person", ["chain_of_two_laws"])


def test_every_contradiction_is_told_and_the_worst_gives_the_status() -> None:
    found = worked(
        "belize", sentence(1), after(2, 1), after(3, 1), after(4, 9), after(5, 3, kind="life")
    )
    assert found.status == "invalid"
    assert set(codes(found)) == {"branch", "follows_unknown", "life_in_a_chain"}
    assert worked("belize", sentence(1), after(2, 1), after(3, 1),
                  after(5, 3, kind="life")).status == "unsupported"  # fmt: skip


def test_a_loop_is_found_wherever_it_hangs() -> None:
    found = worked("plain", after(1, 2), after(2, 3), after(3, 2), sentence(4))
    assert [one.sentences for one in found.findings if one.code == "sentences.loop"] == [(2, 3)]
    itself = worked("plain", after(1, 1), after(2, 3), after(3, 2))
    assert set(codes(itself)) == {"follows_itself", "loop"}


def test_absences_that_touch_are_not_the_same_day_twice() -> None:
    found = worked(
        "plain", sentence(), away(starts="2024-02-01", ends="2024-02-09"),
        away(starts="2024-02-10", ends="2024-02-11"),
        remand(starts="2024-01-01", ends="2024-01-09"),
    )  # fmt: skip
    assert found.dates.sentence_expiry == D("2025-01-11")


def test_a_long_remand_hides_no_second_one_inside_it() -> None:
    found = worked(
        "plain", sentence(), remand(starts="2023-01-01", ends="2023-12-01"),
        remand(starts="2023-02-01", ends="2023-02-02"),
        remand(starts="2023-03-01", ends="2023-03-02"),
    )  # fmt: skip
    assert codes(found) == ["credit_twice", "credit_twice"]


def test_more_than_the_amount_cannot_be_paid() -> None:
    assert codes(worked("belize", fine(), part(901))) == ["paid_out_of_range"]
    assert codes(worked("belize", fine(), part(600), part(301))) == ["paid_out_of_range"]
    assert codes(worked("belize", fine(), part(600), part(300))) == ["payment_undated"]


def test_the_case_is_left_as_it_was() -> None:
    one = case(sentence(), remand(3))
    assert one == case(sentence(), remand(3))
