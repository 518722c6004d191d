"""Admission form, ID card and reception book: what their readers are promised is on them."""

import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from PIL import Image

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody import services
from pims.custody.tests.prison import LAYOUT, Prison, man
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.people import selectors as people_reads
from pims.people import services as people
from pims.people.services import NameInput
from pims.property import services as property_room
from pims.property.services import ItemInput
from pims.safety import services as safety
from pims.ui.tests.papers import HOSTILE, Printed
from tests.access.staff import signed_in, staff

# What is printed does not depend on the server.
pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def as_role(prison: Prison, role: str, **more):
    return signed_in(staff(role, establishment_id=prison.establishment_id, **more))


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 400), "navy").save(file, "PNG")
    return file.getvalue()


def admitted(prison: Prison, name: str = "Ana Chan", **warrant):
    """Somebody with everything that an admission can record."""
    receipt = prison.receive(man(name, injuries="Bruise, left eye", complaint=True))[0]
    person, episode = receipt.person_id, receipt.episode_id
    header = people_reads.person_headers(prison.actor, [person])[person]
    people.add_name(
        prison.command, person_id=person, version=header.version,
        name=NameInput(kind="street", given="Tiger", family=""),
    )  # fmt: skip
    now = clock.now()
    authority.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="remand",
        body_id=prison.court,
        reference="MC 114/26",
        dated=now.date(),
        received_at=now,
        defects=["no_seal"],
        as_written="To the Keeper of the Prison",
        names=[
            WarrantNameInput(
                person_id=person, name_as_written="Anna Chang", starts_at=now,
                next_appearance=now.date() + timedelta(days=14), charges="Burglary",
            )
        ],
        **warrant,
    )  # fmt: skip
    services.record_arrest(
        prison.command, episode_id=episode, version=1, arrested_at=now - timedelta(days=1),
        place="Orange Walk Town", reasons="Seen leaving", officer="PC 9 Uk",
    )  # fmt: skip
    services.record_injury(
        prison.command, episode_id=episode, body_area="Left eye", description="Bruise of two days",
        complaint_of_ill_treatment=True, complaint="They hit me", by_whom="An officer with a cap",
    )  # fmt: skip
    property_room.record_property(
        prison.command, person_id=person, establishment_id=prison.establishment_id,
        items=[
            ItemInput("valuables", "Wristwatch", store="S-12"),
            ItemInput("cash", "Cash", amount_cents=125_050, currency="BZD"),
        ],
        signed=True,
    )  # fmt: skip
    people.add_contact(
        prison.command, person_id=person, kind="next_of_kin", name="Rosa Chan",
        relationship="Mother", phone="555-2041",
    )  # fmt: skip
    for kind in ("escape_risk", "informant", "health_alert"):
        safety.raise_flag(prison.command, person_id=person, kind=kind, note=f"Note on {kind}")
    prison.put(episode, "REM A-1/1")
    return receipt


def form_of(receipt):
    return reverse("custody:admission_form_paper", args=[receipt.episode_id])


def card_of(receipt):
    return reverse("custody:id_card_paper", args=[receipt.person_id])


def book_of(day):
    return reverse("custody:reception_book_paper", args=[day])


def number_of(prison: Prison, receipt) -> str:
    return people_reads.person_headers(prison.actor, [receipt.person_id])[receipt.person_id].number


def today(prison: Prison) -> str:
    return f"{clock.now().astimezone(ZoneInfo(LAYOUT.time_zone)):%Y-%m-%d}"


def test_the_admission_form_holds_everything_that_was_recorded(prison, client) -> None:
    receipt = admitted(prison)

    paper = Printed(client.get(form_of(receipt)))

    for promised in (
        number_of(prison, receipt), "CHAN, Ana", "Tiger", "4 May 1990", "MC 114/26", "Anna Chang",
        "Burglary", "No seal", "To the Keeper of the Prison", "Orange Walk Town", "PC 9 Uk",
        "Seen leaving", "Bruise of two days", "They hit me", "An officer with a cap",
        "Bruise, left eye", "Wristwatch", "1,250.50 BZD", "Rosa Chan", "555-2041", "Escape risk",
        "A-1/1", "PC 114 Castillo", "Receiving officer", "No photograph", "Steps of the admission",
    ):  # fmt: skip
        assert promised in paper.text, promised
    assert paper.tagged
    assert paper.language == "en"


