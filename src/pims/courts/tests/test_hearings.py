"""The diary and the production list miss nobody; a hearing on a closed day is recorded."""

from datetime import date, time, timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import selectors, services
from pims.courts.models import Hearing
from pims.courts.tests.court import Court
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused, Stale


def listed(court: Court, on: date, person_id: int | None = None, **more: object) -> int:
    made = services.schedule_hearing(
        Command(court.clerk),
        establishment_id=court.prison.establishment_id,
        person_id=person_id or court.ana,
        body_id=court.body(),
        on=on,
        **more,
    )
    return made.hearing_id


def names(rows: list[selectors.DiaryRow]) -> list[tuple[str, int | None]]:
    return [(row.name, row.hearing_id) for row in rows]


@pytest.mark.any_server
def test_a_hearing_on_a_day_when_the_court_is_closed_is_recorded(court: Court) -> None:
    christmas = date(court.today.year + 1, 12, 25)
    made = services.schedule_hearing(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        person_id=court.ana, body_id=court.body(), on=christmas,
    )  # fmt: skip
    assert made.defects == ("court_closed",)
    assert Hearing.objects.get().on == christmas


@pytest.mark.any_server
def test_the_production_list_joins_hearings_and_the_days_of_warrants(court: Court) -> None:
    # Both remands of the prison name the same day; of Ana a hearing is on record beside it.
    day = court.today + timedelta(days=4)
    hearing = listed(court, day, at_time=time(9), warrant_name_id=court.ana_warrant)
    rows = selectors.production_list(court.clerk, court.prison.establishment_id, day)
    due = [(r.due.name, r.due.hearing_id) for r in rows]
    assert due == [("CHAN, Ana", hearing), ("TUN, Ben", None)]
    assert rows[1].due.warrant_name_id == court.ben_warrant
    assert not rows[0].unfit


@pytest.mark.any_server
def test_a_day_named_at_the_desk_at_five_is_on_the_list(court: Court) -> None:
    later = court.today + timedelta(days=11)
    authority_services.set_next_appearance(
        court.prison.command, warrant_name_id=court.ben_warrant, next_appearance=later,
        happened_at=clock.now(), basis="court",
    )  # fmt: skip
    where = court.prison.establishment_id
    assert names(selectors.diary(court.clerk, where, later, later)) == [("TUN, Ben", None)]
    # The day that the court named before is no day of his any more.
    before = court.today + timedelta(days=4)
    assert names(selectors.diary(court.clerk, where, before, before)) == [("CHAN, Ana", None)]


def test_the_list_says_who_is_unfit_and_when_that_is_looked_at(court: Court) -> None:
    court.order("unfit_to_plead", court.ben, body="HC", review_months=6, next_date=None)
    listed(court, court.today + timedelta(days=2), court.ben)
    day = court.today + timedelta(days=2)
    (row,) = selectors.production_list(court.clerk, court.prison.establishment_id, day)
    assert row.unfit
    assert row.review_on is not None
    assert row.review_on > court.today + timedelta(days=150)


@pytest.mark.any_server
def test_a_hearing_is_moved_and_the_warrant_only_by_the_court(court: Court) -> None:
    day, later = court.today + timedelta(days=4), court.today + timedelta(days=20)
    hearing = listed(court, day, warrant_name_id=court.ana_warrant)
    services.move_hearing(
        Command(court.clerk), hearing_id=hearing, version=1, on=later, reason="Listed anew"
    )
    zone = "America/Belize"
    warrant = authority.warrants_of([court.ana], zone=zone)[court.ana][0]
    assert warrant.next_appearance == day
    where = court.prison.establishment_id
    assert ("CHAN, Ana", None) in names(selectors.diary(court.clerk, where, day, day))
    services.move_hearing(
        Command(court.clerk), hearing_id=hearing, version=2, on=later, reason="Put over",
        by_order=True,
    )  # fmt: skip
    warrant = authority.warrants_of([court.ana], zone=zone)[court.ana][0]
    assert warrant.next_appearance == later
    with pytest.raises(Stale):
        services.move_hearing(
            Command(court.clerk), hearing_id=hearing, version=2, on=day, reason="Twice"
        )


@pytest.mark.any_server
def test_a_hearing_without_an_outcome_is_asked_about_next_morning(court: Court) -> None:
    hearing = listed(court, court.today + timedelta(days=1))
    where = court.prison.establishment_id
    with clock.at(clock.now() + timedelta(days=2)):
        assert names(selectors.hearings_without_outcome(court.clerk, where)) == [
            ("CHAN, Ana", hearing)
        ]
        services.record_hearing_outcome(
            Command(court.clerk), hearing_id=hearing, version=1, outcome="not_held"
        )
        assert selectors.hearings_without_outcome(court.clerk, where) == []


