"""What was told and was not so is taken back; what happened otherwise is told anew."""

from datetime import timedelta

import pytest

from pims.courts import services as courts
from pims.courts.tests.court import Court
from pims.custody import selectors as custody_selectors
from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange.models import Hold, Message
from pims.exchange.tests.feed import Follower, data, read, types
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.release import services as release
from pims.release.tests.conftest import bench, court, officer, other_prison, prison, second
from pims.release.tests.test_services import case_for, known, order_for
from pims.sentences.tests.bench import Bench, SentenceInput
from tests.access.staff import staff

pytestmark = pytest.mark.any_server

__all__ = ["bench", "court", "officer", "other_prison", "prison", "second"]


def _types(messages: list[Message]) -> list[str]:
    return [m.type for m in messages]


def test_a_discharge_of_the_wrong_man_is_told_and_taken_back(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    agency = agency_with(
        terms_of(events=dict.fromkeys(("released", "order_recorded"), "fat"),
                 tables={"custody": {"rows": [["held:now"]], "columns": ["number", "held"]}})
    )  # fmt: skip
    follower = Follower()
    held = prison.held()
    case_id = case_for(prison, officer, held, order_for(prison, held.person_id))
    known(officer, case_id)
    release.second_officer_agrees(Command(second), case_id=case_id)
    done = release.discharge_person(Command(officer), case_id=case_id, destination="Home")
    made = follower.follow()
    assert _types(made) == ["admitted", "order_recorded", "order_recorded", "released"]
    start = read(agency)
    assert data(start, "released")["pims:custody"] is None
    chief = staff("officer_in_charge", establishment_id=prison.establishment_id)
    release.take_back_discharge(
        Command(actor_for(chief)), discharge_id=done.discharge_id, reason="It was his brother"
    )
    follower.follow()
    found = read(agency, after=start.upto)
    assert types(found) == ["retraction"]
    content = data(found, "retraction")
    (released,) = [e for e in start.events if e["type"] == "pims.released"]
    assert content["pims:takesBack"] == released["id"]
    assert content["pims:because"] == "never_was"
    status = content["pims:custody"]["nc:SupervisionCustodyStatus"]
    assert status == {"nc:StatusDescriptionText": "in custody"}


def test_who_could_not_be_told_the_wrong_thing_is_not_told_that_it_was_wrong(
    prison: Prison,
) -> None:
    agency = agency_with(terms_of(events={"admitted": "fat"}))
    follower = Follower()
    held = prison.held()
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
    )
    custody.take_back_escape(prison.command, episode_id=held.episode_id, reason="In the yard")
    assert "retraction" in _types(follower.follow())
    assert types(read(agency)) == ["admitted"]


def test_a_corrected_hour_is_taken_back_and_told_again(prison: Prison) -> None:
    follower = Follower()
    held = prison.held()
    follower.follow()
    at = clock.now() - timedelta(hours=30)
    brief = custody_selectors.episode_brief(prison.actor, held.episode_id)
    assert brief is not None
    custody.correct_episode(
        prison.command, episode_id=held.episode_id, version=brief.version, starts_at=at,
        reason="The paper says so",
    )  # fmt: skip
    again = follower.follow()
    assert _types(again) == ["retraction", "admitted"]
    assert (again[0].because, again[0].judged_as) == ("corrected", "admitted")
    assert abs(again[1].occurred_at - at) < timedelta(minutes=1)
    brief = custody_selectors.episode_brief(prison.actor, held.episode_id)
    assert brief is not None
    custody.record_never_held(
        prison.command, episode_id=held.episode_id, version=brief.version, reason="Keyed twice"
    )
    (last,) = [m for m in follower.follow() if m.judged_as == "admitted"]
    assert last.retracts_id == again[1].pk


def test_a_discharge_whose_hour_was_wrong_is_told_again_with_the_right_one(
    prison: Prison,
) -> None:
    follower = Follower()
    held = prison.held(hours=72)
    chief = actor_for(staff("officer_in_charge", establishment_id=prison.establishment_id))
    done = release.record_paper_discharge(
        Command(chief), episode_id=held.episode_id, first_officer="Bob",
        happened_at=clock.now() - timedelta(hours=2),
    )  # fmt: skip
    follower.follow()
    at = clock.now() - timedelta(hours=3)
    release.correct_discharge(
        Command(chief), discharge_id=done.discharge_id, version=1, reason="The book says so",
        happened_at=at,
    )  # fmt: skip
    back, again = follower.follow()
    assert (back.judged_as, back.because) == ("released", "corrected")
    assert again.type == "released"
    assert abs(again.occurred_at - at) < timedelta(minutes=1)
    assert again.facts["custody.end_kind"] == "discharged"


