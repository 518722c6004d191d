"""A man is inside since 5 January on the papers that each test names. What is not so is not proven:
each line was once proven day by day, or raised nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pims.assurance.proof import law_of
from pims.assurance.proof.history import History
from pims.assurance.proof.reading import person_from
from pims.assurance.proof.verdict import Verdict, judge

LAW = law_of("belize")
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
SINCE = "2026-01-05T18:30:00-06:00"
CHARGE = {"id": "X", "case": "A", "longest_months": 60}
NEXT = {"id": "hx", "on": "2026-12-01", "case": "A"}
BASE: dict[str, Any] = {
    "id": "P", "zone": "America/Belize", "custody": [{"id": "c", "begins": SINCE}],
    "lawyer": "known", "nationalities": ["BZ"], "last_recorded_at": "2026-11-19T18:00:00-06:00",
    "born_on": "1990-01-01", "hearings": [NEXT],
}  # fmt: skip
LEFT = [{"id": "c", "begins": SINCE, "ends": "2026-03-01T18:00:00-06:00"}]


def order(kind: str = "remand", **more: Any) -> dict[str, Any]:
    said = {"id": "O1", "kind": kind, "court": "MC-BZ", "case": "A", "dated": "2026-01-05", **more}
    return {name: value for name, value in said.items() if value is not None}


REMAND = order(next_date="2026-12-01", charges=["X"])
TERM = order("commitment_sentence")


def free(kind: str, **more: Any) -> dict[str, Any]:
    return order(kind, **{"id": "F", "dated": "2026-03-01", **more})


def sentence(**more: Any) -> dict[str, Any]:
    return {"id": "s", "order_id": "O1", **more}


def judged(**said: Any) -> Verdict:
    person = person_from({**BASE, **said}, as_of=NOW)
    assert isinstance(person, History), person
    return judge(person, LAW, NOW)


def kinds(verdict: Verdict) -> set[str]:
    return {fault.kind for fault in verdict.faults} - {"unsentenced_6_months"}


def paid(cents: int = 5_000) -> list[dict[str, Any]]:
    return [{"order_id": "O1", "at": "2026-02-01T12:00:00-06:00", "amount_cents": cents}]


def heard(outcome: str, on: str = "2026-05-01") -> list[dict[str, Any]]:
    said = {"id": "h", "on": on, "case": "A", "outcome": outcome}
    return [{**said, "outcome_at": f"{on}T15:00:00-06:00"}, NEXT]


# What is said of the person -> the fault, and how many of the 320 days it leaves unproven.
PAPERS: dict[str, tuple[dict[str, Any], str, int]] = {
    "charge acquitted on a day": (
        {"orders": [REMAND],
         "charges": [{**CHARGE, "state": "acquitted", "decided_on": "2026-05-01"}]},
        "charges_ended", 203,
    ),
    "charge acquitted nobody knows when": (
        {"orders": [REMAND], "charges": [{**CHARGE, "state": "acquitted"}]},
        "charges_ended_undated", 0,
    ),
    "acquitted in court": (
        {"orders": [REMAND], "charges": [CHARGE], "hearings": heard("acquitted")},
        "freed_in_court_no_order", 203,
    ),
    "remanded by the parole board": ({"orders": [{**REMAND, "court": "PB"}]},
                                     "court_without_power", 320),
    "life from the immigration office": (
        {"orders": [order("life_minimum", court="IMM")], "sentences": [sentence(endless=True)]},
        "court_without_power", 320,
    ),
    "five years from the Minister": (
        {"orders": [order("commitment_sentence", court="MIN")],
         "sentences": [sentence(pronounced_on="2026-01-05", years=5)]},
        "court_without_power", 320,
    ),
    "a court that is not there": ({"orders": [{**REMAND, "court": "XX"}]}, "court_unknown", 320),
    "no court": ({"orders": [order(court=None, next_date="2026-12-01")]}, "court_unknown", 320),
    "the police": ({"orders": [{**REMAND, "court": "BPD"}]}, "court_unknown", 320),
    "a boys' order on a man": (
        {"orders": [order("juvenile_behaviour", court="FC-BZ", until="2027-06-01")]},
        "order_not_for_age", 320,
    ),
    "life on a boy": (
        {"orders": [order("life_minimum", court="HC")], "sentences": [sentence(endless=True)],
         "born_on": "2010-01-01"},
        "order_not_for_age", 320,
    ),
    "full term over, expiry a year later": (
        {"orders": [TERM],
         "sentences": [sentence(full_term_end="2026-06-01", expiry="2027-06-01")]},
        "full_term_passed", 172,
    ),
    "the paper says until June": (
        {"orders": [{**TERM, "until": "2026-06-01"}], "sentences": [sentence(expiry="2027-06-01")]},
        "paper_ends_before_term", 0,
    ),
    "400 days at large and no escape": (
        {"orders": [TERM],
         "sentences": [sentence(pronounced_on="2026-01-05", months=6, expiry="2027-06-01",
                                at_large_days=400)]},
        "at_large_not_shown", 139,
    ),
    "pronounced next year": (
        {"orders": [TERM], "sentences": [sentence(pronounced_on="2027-01-05", years=1)]},
        "sentence_not_begun", 320,
    ),
    "effective next year": (
        {"orders": [TERM],
         "sentences": [sentence(pronounced_on="2026-01-05", effective_from="2027-06-01", years=1)]},
        "sentence_not_begun", 320,
    ),
    "two that follow each other": (
        {"orders": [TERM], "sentences": [
            sentence(pronounced_on="2026-01-05", months=1, follows="t", expiry="2028-01-01"),
            sentence(id="t", pronounced_on="2026-01-05", months=1, follows="s",
                     expiry="2028-01-01")]},
        "sentence_without_date", 319,
    ),
    "a month, beside ten thousand years": (
        {"orders": [TERM, order("commitment_sentence", id="O2", dated="2026-01-05")],
         "sentences": [
            sentence(pronounced_on="2026-01-05", months=1, expiry="2028-01-01"),
            sentence(id="t", order_id="O2", pronounced_on="2026-01-05", years=10_000)]},
        "date_beyond_term", 289,
    ),
    "three months after ten years that fell": (
        {"orders": [TERM], "sentences": [
            sentence(pronounced_on="2026-01-05", years=10, ended_at="2026-01-10T12:00:00-06:00"),
            sentence(id="t", pronounced_on="2026-01-05", months=3, follows="s")]},
        "full_term_passed", 224,
    ),
    "an endless fine": (
        {"orders": [order("fine_default", amount_cents=5_000)],
         "sentences": [sentence(endless=True)]},
        "sentence_without_date", 319,
    ),
    "a debt that is paid": (
        {"orders": [order("civil_commitment", until="2027-06-01", amount_cents=5_000)],
         "payments": paid()},
        "fine_paid", 293,
    ),
    "paid, of an amount that nobody wrote down": (
        {"orders": [order("fine_default")], "sentences": [sentence(full_term_end="2027-06-01")],
         "payments": paid(5_000_000)},
        "default_without_amount", 293,
    ),
    "acquitted by another court, of the very charge": (
        {"orders": [REMAND, free("acquittal", court="HC", case="", charges=["X"])],
         "charges": [CHARGE]},
        "held_after_release_order", 264,
    ),
    "acquitted of the charge, the case misspelt": (
        {"orders": [REMAND, free("acquittal", case="A ", charges=["X"])], "charges": [CHARGE]},
        "held_after_release_order", 264,
    ),
    "appeal allowed, of no case": (
        {"orders": [TERM, free("appeal_allowed", court="CA", case="")],
         "sentences": [sentence(expiry="2027-06-01")]},
        "held_after_release_order", 264,
    ),
    "discharged from nobody knows what": (
        {"orders": [REMAND, free("discharge", case="", changes="Q/9")], "charges": [CHARGE]},
        "release_ends_nothing", 0,
    ),
    "somebody else's charge": (
        {"orders": [{**REMAND, "charges": ["NOT-HIS"]}], "charges": [CHARGE]},
        "order_on_anothers_charge", 320,
    ),
    "an old life sentence beside three months": (
        {"orders": [REMAND], "charges": [
            {**CHARGE, "longest_months": 3},
            {"id": "OLD", "case": "Z", "state": "convicted", "life": True}]},
        "over_longest_term", 0,
    ),
    "another charge of which nobody knows the term": (
        {"orders": [REMAND],
         "charges": [{**CHARGE, "longest_months": 3}, {"id": "Y", "case": "B"}]},
        "over_longest_term", 0,
    ),
    "the consul told in 2019": (
        {"orders": [REMAND], "nationalities": ["GT"],
         "consul_told_at": "2019-01-01T12:00:00-06:00"},
        "consul_not_told", 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAPERS)
def test_what_is_not_so_is_not_proven(name: str) -> None:
    said, kind, unproven = PAPERS[name]
    verdict = judged(**said)
    assert kind in kinds(verdict)
    assert (verdict.days, verdict.unproven) == (320, unproven)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"orders": [TERM, free("pardon", case="")], "sentences": [sentence(expiry="2027-06-01")],
          "custody": [{**LEFT[0], "end_kind": "discharged"}]}, "freed_without_power"),
        ({"orders": [REMAND], "custody": [{**LEFT[0], "end_kind": "transferred"}]},
         "transferred_nowhere"),
    ],
)  # fmt: skip
def test_how_somebody_left_is_judged_after_they_have(said: dict[str, Any], kind: str) -> None:
    verdict = judged(hearings=[], **said)
    assert kinds(verdict) == {kind}
    assert verdict.unproven == 0


def test_bail_in_court_frees_nobody_until_it_is_taken_up() -> None:
    verdict = judged(orders=[REMAND], charges=[CHARGE], hearings=heard("bailed"))
    assert (kinds(verdict), verdict.unproven) == (set(), 0)


def test_what_a_fallen_variation_had_varied_holds_again() -> None:
    varied = order("appeal_varied", id="O2", court="CA", dated="2026-03-01", changes="O1",
                   state="set_aside", state_from="2026-06-01T10:00:00-06:00")  # fmt: skip
    sentences = [
        sentence(expiry="2027-06-01"),
        sentence(id="t", order_id="O2", expiry="2027-01-01"),
    ]
    verdict = judged(orders=[TERM, varied], sentences=sentences)
    assert (kinds(verdict), verdict.unproven) == (set(), 0)


def test_parole_from_a_later_day_holds_until_that_hour_and_no_longer() -> None:
    term = {"sentences": [sentence(expiry="2027-06-01", release_date="2027-02-01")]}
    granted = order("parole_granted", id="F", court="PB", case="", dated="2026-11-10")
    ahead = {**granted, "begins": "2026-11-22T09:00:00-06:00"}
    assert judged(orders=[TERM, ahead], **term).unproven == 0
    past = {**granted, "begins": "2026-11-18T09:00:00-06:00"}
    (gone,) = judged(orders=[TERM, past], **term).faults
    assert gone.kind == "held_after_release_order"
    assert gone.since == datetime(2026, 11, 18, 21, tzinfo=UTC)  # six hours to let him go


def test_a_release_that_nobody_prepares_is_told_however_early_it_was_opened() -> None:
    def told(left: str, **preparation: Any) -> set[str]:
        opened = {"opened_at": "2026-11-10T09:00:00-06:00", **preparation}
        term = sentence(expiry="2027-06-01", release_date=left)
        return kinds(judged(orders=[TERM], sentences=[term], preparations=[opened]))

    nothing = ["start", "dates", "rest"]
    assert told("2026-12-03", owed=nothing) == {"release_not_prepared"}
    assert told("2026-12-04", owed=nothing) == set()  # opened this morning, in a manner of speaking
    assert told("2026-11-28", owed=["dates", "rest"]) == set()
    assert told("2026-11-27", owed=["dates", "rest"]) == {"release_not_prepared"}
    assert told("2026-11-22", owed=["rest"]) == set()
    assert told("2026-11-21", owed=["rest"]) == {"release_not_prepared"}
    assert told("2026-11-21", ready_at="2026-11-15T09:00:00-06:00") == set()
    assert told("2026-11-21") == set()  # of an export that knew of no more
