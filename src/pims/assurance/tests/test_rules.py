"""Who is alarmed about whom, and when."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pims.assurance import rules
from pims.assurance.kinds import alarm_kinds
from pims.foundation.access.roles import definitions

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def facts(**changes: object) -> rules.CustodyFacts:
    base: dict[str, object] = {
        "person_id": 1,
        "episode_id": 7,
        "establishment_id": 1,
        "received_at": NOW - timedelta(days=2),
        "admitted": True,
        "admission_due_at": NOW - timedelta(days=1),
        "legal_status": "unsentenced",
        "status_faults": (),
        "valid_until": NOW + timedelta(days=1),
        "next_appearance": date(2026, 3, 3),
    }
    return rules.CustodyFacts(**(base | changes))  # type: ignore[arg-type]


def kinds(found: list[rules.DueAlarm]) -> list[str]:
    return [alarm.kind for alarm in found]


def test_a_remand_with_a_court_date_tomorrow_alarms_nobody() -> None:
    assert rules.custody_alarms(facts(), as_of=NOW) == []


def test_a_hearing_before_the_paper_ends_does_not_hide_that_it_ends() -> None:
    hearing_first = facts(legal_status="immigration", valid_until=NOW + timedelta(days=2))
    assert kinds(rules.custody_alarms(hearing_first, as_of=NOW)) == ["warrant_expiring"]


def test_an_immigration_order_that_ends_in_two_days_is_an_alarm() -> None:
    order = facts(legal_status="immigration", next_appearance=None)
    assert kinds(rules.custody_alarms(order, as_of=NOW)) == ["warrant_expiring"]


def test_whoever_is_held_without_valid_paper_is_an_alarm_since_it_lapsed() -> None:
    lapsed = NOW - timedelta(hours=3)
    found = rules.custody_alarms(
        facts(
            legal_status="none",
            status_faults=("no_valid_warrant", "warrant_expired", "next_appearance_passed"),
            valid_until=None,
            lapsed_at=lapsed,
        ),
        as_of=NOW,
    )
    assert kinds(found) == ["no_valid_warrant", "next_appearance_passed"]
    assert found[0].since == lapsed


def test_an_admission_is_overdue_after_its_day_and_not_before() -> None:
    late = facts(admitted=False)
    assert kinds(rules.custody_alarms(late, as_of=NOW)) == ["admission_overdue"]
    early = facts(admitted=False, admission_due_at=NOW + timedelta(minutes=1))
    assert rules.custody_alarms(early, as_of=NOW) == []


def test_someone_at_large_is_one_alarm_and_not_also_an_expired_warrant() -> None:
    gone = facts(at_large_since=NOW, status_faults=("no_valid_warrant",), admitted=False)
    assert kinds(rules.custody_alarms(gone, as_of=NOW)) == ["at_large"]


def test_a_release_order_sounds_at_once() -> None:
    case = rules.ReleaseFacts(3, 1, 7, 1, clock_started_at=NOW)
    assert kinds(rules.release_alarms(case, as_of=NOW)) == ["freedom_overdue"]
    kind = alarm_kinds()["freedom_overdue"]
    assert kind.deadline(0, NOW) == NOW + timedelta(minutes=15)
    assert kind.ladder[2] == "superintendent"


@given(st.integers(min_value=-10_000, max_value=10_000))
def test_an_overdue_escort_alarms_exactly_from_the_hour_it_was_expected(minutes: int) -> None:
    expected = NOW + timedelta(minutes=minutes)
    found = rules.custody_alarms(facts(escort_id=5, escort_expected_back_at=expected), as_of=NOW)
    assert (kinds(found) == ["escort_overdue"]) == (expected <= NOW)


def test_every_step_of_every_ladder_but_the_last_has_a_deadline() -> None:
    for kind in alarm_kinds().values():
        for step in range(len(kind.ladder)):
            assert (kind.deadline(step, NOW) is None) == (step == len(kind.ladder) - 1)


def test_whoever_owns_an_alarm_may_see_it() -> None:
    may_see = {code for code, role in definitions().items() if "assurance.view" in role.permissions}
    owners = {role for kind in alarm_kinds().values() for role in kind.ladder}
    assert owners - may_see == set()


def test_every_kind_of_alarm_is_in_the_page_about_alarms() -> None:
    page = (Path(__file__).parents[4] / "docs" / "model" / "alarm.md").read_text()
    assert [code for code in alarm_kinds() if f"`{code}`" not in page] == []
