"""What an administrator can do on the pages, and what the pages never show or allow."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from pims.facilities.models import Establishment, Unit
from pims.foundation.access.models import Grant, User
from pims.foundation.access.selectors import actor_for
from pims.foundation.outbox.models import ParkedEvent
from pims.kernel import clock
from tests.access.staff import PASSWORD, PIN, sign_in, signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]


@pytest.fixture
def client() -> Client:
    return signed_in(staff("administrator", badge="ADMIN"))


def send(client: Client, address: str, **typed: Any) -> Any:
    return client.post(address, {"command_id": str(uuid4()), **typed})


def unit(code: str = "REM") -> Unit:
    prison = Establishment.objects.create(code=f"E{code}", name=f"Prison {code}")
    return Unit.objects.create(
        establishment=prison, code=code, name="Remand", certified_capacity=10,
        operational_capacity=10,
    )  # fmt: skip


def test_a_user_is_added_given_a_role_and_can_work(client: Client) -> None:
    remand = unit()
    made = send(
        client, "/administration/users/new/", badge="N1", name="Nadia Cal", language="es",
        pin="480275", password="",
    )  # fmt: skip
    user = User.objects.get(badge="N1")
    assert made["Location"] == f"/administration/users/{user.pk}/"
    granted = send(
        client, f"/administration/users/{user.pk}/grants/new/", role="unit_officer",
        establishment=str(remand.establishment_id), units=[str(remand.pk)],
    )  # fmt: skip
    assert granted.status_code == 302
    [reach] = actor_for(user).reaches
    assert (reach.role, reach.establishment_id, reach.unit_ids) == (
        "unit_officer", remand.establishment_id, {remand.pk},
    )  # fmt: skip
    page = client.get(f"/administration/users/{user.pk}/").content.decode()
    assert "Prison REM: Remand" in page
    officer = Client()
    assert sign_in(officer, user).status_code == 302
    assert 'lang="es"' in officer.get("/account/").content.decode()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(client: Client) -> None:
    before = User.objects.count()
    answer = send(
        client, "/administration/users/new/", badge="ADMIN", name="x", language="en", pin="123456"
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "belongs to somebody already" in text
    assert "easy to guess" in text
    assert "123456" not in text, "a PIN is never sent back"
    assert User.objects.count() == before


def test_a_grant_that_is_refused_says_why(client: Client) -> None:
    other, remand, user = unit("AAA"), unit("BBB"), staff()
    answer = send(
        client, f"/administration/users/{user.pk}/grants/new/", role="unit_officer",
        establishment=str(other.establishment_id), units=[str(remand.pk)],
    )  # fmt: skip
    assert answer.status_code == 409
    assert "belongs to another establishment" in answer.content.decode()
    assert not Grant.objects.filter(user=user).exists()


def test_an_administrator_is_not_offered_a_role_for_themself(client: Client) -> None:
    me = User.objects.get(badge="ADMIN")
    page = client.get(f"/administration/users/{me.pk}/").content.decode()
    assert "Grant a role" not in page
    forced = send(client, f"/administration/users/{me.pk}/grants/new/", role="records_officer")
    assert forced.status_code == 409
    assert not actor_for(me, strong=True).can("people.view")


def test_deactivating_on_the_page_ends_the_session_of_the_user(client: Client) -> None:
    user = staff("gate_officer")
    session = signed_in(user)
    assert session.get("/account/").status_code == 200
    send(client, f"/administration/users/{user.pk}/state/", change="deactivate")
    assert session.get("/account/").status_code == 302
    send(client, f"/administration/users/{user.pk}/state/", change="reactivate")
    assert sign_in(Client(), user).status_code == 302


def test_a_pin_set_anew_works_and_the_old_one_does_not(client: Client) -> None:
    user = staff("gate_officer")
    send(client, f"/administration/users/{user.pk}/pin/", pin="593817", again="593817")
    assert sign_in(Client(), user, pin=PIN).status_code == 422
    assert sign_in(Client(), user, pin="593817").status_code == 302


def test_ending_a_grant_on_the_page_ends_it_for_the_running_session(client: Client) -> None:
    user = staff("auditor")
    session = signed_in(user)
    assert session.get("/administration/users/").status_code == 200
    grant = Grant.objects.get(user=user)
    send(client, f"/administration/users/{user.pk}/grants/{grant.pk}/end/")
    assert session.get("/administration/users/").status_code == 403


def test_granting_asks_for_the_password_again_after_five_minutes(client: Client) -> None:
    user, session = staff(), client.session
    session["pims_confirmed"] = 0
    session.save()
    address = f"/administration/users/{user.pk}/grants/new/"
    typed = {"command_id": str(uuid4()), "role": "gate_officer", "establishment": ""}
    asked = client.post(address, typed)
    assert asked.status_code == 403
    assert not Grant.objects.filter(user=user).exists()
    by_pin = client.post(address, {**typed, "confirm_secret": PIN})
    assert by_pin.status_code == 403, "an administrator confirms with the password"
    done = client.post(address, {**typed, "confirm_secret": PASSWORD})
    assert done.status_code == 302
    assert Grant.objects.filter(user=user).count() == 1


def test_users_are_found_by_part_of_name_or_badge(client: Client) -> None:
    staff("gate_officer", badge="ZX900")
    staff("gate_officer", badge="QQ111")
    page = client.get("/administration/users/?q=x90").content.decode()
    assert "ZX900" in page
    assert "QQ111" not in page
    hostile = client.get("/administration/users/", {"q": "<script>alert(1)</script>%00'--"})
    assert hostile.status_code == 200
    assert "<script>alert" not in hostile.content.decode()


def test_the_table_of_roles_shows_who_may_what(client: Client) -> None:
    page = client.get("/administration/roles/").content.decode()
    for words in ("Visiting Justice", "Discharge a prisoner", "second step always"):
        assert words in page


def test_an_administrator_is_told_that_events_cannot_be_handled(db: None) -> None:
    client = signed_in(staff("administrator"))
    assert "pims check events" not in client.get("/administration/users/").content.decode()
    ParkedEvent.objects.create(
        subscriber="assurance.facts", position=9, lane="person:9", attempts=4,
        error="KeyError", retry_at=clock.now(),
    )  # fmt: skip
    page = client.get("/administration/users/").content.decode()
    assert "1 event cannot be handled" in page
    assert "pims check events" in page
