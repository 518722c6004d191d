"""Which messages may leave at once, and which a person looks at first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange import catalogue, limits
from pims.exchange.rules.breaker import (
    BEHIND,
    BURST,
    REPLAY,
    TEST,
    Announced,
    Arrived,
    Lateness,
    Limit,
    judge,
)

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
FRIDAY = 12
LIMITS = limits.limits()
LATE = limits.lateness()
LIVE = Arrived("released", "live", NOW, NOW)
AMNESTY = Announced(NOW - timedelta(hours=1), NOW + timedelta(hours=1), 400, 0, confirmed=True)
kinds = st.sampled_from(sorted(catalogue.EVENTS))


def _held(arrived: Arrived = LIVE, **more: Any) -> str:
    values: dict[str, Any] = {
        "limits": LIMITS, "before": {}, "lateness": LATE, "late_before": 0, **more,
    }  # fmt: skip
    return judge(arrived, **values).kind


def _counted(n: int) -> dict[str, int]:
    return {limit.code: n for limit in LIMITS}


@given(n=st.integers(0, FRIDAY), kind=kinds)
def test_an_ordinary_friday_of_twelve_releases_leaves_at_once(n: int, kind: str) -> None:
    for within in LIMITS:
        if kind in within.types and within.most <= FRIDAY:
            assert kind == "released_in_error", "a dozen of these is no ordinary day"
            return
    assert _held(replace(LIVE, type=kind), before=_counted(n)) == ""


@given(n=st.integers(0, 5000), kind=kinds)
def test_whatever_comes_in_greater_numbers_than_its_limit_is_held(n: int, kind: str) -> None:
    covering = [one.most for one in LIMITS if kind in one.types]
    held = _held(replace(LIVE, type=kind), before=_counted(n))
    assert covering, f"no limit covers {kind}"
    assert held == (BURST if n >= min(covering) else "")


def test_twenty_five_an_hour_leave_and_the_next_is_held_saying_why() -> None:
    (limit,) = [one for one in LIMITS if one.code == "releases"]
    assert _held(before={"releases": limit.most - 1}) == ""
    verdict = judge(
        LIVE, limits=LIMITS, before={"releases": limit.most}, lateness=LATE, late_before=0
    )
    assert verdict.kind == BURST
    assert verdict.params == {"limit": "releases", "most": 25, "minutes": 60}


@given(n=st.integers(0, 5000))
def test_what_a_test_system_says_never_leaves_by_itself(n: int) -> None:
    assert _held(replace(LIVE, origin="test"), before=_counted(n), announced=[AMNESTY]) == TEST
    assert _held(replace(LIVE, origin="replay"), before=_counted(n)) == REPLAY


def test_an_announced_amnesty_passes_and_ends_with_its_number_and_its_time() -> None:
    many: dict[str, Any] = {"before": _counted(4000)}
    assert _held(announced=[AMNESTY], **many) == ""
    for spoilt in (
        replace(AMNESTY, confirmed=False),
        replace(AMNESTY, told=400),
        replace(AMNESTY, ends_at=NOW),
        replace(AMNESTY, starts_at=NOW + timedelta(seconds=1)),
    ):
        assert _held(announced=[spoilt], **many) == BURST
    # It explains releases and nothing else.
    for kind in ("escaped", "released_in_error", "admitted"):
        assert _held(replace(LIVE, type=kind), announced=[AMNESTY], **many) == BURST


@given(late=st.timedeltas(timedelta(0), timedelta(days=30)), n=st.integers(0, 100))
def test_many_that_ought_to_have_been_told_before_are_held_and_a_few_are_not(
    late: timedelta, n: int
) -> None:
    arrived = replace(LIVE, type="died", recorded_at=NOW - late)
    expected = REPLAY if late > LATE.after and n >= LATE.most else ""
    assert _held(arrived, late_before=n) == expected


@given(kind=kinds)
def test_the_second_thing_about_a_prisoner_is_not_told_before_the_first(kind: str) -> None:
    assert _held(replace(LIVE, type=kind), person_waits=True) == BEHIND
    assert _held(replace(LIVE, type="retraction"), person_waits=True) == BEHIND


def test_every_limit_says_why_in_both_languages_and_admits_that_it_is_unconfirmed() -> None:
    for limit in LIMITS:
        assert len(limit.reason["en"]) > 30
        assert len(limit.reason["es"]) > 30
        assert not limit.confirmed
    assert {kind for limit in LIMITS for kind in limit.types} == set(catalogue.EVENTS)


def test_a_file_that_is_not_as_it_should_be_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"code": "a", "types": ["died"], "most": 1, "within_minutes": 1, "en": "", "es": "",
            "confirmed": False}  # fmt: skip
    for rows in ([good, good], [{**good, "most": 0}], [{**good, "within_minutes": True}]):
        limits.limits.cache_clear()
        monkeypatch.setattr(limits, "_document", lambda rows=rows: {"limit": rows})
        with pytest.raises(ValueError, match=r"limits|number"):
            limits.limits()
    limits.limits.cache_clear()


def test_a_limit_is_a_value() -> None:
    one = Limit("a", frozenset({"died"}), 1, timedelta(minutes=1), {})
    verdict = judge(
        replace(LIVE, type="died"), limits=[one], before={"a": 1},
        lateness=Lateness(timedelta(hours=1), 1, timedelta(hours=1)), late_before=0,
    )  # fmt: skip
    assert verdict.held
