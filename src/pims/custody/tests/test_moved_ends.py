"""A death, a removal, a discharge at court stand at the hour at which they were."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.authority import selectors as authority
from pims.custody import selectors, services
from pims.custody.models import EndOfCustody, Episode
from pims.custody.tests.prison import LAYOUT, Prison, man, told
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, Refused, Stale
from tests.access.staff import signed_in, staff

ZONE = ZoneInfo(LAYOUT.time_zone)
RECORD = {
    "died": lambda prison, held, at: services.record_death(
        prison.command, episode_id=held.episode_id, happened_at=at
    ),
    "removed": lambda prison, held, at: services.record_removal(
        prison.command, episode_id=held.episode_id, happened_at=at, country="GT"
    ),
    "discharged_at_court": lambda prison, held, at: services.record_court_discharge(
        prison.command, episode_id=held.episode_id, happened_at=at, order_seen="MC 7/26"
    ),
}


def long_held(prison: Prison):
    held = prison.one(at=clock.now() - timedelta(days=500))
    prison.remand(
        held.person_id,
        at=clock.now() - timedelta(days=499),
        next_appearance=clock.today("America/Belize") + timedelta(days=9),
    )
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(days=300))
    return held


@pytest.mark.any_server
@pytest.mark.parametrize("kind", list(RECORD))
def test_a_mistyped_year_of_an_end_is_put_right_with_all_that_it_cut_off(prison, kind) -> None:
    held = long_held(prison)
    done = RECORD[kind](prison, held, clock.now() - timedelta(days=365))
    right = clock.now() - timedelta(hours=1)
    services.move_end(
        prison.command, end_id=done.end_id, version=1, happened_at=right, reason="Year mistyped"
    )
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert (episode.episode.ends_at, episode.episode.end_kind) == (right, kind)
    assert episode.end is not None
    assert episode.end.at == right
    assert episode.placements[0].ends_at == right
    (paper,) = authority.warrants_of([held.person_id], zone=LAYOUT.time_zone)[held.person_id]
    assert paper.ends_at == right
    person = Episode.objects.get().person
    assert person.died_on == (right.astimezone(ZONE).date() if kind == "died" else None)
    assert "custody.clock_went_back" not in told(held.person_id)
    assert "custody.end_amended" in told(held.person_id)


@pytest.mark.any_server
def test_an_end_moves_for_a_reason_and_not_before_reception_or_behind_a_colleagues_back(
    prison,
) -> None:
    held = long_held(prison)
    at = clock.now() - timedelta(days=20)
    done = RECORD["removed"](prison, held, at)

    def moved(**more: object):
        given = {"version": 1, "happened_at": at - timedelta(days=1), "reason": "Slip", **more}
        return services.move_end(prison.command, end_id=done.end_id, **given)

    for wrong, field in (
        ({"reason": " "}, "reason"),
        ({"happened_at": clock.now() - timedelta(days=600)}, "happened_at"),
        ({"happened_at": clock.now() + timedelta(days=6)}, "happened_at"),
        ({"country": "BZX"}, "country"),
    ):
        with pytest.raises(InvalidInput) as said:
            moved(**wrong)
        assert set(said.value.fields) == {field}
    with pytest.raises(Stale):
        moved(version=9)
    moved(country="MX")
    assert selectors.end_of(prison.actor, done.end_id).end.country == "MX"


@pytest.mark.any_server
def test_a_discharge_of_the_gate_is_moved_on_its_own_page(prison) -> None:
    held = long_held(prison)
    done = services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    with pytest.raises(Refused):
        services.move_end(
            prison.command, end_id=done.end_id, version=1, reason="Slip",
            happened_at=clock.now() - timedelta(days=1),
        )  # fmt: skip


def never_held(prison: Prison, episode_id: int) -> None:
    version = Episode.objects.get(pk=episode_id).version
    services.record_never_held(
        prison.command, episode_id=episode_id, version=version, reason="A slip of the keys"
    )


@pytest.mark.any_server
def test_a_stay_that_never_was_has_no_hour_of_its_own_to_move(prison) -> None:
    held = prison.one()
    never_held(prison, held.episode_id)
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert episode.end is not None
    end_id = episode.end.end_id
    with pytest.raises(Refused):
        services.move_end(
            prison.command, end_id=end_id, version=1, reason="Slip", happened_at=clock.now()
        )
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    page, move = reverse("custody:end", args=[end_id]), reverse("custody:end_move", args=[end_id])
    assert move not in client.get(page).content.decode()
    assert client.get(move).url == page


@pytest.mark.any_server
@pytest.mark.parametrize("kind", ["died", "discharged"])
def test_an_end_is_moved_past_a_reception_that_never_was(prison, kind) -> None:
    held = long_held(prison)
    wrong = clock.now() - timedelta(days=10)
    if kind == "died":
        RECORD[kind](prison, held, wrong)
    else:
        services.end_episode(prison.command, episode_id=held.episode_id, kind=kind, ended_at=wrong)
    slip = prison.receive(man(person_id=held.person_id), at=clock.now() - timedelta(days=8))[0]
    never_held(prison, slip.episode_id)
    right = clock.now() - timedelta(days=5)
    if kind == "died":
        end = EndOfCustody.objects.get(episode_id=held.episode_id)
        services.move_end(
            prison.command, end_id=end.pk, version=end.version, happened_at=right, reason="Slip"
        )
    else:
        services.correct_discharge_end(
            prison.command, episode_id=held.episode_id, reason="Slip", ended_at=right,
            release_order_id=None, order_seen="", by_whom="", destination="",
        )  # fmt: skip
    assert Episode.objects.get(pk=held.episode_id).ends_at == right


@pytest.mark.any_server
def test_the_page_asks_about_an_hour_long_ago_and_keeps_what_was_typed(prison) -> None:
    held = long_held(prison)
    done = RECORD["removed"](prison, held, clock.now() - timedelta(hours=3))
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    url = reverse("custody:end_move", args=[done.end_id])
    assert url in client.get(reverse("custody:end", args=[done.end_id])).content.decode()
    assert client.get(url).status_code == 200
    local = (clock.now() - timedelta(days=3)).astimezone(ZONE)
    form = {
        "command_id": str(uuid4()), "version": "1", "reason": "As the bus log says",
        "country": "MX", "happened_at_day": str(local.day),
        "happened_at_month": str(local.month), "happened_at_year": str(local.year),
        "happened_at_time": f"{local:%H:%M}",
    }  # fmt: skip
    asked = client.post(url, form)
    assert asked.status_code == 422
    assert "As the bus log says" in asked.content.decode()
    assert client.post(url, form | {"sure": asked.context["question"].mark}).status_code == 302
    end = selectors.end_of(prison.actor, done.end_id).end
    assert (end.country, end.at.date()) == ("MX", (clock.now() - timedelta(days=3)).date())


def test_an_hour_before_what_is_recorded_after_it_is_asked_about(prison) -> None:
    held = long_held(prison)
    left = clock.now() - timedelta(hours=2)
    prison.out(held.person_id, left_at=left)
    done = RECORD["removed"](prison, held, clock.now() - timedelta(hours=1))
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    url = reverse("custody:end_move", args=[done.end_id])

    def moved_to(at) -> dict[str, str]:
        local = at.astimezone(ZONE)
        return {
            "command_id": str(uuid4()), "version": "1", "reason": "As the bus log says",
            "country": "MX", "happened_at_day": str(local.day),
            "happened_at_month": str(local.month), "happened_at_year": str(local.year),
            "happened_at_time": f"{local:%H:%M}",
        }  # fmt: skip

    asked = client.post(url, moved_to(left - timedelta(minutes=30)))
    assert asked.status_code == 422
    codes = [doubt.reason.code for doubt in asked.context["question"].doubts]
    assert codes == ["custody.doubt_before_what_followed"]
    after = client.post(url, moved_to(left + timedelta(minutes=30)))
    assert after.status_code == 302, "what the end itself cut off is nothing that followed"