def test_the_form_of_an_admission_that_has_only_begun_can_be_printed(prison, client) -> None:
    receipt = prison.receive(man(""))[0]

    paper = Printed(client.get(form_of(receipt)))

    assert number_of(prison, receipt) in paper.text
    assert "Name not known" in paper.text
    assert paper.text.count("Not yet recorded.") == 3, "injuries, property, contacts"
    assert "No warrant was recorded." in paper.text


def test_what_only_some_may_see_is_not_on_the_form_of_the_others(prison, client) -> None:
    receipt = admitted(prison)
    trusted = as_role(prison, "superintendent")

    for reader in (client, trusted):
        text = Printed(reader.get(form_of(receipt))).text
        assert "Escape risk" in text
        for hidden in ("Informant", "Note on informant", "Health alert"):
            assert hidden not in text, hidden


def test_a_paper_says_who_printed_it_and_how_far_the_record_had_come(prison, client) -> None:
    receipt = admitted(prison)

    paper = Printed(client.get(form_of(receipt)))

    for sheet in paper.sheets:
        assert re.search(r"Printed \d+ \w+ \d{4} \d\d:\d\d · Officer \w+ · State of the record \d+",
                         sheet)  # fmt: skip
        assert f"Page {paper.sheets.index(sheet) + 1} / {len(paper.sheets)}" in sheet


def test_printing_is_in_the_ledger_with_whom_it_was_about(prison, client) -> None:
    receipt = admitted(prison)
    client.get(form_of(receipt))

    entry = LedgerEntry.objects.filter(body__contains="paper.admission_form").get()
    assert entry.person_ids == [receipt.person_id]


def test_the_file_name_names_nobody_and_the_paper_can_do_nothing(prison, client) -> None:
    receipt = admitted(prison)

    for url in (form_of(receipt), card_of(receipt), book_of(today(prison))):
        answer = client.get(url)
        found = answer["Content-Disposition"]
        assert re.fullmatch(r'inline; filename="[A-Za-z0-9-]+\.pdf"', found)
        assert "chan" not in found.lower()
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"


def test_a_form_is_printed_in_the_language_of_its_reader(prison, client) -> None:
    receipt = admitted(prison)

    asked = Printed(client.get(form_of(receipt), {"language": "es"}))
    own = Printed(as_role(prison, "records_officer", language="es").get(form_of(receipt)))

    for paper in (asked, own):
        assert paper.language == "es"
        assert "Ficha de ingreso" in paper.text
        assert "Admission form" not in paper.text
    assert Printed(client.get(form_of(receipt), {"language": "xx<"})).language == "en"


@pytest.mark.parametrize("role", ["gate_officer", "unit_officer", "auditor", "medical_officer"])
def test_whoever_may_not_print_gets_no_paper(prison, role) -> None:
    receipt = admitted(prison)
    reader = as_role(prison, role)

    for url in (form_of(receipt), card_of(receipt), book_of(today(prison))):
        assert reader.get(url).status_code == 403


def test_a_printer_elsewhere_does_not_know_the_prisoner(prison, other_prison) -> None:
    receipt = admitted(prison)
    stranger = as_role(other_prison, "records_officer")

    assert stranger.get(form_of(receipt)).status_code == 404
    assert stranger.get(card_of(receipt)).status_code == 404
    assert "CHAN" not in Printed(stranger.get(book_of(today(prison)))).text
    assert not LedgerEntry.objects.filter(person_ids__contains=[receipt.person_id],
                                          body__contains="paper.").exists()  # fmt: skip


def test_the_card_is_one_side_of_the_size_of_a_card(prison, client) -> None:
    receipt = prison.one("Ana Chan")
    header = people_reads.person_headers(prison.actor, [receipt.person_id])[receipt.person_id]

    before = Printed(client.get(card_of(receipt)))
    people.add_photograph(prison.command, person_id=receipt.person_id, kind="front", data=picture())
    after = Printed(client.get(card_of(receipt)))

    for card in (before, after):
        assert len(card.sheets) == 1
        box = card.reader.pages[0].mediabox
        assert (float(box.width), float(box.height)) == pytest.approx((242.6, 153.0), abs=0.2)
        assert header.number in card.text
        assert "CHAN, Ana" in card.text
        assert card.tagged
    assert before.pictures == 0
    assert "No photograph" in before.text
    assert after.pictures == 1


@pytest.mark.parametrize(
    "name", ["W" * 190, "María José " * 18, HOSTILE, "🐯 Tiger " * 12, "محمد سلام", "שלום לוי", ""]
)
def test_no_name_is_too_strange_for_any_paper(prison, client, name) -> None:
    receipt = prison.receive(man(name))[0]

    for url in (form_of(receipt), card_of(receipt), book_of(today(prison))):
        paper = Printed(client.get(url))
        assert number_of(prison, receipt) in paper.text
    assert len(Printed(client.get(card_of(receipt))).sheets) == 1


