"""What staff are promised when they sign in, switch and walk away."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from pims.foundation.access import mfa
from pims.foundation.access.models import SignInState
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import actor_for, system_actor
from pims.foundation.access.services import (
    add_totp,
    deactivate_user,
    set_card,
    set_pin,
    unlock_user,
)
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from tests.access.staff import PASSWORD, PIN, sign_in, signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]

OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}


def kinds() -> list[str]:
    return list(LedgerEntry.objects.order_by("serial").values_list("kind", flat=True))


def is_in(client: Client) -> bool:
    return bool(client.get("/session/").json()["signed_in"])


def bind_app(user: Any) -> str:
    secret: str = mfa.new_totp_secret()
    code = code_of(secret)
    add_totp(
        Command(actor=system_actor()), user_id=user.pk, secret=Secret(secret), code=Secret(code)
    )
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    return mfa.totp_code(secret, int(clock.now().timestamp()) // 30 + steps)


def test_badge_and_pin_open_a_session_inside() -> None:
    user, client = staff("records_officer"), Client()
    answer = sign_in(client, user)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    assert kinds()[-1] == "access.signed_in"


def test_the_card_does_as_well_as_the_number_on_it() -> None:
    user, client = staff("records_officer"), Client()
    set_card(Command(actor=system_actor()), user_id=user.pk, serial=Secret("04a1b2c3d4"))
    user.refresh_from_db()
    answer = client.post("/sign-in/", {"badge": "04A1B2C3D4", "secret": PIN})
    assert answer.status_code == 302
    assert is_in(client)


def test_a_page_asked_for_before_signing_in_is_the_page_after_it() -> None:
    user, client = staff("administrator", "auditor"), Client()
    asked = client.get("/account/?x=1")
    assert asked["Location"] == "/sign-in/?next=%2Faccount%2F%3Fx%3D1"
    user = staff("auditor")
    assert sign_in(client, user, next="/account/?x=1")["Location"] == "/account/?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x()", "/sign-in/"],
)
def test_signing_in_never_leads_to_another_site(elsewhere: str) -> None:
    user, client = staff("auditor"), Client()
    assert sign_in(client, user, next=elsewhere)["Location"] == "/"


def test_a_page_that_the_user_may_not_open_becomes_the_start_page() -> None:
    user, client = staff("gate_officer"), Client()
    assert sign_in(client, user, next="/administration/users/")["Location"] == "/"


def test_a_wrong_pin_is_told_plainly_and_recorded() -> None:
    user, client = staff("records_officer"), Client()
    answer = sign_in(client, user, pin="111222")
    assert answer.status_code == 422
    assert "locked for 15 minutes: 4." in answer.content.decode()
    assert not is_in(client)
    assert kinds()[-1] == "access.sign_in_failed"


def test_five_wrong_pins_lock_the_badge_for_fifteen_minutes() -> None:
    user, client = staff("records_officer"), Client()
    for _ in range(4):
        assert sign_in(client, user, pin="111222").status_code == 422
    fifth = sign_in(client, user, pin="111222")
    assert fifth.status_code == 429
    assert "another 15 min" in fifth.content.decode()
    assert "access.locked_out" in kinds()
    assert sign_in(client, user).status_code == 429, "the right PIN opens nothing while locked"
    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert sign_in(client, user).status_code == 302


def test_a_fifth_attempt_that_is_right_is_let_in_and_clears_the_count() -> None:
    user, client = staff("records_officer"), Client()
    for _ in range(4):
        sign_in(client, user, pin="111222")
    assert sign_in(client, user).status_code == 302
    assert SignInState.objects.get(key=f"user:{user.pk}").failures == 0


def test_a_badge_that_nobody_has_is_answered_and_locked_like_any_other() -> None:
    client, user = Client(), staff("records_officer")
    known = [sign_in(client, user, pin="111222").content.decode() for _ in range(5)]
    unknown = [
        client.post("/sign-in/", {"badge": "NOBODY", "secret": "111222"}).content.decode()
        for _ in range(5)
    ]
    for one, other in zip(known, unknown, strict=True):
        assert ("Wrong attempts left" in one) == ("Wrong attempts left" in other)
        assert ("another 15 min" in one) == ("another 15 min" in other)
    assert "another 15 min" in unknown[-1]


def test_an_administrator_can_open_a_locked_badge_sooner() -> None:
    user, client = staff("records_officer"), Client()
    for _ in range(5):
        sign_in(client, user, pin="111222")
    unlock_user(Command(actor=system_actor()), user_id=user.pk)
    assert sign_in(client, user).status_code == 302


def test_guesses_at_many_badges_from_one_address_have_to_wait() -> None:
    client = Client()
    for number in range(20):
        client.post("/sign-in/", {"badge": f"GUESS{number}", "secret": "111222"})
    user = staff("records_officer")
    answer = sign_in(client, user)
    assert answer.status_code == 429
    assert "from this computer" in answer.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert sign_in(elsewhere, user).status_code == 302


def test_what_strangers_tried_and_sessions_that_are_over_do_not_pile_up() -> None:
    user, client = staff("records_officer"), Client()
    client.post("/sign-in/", {"badge": "NOBODY", "secret": "111222"})
    old = signed_in(user).session.session_key
    sign_in(client, user, pin="111222")
    with clock.at(clock.now() + timedelta(hours=25)):
        sign_in(client, user)
        assert set(SignInState.objects.values_list("key", flat=True)) == {
            f"user:{user.pk}", "address:127.0.0.1",
        }  # fmt: skip
    assert not Session.objects.filter(pk=old).exists()


def test_signing_in_takes_a_new_session_key() -> None:
    user, client = staff("records_officer"), Client()
    client.session["planted"] = "by whoever sat here before"
    session = client.session
    session["planted"] = "x"
    session.save()
    before = session.session_key
    client.cookies["pims_session"] = before
    sign_in(client, user)
    assert client.session.session_key != before
    assert "planted" not in client.session
    assert not type(session)(session_key=before).exists(before)


def test_switching_user_keeps_nothing_of_the_earlier_session() -> None:
    first, second = staff("records_officer"), staff("gate_officer")
    client = signed_in(first)
    session = client.session
    session["draft_of_first"] = "secret"
    session.save()
    before = session.session_key
    page = client.get("/switch/?next=/account/")
    assert first.name in page.content.decode()
    answer = client.post("/switch/", {"badge": second.badge, "secret": PIN, "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert client.session.session_key != before
    assert "draft_of_first" not in client.session
    assert second.name in client.get("/account/").content.decode()
    old = Client()
    old.cookies["pims_session"] = before
    assert old.get("/session/").status_code == 401
    assert kinds()[-2:] == ["access.signed_out", "access.signed_in"]
    entry = LedgerEntry.objects.order_by("-serial").first()
    assert entry is not None
    assert f'"switched_from":{first.pk}' in entry.body


def test_the_language_chosen_before_signing_in_is_that_of_the_session() -> None:
    user = staff("records_officer")
    client = Client()
    client.post("/language/", {"language": "es", "next": "/sign-in/"})
    client.post("/sign-in/", {"badge": user.badge, "secret": PIN})
    assert 'lang="es"' in client.get("/account/").content.decode()
    user.refresh_from_db()
    assert user.language == "en", "the user's own language is another matter"
    client.post("/language/", {"language": "en", "next": "/account/"})
    assert 'lang="en"' in client.get("/account/").content.decode()
    client.post("/sign-out/")
    client.post("/sign-in/", {"badge": user.badge, "secret": PIN})
    assert 'lang="en"' in client.get("/account/").content.decode()


def test_a_passkey_is_offered_where_a_browser_can_make_one() -> None:
    user = staff("records_officer")
    client = signed_in(user)
    here = client.get(
        "/account/second-factor/", headers={"host": "127.0.0.1:8000"}
    ).content.decode()
    assert "data-passkey" not in here
    assert 'href="http://localhost:' in here
    there = client.get(
        "/account/second-factor/", headers={"host": "localhost:8000"}
    ).content.decode()
    assert 'data-passkey="create"' in there


def test_a_failed_switch_leaves_the_earlier_user_where_they_were() -> None:
    first, second = staff("records_officer"), staff("gate_officer")
    client = signed_in(first)
    answer = client.post("/switch/", {"badge": second.badge, "secret": "111222"})
    assert answer.status_code == 422
    assert first.name in client.get("/account/").content.decode()


def test_a_session_that_stands_idle_for_fifteen_minutes_ends() -> None:
    client = signed_in(staff("records_officer"))
    with clock.at(clock.now() + timedelta(minutes=14)):
        assert client.get("/account/").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=28)):
        assert client.get("/account/").status_code == 200, "working keeps it open"
    with clock.at(clock.now() + timedelta(minutes=44)):
        answer = client.get("/account/")
    assert answer["Location"].endswith("ended=idle")
    assert '"why":"idle"' in LedgerEntry.objects.order_by("-serial")[0].body


def test_what_a_page_asks_by_itself_does_not_keep_a_session_open() -> None:
    client = signed_in(staff("records_officer"))
    for minute in range(1, 15):
        with clock.at(clock.now() + timedelta(minutes=minute)):
            left = client.get("/session/", headers={"X-Pims-Background": "1"}).json()
            assert left["seconds_left"] <= (15 - minute) * 60
    with clock.at(clock.now() + timedelta(minutes=15)):
        assert client.get("/session/", headers={"X-Pims-Background": "1"}).status_code == 401


def test_a_board_that_nobody_watches_does_not_keep_a_session_open() -> None:
    client = signed_in(staff("superintendent"))
    begun = clock.now()
    for minute in range(1, 15):
        with clock.at(begun + timedelta(minutes=minute)):
            client.get("/board/stream/", headers={"Accept": "text/event-stream"})
    with clock.at(begun + timedelta(minutes=15)):
        assert client.get("/session/").status_code == 401


def test_no_session_outlives_a_shift_however_busy() -> None:
    client = signed_in(staff("records_officer"))
    begun = clock.now()
    for quarter in range(1, 72):
        with clock.at(begun + timedelta(minutes=10 * quarter)):
            assert client.get("/session/").status_code == 200
    with clock.at(begun + timedelta(hours=12)):
        assert client.get("/session/").status_code == 401


def test_deactivating_a_user_ends_their_session_at_once() -> None:
    user = staff("records_officer")
    client = signed_in(user)
    assert is_in(client)
    deactivate_user(Command(actor=system_actor()), user_id=user.pk)
    assert client.get("/session/").status_code == 401
    assert sign_in(Client(), user).status_code == 422


def test_a_new_pin_ends_every_session_that_the_old_one_opened() -> None:
    user = staff("records_officer")
    here, there = signed_in(user), signed_in(user)
    set_pin(Command(actor=actor_for(user)), user_id=user.pk, pin=Secret("593817"))
    assert here.get("/session/").status_code == 401
    assert there.get("/session/").status_code == 401


def test_changing_ones_own_pin_keeps_this_session_and_ends_the_others() -> None:
    user = staff("records_officer")
    here, there = signed_in(user), signed_in(user)
    answer = here.post(
        "/account/pin/",
        {"pin": "593817", "again": "593817", "command_id": "6f1f3c52-7f2b-4f86-b7fa-0d3d1d6f8a11"},
    )
    assert answer.status_code == 302
    assert is_in(here)
    assert there.get("/session/").status_code == 401
    assert sign_in(Client(), user, pin="593817").status_code == 302


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "123456", "987654", "000000", "48 02 7"])
def test_a_pin_that_is_easily_guessed_is_not_taken(pin: str) -> None:
    client = signed_in(staff("records_officer"))
    answer = client.post(
        "/account/pin/",
        {"pin": pin, "again": pin, "command_id": "6f1f3c52-7f2b-4f86-b7fa-0d3d1d6f8a12"},
    )
    assert answer.status_code == 422


def test_signing_out_ends_the_session() -> None:
    client = signed_in(staff("records_officer"))
    assert client.get("/sign-out/").status_code == 405, "no link signs anyone out"
    client.post("/sign-out/")
    assert not is_in(client)
    assert kinds()[-1] == "access.signed_out"


# -- second factors ----------------------------------------------------------------------------
def test_an_administrator_signs_in_with_password_and_code_even_inside() -> None:
    user = staff("administrator")
    secret = bind_app(user)
    client = Client()
    by_pin = sign_in(client, user)
    assert by_pin.status_code == 422
    assert "password and a second step" in by_pin.content.decode()
    first = client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
    assert first["Location"] == "/sign-in/second-factor/"
    assert not is_in(client), "the password alone opens nothing"
    second = client.post("/sign-in/second-factor/", {"code": code_of(secret, steps=1)})
    assert second.status_code == 302
    assert client.get("/administration/users/").status_code == 200


def test_an_administrator_without_a_second_factor_sets_one_up_before_anything_else() -> None:
    user, client = staff("administrator"), Client()
    first = client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
    assert first["Location"] == "/sign-in/set-up/"
    assert not is_in(client)
    page = client.get("/sign-in/set-up/").content.decode()
    secret = page.split("<code>")[1].split("<")[0].replace(" ", "")
    wrong = client.post("/sign-in/set-up/", {"app-code": "000000"})
    assert wrong.status_code == 422
    done = client.post("/sign-in/set-up/", {"app-code": code_of(secret)})
    assert done["Location"] == "/account/recovery-codes/"
    codes = client.get("/account/recovery-codes/").content.decode()
    assert codes.count('<code class="p-number">') == 10


def test_a_session_without_second_factor_holds_nothing_of_an_administrators_role() -> None:
    user = staff("administrator", "gate_officer")
    assert not actor_for(user, strong=False).can("access.manage")
    assert actor_for(user, strong=False).can("custody.receive")
    assert actor_for(user, strong=True).can("access.manage")
    assert signed_in(user, strong=False).get("/administration/users/").status_code == 403


def test_a_code_opens_only_once() -> None:
    user = staff("administrator")
    secret = bind_app(user)
    now = clock.now()
    statuses = []
    for _ in range(2):
        client = Client()
        with clock.at(now + timedelta(seconds=30)):
            client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
            statuses.append(
                client.post("/sign-in/second-factor/", {"code": code_of(secret)}).status_code
            )
    assert statuses == [302, 422]


def test_a_code_is_taken_one_step_early_or_late_and_no_more() -> None:
    user = staff("administrator")
    secret, now = bind_app(user), clock.now()
    for steps, expected in ((-2, 422), (2, 422), (1, 302)):
        client = Client()
        with clock.at(now + timedelta(minutes=5)):
            client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
            code = code_of(secret, steps=steps)
            assert client.post("/sign-in/second-factor/", {"code": code}).status_code == expected, (
                steps
            )


def test_a_recovery_code_opens_once_and_then_never() -> None:
    user = staff("administrator")
    bind_app(user)
    code = mfa.recovery_codes(user.pk)[3]
    statuses = []
    for _ in range(2):
        client = Client()
        client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
        statuses.append(client.post("/sign-in/second-factor/", {"code": code}).status_code)
    assert statuses == [302, 422]
    assert len(mfa.recovery_codes(user.pk)) == 9


def test_guessing_codes_locks_the_badge() -> None:
    user, client = staff("administrator"), Client()
    bind_app(user)
    client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
    for _ in range(4):
        last = client.post("/sign-in/second-factor/", {"code": "000000"})
    assert last["Location"] == "/sign-in/?ended=locked"
    again = client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
    assert again.status_code == 429


def test_the_second_step_waits_five_minutes_and_no_longer() -> None:
    user, client = staff("administrator"), Client()
    secret = bind_app(user)
    client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD, "with": "password"})
    with clock.at(clock.now() + timedelta(minutes=5, seconds=1)):
        answer = client.post("/sign-in/second-factor/", {"code": code_of(secret)})
    assert answer["Location"] == "/sign-in/?ended=took_too_long"
    assert not is_in(client)


def test_a_pin_opens_nothing_from_outside() -> None:
    user, client = staff("records_officer"), Client(**OUTSIDE)
    sign_in(client, user)
    assert not is_in(client)


def test_from_outside_the_password_needs_a_second_factor() -> None:
    user, client = staff("records_officer"), Client(**OUTSIDE)
    secret = bind_app(user)
    first = client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD})
    assert first["Location"] == "/sign-in/second-factor/"
    client.post("/sign-in/second-factor/", {"code": code_of(secret, steps=1)})
    assert is_in(client)


def test_nobody_sets_up_their_first_factor_from_outside() -> None:
    user, client = staff("records_officer"), Client(**OUTSIDE)
    first = client.post("/sign-in/", {"badge": user.badge, "secret": PASSWORD})
    assert client.get(first["Location"]).status_code == 403
    assert not is_in(client)


def test_a_session_opened_inside_by_pin_ends_when_it_turns_up_outside() -> None:
    user = staff("records_officer")
    client = signed_in(user, strong=False)
    assert is_in(client)
    assert client.get("/session/", **OUTSIDE).status_code == 401
    assert client.get("/session/").status_code == 401


def test_what_an_unknown_proxy_forwards_counts_as_outside() -> None:
    user, client = staff("records_officer"), Client()
    forwarded = {"HTTP_X_FORWARDED_FOR": "10.0.0.5"}
    client.post("/sign-in/", {"badge": user.badge, "secret": PIN}, **forwarded)
    assert not is_in(client)


def test_a_trusted_proxy_is_believed_about_who_asks(settings: Any) -> None:
    settings.PIMS_TRUSTED_PROXIES = ["127.0.0.1"]
    user, client = staff("records_officer"), Client()
    far = {"HTTP_X_FORWARDED_FOR": "10.0.0.5, 203.0.113.7"}
    client.post("/sign-in/", {"badge": user.badge, "secret": PIN}, **far)
    assert not is_in(client)
    near = {"HTTP_X_FORWARDED_FOR": "203.0.113.7, 10.0.0.5"}
    assert client.post("/sign-in/", {"badge": user.badge, "secret": PIN}, **near).status_code == 302


def test_no_secret_is_kept_in_the_clear_anywhere() -> None:
    from django.db import connection

    user, client = staff("records_officer"), Client()
    secret = bind_app(user)
    sign_in(client, user)
    sign_in(Client(), user, pin="777313")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = "\n".join(row[0] for row in cursor.fetchall())
            for clear in (PIN, PASSWORD, "777313", secret):
                assert clear not in text, table
