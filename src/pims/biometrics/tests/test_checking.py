"""Whoever was called to a visit or stands at the gate: found, checked, kept with the purpose."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pims.biometrics.models import Verification
from pims.facilities.models import Establishment
from pims.foundation.ledger.models import LedgerEntry
from pims.foundation.outbox.models import OutboxEvent
from pims.people.models import Person
from tests.access.staff import signed_in, staff

pytestmark = [pytest.mark.any_server, pytest.mark.usefixtures("no_gallery")]


@pytest.fixture
def gate(prison: Establishment) -> Client:
    return signed_in(staff("gate_officer", establishment_id=prison.pk))


def test_a_visited_prisoner_is_found_by_number_checked_and_kept_as_checked_for_a_visit(
    gate: Client, person: Callable[[str], int]
) -> None:
    who = person("Visitado")
    number = Person.objects.get(pk=who).number
    check = reverse("biometrics:check")
    assert f'href="{check}"' in gate.get(reverse("home")).content.decode()
    answer = gate.get(check, {"for": "visit", "who": number})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("biometrics:verify", args=[who]))
    page = gate.get(answer["Location"])
    assert page.context["form"]["purpose"].value() == "visit"
    given = {"purpose": "visit", "position": "0", "command_id": str(uuid4())}
    done = gate.post(answer["Location"], given, follow=True)
    # Back for the next visitor's prisoner.
    assert f'href="{check}?for=visit"' in done.content.decode()
    kept = Verification.objects.get()
    assert (kept.person_id, kept.purpose) == (who, "visit")
    event = OutboxEvent.objects.get(kind="biometrics.verified")
    assert event.payload["purpose"] == "visit"
    listed = gate.get(check, {"for": "visit"}).content.decode()
    assert number in listed.split("checked in the last twelve hours")[1]
    assert number not in gate.get(check, {"for": "gate"}).content.decode()
    assert LedgerEntry.objects.filter(kind="read", person_ids__contains=[who]).exists()


def test_by_a_name_the_officer_chooses_and_nobody_is_found_beyond_their_reach(
    gate: Client, person: Callable[[str], int]
) -> None:
    check = reverse("biometrics:check")
    first, second = person("Mendez"), person("Mendez")
    shown = gate.get(check, {"for": "visit", "who": "mendez"}).content.decode()
    for who in (first, second):
        assert f"{reverse('biometrics:verify', args=[who])}?for=visit&amp;back=" in shown
    for asked in ("Nobody", "9999999-01"):
        page = gate.get(check, {"for": "visit", "who": asked})
        assert page.status_code == 200
        assert "obody that you may see" in page.content.decode() or "cannot be right" in (
            page.content.decode()
        )
    empty = gate.get(check, {"for": "visit", "who": " "})
    assert empty.status_code == 422
    elsewhere = signed_in(
        staff("gate_officer", establishment_id=Establishment.objects.create(code="B", name="B").pk)
    )
    assert "Mendez" not in elsewhere.get(check, {"who": "mendez"}).content.decode()
