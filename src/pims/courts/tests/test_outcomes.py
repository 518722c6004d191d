"""What came of a hearing, said twice or too early; a court that lets go without an order."""

from datetime import timedelta

import pytest

from pims.assurance.facts import collect_owed
from pims.authority import selectors as authority
from pims.courts import selectors, services
from pims.courts.models import Hearing
from pims.courts.services import OrderName
from pims.courts.tests.court import Court
from pims.courts.tests.test_hearings import listed
from pims.courts.tests.test_orders import warrants
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput


def outcome(court: Court, hearing: int, version: int, said: str, **more: object) -> None:
    services.record_hearing_outcome(
        Command(court.clerk), hearing_id=hearing, version=version, outcome=said, **more
    )


def test_an_adjournment_that_was_a_discharge_takes_its_day_back(court: Court) -> None:
    named = warrants(court.ana)[court.ana_warrant].next_appearance
    hearing = listed(court, court.today, warrant_name_id=court.ana_warrant)
    later = court.today + timedelta(days=150)
    outcome(court, hearing, 1, "adjourned", next_on=later)
    assert warrants(court.ana)[court.ana_warrant].next_appearance == later
    outcome(court, hearing, 2, "discharged")
    assert warrants(court.ana)[court.ana_warrant].next_appearance == named
    assert not Hearing.objects.filter(on=later, cancelled_at=None).exists()


def test_an_outcome_that_names_the_same_day_keeps_it(court: Court) -> None:
    hearing = listed(court, court.today, warrant_name_id=court.ana_warrant)
    later = court.today + timedelta(days=9)
    outcome(court, hearing, 1, "adjourned", next_on=later)
    outcome(court, hearing, 2, "remanded", next_on=later)
    (following,) = Hearing.objects.filter(on=later)
    assert following.cancelled_at is None
    assert warrants(court.ana)[court.ana_warrant].next_appearance == later
    outcome(court, hearing, 3, "adjourned", next_on=later + timedelta(days=7))
    standing = Hearing.objects.filter(cancelled_at=None, outcome="")
    assert [one.on for one in standing] == [later + timedelta(days=7)]


def test_a_day_named_too_late_is_taken_back_with_the_paper_that_it_opened(court: Court) -> None:
    with clock.at(clock.now() + timedelta(days=8)):
        hearing = listed(court, court.today, warrant_name_id=court.ana_warrant)
        outcome(court, hearing, 1, "adjourned", next_on=court.today + timedelta(days=5))
        assert len(warrants(court.ana)) == 2
        outcome(court, hearing, 2, "acquitted")
        held = warrants(court.ana)
    assert held.pop(court.ana_warrant).ends_at is None
    assert [one.end_kind for one in held.values()] == ["void"]


@pytest.mark.any_server
def test_nothing_has_come_of_a_day_that_is_still_to_come(court: Court) -> None:
    hearing = listed(court, court.today + timedelta(days=30))
    with pytest.raises(InvalidInput):
        outcome(court, hearing, 1, "acquitted")
    with clock.at(clock.now() + timedelta(days=31)):
        rows = selectors.hearings_without_outcome(court.clerk, court.prison.establishment_id)
    assert hearing in {row.hearing_id for row in rows}


def owed(court: Court) -> list[str]:
    found = collect_owed(establishment_id=court.prison.establishment_id)
    return [one.kind for one in found if one.kind == "freed_without_order"]


@pytest.mark.any_server
def test_whoever_a_court_let_go_is_an_alarm_until_the_order_comes(court: Court) -> None:
    case = court.case()
    hearing = listed(court, court.today, case_id=case, warrant_name_id=court.ana_warrant)
    assert owed(court) == []
    outcome(court, hearing, 1, "discharged")
    (one,) = selectors.freed_without_order([court.ana, court.ben])[court.ana]
    assert (one.outcome, one.case_id) == ("discharged", case)
    assert owed(court) == ["freed_without_order"]
    court.order("discharge", OrderName(court.ana), case_id=case, reference="D 1")
    assert owed(court) == []


def test_an_outcome_that_is_put_right_ends_the_alarm(court: Court) -> None:
    hearing = listed(court, court.today, warrant_name_id=court.ana_warrant)
    outcome(court, hearing, 1, "acquitted")
    assert owed(court) == ["freed_without_order"]
    outcome(court, hearing, 2, "adjourned", next_on=court.today + timedelta(days=3))
    assert owed(court) == []


@pytest.mark.any_server
def test_the_desk_answers_for_the_court_that_it_names(court: Court) -> None:
    on, where = court.today, court.prison.establishment_id
    listed(court, on)
    services.schedule_hearing(
        Command(court.clerk), establishment_id=where, person_id=court.ana,
        body_id=court.body("HC"), on=on,
    )  # fmt: skip
    (escort,) = court.prison.out(court.ana)
    court.prison.back(escort_id=escort, outcome="same_warrant")
    with clock.at(clock.now() + timedelta(days=1)):
        rows = selectors.hearings_without_outcome(court.clerk, where)
    assert len(rows) == 2


@pytest.mark.any_server
def test_a_freed_man_of_whom_a_release_order_came_is_no_alarm(court: Court) -> None:
    hearing = listed(court, court.today, warrant_name_id=court.ana_warrant)
    outcome(court, hearing, 1, "withdrawn")
    court.order("charge_withdrawn", OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)))
    assert authority.release_orders([court.ana])
    assert owed(court) == []
