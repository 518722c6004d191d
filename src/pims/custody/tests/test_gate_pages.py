"""Pages at the gate: nothing of a van is lost, and a paper is shown only to who may see it."""

import pytest
from django.urls import reverse

from pims.custody import selectors
from pims.custody.tests.prison import Prison
from pims.custody.tests.test_pages import van
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


def test_a_mistyped_number_is_told_at_its_line_and_keeps_the_van(prison: Prison) -> None:
    client = signed_in(staff("gate_officer", establishment_id=prison.establishment_id))
    sent = van("Juan Pérez", "Mateo Choc") | {"line-1-number": "123456789"}
    answer = client.post(reverse("custody:receive"), sent)
    assert answer.status_code == 422
    assert "Juan Pérez" in answer.content.decode()
    assert answer.context["lines"][1].errors["number"]
    assert selectors.roll(prison.actor, prison.establishment_id) == []


def test_whoever_admits_without_sight_of_warrants_sees_none(prison: Prison) -> None:
    receipt = prison.held()
    url = reverse("custody:admission_step", args=[receipt.episode_id, "warrant"])
    shown = {}
    for role in ("medical_officer", "reception_officer"):
        client = signed_in(staff(role, establishment_id=prison.establishment_id))
        answer = client.get(url)
        assert answer.status_code == 200
        shown[role] = len(answer.context["warrants"])
    assert shown == {"medical_officer": 0, "reception_officer": 1}
