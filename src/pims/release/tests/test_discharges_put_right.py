"""A discharge is put right: its hour, what is said of it, or that it never happened."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.assurance.models import Alarm
from pims.assurance.tests.test_surprising_receptions import deliver
from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import selectors as custody
from pims.custody import services as custody_services
from pims.custody.tests.prison import LAYOUT, Prison, man, told
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused, Stale
from pims.people import selectors as people
from pims.release import selectors, services
from pims.release.models import Discharge, DischargeCase, ReleaseInError
from pims.release.tests.test_services import case_for, codes, known, order_for
from tests.access.staff import signed_in, staff

ZONE = ZoneInfo(LAYOUT.time_zone)


@pytest.fixture
def chief(prison: Prison):
    return staff("officer_in_charge", establishment_id=prison.establishment_id)


def by(user) -> Command:
    return Command(actor_for(user))


def on_paper(user, receipt, at, **paper: object) -> int:
    return services.record_paper_discharge(
        by(user),
        episode_id=receipt.episode_id,
        happened_at=at,
        **paper,  # type: ignore[arg-type]
    ).discharge_id


def placed(prison: Prison, name: str = "Ana Chan", place: str = "REM A-1/1"):
    held = prison.held(name, hours=72)
    prison.put(held.episode_id, place, happened_at=clock.now() - timedelta(hours=60))
    return held


def detains(person_id: int) -> bool:
    return bool(authority.detaining_warrants(person_id, zone=LAYOUT.time_zone, at=clock.now()))


def test_a_wrong_prisoner_discharged_is_inside_again_with_place_warrants_and_order(
    prison: Prison, chief, officer
) -> None:
    held = placed(prison)
    order_id = order_for(prison, held.person_id)
    case_for(prison, officer, held, order_id)
    done = on_paper(chief, held, clock.now(), first_officer="Bob")
    assert not detains(held.person_id)
    services.take_back_discharge(by(chief), discharge_id=done, reason="It was his brother")
    (row,) = custody.roll(prison.actor, prison.establishment_id)
    assert row.inside
    assert row.place
    (episode,) = custody.episodes(prison.actor, held.person_id)
    assert episode.episode.is_open
    assert episode.end is None
    assert detains(held.person_id)
    (order,) = authority.release_orders([held.person_id])[held.person_id]
    assert order.is_open
    kinds = told(held.person_id)
    assert "release.discharge_taken_back" in kinds
    assert "authority.release_order_stands_again" in kinds
    assert "custody.clock_went_back" not in kinds
    found = selectors.discharge(prison.actor, done)
    assert not found.stands
    assert found.taken_back_reason == "It was his brother"
    assert selectors.discharge_of_episode(prison.actor, held.episode_id) is None
    assert not [c for c in selectors.clocks() if c.awaits_countersign]


@pytest.mark.any_server
def test_whoever_is_really_let_go_later_is_discharged_beside_the_one_struck_through(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    wrong = on_paper(chief, held, clock.now() - timedelta(minutes=9), first_officer="Bob")
    services.take_back_discharge(by(chief), discharge_id=wrong, reason="Inside still")
    right = on_paper(chief, held, clock.now(), first_officer="Bob")
    assert right != wrong
    page = signed_in(chief).get(reverse("release:book"))
    struck = {row.url: row.struck for row in page.context["rows"]}
    assert struck == {
        reverse("release:discharged", args=[wrong]): True,
        reverse("release:discharged", args=[right]): False,
    }
    assert "Inside still" in page.content.decode()
    assert "<s>" in page.content.decode()


@pytest.mark.any_server
def test_a_mistyped_year_is_put_right_and_all_that_it_cut_off_is_back(
    prison: Prison, chief
) -> None:
    held = prison.one(at=clock.now() - timedelta(days=500))
    prison.remand(held.person_id)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(days=300))
    wrong = clock.now() - timedelta(days=365)
    done = on_paper(chief, held, wrong, first_officer="Bob", order_seen="Bail 7/26")
    (roll_then,) = [custody.episodes(prison.actor, held.person_id)[0].placements]
    assert roll_then[0].ends_at - roll_then[0].starts_at < timedelta(seconds=1)
    right = clock.now() - timedelta(hours=1)
    services.correct_discharge(
        by(chief), discharge_id=done, version=1, happened_at=right,
        first_officer="Cpl Bob Ical", reason="The year was mistyped",
    )  # fmt: skip
    (episode,) = custody.episodes(prison.actor, held.person_id)
    assert episode.episode.ends_at == right
    assert episode.end is not None
    assert episode.end.at == right
    (placement,) = episode.placements
    assert placement.ends_at == right
    found = selectors.discharge(prison.actor, done)
    (correction,) = found.corrections
    assert (found.at, correction.moved_from, correction.moved_to) == (right, wrong, right)
    assert found.first_name == "Cpl Bob Ical"
    assert "custody.clock_went_back" not in told(held.person_id)
    assert "release.discharge_corrected" in told(held.person_id)


@pytest.mark.any_server
def test_the_warrants_end_at_the_hour_put_right_and_an_order_of_that_hour_is_the_ground(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    order_for(prison, held.person_id)
    done = on_paper(chief, held, clock.now() - timedelta(hours=30), first_officer="Bob")
    found = selectors.discharge(prison.actor, done)
    assert found.release_order_id is None
    assert "release.no_order_or_final_date" in found.marks
    assert detains(held.person_id)
    with clock.at(clock.now() + timedelta(minutes=20)):
        right = clock.now()
        services.correct_discharge(
            by(chief), discharge_id=done, version=1, happened_at=right, reason="Today"
        )
        assert not detains(held.person_id)
    found = selectors.discharge(prison.actor, done)
    assert found.basis == "order"
    assert found.minutes_from_order == 20
    assert "release.no_order_or_final_date" not in found.marks
    (paper,) = authority.warrants_of([held.person_id], zone=LAYOUT.time_zone)[held.person_id]
    assert paper.ends_at == right


@pytest.mark.any_server
def test_a_slip_in_the_destination_is_put_right_and_nobody_leaves_a_second_time(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    order_for(prison, held.person_id)
    done = on_paper(chief, held, clock.now(), destination="Hom", first_officer="Bob")
    before = told(held.person_id)
    services.correct_discharge(
        by(chief), discharge_id=done, version=1, reason="A slip", destination="Home",
        order_seen="Bail 7/26",
    )  # fmt: skip
    found = selectors.discharge(prison.actor, done)
    assert (found.destination, found.order_seen) == ("Home", "Bail 7/26")
    assert "no_order_seen" not in found.marks
    (correction,) = found.corrections
    assert (correction.moved_from, correction.moved_to) == (None, None)
    (episode,) = custody.episodes(prison.actor, held.person_id)
    assert episode.end is not None
    assert (episode.end.destination, episode.end.order_seen) == ("Home", "Bail 7/26")
    assert told(held.person_id)[len(before) :] == [
        "custody.end_amended", "release.discharge_corrected",
    ]  # fmt: skip


@pytest.mark.any_server
def test_an_order_that_the_court_took_back_since_frees_nobody_once_the_discharge_never_was(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    order_id = order_for(prison, held.person_id)
    done = on_paper(chief, held, clock.now(), first_officer="Bob")
    authority_services.withdraw_release_order(
        prison.command, release_order_id=order_id, how="by_body", reason="Set aside",
        told_by="The clerk",
    )  # fmt: skip
    services.correct_discharge(
        by(chief), discharge_id=done, version=1, reason="The book says so",
        happened_at=clock.now() - timedelta(seconds=1),
    )  # fmt: skip
    (order,) = authority.release_orders([held.person_id])[held.person_id]
    assert order.state == "acted_on"
    assert not detains(held.person_id)
    services.take_back_discharge(by(chief), discharge_id=done, reason="It was his brother")
    (order,) = authority.release_orders([held.person_id])[held.person_id]
    assert order.state == "withdrawn"
    assert detains(held.person_id)


@pytest.mark.any_server
def test_a_place_that_somebody_else_has_since_is_left_to_them_and_an_alarm_says_so(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    done = on_paper(chief, held, clock.now() - timedelta(hours=9), first_officer="Bob")
    other = prison.held("Pedro Uh", hours=20)
    prison.put(other.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=5))
    services.take_back_discharge(by(chief), discharge_id=done, reason="Inside still")
    rows = {row.person_id: row for row in custody.roll(prison.actor, prison.establishment_id)}
    assert rows[held.person_id].place == ""
    assert rows[other.person_id].place
    deliver("custody.place_taken_since")
    assert Alarm.objects.get(kind="place_taken_since").person_id == held.person_id


def test_an_error_recorded_of_it_and_its_alarm_end_with_the_taking_back(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    done = on_paper(chief, held, clock.now(), first_officer="Bob")
    deliver("release.released")
    error = services.record_release_in_error(
        by(chief), discharge_id=done, discovered_at=clock.now(), how="He is in his cell"
    )
    services.take_back_discharge(by(chief), discharge_id=done, reason="Inside still")
    deliver("release.discharge_taken_back")
    assert selectors.errors_open(prison.actor, prison.establishment_id) == []
    assert ReleaseInError.objects.get(pk=error.error_id).withdrawn_at is not None
    assert not Alarm.objects.filter(kind="released_in_error", ended_at=None).exists()
    with pytest.raises(Refused):
        services.record_return_from_error(
            by(chief), error_id=error.error_id, returned_at=clock.now()
        )


@pytest.mark.any_server
def test_a_discharge_through_the_gate_is_taken_back_too_and_its_check_closed(
    prison: Prison, officer, second, chief
) -> None:
    held = placed(prison)
    case_id = case_for(prison, officer, held, order_for(prison, held.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    done = services.discharge_person(Command(officer), case_id=case_id)
    assert not detains(held.person_id)
    services.take_back_discharge(by(chief), discharge_id=done.discharge_id, reason="Wrong man")
    assert detains(held.person_id)
    assert DischargeCase.objects.get(pk=case_id).state == "closed"
    again = case_for(
        prison, officer, held, authority.release_orders([held.person_id])[held.person_id][0]
        .release_order_id,
    )  # fmt: skip
    assert again != case_id


@pytest.mark.any_server
def test_nothing_is_put_right_without_a_reason_twice_or_by_whoever_may_not(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    done = on_paper(chief, held, clock.now() - timedelta(hours=1), first_officer="Bob")
    for wrong in ("", "  "):
        with pytest.raises(InvalidInput):
            services.take_back_discharge(by(chief), discharge_id=done, reason=wrong)
        with pytest.raises(InvalidInput):
            services.correct_discharge(
                by(chief), discharge_id=done, version=1, destination="Home", reason=wrong
            )
    with pytest.raises(Stale):
        services.correct_discharge(
            by(chief), discharge_id=done, version=7, destination="Home", reason="Asked again"
        )
    with pytest.raises(InvalidInput) as early:
        services.correct_discharge(
            by(chief), discharge_id=done, version=1, reason="Slip",
            happened_at=clock.now() - timedelta(days=40),
        )  # fmt: skip
    assert set(early.value.fields) == {"happened_at"}
    gate = staff("gate_officer", establishment_id=prison.establishment_id)
    with pytest.raises(NotPermitted):
        services.take_back_discharge(by(gate), discharge_id=done, reason="Inside")
    services.take_back_discharge(by(chief), discharge_id=done, reason="Inside")
    with pytest.raises(Refused) as twice:
        services.take_back_discharge(by(chief), discharge_id=done, reason="Inside")
    assert codes(twice.value) == ["release.discharge_taken_back"]


@pytest.mark.any_server
def test_whoever_was_received_again_since_left_in_fact(prison: Prison, chief) -> None:
    held = placed(prison)
    done = on_paper(chief, held, clock.now() - timedelta(hours=9), first_officer="Bob")
    prison.receive(man(person_id=held.person_id), at=clock.now() - timedelta(hours=2))
    with pytest.raises(Refused) as refused:
        services.take_back_discharge(by(chief), discharge_id=done, reason="Inside")
    assert codes(refused.value) == ["custody.received_since"]
    with pytest.raises(InvalidInput):
        services.correct_discharge(
            by(chief), discharge_id=done, version=1, happened_at=clock.now(), reason="Later"
        )
    services.correct_discharge(
        by(chief), discharge_id=done, version=1, reason="An hour earlier",
        happened_at=clock.now() - timedelta(hours=10),
    )  # fmt: skip
    assert any(e.episode.is_open for e in custody.episodes(prison.actor, held.person_id))


@pytest.mark.any_server
def test_a_death_taken_back_gives_back_a_place_given_after_the_mistyped_hour(
    prison: Prison,
) -> None:
    held = placed(prison)
    custody_services.record_death(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(hours=70)
    )
    custody_services.take_back_end(
        prison.command, episode_id=held.episode_id, reason="It was somebody else"
    )
    (row,) = custody.roll(prison.actor, prison.establishment_id)
    assert row.place


def test_the_pages_lead_from_the_end_to_the_discharge_and_its_correction(
    prison: Prison, chief
) -> None:
    held = placed(prison)
    was = clock.now() - timedelta(hours=50)
    done = on_paper(chief, held, was, first_officer="Bob")
    client = signed_in(chief)
    end_id = custody.episodes(prison.actor, held.person_id)[0].end.end_id
    page = client.get(reverse("custody:end", args=[end_id])).content.decode()
    way = reverse("release:of_stay", args=[held.episode_id])
    assert way in page
    assert client.get(reverse("custody:end_details", args=[end_id])).status_code == 302
    shown = client.get(way, follow=True).content.decode()
    correct = reverse("release:correct", args=[done])
    back = reverse("release:take_back", args=[done])
    assert correct in shown
    assert back in shown
    assert "Bob" in client.get(correct).content.decode()
    local = clock.now().astimezone(ZONE) - timedelta(days=2)
    form = {
        "command_id": str(uuid4()), "version": "1", "first_officer": "Bob", "reason": "Slip",
        "happened_at_day": str(local.day), "happened_at_month": str(local.month),
        "happened_at_year": str(local.year), "happened_at_time": f"{local:%H:%M}",
    }  # fmt: skip
    asked = client.post(correct, form)
    assert asked.status_code == 422
    assert "Slip" in asked.content.decode()
    assert client.post(correct, form | {"sure": asked.context["question"].mark}).status_code == 302
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    timeline = reverse("prisoner_timeline", args=[number])
    assert "A discharge was put right" in client.get(timeline).content.decode()
    book = reverse("release:book") + f"?day={was.astimezone(ZONE):%Y-%m-%d}"
    assert "Recorded first at" in client.get(book).content.decode()
    again = {"command_id": str(uuid4()), "reason": "He is in his cell"}
    assert client.post(back, again).status_code == 302
    assert not Discharge.objects.filter(pk=done, taken_back_at=None).exists()
    page = client.get(reverse("release:discharged", args=[done])).content.decode()
    assert "Taken back" in page
    assert "He is in his cell" in page
    assert client.get(back).status_code == 409
    assert client.get(reverse("release:certificate_paper", args=[done])).status_code == 409
    assert "it never happened" in client.get(timeline).content.decode()
    day = f"{local:%Y-%m-%d}"
    assert client.get(reverse("release:book_paper", args=[day])).status_code == 200


@pytest.mark.any_server
def test_the_pin_is_asked_again_before_a_discharge_is_taken_back(prison: Prison, chief) -> None:
    held = placed(prison)
    done = on_paper(chief, held, clock.now(), first_officer="Bob")
    client = signed_in(chief)
    session = client.session
    session["pims_confirmed"] = 0
    session.save()
    form = {"command_id": str(uuid4()), "reason": "Inside"}
    client.post(reverse("release:take_back", args=[done]), form)
    assert selectors.discharge(prison.actor, done).stands


@pytest.mark.any_server
@pytest.mark.parametrize("behind", [timedelta(hours=3), timedelta(milliseconds=5)])
def test_a_discharge_on_a_clock_that_went_back_keeps_the_order_and_can_be_taken_back(
    prison, officer, second, chief, behind
) -> None:
    held = prison.held()
    case_id = case_for(prison, officer, held, order_for(prison, held.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    now = clock.now()
    with clock.at(now + behind):
        prison.place(held.episode_id, "REM A-1/1")
    with clock.at(now):
        done = services.discharge_person(Command(officer), case_id=case_id)
        discharge = Discharge.objects.get()
        (stay,) = custody.episodes(prison.actor, held.person_id)
        assert stay.episode.ends_at == discharge.at > stay.placements[0].starts_at
        assert stay.placements[0].ends_at == discharge.at
        assert not stay.placements[0].clock_disputed
        told_back = "custody.clock_went_back" in told(held.person_id)
        assert told_back is (behind > timedelta(minutes=2))
        services.take_back_discharge(
            by(chief), discharge_id=done.discharge_id, reason="He never left"
        )
    with clock.at(now + timedelta(hours=4)):
        (row,) = custody.roll(prison.actor, prison.establishment_id)
        assert row.place == "Remand A-1/1"
        assert authority.detaining_warrants(held.person_id, zone=LAYOUT.time_zone, at=clock.now())


@pytest.mark.any_server
def test_an_hour_before_the_order_and_the_identity_is_asked_about_and_marked(
    prison: Prison, chief, officer, second
) -> None:
    held = placed(prison)
    with clock.at(clock.now() - timedelta(minutes=50)):
        case_id = case_for(prison, officer, held, order_for(prison, held.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    done = services.discharge_person(Command(officer), case_id=case_id).discharge_id
    row = Discharge.objects.get()
    early = (row.at - timedelta(minutes=80)).astimezone(ZONE)
    client = signed_in(chief)
    sent = {
        "happened_at_day": early.day, "happened_at_month": early.month,
        "happened_at_year": early.year, "happened_at_time": f"{early:%H:%M}",
        "reason": "The gate book", "version": row.version, "command_id": str(uuid4()),
    }  # fmt: skip
    url = reverse("release:correct", args=[done])
    asked = client.post(url, sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "The order to release came only at" in page
    assert "Identity was established only at" in page
    assert Discharge.objects.get().at == row.at
    assert client.post(url, sent | {"sure": asked.context["question"].mark}).status_code == 302
    row.refresh_from_db()
    assert {"before_order", "before_identity"} <= set(row.marks)
    assert (
        "before the order came"
        in client.get(reverse("release:discharged", args=[done])).content.decode()
    )
    services.correct_discharge(
        by(chief), discharge_id=done, version=row.version, reason="Read again",
        happened_at=clock.now(),
    )  # fmt: skip
    assert not {"before_order", "before_identity"} & set(Discharge.objects.get().marks)