def test_a_release_in_error_and_the_return_from_it_are_told(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    follower = Follower()
    held = prison.held()
    case_id = case_for(prison, officer, held, order_for(prison, held.person_id))
    known(officer, case_id)
    release.second_officer_agrees(Command(second), case_id=case_id)
    done = release.discharge_person(Command(officer), case_id=case_id, destination="Home")
    follower.follow()
    error = release.record_release_in_error(
        Command(officer), discharge_id=done.discharge_id, how="Another warrant stood",
        discovered_at=clock.now(),
    )  # fmt: skip
    assert _types(follower.follow()) == ["released_in_error"]
    release.record_return_from_error(
        Command(officer), error_id=error.error_id, returned_at=clock.now()
    )
    assert [t for t in _types(follower.follow()) if t != "order_recorded"] == ["returned"]


def test_what_is_held_is_withdrawn_and_nobody_hears_of_either(prison: Prison) -> None:
    follower = Follower()
    held = prison.held()
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
    )
    escaped = next(m for m in follower.follow() if m.type == "escaped")
    hold = Hold.objects.create(kind="burst", opened_at=clock.now())
    Message.objects.filter(pk=escaped.pk).update(state="held", hold=hold)
    custody.take_back_escape(prison.command, episode_id=held.episode_id, reason="In the yard")
    assert _types(follower.follow()) == []
    escaped.refresh_from_db()
    assert escaped.state == Message.State.WITHDRAWN


def test_a_courts_order_is_told_once_and_taken_back_when_it_falls(court: Court) -> None:
    agency = agency_with(
        terms_of("court", events={"order_recorded": "fat"},
                 tables={t: whole(t) for t in ("custody", "warrant", "order")}),
        kind="court",
    )  # fmt: skip
    follower = Follower()
    made = court.order("remand", next_date=court.today + timedelta(days=4))
    (told,) = follower.follow()
    assert told.type == "order_recorded"
    content = data(read(agency), "order_recorded")
    (warrant,) = content["pims:warrant"]
    assert warrant["pims:kind"] == "remand"
    assert content["pims:order"] == []
    courts.set_aside_order(
        Command(court.reader), order_id=made.order_ids[0], how="set_aside",
        reason="Told by telephone", told_by="Ms Coc",
    )  # fmt: skip
    (fell,) = follower.follow()
    assert (fell.type, fell.retracts_id) == ("retraction", told.pk)


def test_an_acquittal_is_one_order_that_was_recorded(court: Court) -> None:
    follower = Follower()
    court.order("acquittal")
    assert _types(follower.follow()) == ["order_recorded"]


def test_release_dates_that_change_are_told(bench: Bench) -> None:
    agency = agency_with(
        terms_of(events={"dates_changed": "fat"},
                 tables={"custody": whole("custody"), "dates": whole("dates")})
    )  # fmt: skip
    bench.sentence(SentenceInput(years=2))
    bench.read_twice()
    follower = Follower()
    bench.work_out()
    assert _types(follower.follow()) == ["dates_changed"]
    content = data(read(agency), "dates_changed")
    assert "pims:status" in content["pims:dates"]


def test_a_hearing_that_was_missed_is_told_and_taken_back(court: Court) -> None:
    agency = agency_with(
        terms_of("court", events={"hearing_missed": "fat"},
                 tables={t: whole(t) for t in ("custody", "hearing")}),
        kind="court",
    )  # fmt: skip
    follower = Follower()
    made = courts.schedule_hearing(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        person_id=court.ana, body_id=court.body(), on=court.today,
    )  # fmt: skip
    courts.record_hearing_outcome(
        Command(court.clerk), hearing_id=made.hearing_id, version=1,
        outcome="not_produced",
    )  # fmt: skip
    (told,) = follower.follow()
    (row,) = data(read(agency), "hearing_missed")["pims:hearing"]
    assert row["pims:outcome"] == "not_produced"
    courts.record_hearing_outcome(
        Command(court.clerk), hearing_id=made.hearing_id, version=2,
        outcome="adjourned", next_on=court.today + timedelta(days=3),
    )  # fmt: skip
    (back,) = follower.follow()
    assert (back.type, back.retracts_id, back.because) == ("retraction", told.pk, "corrected")


@pytest.mark.parametrize("labels", [(), ("sealed",)])
def test_a_retraction_has_the_labels_of_what_it_takes_back(
    prison: Prison, labels: tuple[str, ...]
) -> None:
    follower = Follower()
    held = prison.held()
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
    )
    escaped = next(m for m in follower.follow() if m.type == "escaped")
    Message.objects.filter(pk=escaped.pk).update(labels=list(labels))
    custody.take_back_escape(prison.command, episode_id=held.episode_id, reason="In the yard")
    (back,) = follower.follow()
    assert back.labels == list(labels)
