"""A check by fingerprint is a check of identity: on record, and an alarm where it is another's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pims.biometrics import services as biometrics
from pims.biometrics.models import Verification
from pims.biometrics.services import Likely
from pims.biometrics.tests.conftest import compiled, gallery_server, taken, ten  # noqa: F401
from pims.custody.models import IdentityCheck
from pims.custody.tests.prison import Prison, man
from pims.facilities import selectors as facilities
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import discover
from pims.kernel import clock
from pims.people import services as people
from pims.people.services import NameInput
from tests.access.staff import signed_in, staff


def heed(kind: str, name: str) -> None:
    """What the follower of this name does about every event of this kind."""
    (follower,) = [one for one in discover() if one.name == name]
    for row in OutboxEvent.objects.filter(kind=kind).order_by("serial"):
        event = EventRecord(
            1, row.pk, row.entry_id, row.kind, row.schema_version, row.person_id, row.event_seq,
            row.establishment_id, row.payload, row.recorded_at,
        )  # fmt: skip
        if follower.only(event):
            follower.handle(event)


@pytest.mark.usefixtures("gallery_server")
def test_a_swapped_card_at_the_return_from_court_is_caught_and_alarmed(prison: Prison) -> None:
    held = prison.held("Juan Cal")
    biometrics.enrol_fingers(prison.command, person_id=held.person_id, fingers=ten(41))
    for finger in (taken(41, 2, impression=1), taken(42, 2)):
        biometrics.verify_identity(
            prison.command, person_id=held.person_id, purpose="return", finger=finger
        )
    biometrics.verify_identity(
        prison.command, person_id=held.person_id, purpose="return",
        problem="biometrics.scanner_away",
    )  # fmt: skip
    heed("biometrics.verified", "custody.fingerprints")
    checks = IdentityCheck.objects.filter(person_id=held.person_id, how="fingerprint")
    assert [(c.purpose, c.matched) for c in checks.order_by("pk")] == [
        ("return", True), ("return", False),
    ]  # fmt: skip
    # Which raises the alarm of an identity in doubt, once.
    doubted = OutboxEvent.objects.filter(kind="custody.identity_in_doubt")
    assert [event.person_id for event in doubted] == [held.person_id]


def test_whose_finger_it_is_raises_an_alarm_that_names_both_and_a_mere_likeness_does_not(
    prison: Prison,
) -> None:
    held, other = prison.held("Juan Cal"), prison.held("Luis Pop")
    free = people.create_person(
        prison.command, names=[NameInput("Ana", "Tun")], establishment_id=prison.establishment_id
    )
    for claimed, found in (
        (held.person_id, [Likely(other.person_id, 30.0, 2, named=True)]),
        # Whoever is out gave themselves out for somebody inside, or is said to be somebody free.
        (free.person_id, [Likely(other.person_id, 30.0, 2, named=True)]),
        (held.person_id, [Likely(other.person_id, 8.0, 2, named=False)]),
    ):
        failed = Verification.objects.create(
            person_id=claimed, purpose="gate", outcome="no_match", score=-1.0, threshold=4.0,
            happened_at=clock.now(), recorded_by_id=1,
        )  # fmt: skip
        biometrics.keep_identification(prison.command, verification_id=failed.pk, found=found)
    heed("biometrics.identified", "custody.somebody_else")
    doubted = OutboxEvent.objects.filter(kind="custody.identity_in_doubt").order_by("serial")
    assert [(e.person_id, e.payload["other_person_id"]) for e in doubted] == [
        (held.person_id, other.person_id), (other.person_id, free.person_id),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "purpose"), [("custody:send_out", "departure"), ("custody:unit", "roll")]
)
def test_who_goes_out_and_who_is_in_a_unit_can_be_checked_from_there(
    prison: Prison, page: str, purpose: str
) -> None:
    held = prison.held("Juan Cal")
    client = signed_in(staff("reception_officer", establishment_id=prison.establishment_id))
    if purpose == "departure":
        url = reverse(page) + f"?episode={held.episode_id}"
    else:
        prison.put(held.episode_id, place := next(iter(prison.places)))
        where = facilities.place_info([prison.places[place]], at=clock.now())
        url = reverse(page, args=[where[prison.places[place]].unit.unit_id])
    found = client.get(url).content.decode()
    assert f"{reverse('biometrics:verify', args=[held.person_id])}?for={purpose}" in found


def test_the_admission_shows_fingerprints_beside_its_steps_and_does_not_wait_for_them(
    prison: Prison,
) -> None:
    receipt = prison.receive(man("Luis Pop"), at=clock.now() - timedelta(hours=1))[0]
    client = signed_in(staff("reception_officer", establishment_id=prison.establishment_id))
    page = client.get(reverse("custody:admission", args=[receipt.episode_id])).content.decode()
    assert reverse("biometrics:enrol", args=[receipt.person_id]) in page
    assert "Nothing taken yet" in page
