"""Each kind of order does one thing to custody, and says what its paper must carry."""

from typing import Any

import pytest

from pims.jurisdictions.order_kinds import FIELDS, Effect, order_kinds, parse_order_kinds
from pims.jurisdictions.tables import BadTable
from pims.jurisdictions.tests.test_tables import edited
from pims.jurisdictions.warrant_kinds import warrant_kinds

SOUND: dict[str, Any] = {
    "code": "x", "en": "X", "es": "X", "effect": "detains", "warrant": "remand",
    "must": ["next_date"], "may": ["until"], "citation": "", "confidence": "unconfirmed",
}  # fmt: skip

# What a warrant kind needs on its paper, and the fields of an order that can carry it.
CARRIES = {
    "until": {"until", "term", "default_term"},
    "next_appearance": {"next_date"},
    "review": {"review_months", "next_date", "minimum_term"},
    "amount": {"amount_cents"},
}


def one(**changes: object) -> dict[str, Any]:
    return {"order": [edited(SOUND, **changes)]}


def test_every_order_that_courts_make_about_a_prisoner_is_there() -> None:
    effects = {code: kind.effect for code, kind in order_kinds().items()}
    assert effects["remand"] is Effect.DETAINS
    assert effects["commitment_sentence"] is Effect.SENTENCE
    assert effects["acquittal"] is Effect.FREES
    assert effects["appeal_lodged"] is Effect.NOTES
    assert len(effects) >= 30


@pytest.mark.parametrize("code", ["bail_granted", "bail_awaiting_surety", "bail_pending_appeal"])
def test_bail_frees_nobody_until_it_is_taken_up(code: str) -> None:
    assert order_kinds()[code].effect is Effect.NOTES
    taken_up = order_kinds()["bail_taken_up"]
    assert (taken_up.effect, taken_up.release) == (Effect.FREES, "bail")


@pytest.mark.parametrize("code", ["bail_surrendered", "bail_revoked", "parole_revoked", "retrial"])
def test_whoever_is_taken_back_is_held_to_a_date_and_no_further(code: str) -> None:
    kind = order_kinds()[code]
    assert kind.effect is Effect.DETAINS
    assert kind.must == ("next_date",)


@pytest.mark.parametrize("jurisdiction", ["belize", "testland"])
def test_an_order_has_a_warrant_or_a_release_exactly_where_its_effect_needs_it(
    jurisdiction: str,
) -> None:
    for kind in order_kinds(jurisdiction).values():
        held = kind.effect in (Effect.DETAINS, Effect.SENTENCE)
        assert bool(kind.warrant) == held, kind.code
        assert bool(kind.release) == (kind.effect is Effect.FREES), kind.code
        assert set(kind.fields) == {*kind.must, *kind.may}
        assert list(kind.fields) == [field for field in FIELDS if field in kind.fields]


def test_an_order_can_carry_whatever_its_warrant_needs_to_say() -> None:
    for kind in order_kinds().values():
        if kind.warrant:
            for need in warrant_kinds()[kind.warrant].needs:
                assert CARRIES[need] & set(kind.must), (kind.code, need)


def test_every_kind_of_warrant_comes_of_some_order() -> None:
    assert {kind.warrant for kind in order_kinds().values()} - {""} == set(warrant_kinds())


def test_the_paper_is_asked_for_what_it_lacks() -> None:
    fine = order_kinds()["fine_default"]
    assert fine.lacking(()) == ("amount_cents", "default_term")
    assert fine.lacking({"default_term", "until"}) == ("amount_cents",)
    assert order_kinds()["acquittal"].lacking(()) == ()


def test_another_law_gives_the_same_word_another_effect() -> None:
    assert order_kinds()["appeal_lodged"].effect is Effect.NOTES
    assert order_kinds("testland")["appeal_lodged"].effect is Effect.FREES


def test_one_emergency_order_names_many_and_some_are_for_the_young() -> None:
    kinds = order_kinds().values()
    assert [kind.code for kind in kinds if kind.many_names] == ["emergency_detention"]
    assert {kind.code for kind in kinds if kind.under_18} == {
        "courts_pleasure", "juvenile_behaviour",
    }  # fmt: skip


def test_a_release_of_one_kind_ends_no_custody_of_another() -> None:
    kinds = order_kinds()
    assert set(kinds["fine_paid"].frees) == {"fine_default", "compensation_default"}
    assert "committal_sentence" not in kinds["bail_taken_up"].frees
    assert kinds["immigration_release"].frees == ("immigration",)
    assert set(kinds["habeas_corpus"].frees) == set(warrant_kinds())
    for kind in kinds.values():
        assert bool(kind.frees) == (kind.effect is Effect.FREES), kind.code


def test_only_what_undoes_an_order_quashes_its_sentences() -> None:
    kinds = order_kinds().values()
    assert {kind.code for kind in kinds if kind.quashes} == {
        "appeal_allowed", "acquittal", "pardon", "habeas_corpus", "discharge",
    }  # fmt: skip
    assert {kind.code for kind in kinds if kind.changes_earlier} == {
        "appeal_allowed", "appeal_varied", "resentencing", "retrial",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"effect": "holds"}, "effect"),
        ({"warrant": None}, "warrant"),
        ({"warrant": "arrest"}, "warrant"),
        ({"release": "bail"}, "unknown: release"),
        ({"effect": "notes"}, "unknown: warrant"),
        ({"effect": "frees", "warrant": None}, "release"),
        ({"effect": "frees", "warrant": None, "release": "escape"}, "release"),
        ({"effect": "frees", "warrant": None, "release": "bail"}, "frees from no kind"),
        ({"effect": "frees", "warrant": None, "release": "bail", "frees": ["x"]}, "frees"),
        ({"quashes": True}, "unknown: quashes"),
        ({"effect": "notes", "warrant": None, "changes_earlier": True}, "changes nothing"),
        ({"must": ["next_dat"]}, "must"),
        ({"must": ["until"]}, "also among"),
        ({"confidence": "sure"}, "confidence"),
    ],
)
def test_an_order_that_contradicts_itself_is_refused(changes: dict[str, Any], told: str) -> None:
    assert parse_order_kinds(one(), {"remand"})["x"].warrant == "remand"
    with pytest.raises(BadTable, match=told):
        parse_order_kinds(one(**changes), {"remand"})
