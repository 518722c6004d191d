"""The inbox, as officers meet it: what is urgent first, the differences, one decision."""

import uuid
from datetime import timedelta
from importlib import import_module

import pytest
from django.test import Client
from django.urls import reverse

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts import selectors as courts
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.inbound import paper
from pims.exchange.models import Inbound
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_court_lists import line, listed
from pims.exchange.tests.test_inbound import number_of, release
from pims.exchange.tests.test_inbound_orders import remand, today
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from tests.access.staff import signed_in, staff


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def court(prison: Prison) -> Sender:
    return Sender("mc_bz", "court", bodies=(prison.court,))


@pytest.fixture
def desk(prison: Prison) -> Client:
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"exchange:{name}", args=args))
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(client: Client, to: str, *args: object, status: int = 200, **fields: object) -> str:
    fields.setdefault("command_id", str(uuid.uuid4()))
    answer = client.post(reverse(f"exchange:{to}", args=args), fields, follow=True)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def test_the_most_urgent_comes_first_and_is_done_once_with_its_differences_seen(
    prison: Prison, court: Sender, desk: Client
) -> None:
    held = prison.held("Juan Perez")
    number = number_of(prison, held.person_id)
    later = court.send("remand_order", remand(number, reference="12/2026"))
    row = court.send(
        "release_order",
        release(
            number, ends_all=False, frees_from=["12/2026", "9/1999"],
            subject={"number": number, "family_name": "Choc", "given_names": "Pedro"},
        ),
    )  # fmt: skip
    page = read(desk, "inbox")
    assert page.index("Release order") < page.index("Remand or committal")
    page = read(desk, "message", row.pk)
    for words in (
        "The name is not one of this person&#x27;s", "Differs", "Another message says the opposite",
        "No paper on record has the reference 9/1999", "I have it in hand",
        "The order is recorded: Discharge", "12/2026", "Other messages about this person",
    ):  # fmt: skip
        assert words in page, words
    desk.post(reverse("signin:language"), {"language": "es"})
    page = read(desk, "message", row.pk)
    for words in ("Vea esto primero", "Lo que se haría", "Otro mensaje dice lo contrario"):
        assert words in page, words
    assert "Buzón" in read(desk, "inbox")
    desk.post(reverse("signin:language"), {"language": "en"})
    assert "The sender sees that you have it in hand" in send(desk, "acknowledge", row.pk)
    twice = {"command_id": str(uuid.uuid4()), "version": str(row.version), "papers_shown": "1"}
    names = [one.warrant_name_id for one in _papers(prison, held.person_id)]
    page = send(desk, "apply", row.pk, paper=names, **twice)
    assert "Done, and the sender is told" in page
    assert "What was recorded" in page
    again = desk.post(reverse("exchange:apply", args=[row.pk]), {**twice, "paper": names})
    assert again.status_code == 302
    late = send(desk, "apply", row.pk, status=409, version=str(row.version))
    assert "Somebody changed the message meanwhile" in late
    assert len(courts.orders(prison.actor, [held.person_id])[held.person_id]) == 1
    page = send(desk, "ask", later.pk, version=str(later.version), reason="Which one holds?")
    assert "The sender was asked" in page
    later.refresh_from_db()
    page = send(desk, "reject", later.pk, version=str(later.version), reason="Freed since")
    assert "Declined by an officer" in page
    assert "Freed since" in page
    assert court.status(later.message_id)["reason"] == "Freed since"
    assert "Nothing waits." in read(desk, "inbox")


def test_an_order_that_frees_is_on_top_however_much_else_waits(
    prison: Prison, court: Sender, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("pims.exchange.selectors.inbox"), "MOST", 2)
    number = number_of(prison, prison.held("Juan Perez").person_id)
    for at in range(3):
        court.send("remand_order", remand(number, reference=f"{at}/2026"))
    court.send("release_order", release(number))
    page = read(desk, "inbox")
    assert page.index("Release order") < page.index("Remand or committal")


