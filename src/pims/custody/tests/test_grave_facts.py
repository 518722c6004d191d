"""Death, escape, removal: asked for twice, shown everywhere, put right where they never were."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.authority import selectors as authority
from pims.custody import selectors, services
from pims.custody.models import Episode
from pims.custody.selectors.births import births_in_doubt
from pims.custody.tests.prison import LAYOUT, Prison, told
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, Refused
from pims.people import selectors as people
from pims.people import services as people_services
from tests.access.staff import signed_in, staff

ZONE = ZoneInfo(LAYOUT.time_zone)


def typed(**more: str) -> dict[str, str]:
    local = clock.now().astimezone(ZONE)
    return {
        "command_id": str(uuid4()),
        "happened_at_day": str(local.day), "happened_at_month": str(local.month),
        "happened_at_year": str(local.year), "happened_at_time": f"{local:%H:%M}",
        **more,
    }  # fmt: skip


def number_of(prison: Prison, person_id: int) -> str:
    return people.person_headers(prison.actor, [person_id])[person_id].number


def alarms(prison: Prison) -> list[str]:
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    return [a.kind.code for a in open_alarms(prison.actor, prison.establishment_id)]


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("reception_officer", establishment_id=prison.establishment_id))


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("kind", "more"), [("death", {}), ("escape", {}), ("removal", {"country": "GT"})]
)
def test_a_grave_fact_is_confirmed_in_a_second_step_that_repeats_who_it_is_about(
    prison, client, kind, more
) -> None:
    held = prison.held("Ana Chan")
    number = number_of(prison, held.person_id)
    url = reverse("custody:occurrence", args=[held.episode_id, kind])
    form = typed(**more)
    asked = client.post(url, form)
    text = asked.content.decode()
    assert asked.status_code == 200
    assert number in text
    assert "CHAN, Ana" in text
    assert selectors.episodes(prison.actor, held.person_id)[0].end is None
    assert selectors.episodes(prison.actor, held.person_id)[0].absences == ()
    changed = client.post(url, form | {"step": "change"})
    assert form["happened_at_time"] in changed.content.decode(), "what was typed is kept"
    done = client.post(url, form | {"step": "sure"})
    assert done.status_code == 302
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert episode.end is not None or episode.absences


@pytest.mark.any_server
def test_whoever_did_not_give_the_pin_lately_gives_it_before_a_death_is_recorded(
    prison, client
) -> None:
    held = prison.held()
    session = client.session
    session["pims_confirmed"] = 0
    session.save()
    url = reverse("custody:occurrence", args=[held.episode_id, "death"])
    assert client.post(url, typed(step="sure")).status_code == 403
    assert selectors.episodes(prison.actor, held.person_id)[0].end is None


@pytest.mark.any_server
def test_nobody_is_told_of_a_death_or_an_escape_before_it_happened(prison) -> None:
    held = prison.held()
    early = clock.now() - timedelta(days=300)
    for field in ("coroner_told_at", "family_told_at"):
        with pytest.raises(InvalidInput) as wrong:
            services.record_death(
                prison.command,
                episode_id=held.episode_id,
                happened_at=clock.now() - timedelta(hours=1),
                **{field: early},
            )
        assert wrong.value.fields[field].code == "custody.told_before"
    with pytest.raises(InvalidInput) as wrong:
        services.record_escape(prison.command, episode_id=held.episode_id, police_told_at=early)
    assert wrong.value.fields["police_told_at"].code == "custody.told_before"


@pytest.mark.any_server
def test_a_death_is_said_on_the_bar_the_overview_and_the_custody_tab(prison, client) -> None:
    held = prison.held()
    services.record_death(
        prison.command,
        episode_id=held.episode_id,
        place_of_death="KHMH, ward 3",
        found_by="Nurse Lopez",
        coroner_told_at=clock.now(),
    )
    number = number_of(prison, held.person_id)
    for name in ("prisoner", "prisoner_custody"):
        page = client.get(reverse(name, args=[number]))
        assert page.context["identity"].status == "Died"
        text = page.content.decode()
        for promised in ("Died", "KHMH, ward 3", "Nurse Lopez", "Coroner told at",
                         "Family told at", "Not recorded yet"):  # fmt: skip
            assert promised in text, f"{promised} on {name}"


@pytest.mark.any_server
@pytest.mark.parametrize("kind", ["discharged", "removed"])
def test_every_end_is_said_where_a_prisoner_is_looked_up(prison, client, kind) -> None:
    held = prison.held()
    if kind == "removed":
        services.record_removal(prison.command, episode_id=held.episode_id, country="GT")
    else:
        services.end_episode(prison.command, episode_id=held.episode_id, kind=kind)
    page = client.get(reverse("prisoner", args=[number_of(prison, held.person_id)]))
    said = {"discharged": "Discharged", "removed": "Removed from the country"}[kind]
    assert page.context["identity"].status == said
    assert str(clock.now().astimezone(ZONE).year) in str(page.context["identity"].place)


@pytest.mark.any_server
def test_a_death_that_was_somebody_elses_is_taken_back_and_everything_is_as_before(prison) -> None:
    held = prison.held()
    prison.put(held.episode_id, "REM A-1/1")
    result = services.record_death(prison.command, episode_id=held.episode_id)
    with pytest.raises(InvalidInput):
        services.take_back_end(prison.command, episode_id=held.episode_id, reason=" ")
    services.take_back_end(
        prison.command, episode_id=held.episode_id, reason="It was his cell mate"
    )
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert episode.episode.is_open
    assert episode.end is None
    assert episode.taken_back is not None
    assert episode.taken_back.taken_back_reason == "It was his cell mate"
    assert episode.placements[-1].ends_at is None
    assert authority.detaining_warrants(held.person_id, zone="America/Belize", at=clock.now())
    assert Episode.objects.get().person.died_on is None
    assert selectors.counts(prison.actor, prison.establishment_id).on_books == 1
    assert "custody.end_taken_back" in told(held.person_id)
    codes = [fact.code for fact in selectors.timeline(prison.actor, held.person_id)]
    assert "custody.timeline_end_taken_back" in codes
    again = services.record_death(prison.command, episode_id=held.episode_id)
    assert again.end_id == result.end_id, "the end takes the place of the one taken back"


@pytest.mark.any_server
def test_a_death_is_recorded_though_the_birth_on_record_is_later(prison) -> None:
    held = prison.held(hours=24 * 400)
    head = people.person_headers(prison.actor, [held.person_id])[held.person_id]
    people_services.amend_person(
        prison.command, person_id=held.person_id, version=head.version, birth_precision="day",
        birth_date=clock.today("America/Belize") - timedelta(days=30),
    )  # fmt: skip
    services.record_death(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(days=60)
    )
    assert Episode.objects.get().end_kind == "died"
    assert births_in_doubt([held.episode_id]) == {held.episode_id: "born_after_reception"}


@pytest.mark.any_server
def test_a_death_is_recorded_though_the_clock_went_back_behind_the_reception(prison) -> None:
    held = prison.held(hours=1)
    with clock.at(clock.now() - timedelta(days=4)):
        services.record_death(prison.command, episode_id=held.episode_id)
    episode = Episode.objects.get(pk=held.episode_id)
    assert episode.end_kind == "died"
    assert episode.clock_disputed


@pytest.mark.any_server
def test_an_escape_that_never_was_is_taken_back_and_the_place_is_as_before(prison) -> None:
    held = prison.held()
    prison.put(held.episode_id, "REM A-1/1")
    services.record_escape(prison.command, episode_id=held.episode_id)
    assert "at_large" in alarms(prison)
    services.take_back_escape(
        prison.command, episode_id=held.episode_id, reason="He was in the kitchen"
    )
    assert "at_large" not in alarms(prison)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.inside
    assert row.place is not None


@pytest.mark.any_server
def test_whoever_escaped_earlier_than_an_escape_taken_back_is_at_large_still(prison) -> None:
    held = prison.held()
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=20))
    services.record_escape(prison.command, episode_id=held.episode_id)
    services.take_back_escape(prison.command, episode_id=held.episode_id, reason="A wrong hour")
    services.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(hours=1)
    )
    assert "at_large" in alarms(prison)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert not row.inside


def test_an_escape_entered_late_is_taken_back_with_all_that_it_cut_off(prison) -> None:
    held = prison.held()
    now = clock.now()
    prison.put(held.episode_id, "REM A-1/1", happened_at=now - timedelta(hours=20))
    (escort_id,) = prison.out(held.person_id, left_at=now - timedelta(hours=9))
    prison.back(escort_id=escort_id, outcome="same_warrant", happened_at=now - timedelta(hours=7))
    prison.put(held.episode_id, "REM A-2/1", happened_at=now - timedelta(hours=5))
    (before,) = selectors.episodes(prison.actor, held.person_id)
    services.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=now - timedelta(hours=10)
    )
    services.take_back_escape(prison.command, episode_id=held.episode_id, reason="A miscount")
    (then,) = selectors.roll(prison.actor, prison.establishment_id, AsOf(now - timedelta(hours=10)))
    assert (then.inside, then.place) == (True, "Remand A-1/1"), "nor at that very hour"
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.inside, row.place) == (True, "Remand A-2/1")
    (after,) = selectors.episodes(prison.actor, held.person_id)
    assert [(p.place, p.starts_at, p.ends_at, p.clock_disputed) for p in after.placements] == [
        (p.place, p.starts_at, p.ends_at, p.clock_disputed) for p in before.placements
    ]
    (was,), (escort,) = before.escorts, after.escorts
    assert (escort.returned_at, escort.outcome) == (was.returned_at, was.outcome)


@pytest.mark.any_server
def test_what_is_already_written_of_an_end_changes_only_with_a_reason(prison) -> None:
    held = prison.held()
    result = services.record_death(
        prison.command, episode_id=held.episode_id, found_by="Officer Wade"
    )
    with pytest.raises(InvalidInput) as wrong:
        services.amend_end(
            prison.command, end_id=result.end_id, version=1, given={"found_by": "Officer Ical"}
        )
    assert wrong.value.fields["reason"].code == "custody.reason_missing"
    services.amend_end(
        prison.command, end_id=result.end_id, version=1, given={"found_by": "Officer Ical"},
        reason="Named wrongly",
    )  # fmt: skip
    assert selectors.end_of(prison.actor, result.end_id).end.found_by == "Officer Ical"


@pytest.mark.any_server
def test_a_removal_without_an_order_is_recorded_alarmed_and_waits_for_a_second_officer(
    prison,
) -> None:
    held = prison.held()
    first = staff("reception_officer", establishment_id=prison.establishment_id)
    result = services.record_removal(
        Command(actor_for(first)), episode_id=held.episode_id, country="GT"
    )
    assert "custody.removed_without_order" in told(held.person_id)
    assert "end_unsigned" in alarms(prison)
    with pytest.raises(Refused):
        services.countersign_end(Command(actor_for(first)), end_id=result.end_id)
    second = staff("duty_senior_officer", establishment_id=prison.establishment_id)
    services.countersign_end(Command(actor_for(second)), end_id=result.end_id)
    assert "end_unsigned" not in alarms(prison)


@pytest.mark.any_server
@pytest.mark.parametrize("country", ["ZZ", "XX", "QQ", "Guatemala", ""])
def test_nobody_is_removed_to_a_country_that_is_none(prison, country) -> None:
    held = prison.held()
    with pytest.raises(InvalidInput) as wrong:
        services.record_removal(prison.command, episode_id=held.episode_id, country=country)
    assert wrong.value.fields["country"].code == "custody.country_missing"


@pytest.mark.any_server
def test_a_removal_with_its_order_asks_for_nobody_else(prison) -> None:
    held = prison.held()
    services.record_removal(
        prison.command, episode_id=held.episode_id, country="GT", order_seen="Minister 4/26",
        receiving_authority="Migración, Melchor", by_whom="Immigration",
    )  # fmt: skip
    assert "end_unsigned" not in alarms(prison)
    assert "custody.removed_without_order" not in told(held.person_id)


@pytest.mark.any_server
def test_no_form_opens_that_could_only_be_refused_when_it_is_sent(prison) -> None:
    held = prison.held()
    services.record_death(prison.command, episode_id=held.episode_id)
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    for url in (
        reverse("custody:event", args=[held.episode_id]),
        reverse("custody:occurrence", args=[held.episode_id, "escape"]),
        reverse("release:start", args=[held.episode_id]),
        reverse("release:paper", args=[held.episode_id]),
    ):
        assert client.get(url).status_code == 409, url
