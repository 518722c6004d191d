"""Court lists: each line once in the diary, the newest list of a day counts."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from pims.courts import selectors as courts
from pims.courts import services as diary
from pims.custody.tests.prison import Prison
from pims.exchange import selectors, services
from pims.exchange.inbound.applying import Choices
from pims.exchange.models import Inbound
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_inbound import number_of
from pims.exchange.tests.test_inbound_orders import today
from pims.foundation.access.actor import Actor
from pims.foundation.vault.erasure.plan import make_plan
from pims.foundation.vault.erasure.rows import find_rows
from pims.kernel import clock
from pims.kernel.errors import Refused


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def court(prison: Prison) -> Sender:
    return Sender("mc_bz", "court", bodies=(prison.court,))


def listed(on: date, *entries: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"issued_by": "MC-BZ", "on": on.isoformat(), "entries": list(entries), **more}


def line(number: str, **more: object) -> dict[str, Any]:
    return {"subject": {"number": number}, **more}


def apply(prison: Prison, row: Inbound, **chosen: object) -> services.AppliedResult:
    return services.apply_inbound(
        prison.command, inbound_id=row.pk, version=row.version,
        choices=Choices(**chosen) if chosen else None,  # type: ignore[arg-type]
    )  # fmt: skip


def days(prison: Prison, person_id: int) -> list[tuple[date, time | None]]:
    found = courts.hearings(prison.actor, [person_id]).get(person_id, [])
    return sorted((one.on, one.at_time) for one in found if one.stands)


def test_a_list_stands_in_the_diary_once_and_tells_of_those_nobody_knows(
    prison: Prison, court: Sender
) -> None:
    one, two = prison.held("Juan Perez"), prison.held("Pedro Coc")
    numbers = [number_of(prison, held.person_id) for held in (one, two)]
    day = today() + timedelta(days=14)
    stranger = {"subject": {"number": "0000019-17", "own_reference": "B2"}}
    row = court.send(
        "hearing_list",
        listed(day, line(numbers[0], at_time="09:30:00", purpose="Trial"), stranger,
               line(numbers[1], mode="video")),
        message_id="list-1",
    )  # fmt: skip
    assert row.state == "waiting"
    plan = selectors.message(prison.actor, row.pk).plan
    assert [one.what for one in plan.lines] == ["add", "nobody", "add"]
    apply(prison, row)
    assert days(prison, one.person_id) == [(day, time(9, 30))]
    status = court.status("list-1")
    assert status["told"] == {
        "recorded": 2, "unknown": [{"line": 2, "own_reference": "B2"}],
    }  # fmt: skip
    # The same list under another number adds nothing; another hour moves what is there.
    again = court.send(
        "hearing_list",
        listed(day, line(numbers[0], at_time="10:00:00"), line(numbers[1], mode="video")),
    )
    assert "replaces_applied_list" in again.problems
    assert [one.what for one in selectors.message(prison.actor, again.pk).plan.lines] == [
        "move", "stands",
    ]  # fmt: skip
    apply(prison, again)
    assert days(prison, one.person_id) == [(day, time(10, 0))]
    assert len(days(prison, two.person_id)) == 1


@pytest.mark.any_server
def test_of_two_lists_of_one_day_the_one_that_was_sent_last_counts_whichever_came_first(
    prison: Prison, court: Sender
) -> None:
    held = prison.held()
    number, day, now = number_of(prison, held.person_id), today() + timedelta(days=3), clock.now()
    newer = court.send("hearing_list", listed(day, line(number, at_time="11:00:00")), sent_at=now)
    older = court.send(
        "hearing_list", listed(day, line(number, at_time="09:00:00")),
        sent_at=now - timedelta(minutes=40),
    )  # fmt: skip
    assert older.state == "superseded"
    assert any(code.startswith("overtaken_by:") for code in older.problems)
    newest = court.send(
        "hearing_list", listed(day, line(number, at_time="13:00:00")),
        sent_at=now + timedelta(minutes=1),
    )  # fmt: skip
    newer.refresh_from_db()
    assert (newer.state, newest.state) == ("superseded", "waiting")
    apply(prison, newest)
    assert days(prison, held.person_id) == [(day, time(13, 0))]


def test_a_whole_list_takes_off_the_diary_whoever_it_no_longer_names(
    prison: Prison, court: Sender
) -> None:
    one, two = prison.held("Juan Perez"), prison.held("Pedro Coc")
    first, second = (number_of(prison, held.person_id) for held in (one, two))
    day = today() + timedelta(days=5)
    apply(
        prison, court.send("hearing_list", listed(day, line(first), line(second)), message_id="l")
    )
    part = court.send("hearing_list", listed(day, line(first)))
    apply(prison, part)
    assert len(days(prison, two.person_id)) == 1
    whole = court.send("hearing_list", listed(day, line(first), whole=True), corrects="l")
    assert "takes_the_place" in [
        one.what for one in selectors.message(prison.actor, whole.pk).plan.remarks
    ]
    apply(prison, whole)
    assert days(prison, two.person_id) == []
    assert len(days(prison, one.person_id)) == 1
    off = court.send("hearing_list", listed(day, line(first, state="cancelled")))
    apply(prison, off)
    assert days(prison, one.person_id) == []


def test_a_whole_list_takes_off_whom_an_earlier_one_only_gave_another_hour(
    prison: Prison, court: Sender
) -> None:
    one, two = prison.held("Juan Perez"), prison.held("Pedro Coc")
    first, second = (number_of(prison, held.person_id) for held in (one, two))
    day = today() + timedelta(days=5)
    diary.schedule_hearing(
        prison.command, establishment_id=prison.establishment_id, person_id=two.person_id,
        body_id=prison.court, on=day, at_time=time(9),
    )  # fmt: skip
    moved = listed(day, line(first), line(second, at_time="11:00:00"))
    apply(prison, court.send("hearing_list", moved))
    assert days(prison, two.person_id) == [(day, time(11))]
    apply(prison, court.send("hearing_list", listed(day, line(first), whole=True)))
    assert days(prison, two.person_id) == []
    assert len(days(prison, one.person_id)) == 1


def test_an_officer_says_who_is_meant_on_a_line_and_leaves_another_out(
    prison: Prison, court: Sender
) -> None:
    one, two = prison.held("Juan Perez"), prison.held("Pedro Coc")
    day = today() + timedelta(days=6)
    named = {"subject": {"family_name": "Coc", "given_names": "Pedro"}}
    row = court.send(
        "hearing_list", listed(day, line(number_of(prison, one.person_id)), named)
    )  # fmt: skip
    services.match_inbound(
        prison.command, inbound_id=row.pk, version=row.version,
        number=number_of(prison, two.person_id), entry=1,
    )  # fmt: skip
    row.refresh_from_db()
    with pytest.raises(Refused):
        apply(prison, row, without=(0, 1))
    apply(prison, row, without=(0,))
    assert days(prison, one.person_id) == []
    assert len(days(prison, two.person_id)) == 1


def test_a_list_goes_with_the_last_of_those_whom_it_names(prison: Prison, court: Sender) -> None:
    one, two = prison.held("Juan Perez"), prison.held("Pedro Coc")
    numbers = [number_of(prison, held.person_id) for held in (one, two)]
    row = court.send("hearing_list", listed(today(), *(line(number) for number in numbers)))
    own = court.send("hearing_list", listed(today() + timedelta(days=1), line(numbers[0])))
    plan = make_plan()
    doomed = find_rows(plan, [one.person_id])
    assert doomed.keys["exchange_inbound"] == {own.pk}
    assert ("exchange_inbound", row.pk, two.person_id) in doomed.shared
    both = find_rows(plan, [one.person_id, two.person_id])
    assert both.keys["exchange_inbound"] == {own.pk, row.pk}
    assert len(both.keys["exchange_inbound_step"]) == 4