def test_an_adjournment_makes_the_next_hearing_and_extends_the_remand(court: Court) -> None:
    case = court.case()
    hearing = listed(court, court.today, case_id=case, warrant_name_id=court.ana_warrant)
    later = court.today + timedelta(days=15)
    made = services.record_hearing_outcome(
        Command(court.clerk), hearing_id=hearing, version=1, outcome="adjourned", next_on=later,
        note="Witness ill",
    )  # fmt: skip
    following = Hearing.objects.get(pk=made.next_hearing_id)
    assert (following.on, following.case_id) == (later, case)
    warrant = authority.warrants_of([court.ana], zone="America/Belize")[court.ana][0]
    assert warrant.next_appearance == later
    with pytest.raises(InvalidInput):
        services.record_hearing_outcome(
            Command(court.clerk), hearing_id=hearing, version=2, outcome="adjourned",
            next_on=court.today - timedelta(days=1),
        )  # fmt: skip


@pytest.mark.any_server
def test_whoever_waits_without_a_day_is_found(court: Court) -> None:
    where = court.prison.establishment_id
    assert selectors.no_next_hearing(court.clerk, where) == []
    court.order(
        "committed_for_trial",
        services.OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)),
    )
    (row,) = selectors.no_next_hearing(court.clerk, where)
    assert row.row.person_id == court.ana
    listed(court, court.today + timedelta(days=40))
    assert selectors.no_next_hearing(court.clerk, where) == []


@pytest.mark.any_server
def test_a_cancelled_hearing_is_on_no_list(court: Court) -> None:
    day = court.today + timedelta(days=2)
    hearing = listed(court, day)
    services.cancel_hearing(
        Command(court.clerk), hearing_id=hearing, version=1, reason="Entered for another"
    )
    where = court.prison.establishment_id
    assert selectors.diary(court.clerk, where, day, day) == []
    with pytest.raises(Refused):
        services.cancel_hearing(Command(court.clerk), hearing_id=hearing, version=2, reason="Again")
    assert selectors.hearings(court.clerk, [court.ana])[court.ana][0].cancelled_at is not None


@pytest.mark.any_server
def test_who_is_sealed_is_brought_to_court_and_not_told_of(court: Court) -> None:
    day = court.today + timedelta(days=2)
    listed(court, day, case_id=court.case(number="S 99/26"), purpose="Plea")
    PersonScope.objects.filter(person_id=court.ana).update(sealed=True)
    (row,) = selectors.diary(court.clerk, court.prison.establishment_id, day, day)
    assert (row.shown, row.purpose, row.case_number, row.hearing_id) == (False, "", "", None)
    assert selectors.hearings(court.clerk, [court.ana]) == {}
    assert selectors.orders(court.clerk, [court.ana]) == {}
    assert selectors.cases(court.clerk, [court.ana]) == {}


@pytest.mark.any_server
def test_who_sees_no_courts_sees_no_list(court: Court, make_actor) -> None:
    viewer = make_actor("custody.view", establishment_id=court.prison.establishment_id)
    with pytest.raises(NotPermitted):
        selectors.diary(viewer, court.prison.establishment_id, court.today, court.today)


@pytest.mark.any_server
def test_what_the_desk_recorded_of_the_day_is_an_outcome(court: Court) -> None:
    listed(court, court.today, court.ben)
    (escort,) = court.prison.out(court.ben)
    court.prison.back(escort_id=escort, outcome="same_warrant")
    (row,) = selectors.diary(court.clerk, court.prison.establishment_id, court.today, court.today)
    assert (row.outcome, row.desk_outcome, row.done) == ("", "same_warrant", True)
    with clock.at(clock.now() + timedelta(days=1)):
        assert selectors.hearings_without_outcome(court.clerk, court.prison.establishment_id) == []


@pytest.mark.any_server
def test_a_day_that_only_a_warrant_named_is_asked_about_too(court: Court) -> None:
    # Both remands name a day four days from now, and nobody recorded what came of it.
    with clock.at(clock.now() + timedelta(days=5)):
        rows = selectors.hearings_without_outcome(court.clerk, court.prison.establishment_id)
    assert names(rows) == [("CHAN, Ana", None), ("TUN, Ben", None)]


@pytest.mark.any_server
def test_the_lists_of_a_day_cost_as_much_for_many_as_for_one(
    court: Court, django_assert_max_num_queries
) -> None:
    day = court.today + timedelta(days=4)
    selectors.production_list(court.clerk, court.prison.establishment_id, day)
    for _ in range(3):
        listed(court, day, court.ben, at_time=time(10))
    with django_assert_max_num_queries(45):
        rows = selectors.production_list(court.clerk, court.prison.establishment_id, day)
    assert len(rows) == 4
