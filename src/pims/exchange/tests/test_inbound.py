"""What comes in from other agencies: kept whatever is wrong with it, judged, its end defined."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.models import Alarm
from pims.assurance.selectors import alarm as alarm_info
from pims.assurance.web.remedies import remedy
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.enforcement import InquiryRefused
from pims.exchange.inbound import following, intake
from pims.exchange.models import AgencyKey, Inbound, Inquiry, OrderClock, ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.sending import Sender, judge
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock
from pims.kernel.numbers import prisoner_number
from pims.live.web.sounding import matters
from pims.people import selectors as people


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def court(prison: Prison) -> Sender:
    return Sender("mc_bz", "court", bodies=(prison.court,))


def number_of(prison: Prison, person_id: int) -> str:
    return people.person_headers(prison.actor, [person_id])[person_id].number


def release(number: str = "", **more: object) -> dict[str, object]:
    return {
        "issued_by": "MC-BZ",
        "subject": {"number": number, "family_name": "Perez", "given_names": "Juan"},
        "order": "discharge",
        "reference": "R 7/26",
        "ends_all": True,
        **more,
    }


def test_a_message_is_kept_before_anything_of_it_is_judged(court: Sender) -> None:
    body = court.text("release_order", release(), message_id="a-1")
    receipt = court.give(body)
    assert (receipt.outcome, receipt.message_id, receipt.kind) == (
        "received", "a-1", "release_order",
    )  # fmt: skip
    row = court.row("a-1")
    assert (row.state, row.body) == ("received", body.decode())
    assert [one["state"] for one in court.status("a-1")["steps"]] == ["received"]
    assert OutboxEvent.objects.filter(kind="exchange.message_received").count() == 1
    entry = LedgerEntry.objects.get(kind="exchange.message_received")
    assert entry.person_ids == []


@pytest.mark.any_server
def test_the_same_message_twice_is_one_and_gets_the_same_answer(court: Sender) -> None:
    body = court.text("release_order", release(), message_id="a-1")
    first, second = court.give(body), court.give(body)
    judge()
    third = court.give(body)
    assert [one.outcome for one in (first, second, third)] == ["received", "duplicate", "duplicate"]
    assert len({one.digest for one in (first, second, third)}) == 1
    assert Inbound.objects.count() == 1
    assert court.row("a-1").state == "unmatched"


@pytest.mark.any_server
def test_other_words_under_an_id_that_was_used_are_kept_and_refused(court: Sender) -> None:
    court.send("release_order", release(), message_id="a-1")
    other = court.give(court.text("release_order", release(ends_all=False), message_id="a-1"))
    judge()
    assert other.outcome == "conflict"
    assert court.status(other.message_id)["state"] == "refused"
    assert "other_content" in court.status(other.message_id)["problems"]
    assert court.row("a-1").state == "unmatched"
    again = court.give(court.text("release_order", release(ends_all=False), message_id="a-1"))
    assert again.outcome == "conflict"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\xff\xfe", "not_text"),
        (b"a\0b", "not_text"),
        (b"not json", "not_json"),
        (b"[" * 60_000, "not_json"),
        (b'{"v": NaN}', "not_json"),
        (b'{"v": 1, "v": 1}', "bad_field:v"),
        (b"{}", "bad_field:kind"),
        (b'{"v": 1, "kind": "pardon_everybody"}', "unknown_kind"),
    ],
)
def test_what_cannot_be_read_is_kept_too_and_its_sender_is_told(
    court: Sender, body: bytes, told: str
) -> None:
    receipt = court.give(body)
    judge()
    status = court.status(receipt.message_id)
    assert status["state"] == "refused"
    assert told in status["problems"]


@pytest.mark.any_server
def test_each_field_that_is_wrong_is_named(court: Sender) -> None:
    row = court.send(
        "release_order", release(dated="30 February 2026", ends_all="yes", colour="blue")
    )
    assert set(row.problems) >= {
        "bad_field:dated", "bad_field:ends_all", "unknown_field:colour",
    }  # fmt: skip


@pytest.mark.any_server
def test_a_message_is_believed_only_with_its_senders_signature(
    prison: Prison, court: Sender
) -> None:
    other = Sender("police", "police")
    cases: list[tuple[Callable[[bytes], dict[str, str]], str]] = [
        (lambda body: {"signature": ""}, "not_signed"),
        (lambda body: {"signature": "a.b.c"}, "wrong_signature"),
        (lambda body: {"signature": court.sign(body + b" ")}, "wrong_signature"),
        (lambda body: {"signature": other.sign(body)}, "wrong_signature"),
        (lambda body: {"signature": other.sign(body), "kid": other.kid}, "unknown_key"),
        # A key to sign in with signs no message.
        (lambda body: {"signature": court.sign(body), "kid": court.agency.kid}, "unknown_key"),
        (lambda body: {"signature": court.sign_request(body + b" ")}, "wrong_signature"),
        (lambda body: {"signature": court.sign_request(body, other.key)}, "wrong_signature"),
        (
            lambda body: {"signature": court.sign_request(body, path="/v1/searches")},
            "wrong_signature",
        ),
        (lambda body: {"signature": '{"base": 1}'}, "wrong_signature"),
    ]
    for wrong, told in cases:
        body = court.text("release_order", release())
        row = _kept(court, body, **wrong(body))
        assert (row.state, row.problems) == ("refused", [told])
        assert court.status(row.message_id)["problems"] == [told]
    assert not Alarm.objects.exists()


def _kept(
    sender: Sender, body: bytes, signature: str | None = None, kid: str | None = None
) -> Inbound:
    receipt = sender.give(body, signature=signature, kid=kid)
    judge()
    return sender.row(receipt.message_id)


@pytest.mark.any_server
def test_a_signed_request_is_as_good_as_a_signed_document(court: Sender) -> None:
    body = court.text("release_order", release())
    row = _kept(court, body, court.sign_request(body))
    assert row.state == "unmatched"


def test_a_key_is_changed_without_a_gap_and_a_revoked_one_is_believed_no_more(
    court: Sender,
) -> None:
    new, kid = court.new_key()
    body = court.text("release_order", release())
    assert _kept(court, body, court.sign(body, new), kid).state == "unmatched"
    later = court.text("release_order", release())
    assert _kept(court, later).state == "unmatched"
    old = AgencyKey.objects.get(kid=court.kid, use="message")
    services.revoke_key(Command(court.agency.officers[0]), key_id=old.pk, reason="lost")
    last = court.text("release_order", release())
    assert _kept(court, last).problems == ["key_revoked"]
    ended, kid = court.new_key(
        starts_at=clock.now() - timedelta(days=9), ends_at=clock.now() - timedelta(days=1)
    )
    late = court.text("release_order", release())
    assert _kept(court, late, court.sign(late, ended), kid).problems == ["key_not_in_force"]


@pytest.mark.any_server
def test_a_court_speaks_for_itself_alone_and_the_police_for_no_court(
    prison: Prison, court: Sender
) -> None:
    assert court.send("release_order", release(issued_by="HC")).problems == ["body_not_yours"]
    assert court.send("release_order", release(issued_by="MOON")).problems == ["unknown_body"]
    police = Sender("police", "police")
    assert "kind_not_yours" in police.send("release_order", release()).problems
    # What a court orders to hold somebody is no release order, whatever it is called.
    assert court.send("release_order", release(order="remand")).problems == ["order_not_of_kind"]


def test_a_clock_that_is_off_by_an_hour_is_told_and_stops_nothing(
    prison: Prison, court: Sender
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    for hours, told in ((1, "clock_ahead:60"), (-1, "clock_behind:60"), (-30, "sent_long_ago")):
        sent = clock.now() + timedelta(hours=hours)
        row = court.send(
            "release_order", release(number, pronounced_at=sent.isoformat()), sent_at=sent
        )
        assert row.state == "waiting"
        assert any(code.startswith(told) for code in row.problems), row.problems
    done = services.apply_inbound(prison.command, inbound_id=row.pk, version=row.version)
    assert done.state == "applied"


def test_an_order_needs_no_agreement_and_no_quota_holds_it_up(prison: Prison) -> None:
    court = Sender("mc_bz", "court", bodies=(prison.court,), agreed=False)
    row = court.send("release_order", release(), message_id="n-1")
    assert row.state == "unmatched"
    assert "no_agreement" in row.problems
    assert Inquiry.objects.filter(outcome="no_agreement").exists()
    assert court.status("n-1")["state"] == "unmatched"
    services.set_agency_state(
        Command(court.agency.officers[0]), agency_id=court.agency.agency_id, version=1,
        state="suspended", reason="Lost a machine",
    )  # fmt: skip
    with pytest.raises(InquiryRefused) as refused:
        court.give(court.text("release_order", release()))
    assert refused.value.outcome in ("agency_not_active", "bad_token")


@pytest.mark.any_server
def test_nobody_sends_without_saying_who_sits_at_the_other_end(court: Sender) -> None:
    body = court.text("release_order", release())
    with pytest.raises(InquiryRefused) as refused:
        court.give(body, end_user=" ")
    assert refused.value.outcome == "bad_request"
    court.give(body)
    entry = LedgerEntry.objects.get(kind="exchange.message_received")
    detail = LedgerDetail.objects.get(entry_id=entry.pk)
    assert "The clerk" in detail.details


def test_a_release_order_that_nobody_deals_with_climbs_and_is_heard_again(
    prison: Prison, court: Sender
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    row = court.send("release_order", release(number))

    def heard() -> list[str]:
        found = matters(prison.actor, prison.establishment_id)
        return [one["text"] for one in found if one["kind"] == "alarm"]

    assert any("Release order came" in text and number in text for text in heard())
    alarm = Alarm.objects.get(key=str(row.pk))
    told = alarm_info(prison.actor, alarm.pk)
    assert remedy(prison.actor, told) == reverse("exchange:message", args=[row.pk])
    assurance.acknowledge_alarm(prison.command, alarm_id=alarm.pk)
    assert not any("Release order came" in text for text in heard())
    with time_machine.travel(row.received_at + timedelta(minutes=14), tick=True):
        assurance.sweep(prison.command, establishment_id=prison.establishment_id)
        alarm.refresh_from_db()
        assert alarm.step == 0
    with time_machine.travel(row.received_at + timedelta(minutes=16), tick=True):
        assurance.sweep(prison.command, establishment_id=prison.establishment_id)
        alarm.refresh_from_db()
        assert (alarm.step, alarm.owner_role) == (1, "duty_senior_officer")
        assert any("Release order came" in text for text in heard())
        services.reject_inbound(
            prison.command, inbound_id=row.pk, version=row.version, reason="It was taken back"
        )
    alarm.refresh_from_db()
    assert alarm.ended_at is not None
    assert OrderClock.objects.get(inbound=row).stopped_because == "rejected"


def test_a_message_that_cannot_be_looked_at_keeps_no_other_waiting(
    prison: Prison, court: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = number_of(prison, prison.held().person_id)
    for name in ("first", "second"):
        court.give(court.text("release_order", release(number), message_id=name))
    real = following.judge_inbound

    def failing(command: Command, *, inbound_id: UUID) -> object:
        if Inbound.objects.get(pk=inbound_id).message_id == "first":
            raise ValueError("a fault of ours")
        return real(command, inbound_id=inbound_id)

    monkeypatch.setattr(following, "judge_inbound", failing)
    monkeypatch.setattr(following, "LEFT_BEHIND", timedelta(0))
    with pytest.raises(ExceptionGroup, match="not every message"):
        following.judge_left_behind()
    states = dict(Inbound.objects.values_list("message_id", "state"))
    assert states == {"first": "received", "second": "waiting"}


@pytest.mark.any_server
def test_nobody_reads_what_another_agency_sent(prison: Prison, court: Sender) -> None:
    court.send("release_order", release(), message_id="x-1")
    assert Sender("police", "police").asked("x-1") is None
    assert court.asked("x-2") is None


@pytest.mark.any_server
def test_more_than_a_message_may_be_is_turned_away(court: Sender) -> None:
    with pytest.raises(intake.TooLarge):
        court.give(b" " * (intake.LARGEST_BODY + 1))


def test_a_release_order_sounds_at_reception_whoever_it_is_about(
    prison: Prison, court: Sender
) -> None:
    held = prison.held()
    known = court.send("release_order", release(number_of(prison, held.person_id)))
    unknown = court.send("release_order", release("0000019-17"))
    court.send("remand_order", release(order="remand"))
    alarms = {one.key: one for one in Alarm.objects.filter(kind="order_unacknowledged")}
    assert alarms.keys() == {str(known.pk), str(unknown.pk)}
    assert alarms[str(known.pk)].person_id == held.person_id
    assert alarms[str(known.pk)].owner_role == "reception_officer"
    assert alarms[str(unknown.pk)].establishment_id == prison.establishment_id
    assert alarms[str(known.pk)].deadline_at == known.received_at + timedelta(minutes=15)
    assert OrderClock.objects.count() == 2


def test_a_list_is_answered_under_the_agreement_of_the_moment_when_it_is_fetched(
    prison: Prison,
) -> None:
    inside = prison.held()
    shelve([inside.person_id])
    police = Sender("police", "police")
    number = number_of(prison, inside.person_id)
    row = police.send(
        "custody_status_request",
        {"people": [{"number": number}, {"number": "0000019-17", "own_reference": "B2"}]},
        message_id="list-1",
    )
    assert row.state == "applied"
    answers = police.status("list-1")["answers"]
    assert answers[0]["custody"]["held"] is True
    assert answers[1] == {"number": "0000019-17", "own_reference": "B2", "custody": None}
    assert LedgerEntry.objects.filter(
        kind="exchange.disclosed", person_ids=[inside.person_id]
    ).exists()
    assert "body" not in json.dumps(police.status("list-1"))


@pytest.mark.any_server
def test_a_message_is_no_way_to_ask_whether_the_prison_has_a_record_of_somebody(
    prison: Prison, court: Sender
) -> None:
    """Sealed, juvenile, not covered: for its sender it looks as it does of nobody."""
    ordinary, sealed, young = (
        prison.held(name).person_id for name in ("Ana One", "Sealed Two", "Young Three")
    )
    shelve([ordinary, sealed, young])
    for person_id, label in ((sealed, "sealed"), (young, "juvenile")):
        ShelfRow.objects.filter(person_id=person_id).update(labels=[label])

    def told(number: str) -> dict[str, Any]:
        row = court.send("release_order", release(number))
        status = court.status(row.message_id)
        assert status["steps"][0].pop("at")
        for one in ("message_id", "digest", "received_at", "clock"):
            status.pop(one)
        for step in status["steps"]:
            step.pop("at", None)
        return status

    nobody = told(prisoner_number(9_999_999))
    assert (nobody["state"], nobody["problems"]) == ("unmatched", [])
    hidden = [told(number_of(prison, one)) for one in (sealed, young)]
    assert hidden == [nobody, nobody]
    assert told(number_of(prison, ordinary))["state"] == "waiting"
    # Here the officer has them all the same, and what an officer decides is told.
    waits = Inbound.objects.filter(person_id=sealed).get()
    assert waits.state == "waiting"
    other = court.send("release_order", release(prisoner_number(9_999_998)))
    services.match_inbound(
        prison.command, inbound_id=other.pk, version=other.version,
        number=number_of(prison, young),
    )  # fmt: skip
    said = court.status(other.message_id)
    assert (said["state"], said["steps"][-1]["codes"]) == ("unmatched", [])
    services.reject_inbound(
        prison.command, inbound_id=waits.pk, version=waits.version, reason="Ring us"
    )
    said = court.status(waits.message_id)
    assert (said["state"], said["reason"]) == ("rejected", "Ring us")
    assert "waiting" not in [step["state"] for step in said["steps"]]
