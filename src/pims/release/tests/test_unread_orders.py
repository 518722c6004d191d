"""Whoever may still read an order again is not told its days before, on no page of a paper or of a
release; and the gate is told that a second reading was not blind."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.courts.models import SecondReading
from pims.courts.services import SentenceInput
from pims.courts.tests.court import Court
from pims.custody import selectors as custody
from pims.kernel import clock
from pims.release import services as release
from pims.ui.dates import day_text
from tests.access.staff import signed_in, staff


@pytest.fixture
def court(prison, make_actor) -> Court:
    return Court.build(prison, make_actor)


@pytest.fixture
def commitment(court: Court) -> Any:
    """Six months, on record and not read again."""
    return court.order(
        "commitment_sentence", reference="HC 4/26", dated=court.today,
        sentences=[SentenceInput(months=6)],
    )  # fmt: skip


def paper_of(court: Court, made: Any) -> authority.WarrantBrief:
    papers = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    return next(one for one in papers if one.warrant_name_id == made.warrant_name_ids[0])


@pytest.mark.any_server
def test_the_warrant_shows_no_day_before_it_was_asked_for(court: Court, commitment: Any) -> None:
    where = court.prison.establishment_id
    client = signed_in(staff("officer_in_charge", establishment_id=where))
    (order_id,), brief = commitment.order_ids, paper_of(court, commitment)
    assert brief.until is not None
    paper, day = reverse("authority:warrant", args=[brief.warrant_id]), day_text(brief.until)
    ask = reverse("courts:order", args=[order_id])
    page = client.get(paper).text
    assert "not shown to whoever may still read it again" in page
    assert ask in page
    assert day not in page
    for name, key in (
        ("authority:amend", brief.warrant_name_id),
        ("authority:next", brief.warrant_name_id),
        ("authority:decide", brief.warrant_id),
    ):
        assert client.get(reverse(name, args=[key]))["Location"] == ask
    assert courts.unread_of(court.clerk, [court.ana]) == {}, "who keyed it has seen it"
    client.post(
        reverse("courts:show_keyed", args=[order_id]),
        {"command_id": "00000000-0000-4000-8000-000000000001"},
    )
    assert day in client.get(paper).text


def test_the_pages_of_a_release_tell_no_day_that_is_still_to_be_read(
    court: Court, commitment: Any
) -> None:
    where = court.prison.establishment_id
    client = signed_in(staff("officer_in_charge", establishment_id=where))
    found = courts.unread_of(court.reader, [court.ana, court.ben])
    assert found == {court.ana: commitment.order_ids[0]}
    for name in ("release:index", "release:preparations"):
        assert client.get(reverse(name)).status_code == 200


def test_the_gate_is_told_of_a_reading_that_was_not_blind(court: Court, commitment: Any) -> None:
    (order_id,) = commitment.order_ids
    SecondReading.objects.filter(order_id=order_id).update(
        read_at=clock.now() + timedelta(minutes=1), read_by_id=court.reader.user_id, blind=False
    )
    ((doubt,),) = courts.reading_doubts([court.ana]).values()
    assert (doubt.order_id, doubt.why, doubt.reference) == (order_id, "not_blind", "HC 4/26")
    episode = custody.current_episodes([court.ana])[court.ana].episode_id
    made = release.start_discharge(
        court.prison.command, episode_id=episode, basis="no_authority", ground="To be looked at"
    )
    client = signed_in(staff("officer_in_charge", establishment_id=court.prison.establishment_id))
    page = client.get(reverse("release:case", args=[made.case_id])).text
    assert "HC 4/26: the second reading was not blind" in page
