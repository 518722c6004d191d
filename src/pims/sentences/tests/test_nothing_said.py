"""What a case, an answer or a law leaves out is nothing, and is never made up."""

from dataclasses import astuple
from datetime import date

from pims.jurisdictions.sentence_law import law_of
from pims.sentences.engine import Adjustment, Sentence, Term, calculate
from pims.sentences.tests.making import D, case, codes, remand, sentence, worked
from pims.sentences.tests.test_law import data as law_data
from pims.sentences.tests.test_refusals import after, fine, part


def test_a_sentence_of_which_only_the_term_is_known_is_imprisonment_and_no_more() -> None:
    one = Sentence(1, D("2024-01-10"), Term(days=3))
    assert (one.kind, one.offence_class) == ("imprisonment", "")
    others = (
        one.consecutive_to, one.effective_from, one.offence_on, one.amount_cents, one.review_on,
        one.reviewed_on,
    )  # fmt: skip
    assert others == (None,) * 6
    assert astuple(Adjustment("remand")) == ("remand", *(None,) * 6)


def test_a_refused_case_is_named_and_has_no_date_and_no_days() -> None:
    refused = worked("plain", sentence(), after(2, 9))
    assert refused.case_id == "a case"
    assert astuple(refused.dates) == (None, None, 0, None, None, None, None, None)
    assert not refused.is_final, "though no rule of it is unsigned"
    assert refused.provisional == ()


def test_what_rests_on_arithmetic_alone_is_final_and_what_rests_on_a_law_is_not() -> None:
    assert worked("plain", sentence()).is_final
    assert not worked("belize", sentence()).is_final


def test_life_earns_no_remission_and_has_no_review_in_a_law_without_one() -> None:
    data = law_data("belize")
    del data["version"][0]["review"]
    found = calculate(case(sentence(kind="life", term=Term(years=20))), law_of(data))
    assert found.status == "calculated"
    assert astuple(found.dates) == (None, None, 0, None, None, D("2044-01-09"), None, None)


def test_a_law_that_goes_by_the_sentence_goes_by_the_day_on_which_it_was_pronounced() -> None:
    data = law_data("belize")
    newer = {**data["version"][0], "version": "newer", "begins": date(2024, 1, 10)}
    data["version"][0]["ends"] = newer["begins"]
    data["version"].append(newer)
    back = sentence(effective_from="2024-01-01")
    assert calculate(case(back), law_of(data)).versions == ("newer",)
    assert calculate(case(sentence(pronounced="2024-01-09")), law_of(data)).versions == (
        "belize-2017",
    )


def test_a_cent_is_a_part_too() -> None:
    assert codes(worked("plain", fine(), part(1))) == ["no_rule_for_part_payment"]


def test_a_sentence_of_no_known_class_that_is_over_by_then_keeps_nobody_from_parole() -> None:
    known = sentence(1, offence_class="serious", term=Term(years=2))  # half: 366 of 731 days
    over = sentence(2, "2024-12-31", term=Term(days=10))  # to 9 January 2025
    found = worked("belize", known, over)
    assert found.dates.ped == D("2025-01-09")
    longer = sentence(2, "2024-12-31", term=Term(days=11))
    assert worked("belize", known, longer).dates.ped is None
    assert worked("belize", known, remand(1)).dates.ped == D("2025-01-08")
