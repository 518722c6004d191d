"""Each answer is explained in words, in either language, with the rules that it rests on."""

import json
import re
from importlib.resources import files
from string import Formatter
from typing import Any, get_args

import pytest

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences import engine
from pims.sentences.engine import Term, calculate
from pims.sentences.engine.case import AdjustmentKind, SentenceKind
from pims.sentences.explaining import as_data, reason_of, told
from pims.sentences.tests.making import adjustment, case, remand, sentence, worked
from pims.sentences.tests.test_refusals import INVALID, NEEDS_PERSON, UNSUPPORTED
from pims.ui.wording import LANGUAGES, catalogue

# The code is the first text in capitals or small letters after what makes a step or a finding.
_CODE = re.compile(
    r'(?:"sentences\.|_invalid\(\s*(?:what or )?"|fault\(\s*"|\.(?:say|tell)\(\s*"'
    r'|\.find\(\s*"\w+",\s*"|_finding\(\s*"\w+",\s*")([a-z_]+)"'
)
STRANGE = re.compile(r"[{}]|None|\[\]|datetime|sentences\.")


def codes_of_the_engine() -> set[str]:
    sources = [p for p in files(engine).iterdir() if p.name.endswith(".py")]
    return {code for p in sources for code in _CODE.findall(p.read_text("utf-8"))}


def test_every_code_of_the_engine_has_its_words() -> None:
    codes = codes_of_the_engine() | {"credit_twice", "at_large_twice", "at_large_and_held",
        "parole_from", "released_before_parole", "follows_one_that_was_over"}  # fmt: skip
    assert len(codes) > 75
    assert {code for code in codes if f"sentences.{code}" not in catalogue()} == set()


def test_every_kind_has_its_word() -> None:
    for kind in (*get_args(AdjustmentKind), *get_args(SentenceKind), "serious", "lesser"):
        assert set(catalogue()[f"sentences.word_{kind}"]) >= set(LANGUAGES)


@pytest.mark.parametrize(
    "parts", [*INVALID.values(), *NEEDS_PERSON.values(), *UNSUPPORTED.values()]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_reads_as_a_sentence(parts: tuple[Any, ...], language: str) -> None:
    for finding in worked("belize", *parts).findings:
        text = told(finding, language)
        assert text.endswith(".")
        assert not STRANGE.search(text), text


def rich() -> Any:
    """A case that has nearly everything in it."""
    fine = sentence(3, kind="fine_default", amount_cents=90_000, term=Term(days=30))
    life = sentence(4, kind="life", term=Term(years=20))
    return case(
        sentence(1, offence_class="serious", term=Term(1, 1, 1, 1)),
        sentence(2, consecutive_to=1, offence_class="lesser"),
        fine, life, sentence(5, kind="pleasure", term=Term(), review_on="2024-05-01"),
        remand(30, starts="2023-12-01", ends="2023-12-31"), remand(1, "2024-02-02"),
        adjustment("unlawfully_at_large", 1, starts="2024-03-01"),
        adjustment("additional_days", 3, applies_from="2024-04-01"),
        adjustment("fine_part_paid", sentence=3, paid_cents=30_000),
        adjustment("fine_paid", sentence=3, starts="2024-01-12"),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_reads_as_a_sentence(language: str) -> None:
    found = calculate(rich(), sentence_law("belize"))
    assert found.status == "calculated"
    said = [told(step, language) for step in (*found.findings, *found.steps)]
    assert len({one.code for one in found.steps}) > 12
    assert [text for text in said if STRANGE.search(text) or not text.endswith(".")] == []


def test_words_and_numbers_agree() -> None:
    found = worked("plain", sentence(term=Term(1, 2, 1, 0)), remand(1), adjustment(
        "unlawfully_at_large", 2, starts="2024-02-01", ends="2024-02-02"))  # fmt: skip
    english = [told(step, "en") for step in found.steps]
    assert english == [
        "1 day counted towards sentence 1: remand.",
        "Sentence 1: 1 year, 2 months, 1 week, from 10 Jan 2024 to 16 Mar 2025, both days counted.",
        "2 days at large (1 Feb 2024 to 2 Feb 2024): served after sentence 1 and what follows it.",
        (
            "Last day 16 Mar 2025, less 1 day of credit, plus 2 days at large: the sentence expires"
            " on 17 Mar 2025."
        ),
    ]
    assert told(found.steps[1], "es").startswith("Pena 1: 1 año, 2 meses, 1 semana, del 10 ")


def test_a_step_gives_the_citations_of_its_rules() -> None:
    found = worked("belize", sentence(offence_class="serious"), remand(3))
    by_code = {step.code.removeprefix("sentences."): reason_of(step) for step in found.steps}
    assert "rule 42" in by_code["remission"].reference
    assert "CCJ 6" in by_code["credit"].reference
    assert by_code["expires"].reference == ""


def test_an_answer_is_plain_data_with_all_that_it_rests_on() -> None:
    found = calculate(rich(), sentence_law("belize"))
    data = as_data(found, language="es", signed=frozenset({"belize-2017.months"}))
    plain = json.loads(json.dumps(data))
    assert plain["id"] == "a case"
    assert plain["status"] == "calculated"
    assert plain["reasons"] == []
    assert [one["number"] for one in plain["sentences"]] == [1, 2, 3, 4, 5]
    assert plain["next_review"] == "2024-05-01"
    rules = {r["code"]: r for e in plain["explanation"] for r in e.get("rules", ())}
    assert {r["confidence"] for r in rules.values()} == {"unconfirmed", "memory"}
    assert [code for code, rule in rules.items() if rule["signed"]] == ["belize-2017.months"]
    assert rules["belize-2017.months"]["text"].startswith("Un término en meses")
    refused = as_data(worked("plain"), language="en")
    assert (refused["status"], refused["reasons"]) == ("invalid", ["sentences.no_sentence"])
    assert refused["full_term_end"] is None


def test_the_wording_uses_what_the_engine_gives() -> None:
    """A parameter that no step gives would stand in the text as its name."""
    given: dict[str, set[str]] = {}
    everything = [rich(), *(case(*parts) for parts in (*INVALID.values(), *NEEDS_PERSON.values()))]
    for one in everything:
        found = calculate(one, sentence_law("belize"))
        for said in (*found.findings, *found.steps):
            given.setdefault(said.code, set()).update(reason_of(said).params)
    for code, params in given.items():
        for text in catalogue()[code].values():
            named = {name for _t, name, _s, _c in Formatter().parse(text) if name}
            assert named <= params, code
