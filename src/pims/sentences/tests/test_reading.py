"""Cases from files: what is wrong with one is said of it, and never loses the others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import NotCases, Term, calculate, case_from, cases_from, reading
from pims.sentences.engine.reading import REPEATED
from pims.sentences.tests.making import D

GOOD: dict[str, Any] = {
    "id": "good",
    "sentences": [
        {"number": 1, "pronounced_on": "2024-01-10", "term": {"months": 12}, "consecutive_to": None}
    ],
    "adjustments": [],
}


def wrong(data: Any) -> list[str]:
    return [one.code.removeprefix("sentences.") for one in case_from(data).faults]


def with_sentence(**more: Any) -> Any:
    return {**GOOD, "sentences": [{**GOOD["sentences"][0], **more}]}


def with_adjustment(**more: Any) -> Any:
    return {
        **GOOD,
        "adjustments": [{"kind": "remand", "days": 3, "applies_from": "2024-01-10"} | more],
    }


def test_a_case_is_read_whole() -> None:
    full = case_from({
        "id": 7, "as_of": "2024-05-01", "born_on": "1990-02-28", "expected": {"any": "thing"},
        "sentences": [{
            "number": 3, "pronounced_on": "2024-01-10",
            "term": {"years": 1, "months": 2, "weeks": 3, "days": 4}, "consecutive_to": 2,
            "effective_from": "2024-01-11", "kind": "fine_default",
            "offence_on": "2023-01-01", "offence_class": "lesser", "amount_cents": 500,
            "review_on": "2024-06-01",
            "reviewed_on": "2024-02-01",
        }],
        "adjustments": [{
            "kind": "fine_part_paid", "days": 1, "from": "2024-02-02", "to": "2024-02-03",
            "applies_from": "2024-02-04", "sentence": 3, "paid_cents": 5,
        }],
    })  # fmt: skip
    assert full.faults == ()
    assert (full.case_id, full.as_of, full.born_on) == ("7", D("2024-05-01"), D("1990-02-28"))
    one, other = full.sentences[0], full.adjustments[0]
    assert (one.number, one.pronounced_on, one.term) == (3, D("2024-01-10"), Term(1, 2, 3, 4))
    assert (one.consecutive_to, one.effective_from) == (2, D("2024-01-11"))
    assert (one.offence_on, one.kind, one.offence_class) == (
        D("2023-01-01"),
        "fine_default",
        "lesser",
    )
    assert (one.amount_cents, one.review_on, one.reviewed_on) == (
        500,
        D("2024-06-01"),
        D("2024-02-01"),
    )
    assert (other.kind, other.days, other.sentence, other.paid_cents) == ("fine_part_paid", 1, 3, 5)
    assert (other.starts, other.ends, other.applies_from) == (
        D("2024-02-02"), D("2024-02-03"), D("2024-02-04"),
    )  # fmt: skip


def test_a_case_a_list_and_an_object_of_cases_are_the_same() -> None:
    (one,) = cases_from(GOOD)
    assert cases_from([GOOD]) == cases_from({"cases": [GOOD]}) == [one]
    assert cases_from({"cases": GOOD}) == [one]
    assert cases_from([]) == []
    for other in ("text", 3, None, True, {"cases": 3}):
        with pytest.raises(NotCases) as told:
            cases_from(other)
        assert (told.value.most, str(told.value)) == (None, "not cases")


def test_too_many_cases_are_told_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CASES", 2)
    assert len(cases_from([GOOD, GOOD])) == 2
    with pytest.raises(NotCases) as told:
        cases_from([GOOD] * 3)
    assert (told.value.most, str(told.value)) == (2, "more than 2 cases")


def test_as_many_as_are_allowed_are_read_and_one_more_is_not() -> None:
    assert (reading.MOST_CASES, reading.MOST_SENTENCES, reading.MOST_ADJUSTMENTS) == (
        200_000, 500, 2_000,
    )  # fmt: skip
    one, other = GOOD["sentences"][0], {"kind": "remand", "days": 1, "applies_from": "2024-01-10"}
    assert len(case_from(GOOD | {"sentences": [one] * 500}).sentences) == 500
    assert len(case_from(GOOD | {"adjustments": [other] * 2_000}).adjustments) == 2_000


def test_a_sentence_without_a_number_has_that_of_its_place() -> None:
    one = {"pronounced_on": "2024-01-10", "term": {"months": 1}}
    found = case_from({"sentences": [one, one | {"number": 9}, one]})
    assert [s.number for s in found.sentences] == [1, 9, 3]
    assert found.faults == ()


def test_what_has_no_name_is_named_by_its_place() -> None:
    names = [c.case_id for c in cases_from([3, {}, {"id": True}, {"id": ""}, {"id": "x" * 500}])]
    assert names == ["#1", "#2", "#3", "#4", "x" * 200]
    assert case_from({"id": "a\ud800\nb"}).case_id == "a??b"


UNREADABLE: list[tuple[str, Any]] = [
    ("not_a_case", 3),
    ("not_a_list", GOOD | {"sentences": {}}),
    ("not_a_list", GOOD | {"adjustments": "none"}),
    ("too_many", GOOD | {"sentences": [GOOD["sentences"][0]] * 501}),
    ("too_many", GOOD | {"adjustments": [None] * 2001}),
    ("not_a_sentence", GOOD | {"sentences": [3]}),
    ("not_an_adjustment", GOOD | {"adjustments": [3]}),
    ("no_such_date", with_sentence(pronounced_on="2024-13-01")),
    ("no_such_date", with_sentence(pronounced_on="2024-02-30")),
    ("no_such_date", with_sentence(pronounced_on="2023-02-29")),
    ("no_such_date", with_sentence(pronounced_on="20240101")),
    ("no_such_date", with_sentence(pronounced_on="2024-W01-1")),
    ("no_such_date", with_sentence(pronounced_on="10/01/2024")),
    ("no_such_date", with_sentence(offence_on=20240101)),
    ("no_such_date", with_sentence(effective_from="")),
    ("no_such_date", with_sentence(review_on="soon")),
    ("no_such_date", with_sentence(reviewed_on=[])),
    ("no_such_date", GOOD | {"as_of": "2024-00-01"}),
    ("no_such_date", GOOD | {"born_on": "2024-01-00"}),
    ("no_such_date", with_adjustment(**{"from": "2024-02-30"})),
    ("no_such_date", with_adjustment(to={})),
    ("no_such_date", with_adjustment(applies_from="x" * 10)),
    ("date_missing", with_sentence(pronounced_on=None)),
    ("not_a_term", with_sentence(term="12 months")),
    ("not_a_term", with_sentence(term={"life": "yes"})),
    ("not_a_term", with_sentence(term={"life": True, "minimum": 20})),
    ("not_a_term", with_sentence(term={"life": True, "minimum": {"life": True}})),
    ("unit_unknown", with_sentence(term={"months": 3, "year": 5})),
    ("minimum_without_life", with_sentence(term={"months": 3, "minimum": {"years": 2}})),
    ("life_and_days", with_sentence(term={"life": True, "years": 20})),
    ("life_and_days", with_sentence(term={"life": True, "days": 0})),
    ("life_and_days", with_sentence(term={"life": True}, kind="fine_default")),
    ("number_wrong", with_sentence(term={"months": 1.5})),
    ("number_wrong", with_sentence(term={"months": -1})),
    ("number_wrong", with_sentence(term={"months": True})),
    ("number_wrong", with_sentence(term={"months": "3"})),
    ("number_wrong", with_sentence(term={"days": 10**9 + 1})),
    ("number_wrong", with_sentence(number="one")),
    ("number_wrong", with_sentence(amount_cents=10**9 + 1)),
    ("number_wrong", with_sentence(amount_cents=1.0)),
    ("number_wrong", with_adjustment(days=True)),
    ("number_wrong", with_adjustment(sentence="1")),
    ("number_wrong", with_adjustment(paid_cents=[])),
    ("follows_elsewhere", with_sentence(consecutive_to="B-12/1")),
    ("follows_elsewhere", with_sentence(consecutive_to={"person": 4, "number": 1})),
    ("follows_elsewhere", with_sentence(consecutive_to=True)),
    ("kind_unknown", with_sentence(kind="exile")),
    ("kind_unknown", with_sentence(offence_class=3)),
    ("kind_unknown", with_adjustment(kind="bonus")),
    ("kind_unknown", with_adjustment(kind=["remand"])),
    ("field_not_read", with_sentence(efective_from="2024-01-01")),
    ("field_not_read", with_adjustment(day=3)),
    ("field_not_read", GOOD | {"asof": "2024-01-01"}),
]


@pytest.mark.parametrize(("code", "data"), UNREADABLE)
def test_what_cannot_be_read_is_said(code: str, data: Any) -> None:
    assert wrong(data) == [code]
    status = calculate(case_from(data), sentence_law("plain")).status
    assert status == ("calculated" if code == "field_not_read" else "invalid")


def test_a_case_of_which_nothing_is_known_has_no_sentence() -> None:
    for data in ({}, {"unknown": 1}, {"sentences": None}):
        found = calculate(case_from(data), sentence_law("plain"))
        assert "sentences.no_sentence" in [one.code for one in found.findings]
    unread = calculate(case_from({"sentences": [3]}), sentence_law("plain"))
    assert [one.code for one in unread.findings] == ["sentences.not_a_sentence"]


def test_what_is_said_twice_is_refused() -> None:
    repeated = with_sentence(**{REPEATED: ["pronounced_on"]})
    assert wrong(repeated) == ["field_repeated"]
    assert "field_repeated" in wrong(GOOD | {REPEATED: ["id"]})
    told = case_from(with_sentence(**{REPEATED: ["term", "kind"]})).faults[0]
    assert (told.params, told.sentences) == ({"field": "term, kind"}, (1,))


def test_of_what_is_not_known_the_first_few_names_are_told() -> None:
    many = {f"x{n:02}": n for n in range(12)}
    remark = case_from(GOOD | many).faults[0]
    assert remark.params["field"] == ", ".join(sorted(many)[:10])
    units = case_from(with_sentence(term={"months": 3} | many)).faults[0]
    assert units.params["field"] == ", ".join(sorted(many)[:5])
    whole = {"life": True, "minimum": {"years": 1, "months": 1, "weeks": 1, "days": 1}}
    assert case_from(with_sentence(term=whole)).sentences[0].term == Term(1, 1, 1, 1)
    assert case_from(with_sentence(term=whole)).faults == ()


def test_what_is_not_said_is_nothing() -> None:
    one = case_from(with_sentence(term={"years": 0, "months": 12})).sentences[0]
    assert (one.offence_class, one.kind, one.term) == ("", "imprisonment", Term(months=12))
    assert case_from(GOOD).faults == ()
    assert case_from(with_sentence(term={"months": 0, "days": 3})).faults == ()


def test_a_link_that_is_too_large_is_taken_for_one_to_itself() -> None:
    assert case_from(with_sentence(consecutive_to=10**9 + 1)).sentences[0].consecutive_to == 1


def test_what_is_wrong_is_shown_as_it_was_and_never_at_length() -> None:
    shown = case_from(with_sentence(pronounced_on="y" * 100)).faults[0].params["value"]
    assert shown == "y" * 39 + "…"
    for length, said in ((40, "y" * 40), (41, "y" * 39 + "…")):
        found = case_from(with_sentence(pronounced_on="y" * length))
        assert found.faults[0].params["value"] == said
    for value, text in (({"a": 1}, "{…}"), ([1], "[…]"), (1.5, "1.5"), ("\ud800", "?")):
        assert case_from(with_sentence(review_on=value)).faults[0].params["value"] == text


def test_a_link_that_no_number_can_be_is_none_of_this_case() -> None:
    found = calculate(case_from(with_sentence(consecutive_to=10**12)), sentence_law("plain"))
    assert found.status == "invalid"


def test_a_sentence_without_a_term_is_not_for_life() -> None:
    for term in (None, 3, {"life": "yes"}):
        assert case_from(with_sentence(term=term)).sentences[0].kind == "imprisonment"
    found = case_from(with_sentence(term=None, kind="fine_default"))
    assert (found.sentences[0].kind, found.faults) == ("fine_default", ())


def test_a_term_with_every_box_has_no_unit_that_is_unknown() -> None:
    boxes = dict.fromkeys(("years", "months", "weeks", "days")) | {"life": True}
    found = case_from(with_sentence(term=boxes | {"minimum": {"years": 20}}))
    assert (found.faults, found.sentences[0].term) == ((), Term(years=20))


def test_a_kind_that_is_unknown_is_read_as_what_it_is_without_one() -> None:
    found = case_from(with_sentence(kind="exile", offence_class="grave")).sentences[0]
    assert (found.kind, found.offence_class) == ("imprisonment", "")


def test_a_life_sentence_is_one_by_its_kind_or_by_its_term() -> None:
    minimum = {"life": True, "minimum": {"years": 20}}
    for data in (with_sentence(term=minimum), with_sentence(term=minimum, kind="life")):
        one = case_from(data).sentences[0]
        assert (one.kind, one.term) == ("life", Term(years=20))
        assert case_from(data).faults == ()
    assert case_from(with_sentence(term={"life": True})).sentences[0].term == Term()
    by_kind = case_from(with_sentence(kind="life", term={"life": False, "years": 9})).sentences[0]
    assert (by_kind.kind, by_kind.term) == ("life", Term(years=9))


_WORDS = st.sampled_from([
    "number", "pronounced_on", "term", "consecutive_to", "kind", "days", "months", "life",
    "minimum",
    "2024-01-10", "2024-02-30", "remand", "fine_paid", "unlawfully_at_large", "life", "",
    "additional_days", "restored_days", "fine_default", "serious", "\x00", "\ud800",
])  # fmt: skip
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats() | _WORDS
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
_SENTENCE = st.fixed_dictionaries(
    {}, optional={
        "number": _ANY | st.integers(1, 3), "pronounced_on": _ANY | st.just("2024-01-10"),
        "term": _ANY | st.just({"months": 4}), "consecutive_to": _ANY | st.integers(1, 3),
        "effective_from": _ANY, "offence_on": _ANY, "kind": _ANY, "amount_cents": _ANY,
    },
)  # fmt: skip
_ADJUSTMENT = st.fixed_dictionaries(
    {}, optional={
        "kind": _ANY | st.just("remand"), "days": _ANY | st.integers(0, 9), "from": _ANY,
        "to": _ANY, "applies_from": _ANY | st.just("2024-01-10"), "sentence": _ANY,
    },
)  # fmt: skip
_CASE = _ANY | st.fixed_dictionaries(
    {}, optional={
        "id": _ANY, "sentences": _ANY | st.lists(_ANY | _SENTENCE, max_size=3), "as_of": _ANY,
        "adjustments": _ANY | st.lists(_ANY | _ADJUSTMENT, max_size=3), "born_on": _ANY,
    },
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(_CASE, max_size=4), st.sampled_from(["plain", "belize", "testland"]))
def test_whatever_a_file_holds_each_case_has_its_answer(data: list[Any], law: str) -> None:
    cases = cases_from([*data, GOOD])
    found = [calculate(one, sentence_law(law)) for one in cases]
    assert len(found) == len(data) + 1
    assert all(one.status in ("calculated", "invalid", "unsupported", "needs_person")
               for one in found)  # fmt: skip
    assert found[-1].case_id == "good"
    assert found[-1].status == ("needs_person" if law == "testland" else "calculated")
