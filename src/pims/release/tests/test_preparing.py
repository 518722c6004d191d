"""Preparations and dates at the gate, against the real database."""

from datetime import date, timedelta

import pytest

from pims.assurance import services as assurance
from pims.assurance.models import Alarm
from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.services import SentenceInput
from pims.courts.tests.court import Court
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.release import selectors, services
from pims.release.dated import calculated
from pims.release.models import AgencyTold, DateReading, Discharge, Preparation
from pims.release.rules import preparing as rules
from pims.release.selectors import preparations
from pims.release.selectors.prepared import prepared
from pims.release.subscribers import end_preparing, follow_dates
from pims.release.tasks import open_preparations
from pims.release.tests.preparation import episode_of, gate, sentenced, standing_papers
from pims.release.tests.test_orders_and_clocks import hear
from pims.release.tests.test_services import codes
from pims.sentences import services as sentences
from pims.sentences.services import HandDates
from pims.sentences.tests.bench import Bench


def opened(bench: Bench, person_id: int | None = None) -> list[Preparation]:
    where = bench.court.prison.establishment_id
    services.open_due_preparations(Command(system_actor()), establishment_id=where)
    rows = Preparation.objects.filter(person_id=person_id or bench.ana)
    return list(rows.order_by("pk"))


def test_a_preparation_opens_by_itself_two_weeks_before_the_calculated_day(bench: Bench) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)
    assert (row.due_on, row.source, row.state) == (day, "calculation", "open")
    assert opened(bench) == [row], "once"
    assert not Preparation.objects.filter(person_id=bench.ben).exists(), "whom no date concerns"


@pytest.mark.any_server
def test_nobody_is_prepared_for_a_day_that_is_far(bench: Bench) -> None:
    sentenced(bench, days_left=40)
    assert opened(bench) == []


def test_it_opens_anew_when_the_day_moves_and_nothing_read_before_counts(
    bench: Bench, officer: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)
    services.read_release_date(Command(officer), preparation_id=row.pk, release_on=day)
    bench.adjust("at_large", first_day=bench.today - timedelta(days=3),
                 last_day=bench.today - timedelta(days=1))  # fmt: skip
    services.follow_dates(Command(system_actor()), person_id=bench.ana)
    old, new = Preparation.objects.filter(person_id=bench.ana).order_by("pk")
    assert (old.state, old.closed_reason) == ("closed", "release.preparation_date_moved")
    assert (new.state, new.moved_from) == ("open", day)
    assert new.due_on > day
    assert not DateReading.objects.filter(preparation=new).exists()


@pytest.mark.any_server
def test_two_calculations_are_of_two_officers_and_a_third_settles_what_differs(
    bench: Bench, officer: Actor, second_reader: Actor, third: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)
    services.read_release_date(Command(officer), preparation_id=row.pk, release_on=day)
    with pytest.raises(Refused) as refused:
        services.read_release_date(Command(officer), preparation_id=row.pk, release_on=day)
    assert codes(refused.value) == ["release.reading_by_same_officer"]
    other = day + timedelta(days=1)
    services.read_release_date(Command(second_reader), preparation_id=row.pk, release_on=other)
    row.refresh_from_db()
    assert row.differences == ["readings_differ", "record_differs"]
    (alarm,) = preparations.dates_that_differ(person_ids=[bench.ana])
    assert (alarm.preparation_id, alarm.person_id) == (row.pk, bench.ana)
    assert "release_dates_differ" in _alarms(bench)
    with pytest.raises(InvalidInput) as wrong:
        services.settle_release_dates(
            Command(third), preparation_id=row.pk, day=day + timedelta(days=99), reason=" "
        )
    assert set(wrong.value.fields) == {"day", "reason"}
    why = {"preparation_id": row.pk, "day": day, "reason": "Day at large counted twice"}
    with pytest.raises(Refused) as refused:
        services.settle_release_dates(Command(officer), **why)
    assert codes(refused.value) == ["release.settled_by_reader"]
    services.settle_release_dates(Command(third), **why)
    row.refresh_from_db()
    assert row.settled_day == day
    assert preparations.dates_that_differ(person_ids=[bench.ana]) == []
    assert "release_dates_differ" not in _alarms(bench)


