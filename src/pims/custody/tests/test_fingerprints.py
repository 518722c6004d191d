"""A check by fingerprint is a check of identity: on record, and an alarm where it is another's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pims.biometrics import services as biometrics
from pims.biometrics.tests.conftest import compiled, gallery_server, taken, ten  # noqa: F401
from pims.custody.models import IdentityCheck
from pims.custody.tests.prison import Prison, man
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import discover
from pims.kernel import clock
from tests.access.staff import signed_in, staff


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
    for row in OutboxEvent.objects.filter(kind="biometrics.verified").order_by("serial"):
        event = EventRecord(
            1, row.pk, row.entry_id, row.kind, row.schema_version, row.person_id, row.event_seq,
            row.establishment_id, row.payload, row.recorded_at,
        )  # fmt: skip
        (follower,) = [one for one in discover() if one.name == "custody.fingerprints"]
        if follower.only(event):
            follower.handle(event)
    checks = IdentityCheck.objects.filter(person_id=held.person_id, how="fingerprint")
    assert [(c.purpose, c.matched) for c in checks.order_by("pk")] == [
        ("return", True), ("return", False),
    ]  # fmt: skip
    # Which raises the alarm of an identity in doubt, once.
    doubted = OutboxEvent.objects.filter(kind="custody.identity_in_doubt")
    assert [event.person_id for event in doubted] == [held.person_id]


def test_the_admission_shows_fingerprints_beside_its_steps_and_does_not_wait_for_them(
    prison: Prison,
) -> None:
    receipt = prison.receive(man("Luis Pop"), at=clock.now() - timedelta(hours=1))[0]
    client = signed_in(staff("reception_officer", establishment_id=prison.establishment_id))
    page = client.get(reverse("custody:admission", args=[receipt.episode_id])).content.decode()
    assert reverse("biometrics:enrol", args=[receipt.person_id]) in page
    assert "Nothing taken yet" in page
