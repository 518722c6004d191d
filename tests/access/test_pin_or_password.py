"""Which of the two secrets somebody means who types one into the box of the PIN."""

import pytest
from django.test import Client

from tests.access.staff import PASSWORD, staff

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]


def is_in(client: Client) -> bool:
    return bool(client.get("/session/").json()["signed_in"])


def test_a_password_does_in_the_box_of_the_pin_as_in_its_own() -> None:
    user, client = staff("records_officer"), Client()
    answer = client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD})
    assert answer.status_code == 302
    assert is_in(client)


def test_a_password_of_figures_that_are_on_no_key_does_in_the_box_of_the_pin_too() -> None:
    user, client = staff("records_officer"), Client()
    figures = "٧٣٩١٤٨٢٦٠٥١٧٤"
    user.set_password(figures)
    user.save()
    answer = client.post("/sign-in/", {"badge": user.badge, "secret": figures})
    assert answer.status_code == 302
    assert is_in(client)
