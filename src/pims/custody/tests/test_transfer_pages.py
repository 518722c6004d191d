"""A transfer to another establishment: asked for, told, double, late, in error."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.authority import selectors as authority
from pims.custody import selectors, services
from pims.custody.models import EndOfCustody, Episode
from pims.custody.tests.prison import Prison, man, told
from pims.custody.tests.test_grave_facts import number_of, typed
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused
from pims.people import selectors as people
from pims.property import services as property_services
from pims.property.services import ItemInput
from pims.safety import selectors as safety
from pims.safety import services as safety_services
from tests.access.staff import signed_in, staff


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("reception_officer", establishment_id=prison.establishment_id))


def url_of(held) -> str:
    return reverse("custody:occurrence", args=[held.episode_id, "transfer"])


def moved(prison: Prison, there: Prison, held, **more) -> services.TransferResult:
    return services.record_transfer(
        prison.command,
        episode_id=held.episode_id,
        to_establishment_id=there.establishment_id,
        **more,
    )


def held_at(prison: Prison, establishment_id: int, as_of: AsOf) -> int:
    return selectors.counts(prison.actor, establishment_id, as_of).on_books


@pytest.mark.any_server
def test_a_transfer_is_offered_where_there_is_another_establishment(
    prison: Prison, client, request
) -> None:
    held = prison.held()
    page = reverse("custody:event", args=[held.episode_id])
    assert url_of(held) not in client.get(page).content.decode()
    assert client.get(url_of(held)).status_code == 404
    request.getfixturevalue("other_prison")
    assert url_of(held) in client.get(page).content.decode()
    form = client.get(url_of(held)).context["form"]
    offered = [name for _id, name in form.fields["to_establishment_id"].choices]
    assert offered == ["Other Prison"]


def test_who_is_transferred_is_on_the_books_there_and_the_officer_here_is_told(
    prison: Prison, other_prison: Prison, client
) -> None:
    held = prison.held("Ana Chan")
    number = number_of(prison, held.person_id)
    there = other_prison.establishment_id
    asked = client.get(url_of(held)).context["form"]
    ((paper, _label),) = asked.fields["warrants"].choices
    assert "12/2026" in paper
    form = typed(
        to_establishment_id=str(there),
        by_whom="Cpl 31 Ken",
        warrants=paper,
        papers="Medical file in a sealed envelope",
    )
    sure = client.post(url_of(held), form)
    shown = unescape(sure.content.decode())
    assert sure.status_code == 200
    for part in (number, "Other Prison", "Cpl 31 Ken", paper, "sealed envelope"):
        assert part in shown
    assert Episode.objects.count() == 1, "asked first"
    done = client.post(url_of(held), form | {"step": "sure"}, follow=True)
    text = done.content.decode()
    assert done.redirect_chain[0][0] == reverse("home"), "the record is out of the officer's reach"
    assert f"{number} CHAN, Ana is on the books of Other Prison" in text
    assert "the officer in charge of Other Prison takes it back" in text
    assert client.get(reverse("prisoner", args=[number])).status_code == 404
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert selectors.counts(prison.actor, prison.establishment_id).on_books == 0
        (row,) = selectors.roll(prison.actor, there)
        assert (row.person_id, row.legal_status) == (held.person_id, "unsentenced")
    end = EndOfCustody.objects.get()
    assert (end.destination, end.by_whom) == ("Other Prison", "Cpl 31 Ken")
    assert end.circumstances == f"{paper}\nMedical file in a sealed envelope"


def test_there_the_person_is_an_admission_to_complete_and_both_stays_are_told(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held("Ana Chan")
    moved(prison, other_prison, held, by_whom="Cpl 31 Ken", papers="Remand warrant")
    number = number_of(prison, held.person_id)
    there = signed_in(
        staff(
            "reception_officer", "officer_in_charge",
            establishment_id=other_prison.establishment_id,
        )
    )  # fmt: skip
    reception = there.get(reverse("custody:reception")).content.decode()
    assert number in reception
    assert "Transfer</" in reception
    custody = there.get(reverse("prisoner_custody", args=[number])).content.decode()
    for part in ("Test Prison", "Other Prison", "Cpl 31 Ken", "Remand warrant"):
        assert part in custody
    assert "Received: Transfer" in custody
    timeline = there.get(reverse("prisoner_timeline", args=[number])).content.decode()
    assert "Transferred to Other Prison" in timeline
    assert "Received on transfer" in timeline


@pytest.mark.any_server
def test_a_transfer_sent_twice_is_recorded_once_and_answered_alike(
    prison: Prison, other_prison: Prison, client
) -> None:
    held = prison.held()
    form = typed(to_establishment_id=str(other_prison.establishment_id), step="sure")
    first, second = client.post(url_of(held), form), client.post(url_of(held), form)
    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, "/")
    assert Episode.objects.count() == 2
    other = prison.held("Somebody Else")
    changed = client.post(url_of(other), form)
    assert changed.status_code == 409, "another person under the same form is no repeat"
    late = client.post(url_of(held), typed(**{**form, "command_id": str(uuid4())}))
    assert late.status_code == 404


def test_who_reaches_both_places_lands_on_the_record_and_a_stale_form_is_refused(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    both = signed_in(staff("reception_officer"))
    chosen = {"establishment_id": prison.establishment_id, "next": "/"}
    both.post("/establishment/", chosen)
    number = number_of(prison, held.person_id)
    form = typed(to_establishment_id=str(other_prison.establishment_id), step="sure")
    assert both.post(url_of(held), form).url == reverse("prisoner", args=[number])
    overview = both.get(reverse("prisoner", args=[number]))
    facts = {str(fact.label): fact.value for fact in overview.context["facts"]}
    assert facts["Establishment"] == "Other Prison", "the officer works at the prison left"
    again = both.post(url_of(held), form | {"command_id": str(uuid4())})
    assert again.status_code == 409
    assert Episode.objects.count() == 2


@pytest.mark.any_server
@pytest.mark.parametrize("place", ["", "here", "999999", "abc", "-1", "9" * 30])
def test_a_place_that_is_none_is_asked_for_again(
    prison: Prison, other_prison: Prison, client, place: str
) -> None:
    held = prison.held()
    where = str(prison.establishment_id) if place == "here" else place
    assert other_prison.establishment_id != prison.establishment_id
    # The form offers a blank first, where there is more than one to choose from.
    answer = client.post(url_of(held), typed(to_establishment_id=where, step="sure"))
    assert answer.status_code == 422
    assert "to_establishment_id" in answer.context["form"].errors
    assert Episode.objects.count() == 1


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("hours", "code"), [(-3, "custody.in_the_future"), (30, "custody.end_before_reception")]
)
def test_an_hour_that_cannot_be_is_said_at_the_hour(
    prison: Prison, other_prison: Prison, client, hours: int, code: str
) -> None:
    held = prison.held(hours=24)
    with pytest.raises(InvalidInput) as wrong:
        moved(prison, other_prison, held, happened_at=clock.now() - timedelta(hours=hours))
    assert [reason.code for reason in wrong.value.fields.values()] == [code]
    with clock.at(clock.now() - timedelta(hours=hours)):
        form = typed(to_establishment_id=str(other_prison.establishment_id), step="sure")
    answer = client.post(url_of(held), form)
    if asked := answer.context.get("question"):
        answer = client.post(url_of(held), form | {"sure": asked.mark})
    assert "happened_at" in answer.context["form"].errors
    assert Episode.objects.count() == 1


@pytest.mark.any_server
def test_no_service_takes_a_place_that_is_none_or_the_same(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    with pytest.raises(NotFound):
        services.record_transfer(prison.command, episode_id=held.episode_id, to_establishment_id=-1)
    with pytest.raises(InvalidInput):
        moved(prison, prison, held)
    with pytest.raises(NotFound):
        services.record_transfer(
            prison.command, episode_id=-1, to_establishment_id=other_prison.establishment_id
        )
    moved(prison, other_prison, held)
    with pytest.raises(Refused):
        moved(prison, other_prison, held)


@pytest.mark.any_server
def test_no_grant_at_the_other_place_is_needed_and_one_there_alone_is_not_enough(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    there = actor_for(staff("reception_officer", establishment_id=other_prison.establishment_id))
    with pytest.raises((NotFound, NotPermitted)):
        services.record_transfer(
            Command(there),
            episode_id=held.episode_id,
            to_establishment_id=other_prison.establishment_id,
        )
    here = actor_for(staff("reception_officer", establishment_id=prison.establishment_id))
    result = services.record_transfer(
        Command(here),
        episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    assert Episode.objects.get(pk=result.episode_id).recorded_by_id == here.user_id


@pytest.mark.any_server
def test_a_transfer_entered_late_frees_the_place_from_its_own_hour(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held(hours=24)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=20))
    hour = clock.now() - timedelta(hours=6)
    moved(prison, other_prison, held, happened_at=hour)
    assert held_at(prison, prison.establishment_id, AsOf(hour - timedelta(minutes=1))) == 1
    assert held_at(prison, prison.establishment_id, AsOf(hour + timedelta(minutes=1))) == 0
    there = other_prison.establishment_id
    assert held_at(prison, there, AsOf(hour + timedelta(minutes=1))) == 1
    (new, old) = selectors.episodes(prison.actor, held.person_id)
    assert (old.placements[0].ends_at, new.episode.starts_at) == (hour, hour)


@pytest.mark.any_server
def test_warrants_flags_and_property_go_along(prison: Prison, other_prison: Prison, client) -> None:
    held = prison.held()
    safety_services.raise_flag(
        prison.command, person_id=held.person_id, kind="escape_risk", note="Sawed a bar"
    )
    property_services.record_property(
        prison.command,
        person_id=held.person_id,
        establishment_id=prison.establishment_id,
        items=[ItemInput(category="clothing", description="A belt")],
        signed=True,
    )
    assert "1 item of property" in client.get(url_of(held)).content.decode()
    moved(prison, other_prison, held)
    user = staff("officer_in_charge", establishment_id=other_prison.establishment_id)
    viewer: Actor = actor_for(user)
    assert [f.kind for f in safety.flags(viewer, [held.person_id])[held.person_id]] == [
        "escape_risk"
    ]
    found = authority.detaining_warrants(
        held.person_id, zone="America/Belize", at=clock.now() + timedelta(minutes=1)
    )
    assert [brief.reference for brief in found] == ["12/2026"]
    assert "custody.property_waits" not in told(held.person_id)


@pytest.mark.any_server
def test_a_transfer_in_error_is_taken_back_by_the_officer_in_charge_there(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held(hours=24)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=20))
    result = moved(prison, other_prison, held)
    number = number_of(prison, held.person_id)
    user = staff("officer_in_charge", establishment_id=other_prison.establishment_id)
    there = signed_in(user)
    end = EndOfCustody.objects.get()
    back = reverse("custody:end_take_back", args=[end.pk])
    assert back in there.get(reverse("custody:end", args=[end.pk])).content.decode()
    done = there.post(back, {"command_id": str(uuid4()), "reason": "It was another prisoner"})
    assert (done.status_code, done.url) == (302, "/"), "the record is out of reach there again"
    after = clock.now() + timedelta(minutes=1)
    assert held_at(prison, prison.establishment_id, AsOf(after)) == 1
    assert held_at(prison, other_prison.establishment_id, AsOf(after)) == 0
    assert Episode.objects.get(pk=result.episode_id).end_kind == "never_held"
    old = selectors.episodes(prison.actor, held.person_id)[-1]
    assert (old.episode.ends_at, old.placements[0].ends_at) == (None, None)
    here = actor_for(staff("reception_officer", establishment_id=prison.establishment_id))
    assert people.resolve_number(here, number) == held.person_id, "back in reach here"
    moved(prison, other_prison, held)
    assert EndOfCustody.objects.get(pk=end.pk).taken_back_at is None


@pytest.mark.any_server
def test_a_transfer_after_which_something_happened_there_is_not_taken_back_over_it(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    result = moved(prison, other_prison, held, happened_at=clock.now() - timedelta(hours=2))
    other_prison.put(result.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        services.take_back_end(
            prison.command, episode_id=held.episode_id, reason="It was another prisoner"
        )
    (reason,) = refused.value.reasons()
    assert (reason.code, reason.params["place"]) == ("custody.held_there_since", "Other Prison")
    assert Episode.objects.get(pk=result.episode_id).ends_at is None
    back = services.record_transfer(
        prison.command,
        episode_id=result.episode_id,
        to_establishment_id=prison.establishment_id,
    )
    assert Episode.objects.get(pk=back.episode_id).establishment_id == prison.establishment_id


def test_the_van_that_brings_a_transferred_person_is_no_surprise(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held("Ana Chan")
    result = moved(prison, other_prison, held, happened_at=clock.now() - timedelta(hours=2))
    (came,) = other_prison.receive(man("Ana Chan", person_id=held.person_id))
    assert (came.episode_id, came.found) == (result.episode_id, "not_held")
    assert "custody.episode_was_open" not in told(held.person_id)
    with pytest.raises(Refused):
        services.take_back_end(prison.command, episode_id=held.episode_id, reason="A mistake")
    (again,) = other_prison.receive(man("Ana Chan", person_id=held.person_id, attach="same"))
    assert again.found == "books_said_inside", "but a second van is"
