"""What an administrator can do on the pages, and what the pages never show or allow."""

from datetime import timedelta
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


def test_no_box_of_a_user_or_a_grant_makes_a_page_fall_over(client: Client) -> None:
    user = staff("gate_officer")
    client.raise_request_exception = False
    address = f"/administration/users/{user.pk}/"
    boxes = {
        "/administration/users/new/": {"badge": "N9", "name": "Ana", "language": "en", "email": ""},
        f"{address}details/": {"name": "Ana", "language": "en", "email": ""},
        f"{address}pin/": {"pin": PIN, "again": PIN},
        f"{address}password/": {"password": PASSWORD, "again": PASSWORD},
        f"{address}card/": {"card": "77"},
        f"{address}state/": {"change": "unlock"},
        f"{address}grants/new/": {
            "role": "gate_officer", "establishment": "", "units": "", "labels": "ordinary",
            "last_day_day": "1", "last_day_month": "1", "last_day_year": "2400",
        },
    }  # fmt: skip
    long_mail = "@".join(("a" * 63, ".".join(("b" * 60, "c" * 60, "d" * 60, "e" * 12, "com"))))
    hostile = ("9" * 30, "-1", "\x00", "\u202e'\"><script>🚓" * 600, "²", "\u2028", long_mail)
    for path, typed in boxes.items():
        for name in typed:
            for value in hostile:
                answer = send(client, path, **typed | {name: value})
                assert answer.status_code < 500, f"{path} {name}={value[:40]!r}"


def test_whoever_administers_one_establishment_alone_changes_no_user() -> None:
    """Users are of the whole service: whoever sets their PIN could sign in as any of them."""
    home, user = unit("HOM"), staff("superintendent")
    local = signed_in(staff("administrator", establishment_id=home.establishment_id))
    grant = Grant.objects.get(user=user)
    address = f"/administration/users/{user.pk}/"
    for path, typed in (
        (f"{address}pin/", {"pin": "593817", "again": "593817"}),
        (f"{address}password/", {"password": PASSWORD[::-1], "again": PASSWORD[::-1]}),
        (f"{address}card/", {"card": "77"}),
        (f"{address}details/", {"name": "Somebody Else", "email": "", "language": "en"}),
        (f"{address}state/", {"change": "deactivate"}),
        (f"{address}grants/new/", {"role": "gate_officer", "establishment": ""}),
        (f"{address}grants/{grant.pk}/end/", {}),
        ("/administration/users/new/", {"badge": "N7", "name": "Ana", "language": "en"}),
    ):
        assert send(local, path, **typed).status_code == 403, path
    after = User.objects.get(pk=user.pk)
    assert (after.name, after.is_active, after.session_epoch) == (user.name, True, 0)
    assert Grant.objects.get(user=user).ends_at is None


def test_the_last_administrator_cannot_put_themself_out(client: Client) -> None:
    me = User.objects.get(badge="ADMIN")
    grant = Grant.objects.get(user=me)
    # One whose right is of one establishment could let nobody in.
    staff("administrator", establishment_id=unit("HOM").establishment_id)
    address = f"/administration/users/{me.pk}/"
    assert send(client, f"{address}grants/{grant.pk}/end/").status_code == 409
    assert send(client, f"{address}state/", change="deactivate").status_code == 409
    second = staff("administrator", badge="OTHER")
    assert send(client, f"{address}grants/{grant.pk}/end/").status_code == 302
    assert client.get("/administration/users/new/").status_code == 403
    other = signed_in(second)
    held = Grant.objects.get(user=second)
    path = f"/administration/users/{second.pk}/grants/{held.pk}/end/"
    assert send(other, path).status_code == 409


def test_a_grant_is_ended_on_the_page_of_its_own_user(client: Client) -> None:
    one, other = staff("gate_officer"), staff("gate_officer")
    grant = Grant.objects.get(user=other)
    wrong = send(client, f"/administration/users/{one.pk}/grants/{grant.pk}/end/")
    assert wrong.status_code == 404
    assert Grant.objects.get(pk=grant.pk).ends_at is None


def test_a_change_that_there_is_not_is_said_and_changes_nothing(client: Client) -> None:
    user = staff("gate_officer")
    for change in ("", "erase", "²"):
        answer = send(client, f"/administration/users/{user.pk}/state/", change=change)
        assert answer.status_code == 422
        assert "Press Deactivate" in answer.content.decode()


def test_a_clock_put_back_makes_no_confirmation_and_no_session_last_longer() -> None:
    admin, user = staff("administrator"), staff()
    began = clock.now()
    with clock.at(began + timedelta(minutes=10)):  # a wrong clock, put right soon after
        client = signed_in(admin)
    with clock.at(began):
        path = f"/administration/users/{user.pk}/grants/new/"
        typed = {"role": "gate_officer", "establishment": ""}
        assert send(client, path, **typed).status_code == 403, "the password is asked for"
        assert not Grant.objects.filter(user=user).exists()
    for minutes in range(10, 12 * 60, 10):
        with clock.at(began + timedelta(minutes=minutes)):
            assert client.get("/account/").status_code == 200
    with clock.at(began + timedelta(hours=12, minutes=1)):
        assert client.get("/account/").status_code == 302, "a shift is over"


def test_a_session_that_nobody_is_seen_at_ends_when_the_clock_was_put_back_by_hours() -> None:
    admin, now = staff("administrator"), clock.now()
    with clock.at(now + timedelta(hours=9)):
        client = signed_in(admin)
    with clock.at(now):
        assert client.get("/account/").status_code == 302
