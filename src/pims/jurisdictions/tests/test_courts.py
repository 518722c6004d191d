"""Courts: an odd day or an order beyond a court's powers is doubted aloud, and never refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.jurisdictions.courts import (
    courts,
    doubt_of_day,
    doubt_of_order,
    next_sitting,
    parse_courts,
    parse_powers,
    powers,
)
from pims.jurisdictions.holidays import holidays
from pims.jurisdictions.order_kinds import order_kinds
from pims.jurisdictions.tables import BadTable
from pims.jurisdictions.tests.test_tables import edited
from pims.jurisdictions.warrant_kinds import BodyRow, bodies, warrant_kinds

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
ALL = [(law, code) for law in ("belize", "testland") for code in courts(law)]
COURT: dict[str, Any] = {"code": "C", "place": "P", "sits": ["monday"], "confidence": "memory"}
POWER: dict[str, Any] = {
    "kind": "k", "may": ["a"], "cannot": ["b"], "citation": "", "confidence": "memory",
}  # fmt: skip


def test_every_body_that_makes_orders_has_its_row_and_its_powers() -> None:
    orders = {body.code: body.kind for body in bodies() if body.kind != "police"}
    assert {code: court.kind for code, court in courts().items()} == orders
    assert set(powers()) == set(orders.values())


def test_each_district_has_a_magistrates_court() -> None:
    districts = {court.district for court in courts().values() if court.kind == "magistrates"}
    assert districts == {"Belize", "Cayo", "Corozal", "Orange Walk", "Stann Creek", "Toledo"}


def test_a_magistrates_court_that_gives_life_is_doubted_and_a_high_court_is_not() -> None:
    doubt = doubt_of_order("magistrates", "life_minimum")
    assert doubt is not None
    assert (doubt.code, doubt.confidence) == ("cannot_order", "memory")
    assert doubt_of_order("high_court", "life_minimum") is None


def test_what_the_table_does_not_know_is_doubted_as_unconfirmed() -> None:
    doubt = doubt_of_order("minister", "pardon")
    assert doubt is not None
    assert (doubt.code, doubt.confidence) == ("perhaps_cannot_order", "unconfirmed")


@pytest.mark.parametrize("body", ["immigration", "minister", "parole_board"])
def test_what_is_no_court_tries_and_sentences_nobody(body: str) -> None:
    for kind in ("remand", "commitment_sentence", "life_minimum", "fine_default", "acquittal"):
        doubt = doubt_of_order(body, kind)
        assert doubt is not None, kind
        assert doubt.code == "cannot_order", kind


def test_a_body_of_which_the_table_does_not_speak_is_not_doubted() -> None:
    assert doubt_of_order("other", "pardon") is None


def test_the_two_tables_agree_on_who_can_detain() -> None:
    kinds = warrant_kinds()
    for power in powers().values():
        for code in power.may:
            warrant = order_kinds()[code].warrant
            assert not warrant or power.kind in kinds[warrant].bodies, (power.kind, code)
    for kind in kinds.values():
        for body in kind.bodies:
            made = [o for o in powers()[body].may if order_kinds()[o].warrant == kind.code]
            assert made, (body, kind.code)


def test_a_hearing_on_a_closed_day_is_told_with_what_closes_the_court() -> None:
    sunday, holiday, open_day = date(2026, 11, 22), date(2026, 11, 19), date(2026, 11, 23)
    assert doubt_of_day("HC", open_day) is None
    weekend, garifuna = doubt_of_day("HC", sunday), doubt_of_day("HC", holiday)
    assert weekend is not None
    assert weekend.code == "not_a_sitting_day"
    assert garifuna is not None
    assert garifuna.code == "holiday"
    assert garifuna.holiday is not None
    assert garifuna.holiday.code == "garifuna"


def test_the_court_of_appeal_sits_in_its_sessions() -> None:
    doubt = doubt_of_day("CA", date(2026, 11, 23))
    assert doubt is not None
    assert doubt.code == "out_of_session"
    assert doubt_of_day("CA", date(2026, 10, 26)) is None
    assert next_sitting("CA", date(2026, 11, 23)) == date(2027, 3, 1)


@pytest.mark.parametrize("court", ["MIN", "MC-SP", "CCJ", "nowhere"])
def test_no_day_is_doubted_where_the_days_are_not_known(court: str) -> None:
    assert doubt_of_day(court, date(2026, 12, 25)) is None
    assert next_sitting(court, date(2026, 12, 24)) is None


@given(day=DAYS, court=st.sampled_from(ALL))
def test_the_next_sitting_is_the_first_day_without_a_doubt(
    day: date, court: tuple[str, str]
) -> None:
    law, code = court
    found = next_sitting(code, day, law)
    if found is None:
        assert not courts(law)[code].sits
        return
    between = [day + timedelta(days=n) for n in range(1, (found - day).days)]
    assert all(doubt_of_day(code, one, law) is not None for one in between)
    assert doubt_of_day(code, found, law) is None


def test_a_court_that_is_always_closed_has_no_next_sitting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    always = next(iter(holidays(2026).values()))
    monkeypatch.setattr("pims.jurisdictions.courts.holiday_on", lambda day, law: always)
    assert next_sitting("HC", date(2026, 1, 1)) is None


def test_other_courts_have_other_days() -> None:
    assert doubt_of_day("BENCH", date(2026, 11, 22), "testland") is None  # a Sunday
    assert doubt_of_day("BENCH", date(2026, 11, 23), "testland") is not None
    assert doubt_of_order("parole_board", "term", "testland") is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "D"}, "code"),
        ({"sits": ["moonday"]}, "sits"),
        ({"months": [13]}, "months"),
        ({"month": [1]}, "unknown: month"),
    ],
)
def test_a_court_that_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    known = [BodyRow("C", "Court", "k", "")]
    assert parse_courts({"court": [COURT]}, known)["C"].sits == {0}
    with pytest.raises(BadTable, match=told):
        parse_courts({"court": [edited(COURT, **changes)]}, known)


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"may": ["c"]}, "may"), ({"cannot": ["a"]}, "both"), ({"kind": ""}, "kind is empty")],
)
def test_powers_that_contradict_themselves_are_refused(changes: dict[str, Any], told: str) -> None:
    assert parse_powers({"power": [POWER]}, {"a", "b"})["k"].may == {"a"}
    with pytest.raises(BadTable, match=told):
        parse_powers({"power": [edited(POWER, **changes)]}, {"a", "b"})
