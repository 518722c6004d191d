"""The desk at 17:00: who is missing is told apart, asked about, alarmed, and stays on the list."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.custody import selectors
from pims.custody.tests.prison import LAYOUT, Prison
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("gate_officer", establishment_id=prison.establishment_id))


def at_court(prison: Prison, name: str):
    held = prison.held(name)
    prison.out(held.person_id, left_at=clock.now() - timedelta(hours=2))
    return held


def posted(client, rows: list[dict[str, str]], **head: str):
    page = client.get(reverse("custody:desk"))
    local = clock.now().astimezone(ZoneInfo(LAYOUT.time_zone))
    form = {
        "command_id": str(uuid4()),
        "happened_at_day": str(local.day), "happened_at_month": str(local.month),
        "happened_at_year": str(local.year), "happened_at_time": f"{local:%H:%M}",
        "received_back_by": "Officer Wade", "returned_from": "PC 114 Castillo",
        "row-TOTAL_FORMS": str(len(rows)), "row-INITIAL_FORMS": str(len(rows)),
        **head,
    }  # fmt: skip
    by_episode = {row.episode_id: row for _line, row in page.context["lines"]}
    for n, given in enumerate(rows):
        row = by_episode[int(given["episode_id"])]
        assert row.escort is not None
        form |= {f"row-{n}-{name}": value for name, value in given.items()}
        form[f"row-{n}-escort_id"] = str(row.escort.escort_id)
    return client.post(reverse("custody:desk"), form)


def test_a_man_whom_the_van_did_not_bring_is_alarmed_at_once_and_stays_on_the_desk(
    prison, client
) -> None:
    back, missing = at_court(prison, "Ana Chan"), at_court(prison, "Pedro Uh")
    answer = posted(
        client,
        [
            {"episode_id": str(back.episode_id), "outcome": "same_warrant"},
            {
                "episode_id": str(missing.episode_id), "outcome": "not_returned",
                "not_returned_because": "hospital",
            },
        ],
    )  # fmt: skip
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "1 recorded." in text
    assert "1 not returned: an alarm is raised" in text
    assert "Kept at hospital" in text
    assert [row.episode_id for _line, row in page.context["lines"]] == [missing.episode_id]
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    kinds = [a.kind.code for a in open_alarms(prison.actor, prison.establishment_id)]
    assert "not_returned" in kinds
    out = client.get(reverse("custody:out")).content.decode()
    assert "Not returned" in out
    assert "Kept at hospital" in out
    number = people.person_headers(prison.actor, [missing.person_id])[missing.person_id].number
    bar = client.get(reverse("prisoner", args=[number])).context["identity"]
    assert "Not returned" in str(bar.place)
    assert "Kept at hospital" in str(bar.place)


def test_the_alarm_about_a_missing_man_ends_when_he_comes(prison, client) -> None:
    missing = at_court(prison, "Pedro Uh")
    posted(client, [{"episode_id": str(missing.episode_id), "outcome": "not_returned"}])
    posted(client, [{"episode_id": str(missing.episode_id), "outcome": "same_warrant"}])
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    kinds = [a.kind.code for a in open_alarms(prison.actor, prison.establishment_id)]
    assert "not_returned" not in kinds


def test_who_escaped_from_the_van_is_at_large_from_the_desk_on(prison, client) -> None:
    missing = at_court(prison, "Pedro Uh")
    posted(
        client,
        [{
            "episode_id": str(missing.episode_id), "outcome": "not_returned",
            "not_returned_because": "escaped",
        }],
    )  # fmt: skip
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.out_kind == "at_large"


def test_a_partly_refused_desk_keeps_the_missing_man_on_the_page(prison, client) -> None:
    missing, bad = at_court(prison, "Pedro Uh"), at_court(prison, "Ana Chan")
    answer = posted(
        client,
        [
            {"episode_id": str(missing.episode_id), "outcome": "not_returned"},
            {"episode_id": str(bad.episode_id), "outcome": "new_date"},
        ],
    )
    assert answer.status_code == 422
    lines = {row.episode_id: line for line, row in answer.context["lines"]}
    assert lines.keys() == {missing.episode_id, bad.episode_id}
    assert not lines[missing.episode_id]["outcome"].value(), "his line is to be filled in anew"
    assert lines[bad.episode_id]["outcome"].value() == "new_date"


def test_both_officers_of_a_hand_over_are_named_and_the_condition_is_kept(prison, client) -> None:
    held = at_court(prison, "Ana Chan")
    row = {
        "episode_id": str(held.episode_id), "outcome": "same_warrant",
        "condition_back": "Limps; aspirin at noon",
    }  # fmt: skip
    refused = posted(client, [row], returned_from="")
    assert refused.status_code == 422
    assert "Say who handed them back" in refused.content.decode()
    assert posted(client, [row]).status_code == 302
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    (escort,) = episode.escorts
    assert (escort.returned_from, escort.received_back_by, escort.condition_back) == (
        "PC 114 Castillo", "Officer Wade", "Limps; aspirin at noon",
    )  # fmt: skip


def test_nobody_is_handed_over_where_nobody_came_back(prison, client) -> None:
    held = at_court(prison, "Ana Chan")
    row = {"episode_id": str(held.episode_id), "outcome": "refused_to_go"}
    assert posted(client, [row], returned_from="").status_code == 302


def test_who_refused_to_go_never_left_and_who_was_freed_at_court_never_came_back(
    prison, client
) -> None:
    refused, freed = at_court(prison, "Ana Chan"), at_court(prison, "Pedro Uh")
    noon = clock.now() - timedelta(hours=1)
    posted(
        client,
        [
            {"episode_id": str(refused.episode_id), "outcome": "refused_to_go"},
            {
                "episode_id": str(freed.episode_id), "outcome": "discharged_at_court",
                "reference": "Order 4/26",
            },
        ],
    )  # fmt: skip
    codes = {
        who.person_id: [f.code for f in selectors.timeline(prison.actor, who.person_id)]
        for who in (refused, freed)
    }
    assert "custody.timeline_escort_did_not_leave" in codes[refused.person_id]
    assert "custody.timeline_escort_left_court" not in codes[refused.person_id]
    assert "custody.timeline_court_refused_to_go" in codes[refused.person_id]
    assert "custody.timeline_escort_returned" not in codes[freed.person_id]
    assert "custody.timeline_ended_discharged_at_court" in codes[freed.person_id]

    inside = selectors.roll(prison.actor, prison.establishment_id, AsOf(noon))
    assert {row.person_id for row in inside if row.inside} == {refused.person_id}
