"""Discharge certificate, discharge book and official copy: what is on them, and what never is."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.custody import services as custody
from pims.custody.tests.prison import LAYOUT, Prison, man
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.entries import READ
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.people import selectors as people_reads
from pims.people import services as people
from pims.property import selectors as property_reads
from pims.property import services as property_room
from pims.property.services import ItemInput
from pims.release import services
from pims.release.models import Discharge
from pims.release.tests.test_services import case_for, known, order_for
from pims.safety import services as safety
from pims.ui.tests.papers import HOSTILE, Printed
from tests.access.staff import signed_in, staff

# What is printed does not depend on the server.
pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def as_role(prison: Prison, role: str):
    return signed_in(staff(role, establishment_id=prison.establishment_id))


def today() -> str:
    return f"{clock.now().astimezone(ZoneInfo(LAYOUT.time_zone)):%Y-%m-%d}"


def discharged(prison, officer, second, *, name: str = "Ana Chan", where: str = "Home"):
    """Somebody with property and an order, out through the gate; gives (receipt, discharge)."""
    receipt = prison.held(name)
    property_room.record_property(
        prison.command, person_id=receipt.person_id, establishment_id=prison.establishment_id,
        items=[ItemInput("valuables", "Wristwatch"), ItemInput("clothing", "Old boots")],
        signed=True,
    )  # fmt: skip
    watch = next(
        i for i in property_reads.held_items([receipt.person_id])[receipt.person_id]
        if i.description == "Wristwatch"
    )  # fmt: skip
    property_room.return_property(
        prison.command, person_id=receipt.person_id, establishment_id=prison.establishment_id,
        item_ids=[watch.item_id], signed=True,
    )  # fmt: skip
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    done = services.discharge_person(Command(officer), case_id=case_id, destination=where)
    return receipt, done.discharge_id


def certificate_of(discharge_id: int) -> str:
    return reverse("release:certificate_paper", args=[discharge_id])


def copy_of(receipt) -> str:
    return reverse("release:official_copy_paper", args=[receipt.person_id])


def book_of(day: str) -> str:
    return reverse("release:book_paper", args=[day])


def number_of(prison, receipt) -> str:
    return people_reads.person_headers(prison.actor, [receipt.person_id])[receipt.person_id].number


def test_a_discharged_person_carries_proof_of_it(prison, officer, second, client) -> None:
    receipt, discharge_id = discharged(prison, officer, second)

    answer = client.get(certificate_of(discharge_id))
    paper = Printed(answer)

    at = Discharge.objects.get(pk=discharge_id).at.astimezone(ZoneInfo(LAYOUT.time_zone))
    for promised in (
        number_of(prison, receipt), "CHAN, Ana", "was discharged from Test Prison on",
        f"{at.day} {at:%b} {at.year} {at:%H:%M}", "Release order: Bail", "Bail 7/26",
        officer.name, second.name, "Home", "Wristwatch", "Still in the store: 1",
        "If something is wrong", "Discharged person",
    ):  # fmt: skip
        assert promised in paper.text, promised
    assert "Old boots" not in paper.text
    assert len(paper.sheets) == 1
    assert paper.tagged
    assert paper.language == "en"
    assert answer["Content-Disposition"] == (
        f'inline; filename="{number_of(prison, receipt)}-discharge-{discharge_id}.pdf"'
    )


def test_the_certificate_can_be_given_in_the_language_that_the_person_reads(
    prison, officer, second, client
) -> None:
    _, discharge_id = discharged(prison, officer, second)

    paper = Printed(client.get(certificate_of(discharge_id), {"language": "es"}))

    assert paper.language == "es"
    assert "Certificado de egreso" in paper.text
    assert "Si algo está mal" in paper.text
    assert "Bail 7/26" in paper.text


def test_a_discharge_made_on_paper_has_a_certificate_with_the_order_that_was_seen(
    prison, client
) -> None:
    receipt = prison.held("Ana Chan")
    done = services.record_paper_discharge(
        prison.command, episode_id=receipt.episode_id, happened_at=clock.now(),
        order_seen="Bail of the High Court, 44/26", first_officer="Ical", second_officer="",
        destination="",
    )  # fmt: skip

    paper = Printed(client.get(certificate_of(done.discharge_id)))

    assert "Bail of the High Court, 44/26" in paper.text
    assert "entered from paper" in paper.text


def test_a_discharge_that_was_an_error_says_so_on_its_certificate(
    prison, officer, second, client
) -> None:
    _, discharge_id = discharged(prison, officer, second)
    services.record_release_in_error(
        prison.command, discharge_id=discharge_id, discovered_at=clock.now(), how="Wrong person",
        police_told_at=None,
    )  # fmt: skip

    text = Printed(client.get(certificate_of(discharge_id))).text

    assert "recorded as an error" in text
    assert "Wrong person" not in text


def test_the_discharge_book_holds_the_day(prison, officer, second, client) -> None:
    receipt, _ = discharged(prison, officer, second)

    paper = Printed(client.get(book_of(today())))

    for promised in ("1 discharged.", number_of(prison, receipt), "CHAN, Ana", "Bail 7/26",
                     officer.name, "Home"):  # fmt: skip
        assert promised in paper.text, promised
    assert "Nobody was discharged" in Printed(client.get(book_of("2021-03-04"))).text
    assert client.get(book_of("2021-02-30")).status_code == 404
    assert client.get(book_of("9999-12-31")).status_code == 404


def test_of_a_day_of_sixty_discharges_every_line_is_printed(prison, client) -> None:
    receipts = prison.receive(*[man(f"Person Number{n}") for n in range(60)])
    Discharge.objects.bulk_create(
        Discharge(
            person_id=receipt.person_id, episode_id=receipt.episode_id, at=clock.now(),
            establishment_id=prison.establishment_id, first_officer_id=prison.actor.user_id,
            second_how="present", second_name="Wade", destination="Belize City",
            minutes_from_order=12, recorded_by_id=prison.actor.user_id,
        )
        for receipt in receipts
    )  # fmt: skip

    paper = Printed(client.get(book_of(today())))

    assert "60 discharged." in paper.text
    assert "NUMBER59, Person" in paper.text


def a_full_file(prison):
    """A file with everything that a prisoner may read, and everything that he may not."""
    receipt = prison.receive(man("Ana Chan", injuries="Bruise on the arm", complaint=True))[0]
    other = prison.receive(man("Pedro Uh"))[0]
    prison.remand(receipt.person_id)
    prison.put(receipt.episode_id, "REM A-1/1", reason="Moved because of Secret Note")
    escort = prison.out(receipt.person_id, destination="Magistrates' Court, Orange Walk")[0]
    prison.back(escort_id=escort, outcome="same_warrant")
    custody.record_injury(
        prison.command, episode_id=receipt.episode_id, body_area="Left eye",
        description="Swollen", complaint_of_ill_treatment=True, complaint="I was hit",
        by_whom="Constable Namedman",
    )  # fmt: skip
    people.add_contact(
        prison.command, person_id=receipt.person_id, kind="next_of_kin", name="Rosa Secretkin",
        phone="555-7777", address="9 Hidden Street",
    )  # fmt: skip
    people.add_child(prison.command, person_id=receipt.person_id, name="Little Secretchild")
    for kind in ("informant", "victim", "health_alert", "escape_risk"):
        safety.raise_flag(
            prison.command, person_id=receipt.person_id, kind=kind, note=f"Flagnote {kind}"
        )
    safety.keep_apart(
        prison.command, person_id=receipt.person_id, other_person_id=other.person_id,
        reason="He testified", protected=True,
    )  # fmt: skip
    property_room.record_property(
        prison.command, person_id=receipt.person_id, establishment_id=prison.establishment_id,
        items=[ItemInput("valuables", "Wristwatch")], signed=True,
    )  # fmt: skip
    return receipt, other


HIDDEN = (
    "Secret", "555-7777", "Hidden Street", "Informant", "Victim", "Health alert", "Flagnote",
    "testified", "UH, Pedro", "Constable Namedman", "PC 114 Castillo",
)  # fmt: skip


@pytest.mark.parametrize("role", ["records_officer", "superintendent"])
def test_the_official_copy_shows_the_prisoners_own_file_and_nothing_confidential(
    prison, role
) -> None:
    receipt, other = a_full_file(prison)

    paper = Printed(as_role(prison, role).get(copy_of(receipt)))

    for promised in (
        number_of(prison, receipt), "CHAN, Ana", "4 May 1990", "12/2026", "As Written", "A-1/1",
        "Orange Walk", "Back on the same warrant", "Bruise on the arm", "Swollen", "I was hit",
        "Wristwatch", "Escape risk", "Next of kin 1", "What is left out", "Changed", "Read",
    ):  # fmt: skip
        assert promised in paper.text, promised
    for hidden in (*HIDDEN, number_of(prison, other)):
        assert hidden not in paper.text, hidden
    assert paper.tagged


def test_a_copy_says_the_same_about_what_it_leaves_out_whether_or_not_there_is_any(
    prison, client
) -> None:
    receipt, other = a_full_file(prison)

    def left_out(who):
        text = Printed(client.get(copy_of(who))).text
        return text[text.index("What is left out") :].split("Records officer")[0]

    assert left_out(receipt) == left_out(other)


def test_a_copy_counts_who_changed_and_who_read_the_file(prison, client) -> None:
    receipt = prison.held("Ana Chan")
    client.get(copy_of(receipt))
    reads = LedgerEntry.objects.filter(kind=READ, person_ids__contains=[receipt.person_id]).count()
    assert reads >= 1

    text = Printed(client.get(copy_of(receipt))).text

    changes = LedgerEntry.objects.filter(person_ids__contains=[receipt.person_id]).exclude(
        kind=READ
    )
    assert f"Changed {changes.count()} " in text
    assert f"Read {reads} " in text


def test_an_empty_file_makes_a_copy_too(prison, client) -> None:
    receipt = prison.receive(man(""))[0]

    paper = Printed(client.get(copy_of(receipt)))

    assert number_of(prison, receipt) in paper.text
    assert "None recorded." in paper.text


def test_what_people_wrote_is_shown_and_never_carried_out(prison, officer, second, client) -> None:
    receipt, discharge_id = discharged(prison, officer, second, name="Ana Chan", where=HOSTILE)
    for url in (certificate_of(discharge_id), book_of(today()), copy_of(receipt)):
        Printed(client.get(url)).shows_literally()


@pytest.mark.parametrize(
    "role", ["gate_officer", "unit_officer", "controller", "visiting_justice", "auditor"]
)
def test_whoever_may_not_print_gets_no_paper(prison, officer, second, role) -> None:
    receipt, discharge_id = discharged(prison, officer, second)
    reader = as_role(prison, role)

    for url in (certificate_of(discharge_id), book_of(today()), copy_of(receipt)):
        assert reader.get(url).status_code == 403


def test_every_printing_is_in_the_ledger(prison, officer, second, client) -> None:
    receipt, discharge_id = discharged(prison, officer, second)

    for url, code in (
        (certificate_of(discharge_id), "discharge_certificate"),
        (book_of(today()), "discharge_book"),
        (copy_of(receipt), "official_copy"),
    ):
        client.get(url)
        entry = LedgerEntry.objects.get(body__contains=f"paper.{code}")
        assert entry.person_ids == [receipt.person_id]


def test_the_papers_are_offered_where_they_are_given_along(prison, officer, second, client) -> None:
    receipt, discharge_id = discharged(prison, officer, second)

    done = client.get(reverse("release:discharged", args=[discharge_id])).content.decode()
    book = client.get(reverse("release:book")).content.decode()
    access = as_role(prison, "superintendent").get(
        reverse("prisoner_access", args=[number_of(prison, receipt)])
    )

    assert certificate_of(discharge_id) in done
    assert f"{copy_of(receipt)}?language=es" in done
    assert book_of(today()) in book
    assert copy_of(receipt) in access.content.decode()


def test_an_old_custody_stays_on_the_copy_of_a_new_one(prison, officer, second, client) -> None:
    receipt, _ = discharged(prison, officer, second)
    again = clock.now() + timedelta(seconds=1)
    with clock.at(again + timedelta(minutes=1)):
        prison.receive(man("Ana Chan", person_id=receipt.person_id), at=again)

    paper = Printed(client.get(copy_of(receipt)))

    assert "Discharged" in paper.text
    assert "In custody" in paper.text


def test_the_book_holds_every_end_of_custody_of_its_day(prison, officer, second, client) -> None:
    discharged(prison, officer, second)
    freed, dead, gone = prison.held("Pedro Uh"), prison.held("Juan Coc"), prison.held("Luis Paz")
    custody.record_court_discharge(
        prison.command, episode_id=freed.episode_id, order_seen="MC-BZ 9/26"
    )
    custody.record_death(prison.command, episode_id=dead.episode_id, place_of_death="KHMH")
    custody.record_removal(prison.command, episode_id=gone.episode_id, country="GT")

    paper = Printed(client.get(book_of(today())))
    page = client.get(reverse("release:book")).content.decode()

    for shown in (paper.text, page):
        for promised in ("CHAN, Ana", "UH, Pedro", "Discharged at court", "MC-BZ 9/26",
                         "COC, Juan", "Died", "KHMH", "PAZ, Luis", "Removed from the country",
                         "No order was seen", "Coroner not yet told"):  # fmt: skip
            assert promised in shown, promised
    assert "2 discharged. Other ends of custody: 2." in paper.text


def test_whoever_was_freed_at_court_or_removed_gets_a_certificate_too(prison, client) -> None:
    freed, gone, dead = prison.held("Pedro Uh"), prison.held("Luis Paz"), prison.held("Juan Coc")
    ends = [
        custody.record_court_discharge(
            prison.command, episode_id=freed.episode_id, order_seen="MC-BZ 9/26"
        ),
        custody.record_removal(
            prison.command, episode_id=gone.episode_id, country="GT", order_seen="Minister 4/26",
            receiving_authority="Migración, Melchor",
        ),
    ]  # fmt: skip
    for end, promised in zip(
        ends,
        (("UH, Pedro", "was discharged at court on", "MC-BZ 9/26"),
         ("PAZ, Luis", "was removed from the country on", "Minister 4/26", "Melchor")),
        strict=True,
    ):  # fmt: skip
        text = Printed(client.get(reverse("release:end_paper", args=[end.end_id]))).text
        for words in promised:
            assert words in text, words
    died = custody.record_death(prison.command, episode_id=dead.episode_id)
    assert client.get(reverse("release:end_paper", args=[died.end_id])).status_code == 404