@pytest.mark.any_server
def test_what_was_told_to_agencies_says_to_whom_when_how_and_by_whom(
    bench: Bench, officer: Actor
) -> None:
    sentenced(bench, days_left=10)
    (row,) = opened(bench)
    command = Command(officer)
    for _repeat in range(2):
        services.tell_agency(
            command, preparation_id=row.pk, stage="14d", kind="police", agency="Hattieville",
            how="telephone", spoke_to="Sgt Flowers",
        )  # fmt: skip
    told = AgencyTold.objects.get()
    assert (told.agency, told.spoke_to, told.how, told.by_id) == (
        "Hattieville", "Sgt Flowers", "telephone", officer.user_id,
    )  # fmt: skip
    with pytest.raises(InvalidInput) as wrong:
        services.tell_agency(
            Command(officer), preparation_id=row.pk, stage="2d", kind="press", agency="Police",
            how="owl",
        )  # fmt: skip
    assert set(wrong.value.fields) == {"stage", "kind", "how"}
    for kind, stage in (("other", "24h"), ("police", "1h")):  # the bus company; ten days ahead
        services.tell_agency(
            Command(officer), preparation_id=row.pk, stage=stage, kind=kind, agency="Somebody",
            how="telephone",
        )  # fmt: skip
    detail = preparations.preparation(officer, row.pk)
    assert [one.told for one in detail.notices] == [True, False, False]


def test_one_officer_who_makes_out_an_earlier_day_is_heard_at_once(
    bench: Bench, officer: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)
    services.read_release_date(
        Command(officer), preparation_id=row.pk, release_on=day - timedelta(days=60)
    )
    (alarm,) = preparations.dates_that_differ(person_ids=[bench.ana])
    assert alarm.differences == ("earlier_than_record",)
    assert "release_dates_differ" in _alarms(bench)


@pytest.mark.any_server
def test_what_is_prepared_waits_while_dates_are_being_worked_out(
    bench: Bench, officer: Actor, second_reader: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)
    for actor, off in ((officer, 0), (second_reader, 1)):
        services.read_release_date(
            Command(actor), preparation_id=row.pk, release_on=day + timedelta(days=off)
        )
    bench.sentence(SentenceInput(days=1), reference="S 77")
    assert bench.dates().outdated
    services.follow_dates(Command(system_actor()), person_id=bench.ana)
    assert opened(bench) == [row], "both readings and the alarm stay"
    assert "release_dates_differ" in _alarms(bench)


@pytest.mark.any_server
def test_a_difference_that_nobody_settled_goes_along_when_the_day_moves(
    bench: Bench, officer: Actor, second_reader: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)
    for actor, off in ((officer, 0), (second_reader, 1)):
        services.read_release_date(
            Command(actor), preparation_id=row.pk, release_on=day + timedelta(days=off)
        )
    bench.adjust("at_large", first_day=bench.today - timedelta(days=3),
                 last_day=bench.today - timedelta(days=2))  # fmt: skip
    _old, new = opened(bench)
    assert (new.moved_from, new.differences) == (day, ["unsettled_before"])
    assert "release_dates_differ" in _alarms(bench)


