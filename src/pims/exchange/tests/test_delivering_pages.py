"""Traffic and held messages, as officers meet them on their pages."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from pims.assurance.models import Alarm
from pims.custody.tests.prison import Prison
from pims.exchange.models import Announcement, Delivery, Endpoint, Hold, Message
from pims.exchange.tests.helpers import SmallAgency
from pims.exchange.tests.pushing import AWAY, BAD, listening_agency, pushed_to, send, told
from pims.exchange.tests.test_breaker import MOST, screened
from pims.exchange.tests.test_pages import read
from pims.exchange.tests.test_pages import send as post
from pims.exchange.web.delivering_words import no_answer
from pims.exchange.webhooks import loading, secretfiles
from pims.foundation.access.actor import Actor
from pims.foundation.ledger.models import LedgerEntry
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock
from pims.people import selectors as people
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def superintendent(prison: Prison) -> Client:
    return signed_in(staff("superintendent", establishment_id=prison.establishment_id))


@pytest.fixture
def agency(prison: Prison) -> SmallAgency:
    return listening_agency()


def test_an_empty_page_says_that_it_is_empty_and_what_that_means(superintendent: Client) -> None:
    page = read(superintendent, "traffic")
    assert "No message left within the last 24 hours." in page
    assert "No agreement in force tells of events as they happen." in page
    page = read(superintendent, "breaker")
    assert "messages leave as things happen" in page
    assert "An ordinary Friday frees about twelve in a day." in page
    assert "Not confirmed by the service" in page


def _words(page: str) -> str:
    return " ".join(strip_tags(page.replace("<", " <")).split())


def test_the_limits_of_sending_and_holding_are_shown_with_where_they_are_set(
    superintendent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = _words(read(superintendent, "traffic"))
    assert "Given up after 72 hours" in shown
    assert "Released at most 25 within 1 hour" in shown
    assert "More than 6 hours late at most 20 within 1 hour" in shown
    assert "breaker.toml" in shown
    slower = replace(loading.SCHEDULE, give_up=timedelta(hours=5))
    monkeypatch.setattr(loading, "SCHEDULE", slower)
    shown = _words(read(superintendent, "traffic"))
    assert "Given up after 5 hours" in shown


def test_an_endpoint_is_made_paused_and_its_secret_taken_to_the_agency_on_record(
    superintendent: Client, agency: SmallAgency
) -> None:
    page = read(superintendent, "traffic")
    assert "Fetches by itself" in page
    wrong = post(superintendent, "new_endpoint", agency.agreement_id, url="http://desk.example/",
                 scheme="hmac")  # fmt: skip
    assert "Messages are sent by https alone." in wrong
    page = post(superintendent, "new_endpoint", agency.agreement_id,
                url="https://desk.example/hooks", scheme="hmac")  # fmt: skip
    endpoint = Endpoint.objects.get()
    assert "https://desk.example/hooks" in page
    secret = secretfiles.newest(endpoint.secret_name).text
    assert secret not in page
    assert secret in post(superintendent, "show_secret", endpoint.pk)
    assert LedgerEntry.objects.filter(kind="exchange.endpoint_secret_shown").count() == 1
    page = post(superintendent, "endpoint_state", endpoint.pk, state="paused", version=1,
                reason="They move their office")  # fmt: skip
    assert "They move their office" in page
    assert "What happens meanwhile waits for it." in page
    assert "Paused" in read(superintendent, "traffic")


def test_dead_letters_are_shown_with_the_last_answer_and_sent_again_with_a_reason(
    superintendent: Client, agency: SmallAgency
) -> None:
    goal = pushed_to(agency)
    told(2)
    send(goal, BAD)
    Delivery.objects.update(state="dead")
    page = read(superintendent, "endpoint", goal.endpoint_id)
    assert page.count("Given up") >= 2
    assert ">400<" in page
    ids = list(Delivery.objects.values_list("pk", flat=True))
    page = post(superintendent, "replay_dead", goal.endpoint_id, chosen=ids, reason="")
    assert "error" in page
    page = post(superintendent, "replay_dead", goal.endpoint_id, chosen=ids, reason="Their disk")
    assert "They are on their way." in page
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}
    again = OutboxEvent.objects.get(kind="exchange.deliveries_replayed")
    assert again.payload["count"] == 2
    send(goal)
    page = post(superintendent, "replay_stretch", goal.endpoint_id, first=1, last=1, reason="Lost")
    assert "They are on their way." in page
    assert "sent again" in page


def test_a_receiver_that_does_not_answer_is_told_apart_from_one_that_is_quiet(
    superintendent: Client, agency: SmallAgency
) -> None:
    goal = pushed_to(agency)
    told(1)
    send(goal, AWAY)
    page = read(superintendent, "traffic")
    assert "Does not answer" in page
    page = read(superintendent, "endpoint", goal.endpoint_id)
    assert "It has not answered since" in page
    assert "Nobody answers there" in page


def test_the_last_day_is_drawn_and_told_in_words(
    superintendent: Client, agency: SmallAgency
) -> None:
    goal = pushed_to(agency)
    told(4)
    send(goal)
    late = Delivery.objects.order_by("pk").first()
    assert late is not None
    Delivery.objects.filter(pk=late.pk).update(delivered_at=clock.now() + timedelta(seconds=9))
    screened(1, origin="test")
    page = read(superintendent, "traffic")
    for tone in ("ok", "warn", "alarm"):
        assert f"p-bars__bar--{tone}" in page
    assert "The table below says the same." in page
    table = page.partition("Messages by the hour</span>")[2]
    assert all(f">{n}</td>" in table for n in (3, 1))


def test_silence_and_addresses_within_are_agreed_with_a_reason(
    superintendent: Client, agency: SmallAgency
) -> None:
    page = post(superintendent, "silence", agency.agreement_id, minutes=1, reason="x")
    assert "Between 3 and" in page
    page = post(superintendent, "silence", agency.agreement_id, minutes=15, reason="By letter")
    assert "15 minutes" in page
    page = post(superintendent, "allow_address", network="10.20.0.1/16", reason="The bus")
    assert "Write a network" in page
    page = post(superintendent, "allow_address", network="10.20.0.0/16", reason="The bus")
    assert "10.20.0.0/16" in page
    page = post(superintendent, "end_allowed", 1_000_000)
    assert "10.20.0.0/16" in read(superintendent, "traffic")


def test_a_burst_is_looked_at_message_by_message_and_decided_with_a_reason(
    superintendent: Client, prison: Prison
) -> None:
    held = prison.held()
    screened(MOST)
    screened(2, person_id=held.person_id)
    hold = Hold.objects.get()
    page = read(superintendent, "breaker")
    assert "more than 25 within 1 hour" in page
    page = read(superintendent, "hold", hold.pk)
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    assert number in page
    assert "Only these messages wait." in page
    assert "Stands behind one that is held" in page
    page = post(superintendent, "withdraw", hold.pk, reason="")
    assert Message.objects.filter(state="held").count() == 2
    page = post(superintendent, "let_go", hold.pk, reason="The court freed them")
    assert "The court freed them" in page
    assert not Message.objects.filter(state="held").exists()
    page = post(superintendent, "withdraw", hold.pk, reason="Too late")
    assert "It was decided already." in page


def test_who_may_look_may_not_decide(prison: Prison) -> None:
    screened(1, origin="test")
    hold_id = Hold.objects.get().pk
    auditor = signed_in(staff("auditor"))
    page = read(auditor, "hold", hold_id)
    assert "Of a test" in page
    assert "They are true: send them" not in page
    answer = auditor.post(reverse("exchange:let_go", args=[hold_id]), {"reason": "x"})
    assert answer.status_code == 403
    assert Message.objects.get().state == "held"


def test_an_amnesty_is_announced_by_one_officer_and_counts_by_the_word_of_another(
    superintendent: Client, prison: Prison
) -> None:
    today = clock.today("America/Belize")
    days = {"starts_at": today, "ends_at": today + timedelta(days=1)}
    fields: dict[str, object] = {"expected": 300, "reason": "Independence Day"}
    for name, day in days.items():
        fields |= {
            f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year,
            f"{name}_hour": "00", f"{name}_minute": "30", f"{name}_time": "00:30",
        }  # fmt: skip
    page = post(superintendent, "announce_amnesty", **fields)
    row = Announcement.objects.get()
    assert "Waits for a second officer" in page
    assert "Confirm it as the second officer" not in page
    other = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    assert "Confirm it as the second officer" in read(other, "breaker")
    assert "The amnesty counts from now on." in post(other, "second_amnesty", row.pk)
    assert "no longer counts" in post(other, "call_off_amnesty", row.pk)


def test_the_alarm_of_held_messages_is_opened_and_taken_by_whom_it_belongs_to(
    superintendent: Client, prison: Prison
) -> None:
    screened(1, origin="test")
    alarm = Alarm.objects.get(kind="messages_held")
    assert alarm.establishment_id == prison.establishment_id
    page = superintendent.get(reverse("assurance:alarm", args=[alarm.pk])).content.decode()
    assert "Messages to other agencies are held" in page
    assert "Events of a test" in page
    assert reverse("exchange:breaker") in page
    superintendent.post(
        reverse("assurance:acknowledge", args=[alarm.pk]), {"command_id": str(uuid.uuid4())}
    )
    alarm.refresh_from_db()
    assert alarm.acknowledged_at is not None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("no answer in time (ReadTimeout)", "No respondió a tiempo"),
        ("nothing is sent to 10.0.0.1", "Su dirección es interna, y allí no se envía nada"),
        ("gaierror: [Errno -2] Name or service not known", "Nadie conoce su nombre"),
        ("ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED]", "Su certificado no es de confianza"),
        ("ConnectError: All connection attempts failed", "Allí no responde nadie"),
    ],
)
def test_why_nobody_answered_is_said_in_the_language_of_the_page(error: str, told: str) -> None:
    with translation.override("es"):
        assert no_answer(error) == told