def test_what_people_wrote_is_shown_and_never_carried_out(prison, client) -> None:
    receipt = prison.receive(man("Ana Chan", injuries=HOSTILE))[0]
    people.add_contact(
        prison.command, person_id=receipt.person_id, kind="other", name=HOSTILE, address=HOSTILE
    )
    services.record_arrest(
        prison.command, episode_id=receipt.episode_id, version=1, place=HOSTILE, reasons=HOSTILE,
        arrested_at=clock.now() - timedelta(days=1),
    )  # fmt: skip

    Printed(client.get(form_of(receipt))).shows_literally()
    Printed(client.get(book_of(today(prison)))).shows_literally()


def test_the_book_of_a_day_holds_that_day_and_no_other(prison, client) -> None:
    received = clock.now().astimezone(ZoneInfo(LAYOUT.time_zone))
    receipt = prison.one("Ana Chan", at=received)
    prison.one("Pedro Uh", at=received - timedelta(days=2))

    paper = Printed(client.get(book_of(f"{received:%Y-%m-%d}")))

    assert number_of(prison, receipt) in paper.text
    assert "CHAN, Ana" in paper.text
    assert "PC 114 Castillo" in paper.text
    assert f"{received:%H:%M}" in paper.text
    assert "UH, Pedro" not in paper.text
    assert "Nobody was received" in Printed(client.get(book_of("2020-02-29"))).text


@pytest.mark.parametrize("day", ["2026-02-30", "today", "20260101x", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_has_no_page(prison, client, day) -> None:
    assert client.get(book_of(day)).status_code == 404
    assert client.get(reverse("custody:reception_book"), {"day": day}).status_code == 200


def test_of_a_day_of_sixty_receptions_every_line_is_printed_under_its_head(prison, client) -> None:
    prison.receive(*[man(f"Person Number{n}", injuries="Old scar") for n in range(60)])

    paper = Printed(client.get(book_of(today(prison))))

    assert "60 received." in paper.text
    assert "NUMBER59, Person" in paper.text
    assert all("Handed over by" in sheet for sheet in paper.sheets[:-1]), "the head repeats"


def test_links_to_the_papers_are_where_they_are_looked_for(prison, client) -> None:
    receipt = admitted(prison)
    number = number_of(prison, receipt)
    reception = as_role(prison, "reception_officer")

    def page(reader, name, *args):
        return reader.get(reverse(name, args=args)).content.decode()

    assert form_of(receipt) in page(reception, "custody:admission", receipt.episode_id)
    assert book_of(today(prison)) in page(client, "custody:reception_book")
    overview = page(client, "prisoner", number)
    assert card_of(receipt) in overview
    assert form_of(receipt) in page(client, "prisoner_custody", number)
    assert card_of(receipt) not in page(as_role(prison, "unit_officer"), "prisoner", number)


def test_a_custody_that_has_ended_is_printed_as_it_was(prison, client, system_actor: Actor) -> None:
    receipt = admitted(prison)
    services.record_removal(
        Command(system_actor), episode_id=receipt.episode_id, country="GT", by_whom="Immigration",
        happened_at=clock.now(),
    )  # fmt: skip

    paper = Printed(client.get(form_of(receipt)))

    assert "MC 114/26" in paper.text


def test_a_joined_record_is_printed_under_the_number_that_counts(prison, client) -> None:
    kept = prison.receive(man("Ana Chan"))[0]
    services.record_removal(
        prison.command, episode_id=kept.episode_id, country="GT", by_whom="Immigration",
        happened_at=clock.now(),
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(minutes=1)):
        joined = prison.receive(man("Anna Chang"))[0]
    number, old = number_of(prison, joined), number_of(prison, kept)
    services.merge_people(
        prison.command, person_id=kept.person_id, into_person_id=joined.person_id, reason="Same"
    )

    card = Printed(client.get(card_of(kept)))
    form = Printed(client.get(form_of(kept)))

    assert number in card.text
    assert old not in card.text
    assert f"{number}, {old}" in form.text, "both numbers, the one that counts first"


def test_a_form_shows_the_photograph(prison, client) -> None:
    receipt = prison.one("Ana Chan")
    people.add_photograph(prison.command, person_id=receipt.person_id, kind="front", data=picture())

    assert Printed(client.get(form_of(receipt))).pictures == 1
