"""Each time that a discharge was put right stays in the book, on the timeline and on its page."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.urls import reverse

from pims.custody.models import Episode
from pims.custody.tests.prison import LAYOUT, Prison, man
from pims.foundation.commands.transaction import Transaction
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.release import selectors, services
from pims.release.models import DischargeCorrection, ReleaseInError
from pims.release.selectors.amendments import discharges_put_right
from pims.release.services.discharges import locked_discharge
from pims.release.tests.test_discharges_put_right import by, on_paper
from tests.access.staff import signed_in, staff

ZONE = ZoneInfo(LAYOUT.time_zone)


@pytest.fixture
def chief(prison: Prison):
    return staff("officer_in_charge", establishment_id=prison.establishment_id)


@pytest.fixture
def left(prison: Prison, chief):
    """A stay of ten days and its discharge three days ago."""
    held = prison.held("Ana Chan", hours=240)
    hours = [clock.now() - timedelta(days=days) for days in (3, 2, 1)]
    return held, on_paper(chief, held, hours[0], first_officer="Bob"), hours


def move(chief, discharge_id: int, at, reason: str) -> None:
    version = selectors.discharge(by(chief).actor, discharge_id).version
    services.correct_discharge(
        by(chief), discharge_id=discharge_id, version=version, happened_at=at, reason=reason
    )


def lines(chief, at) -> list[bool]:
    """Whether each line of the book of a day is struck through."""
    url = reverse("release:book") + f"?day={at.astimezone(ZONE):%Y-%m-%d}"
    return [row.struck for row in signed_in(chief).get(url).context["rows"]]


@pytest.mark.any_server
def test_every_day_on_which_a_discharge_ever_stood_keeps_its_struck_line(
    prison: Prison, chief, left
) -> None:
    _held, done, (first, second, third) = left
    move(chief, done, second, "The tower log")
    move(chief, done, third, "The gate book")
    assert [lines(chief, at) for at in (first, second, third)] == [[True], [True], [False]]
    page = signed_in(chief).get(reverse("release:discharged", args=[done])).content.decode()
    assert "The tower log" in page
    assert "The gate book" in page


def test_a_slip_put_right_after_the_hour_hides_neither(prison: Prison, chief, left) -> None:
    held, done, (first, second, _third) = left
    move(chief, done, second, "The gate book")
    services.correct_discharge(
        by(chief), discharge_id=done, version=2, destination="Home", reason="A slip"
    )
    told = discharges_put_right(prison.actor, held.person_id)
    assert [(one.code.removeprefix("release.timeline_discharge_"), one.params["reason"])
            for one in told] == [("moved", "The gate book"), ("corrected", "A slip")]  # fmt: skip
    assert lines(chief, first) == [True]
    assert DischargeCorrection.objects.filter(corrected_by_id=chief.pk).count() == 2


def in_error(chief, discharge_id: int, **hours) -> int:
    return services.record_release_in_error(
        by(chief), discharge_id=discharge_id, how="The wrong man", **hours
    ).error_id


def test_nobody_left_after_the_error_was_found_or_the_police_were_told(
    prison: Prison, chief, left
) -> None:
    _held, done, (first, second, third) = left
    in_error(chief, done, discovered_at=second, police_told_at=third)
    for late, code in ((clock.now(), "release.left_after_found"),
                       (second + timedelta(minutes=1), "release.left_after_found")):  # fmt: skip
        with pytest.raises(InvalidInput) as wrong:
            move(chief, done, late, "Slip")
        assert wrong.value.fields["happened_at"].code == code
    error = ReleaseInError.objects.get()
    assert (error.left_at, selectors.discharge(prison.actor, done).at) == (first, first)
    earlier = first + timedelta(hours=1)
    move(chief, done, earlier, "The gate book")
    error.refresh_from_db()
    assert (error.left_at, error.discovered_at, error.police_told_at) == (earlier, second, third)


@pytest.mark.any_server
def test_the_police_were_told_of_nobody_who_had_not_left(prison: Prison, chief, left) -> None:
    _held, done, (_first, second, third) = left
    in_error(chief, done, discovered_at=third, police_told_at=second)
    with pytest.raises(InvalidInput) as wrong:
        move(chief, done, second + timedelta(hours=1), "Slip")
    assert wrong.value.fields["happened_at"].code == "release.left_after_told"


@pytest.mark.any_server
def test_the_page_says_it_beside_the_hour(prison: Prison, chief, left) -> None:
    _held, done, (_first, second, third) = left
    in_error(chief, done, discovered_at=second)
    local = third.astimezone(ZONE)
    sent = {
        "happened_at_day": local.day, "happened_at_month": local.month,
        "happened_at_year": local.year, "happened_at_time": f"{local:%H:%M}",
        "reason": "Slip", "version": 1, "command_id": str(uuid4()),
    }  # fmt: skip
    client, url = signed_in(chief), reverse("release:correct", args=[done])
    answer = client.post(url, sent)
    if (asked := answer.context["question"]) is not None:
        answer = client.post(url, sent | {"sure": asked.mark})
    assert answer.status_code == 422
    assert "after the error was found" in answer.content.decode()


@pytest.mark.parametrize("field", ["discovered_at", "police_told_at", "returned_at"])
def test_the_table_holds_no_error_known_before_its_release(
    prison: Prison, chief, left, field: str
) -> None:
    _held, done, (first, second, _third) = left
    in_error(chief, done, discovered_at=second)
    with pytest.raises(IntegrityError):
        ReleaseInError.objects.update(**{field: first - timedelta(hours=1)})


def test_a_discharge_is_locked_with_whom_it_names_and_whose_stay_it_ended(
    prison: Prison, chief, left
) -> None:
    held, done, _hours = left
    (other,) = prison.receive(man("Pedro Uh"))
    Episode.objects.filter(pk=held.episode_id).update(person_id=other.person_id)
    tx = Transaction(by(chief), clock.now(), "release.correct_discharge")
    found, owner_id = locked_discharge(tx, done)
    assert (found.person_id, owner_id) == (held.person_id, other.person_id)
    assert {held.person_id, other.person_id} <= tx._locked.keys()
