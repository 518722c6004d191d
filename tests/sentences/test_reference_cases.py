"""Term arithmetic as published: every case agrees, but those named in docs/model."""

import json
from typing import Any

import pytest

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Calculation, calculate, cases_from
from tests.architecture.tree import ROOT
from tests.fixtures.reference import need_reference
from tests.sentences import calendar_engine

# Each is explained in docs/model/sentence-reference.md.
EXCEPTIONS = {
    "custom-examples/crs-595-ual-ac3",
    "custom-examples/crs-685-tagged-bail-concurrent-different-date-sentences",
    "custom-examples/crs-698-hdced-14-days-rule-concurrent-sentences-different-day",
    "custom-examples/different-calclulation-from-stored",
    "progression-model/crs-2652-ac1-4",
    "progression-model/crs-2652-ac2-3",
}
ONE_READING = sorted(EXCEPTIONS - {
    "custom-examples/crs-595-ual-ac3", "custom-examples/different-calclulation-from-stored",
})  # fmt: skip


@pytest.fixture(scope="module")
def data() -> Any:
    return json.loads(need_reference("sentencing/term_arithmetic.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def answers(data: Any) -> dict[str, Calculation]:
    return {c.case_id: calculate(c, sentence_law("plain")) for c in cases_from(data)}


def test_every_case_matches_but_those_that_are_named(
    data: Any, answers: dict[str, Calculation]
) -> None:
    differ = {
        one["id"]
        for one in data["cases"]
        if (
            str(answers[one["id"]].dates.full_term_end),
            str(answers[one["id"]].dates.sentence_expiry),
        )
        != (one["expected"]["full_term_end"], one["expected"]["sentence_expiry"])
    }
    assert len(answers) == 249
    assert differ == EXCEPTIONS


def test_the_second_engine_says_the_same_of_all_that_can_be_calculated(
    data: Any, answers: dict[str, Calculation]
) -> None:
    for one in data["cases"]:
        dates = answers[one["id"]].dates
        if answers[one["id"]].status == "calculated":
            second = calendar_engine.answer(one, "plain")["person"]
            assert second["full_term_end"] == str(dates.full_term_end), one["id"]
            assert second["sentence_expiry"] == str(dates.sentence_expiry), one["id"]


def test_a_certificate_of_more_days_than_its_dates_have_is_refused(
    answers: dict[str, Calculation],
) -> None:
    found = answers["custom-examples/crs-595-ual-ac3"]
    assert found.status == "invalid"
    assert [one.code for one in found.findings] == ["sentences.more_days_than_dates"]


@pytest.mark.parametrize("name", ONE_READING)
def test_where_the_reference_counts_credit_for_more_a_person_is_warned_by_its_date(
    name: str, data: Any, answers: dict[str, Calculation]
) -> None:
    expected = next(one["expected"] for one in data["cases"] if one["id"] == name)
    found = answers[name]
    assert "sentences.credit_counts_for_one" in [one.code for one in found.findings]
    assert str(found.earliest_arguable) <= expected["sentence_expiry"]


def test_each_named_exception_is_explained() -> None:
    text = (ROOT / "docs" / "model" / "sentence-reference.md").read_text("utf-8")
    assert [name for name in EXCEPTIONS if f"`{name.rpartition('/')[2]}`" not in text] == []