@pytest.mark.any_server
def test_what_is_still_owed_is_told_part_by_part(
    bench: Bench, officer: Actor, second_reader: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    (row,) = opened(bench)

    def owed() -> tuple[str, ...]:
        (one,) = prepared([bench.ana])[bench.ana]
        assert (one.ready_at is None) == bool(one.owed)
        return one.owed

    assert owed() == ("start", "dates", "rest")
    services.read_release_date(Command(officer), preparation_id=row.pk, release_on=day)
    assert owed() == ("dates", "rest")
    services.read_release_date(Command(second_reader), preparation_id=row.pk, release_on=day)
    assert owed() == ("rest",)
    for code in rules.ITEMS:
        services.settle_preparation_item(
            Command(officer), preparation_id=row.pk, code=code, done=True, note="Seen to"
        )
    assert owed() == ("rest",), "the police have not been told"
    services.tell_agency(
        Command(officer), preparation_id=row.pk, stage="14d", kind="police", agency="Hattieville",
        how="telephone",
    )  # fmt: skip
    assert owed() == ()


@pytest.mark.any_server
def test_whoever_only_looks_prepares_nothing(bench: Bench, make_actor) -> None:
    sentenced(bench, days_left=10)
    (row,) = opened(bench)
    looker = make_actor("release.view", "custody.view", "people.view")
    with pytest.raises(NotPermitted):
        services.read_release_date(
            Command(looker), preparation_id=row.pk, release_on=date(2027, 1, 1)
        )


@pytest.mark.any_server
def test_the_calculated_day_opens_the_gate_whatever_day_the_paper_names(
    bench: Bench, officer: Actor, second: Actor
) -> None:
    day = sentenced(bench, days_left=0)
    where = bench.court.prison.establishment_id
    paper = standing_papers(bench)[0]
    assert paper.until is not None
    assert paper.until > day, "the term as written ends later"
    assert services.start_due_discharges(Command(system_actor()), establishment_id=where) == 1
    case = gate(bench, officer, second)
    assert case.check is not None
    assert case.check.may_go, case.check.stops
    assert "second_reading" in case.check.open_items
    done = services.discharge_person(Command(officer), case_id=case.case_id)
    assert "not_done:second_reading" in done.marks
    assert not _detained(bench), "the served paper detains nobody in a later custody"


@pytest.mark.any_server
def test_a_day_by_a_rule_that_nobody_signed_is_prepared_for_and_opens_nothing(
    bench: Bench, officer: Actor
) -> None:
    sentenced(bench, days_left=0, signed=False)
    assert calculated([bench.ana])[bench.ana].provisional
    assert opened(bench), "it is prepared for, so that two officers certify it in time"
    where = bench.court.prison.establishment_id
    assert services.start_due_discharges(Command(system_actor()), establishment_id=where) == 0


@pytest.mark.any_server
def test_a_day_that_has_not_come_opens_nothing(bench: Bench, officer: Actor) -> None:
    day = sentenced(bench, days_left=3)
    where = bench.court.prison.establishment_id
    assert services.start_due_discharges(Command(system_actor()), establishment_id=where) == 0
    made = services.start_discharge(
        Command(officer), episode_id=episode_of(bench.ana), basis="final_date", final_date=day
    )
    found = selectors.case_detail(officer, made.case_id)
    assert found.check is not None
    assert {r.code for r in found.check.stops} >= {
        "release.no_order_or_final_date", "release.further_warrant",
    }  # fmt: skip


@pytest.mark.any_server
def test_a_further_warrant_still_stops_whoever_has_served_a_sentence(
    bench: Bench, officer: Actor, second: Actor
) -> None:
    day = sentenced(bench, days_left=0)
    bench.court.prison.remand(bench.ana)
    made = services.start_discharge(
        Command(officer), episode_id=episode_of(bench.ana), basis="final_date", final_date=day
    )
    found = selectors.case_detail(officer, made.case_id)
    assert found.check is not None
    assert "release.further_warrant" in {r.code for r in found.check.stops}


@pytest.mark.any_server
def test_a_discharge_taken_back_lets_the_served_paper_detain_again(
    bench: Bench, officer: Actor, second: Actor, make_actor
) -> None:
    sentenced(bench, days_left=0)
    where = bench.court.prison.establishment_id
    services.start_due_discharges(Command(system_actor()), establishment_id=where)
    services.discharge_person(Command(officer), case_id=gate(bench, officer, second).case_id)
    corrector = make_actor("custody.correct", "release.view", "custody.view", "people.view")
    services.take_back_discharge(
        Command(corrector), discharge_id=Discharge.objects.get().pk, reason="Another man"
    )
    assert _detained(bench)


@pytest.mark.any_server
def test_whoever_was_freed_too_early_by_calculation_and_is_back_is_held_on_the_same_paper(
    bench: Bench, officer: Actor, second: Actor
) -> None:
    sentenced(bench, days_left=0)
    where = bench.court.prison.establishment_id
    services.start_due_discharges(Command(system_actor()), establishment_id=where)
    done = services.discharge_person(Command(officer), case_id=gate(bench, officer, second).case_id)
    error = services.record_release_in_error(
        Command(officer), discharge_id=done.discharge_id, discovered_at=clock.now(),
        how="Credit counted twice",
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(days=1)):
        back = services.record_return_from_error(
            Command(system_actor()), error_id=error.error_id, returned_at=clock.now()
        )
        assert len(back.warrant_name_ids) == 1
        assert _detained(bench)


def test_a_difference_that_nobody_settled_is_shown_at_the_gate_and_stops_nobody(
    bench: Bench, officer: Actor, second: Actor, second_reader: Actor
) -> None:
    day = sentenced(bench, days_left=0)
    (row,) = opened(bench)
    services.read_release_date(Command(officer), preparation_id=row.pk, release_on=day)
    later = day + timedelta(days=30)
    services.read_release_date(Command(second_reader), preparation_id=row.pk, release_on=later)
    where = bench.court.prison.establishment_id
    services.start_due_discharges(Command(system_actor()), establishment_id=where)
    case = gate(bench, officer, second)
    assert case.check is not None
    assert "date_readings" in case.check.open_items
    done = services.discharge_person(
        Command(officer), case_id=case.case_id,
        explanations={"date_readings": "Counted anew by the superintendent"},
    )  # fmt: skip
    assert "not_done:date_readings" not in done.marks
    services.end_preparations(Command(system_actor()), person_id=bench.ana, released=True)
    row.refresh_from_db()
    assert row.state == "done"


@pytest.mark.any_server
def test_a_date_whose_facts_changed_is_no_ground_until_it_is_worked_out(
    court: Court, bench: Bench
) -> None:
    sentenced(bench, days_left=0)
    assert bench.ana in calculated([bench.ana])
    bench.sentence(SentenceInput(months=2))
    assert calculated([bench.ana]) == {}
    where = court.prison.establishment_id
    assert services.start_due_discharges(Command(system_actor()), establishment_id=where) == 0


def _detained(bench: Bench) -> list[WarrantBrief]:
    return authority.detaining_warrants(bench.ana, zone="America/Belize", at=clock.now())


@pytest.mark.any_server
def test_the_day_of_a_prison_opens_preparations_everywhere(bench: Bench) -> None:
    sentenced(bench, days_left=10)
    open_preparations(0)
    assert Preparation.objects.get().person_id == bench.ana


def test_what_is_calculated_and_whoever_leaves_are_followed_at_once(
    bench: Bench, officer: Actor
) -> None:
    day = sentenced(bench, days_left=10)
    hear(follow_dates, "sentences.calculated", bench.ana)
    row = Preparation.objects.get()
    assert (row.due_on, row.state) == (day, "open")
    services.record_paper_discharge(
        Command(officer), episode_id=episode_of(bench.ana), happened_at=clock.now()
    )
    hear(end_preparing, "release.released", bench.ana)
    row.refresh_from_db()
    assert row.state == "done"
    services.follow_dates(Command(system_actor()), person_id=bench.ana)
    assert Preparation.objects.count() == 1, "nobody outside is prepared for"


@pytest.mark.any_server
def test_where_two_officers_stand_for_a_day_by_hand_that_day_is_the_ground(
    bench: Bench, officer: Actor, second: Actor
) -> None:
    sentenced(bench, days_left=30, signed=False)
    hand = sentences.certify_by_hand(
        Command(bench.records), person_id=bench.ana, dates=HandDates(edr=bench.today),
        reason="The clerk says so",
    )  # fmt: skip
    assert calculated([bench.ana])[bench.ana].day > bench.today, "one officer alone is none"
    sentences.countersign_hand_calculation(
        Command(bench.in_charge), hand_calculation_id=hand.hand_calculation_id
    )
    found = calculated([bench.ana])[bench.ana]
    assert (found.day, found.by_hand, found.provisional) == (bench.today, True, False)
    where = bench.court.prison.establishment_id
    assert services.start_due_discharges(Command(system_actor()), establishment_id=where) == 1
    case = gate(bench, officer, second)
    assert case.check is not None
    assert case.check.may_go
    assert "date_provisional" not in case.check.open_items


def _alarms(bench: Bench) -> set[str]:
    """The kinds of alarm that stand about Ana after a look."""
    assurance.sweep(Command(system_actor()), person_ids=[bench.ana])
    return set(
        Alarm.objects.filter(person_id=bench.ana, ended_at=None).values_list("kind", flat=True)
    )
