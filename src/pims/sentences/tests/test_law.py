"""Law is data: each rule with its citation and confidence, and none without."""

import tomllib
from copy import deepcopy
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from pims.jurisdictions.sentence_law import NoSuchLaw, Share, law_of, laws, sentence_law
from pims.sentences.engine import calculate
from pims.sentences.tests.making import case, sentence


def data(name: str = "belize") -> Any:
    return deepcopy(
        tomllib.loads((files("pims.jurisdictions") / name / "sentences.toml").read_text("utf-8"))
    )


def test_there_are_three_laws_and_no_fourth() -> None:
    assert laws() == ("belize", "plain", "testland")
    for name in ("atlantis", "../belize", "", "warrant_kinds"):
        with pytest.raises(NoSuchLaw):
            sentence_law(name)


def test_nothing_of_belize_is_given_out_as_confirmed() -> None:
    version = sentence_law("belize").versions[0]
    assert {rule.confidence for rule in version.rules.values()} == {"unconfirmed", "memory"}


@pytest.mark.parametrize("name", laws())
def test_every_rule_has_its_text_in_both_languages_and_its_own_code(name: str) -> None:
    rules = [rule for v in sentence_law(name).versions for rule in v.rules.values()]
    assert all(rule.text["en"] and rule.text["es"] for rule in rules)
    assert len({rule.code for rule in rules}) == len(rules)
    assert all(rule.is_arithmetic == (name == "plain") for rule in rules)


def test_a_signature_cannot_outlive_the_text_that_was_signed() -> None:
    changed = data()
    changed["version"][0]["remission"]["fraction"] = "1/2"
    old = sentence_law("belize").versions[0].rules
    new = law_of(changed).versions[0].rules
    assert old["remission"].code == new["remission"].code
    assert old["remission"].fingerprint != new["remission"].fingerprint
    assert old["months"].fingerprint == new["months"].fingerprint


def test_dates_are_provisional_until_every_rule_that_they_rest_on_is_signed() -> None:
    law = sentence_law("belize")
    one = case(sentence(offence_class="serious"))
    found = calculate(one, law)
    assert set(found.provisional) == {
        f"belize-2017.{name}" for name in ("governs", "first_day", "months", "remission", "parole")
    }
    assert not found.is_final
    signed = frozenset(found.provisional) - {"belize-2017.parole"}
    assert calculate(one, law, signed=signed).provisional == ("belize-2017.parole",)
    assert calculate(one, law, signed=frozenset(found.provisional)).is_final
    assert calculate(one, sentence_law("plain")).is_final
    assert not calculate(case(), sentence_law("plain")).is_final


@pytest.mark.parametrize(
    ("days", "up", "down"), [(0, 0, 0), (1, 1, 0), (2, 1, 0), (3, 1, 1), (100, 34, 33)]
)
def test_a_part_of_a_term_is_whole_days(days: int, up: int, down: int) -> None:
    from fractions import Fraction

    assert Share(Fraction(1, 3), "up").of(days) == up
    assert Share(Fraction(1, 3), "down").of(days) == down


def _set(path: str, value: object) -> Any:
    def change(law: Any) -> None:
        *way, last = path.split(".")
        at = law["version"][0]
        for name in way:
            at = at[name]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("remission.fraction", "4/3"), _set("remission.fraction", "1"),
        _set("remission.fraction", "0"), _set("remission.rounding", "sideways"),
        _set("parole.fractions", {"serious": "1/1"}), _set("parole.rounding", "no"),
        _set("months.order", "any"), _set("months.missing_day", "none"), _set("months", None),
        _set("governs", None), _set("credit.citation", None), _set("credit.confidence", "certain"),
        _set("credit.es", None), _set("part_payment.rounding", ""), _set("review.months", 0),
        _set("juvenile.under", 0), _set("life.from_age", None), _set("remision", {"a": 1}),
        _set("release_day.weekend", [0, 1, 2, 3]), _set("release_day.weekend", [7]),
        _set("release_day.holidays", ["Easter"]), lambda law: law.pop("by"),
        lambda law: law.update(by="whim"), lambda law: law["version"].clear(),
        lambda law: law["version"].append(law["version"][0]), lambda law: law.pop("es"),
        lambda law: law["version"].append({**law["version"][0], "version": "b"}),
    ],
)  # fmt: skip
def test_data_that_is_no_law_is_refused_when_it_is_read(change: Any) -> None:
    changed = data()
    assert law_of(changed)
    change(changed)
    with pytest.raises(ValueError):
        law_of(changed)


def test_versions_leave_no_day_without_a_law_and_none_with_two() -> None:
    changed = data("testland")
    changed["version"][1]["begins"] = date(2015, 7, 2)
    with pytest.raises(ValueError, match="does not begin where"):
        law_of(changed)


def test_a_law_with_a_first_day_says_nothing_of_the_time_before_it() -> None:
    changed = data("plain")
    changed["version"][0]["begins"] = date(2024, 1, 10)
    changed["version"][0]["ends"] = date(2024, 1, 12)
    law = law_of(changed)
    for pronounced, status in (
        ("2024-01-09", "unsupported"), ("2024-01-10", "calculated"),
        ("2024-01-11", "calculated"), ("2024-01-12", "unsupported"),
    ):  # fmt: skip
        found = calculate(case(sentence(pronounced=pronounced)), law)
        assert found.status == status, pronounced
    # It goes by the sentence, whatever day it takes effect from.
    back = calculate(case(sentence(effective_from="2023-01-01")), law)
    assert back.status == "calculated"