def _papers(prison: Prison, person_id: int) -> list[WarrantBrief]:
    return list(authority.warrants_of([person_id], zone="America/Belize")[person_id])


@pytest.mark.any_server
def test_an_officer_says_who_is_meant_and_nobody_out_of_sight_is_found(
    prison: Prison, court: Sender, desk: Client
) -> None:
    held = prison.held("Lucretia Mortensen")
    content = release(subject={"family_name": "Mortensen", "given_names": "Lucretia"})
    row = court.send("release_order", content)
    page = read(desk, "message", row.pk)
    assert "Only a name points at somebody" in page
    number = number_of(prison, held.person_id)
    assert f'value="{number}"' in page
    refused = send(desk, "apply", row.pk, status=409, version=str(row.version))
    assert "Say who it is first" in refused or "say first who" in refused
    nobody = send(desk, "match", row.pk, status=409, version=str(row.version), number="0000019-17")
    assert "You can see nobody with this prisoner number" in nobody
    page = send(desk, "match", row.pk, version=str(row.version), number=number)
    assert "Said by an officer" in page
    assert "From which papers does it free?" in page


def test_a_court_list_shows_what_becomes_of_each_line(
    prison: Prison, court: Sender, desk: Client
) -> None:
    one = prison.held("Juan Perez")
    day = today() + timedelta(days=4)
    stranger = {"subject": {"family_name": "Nakamura", "given_names": "Sophie"}}
    row = court.send(
        "hearing_list",
        listed(day, line(number_of(prison, one.person_id), at_time="09:30:00"), stranger),
    )
    page = read(desk, "message", row.pk)
    assert "Put in the diary" in page
    assert "Nobody knows who this is" in page
    assert "09:30" in page
    page = send(desk, "apply", row.pk, version=str(row.version))
    assert "Done" in page


def test_a_signed_paper_is_a_message_like_any_other_and_a_forged_one_frees_nobody(
    prison: Prison, court: Sender, desk: Client
) -> None:
    held = prison.held()
    body = court.text(
        "release_order", release(number_of(prison, held.person_id)), message_id="paper-1"
    )
    code = paper.text_of("mc_bz", body, court.sign_paper(body))
    assert "<svg" in paper.drawn(code)
    page = send(desk, "read_paper", code=f" {code[:80]}\n{code[80:]} ")
    assert "Waits for an officer" in page
    assert "Paper" in page
    # The same paper once more, and the same message over the wire, are the same message.
    send(desk, "read_paper", code=code)
    assert court.give(body).outcome == "duplicate"
    assert Inbound.objects.count() == 1
    assert "not the whole code" in send(
        desk, "read_paper", status=422, code=code[:-90].rpartition(".")[0]
    )
    other = body.replace(b"paper-1", b"paper-2")
    forged = paper.text_of("mc_bz", other, court.sign_paper(body))
    page = send(desk, "read_paper", code=forged)
    assert "Turned back" in page
    assert "The signature is not the sender" in page
    assert "No agency called" in send(
        desk, "read_paper", status=422, code=paper.text_of("moon", body, court.sign_paper(body))
    )
    same_id = court.text("release_order", release(), message_id="paper-1")
    conflict = send(
        desk, "read_paper", code=paper.text_of("mc_bz", same_id, court.sign_paper(same_id))
    )
    assert "Its number was used for other words before" in conflict
    services.set_agency_state(
        Command(court.agency.officers[0]), agency_id=court.agency.agency_id, version=1,
        state="suspended", reason="Lost a machine",
    )  # fmt: skip
    last = court.text("release_order", release(), message_id="paper-9")
    page = send(desk, "read_paper", code=paper.text_of("mc_bz", last, court.sign_paper(last)))
    assert "The agency is suspended or ended" in page


@pytest.mark.any_server
def test_a_gate_officer_sees_no_inbox(prison: Prison, court: Sender) -> None:
    gate = signed_in(staff("gate_officer", establishment_id=prison.establishment_id))
    assert gate.get(reverse("exchange:inbox")).status_code == 403
