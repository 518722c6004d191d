"""The property receipt: what was taken in or given back, and who signed for it."""

from dataclasses import replace

import pytest
from django.urls import reverse

from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison, man
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people
from pims.property import selectors, services
from pims.property.services import ItemInput
from pims.ui.tests.papers import HOSTILE, Printed
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]

ITEMS = (
    ItemInput("valuables", "Wristwatch", condition="scratched"),
    ItemInput("clothing", "Shirt", quantity=3),
    ItemInput("cash", "Cash", amount_cents=125_050, currency="BZD"),
)


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def taken_in(prison: Prison, *items: ItemInput, name: str = "Ana Chan", **more):
    receipt = prison.receive(man(name))[0]
    more.setdefault("signed", True)
    made = services.record_property(
        prison.command,
        person_id=receipt.person_id,
        establishment_id=prison.establishment_id,
        items=list(items or ITEMS),
        **more,
    )
    return receipt.person_id, made.receipt_id


def test_what_was_given_back_since_was_in_the_store_as_was_known_before(
    fresh_database: object, prison: Prison
) -> None:
    person_id, _receipt = taken_in(prison)
    before = clock.now()
    watch = selectors.held_items([person_id])[person_id][0]
    services.report_missing(prison.command, item_id=watch.item_id)
    given_back(prison, person_id)

    def read(known_at=None):
        return selectors.property_of(prison.actor, person_id, known_at=known_at)

    assert [item.held for item in read(before)] == [True] * len(ITEMS)
    assert {item.missing_since for item in read(before)} == {None}
    assert {item.item_id for item in read(before)} == {item.item_id for item in read()}
    assert not any(item.held for item in read())


def given_back(prison: Prison, person_id: int, **more) -> int:
    items = selectors.held_items([person_id])[person_id]
    return services.return_property(
        prison.command,
        person_id=person_id,
        establishment_id=prison.establishment_id,
        item_ids=[item.item_id for item in items],
        **more,
    ).receipt_id


def paper_of(receipt_id: int) -> str:
    return reverse("property:receipt_paper", args=[receipt_id])


def test_a_receipt_lists_what_was_taken_in_to_be_signed(prison, client) -> None:
    person_id, receipt_id = taken_in(prison)

    answer = client.get(paper_of(receipt_id))
    paper = Printed(answer)

    number = people.person_headers(prison.actor, [person_id])[person_id].number
    for promised in (number, "CHAN, Ana", "taken in", "Wristwatch", "scratched", "3 Shirt",
                     "1,250.50 BZD", "3 lines", "Prisoner", "Officer"):  # fmt: skip
        assert promised in paper.text, promised
    assert paper.tagged
    assert answer["Content-Disposition"] == (
        f'inline; filename="{number}-property-in-{receipt_id}.pdf"'
    )
    assert LedgerEntry.objects.filter(
        person_ids=[person_id], body__contains="paper.property_receipt"
    ).exists()


def test_a_refusal_to_sign_stands_on_the_receipt_with_its_witness(prison, client) -> None:
    _, receipt_id = taken_in(prison, signed=False, refused_to_sign=True, witness="Officer Wade")

    paper = Printed(client.get(paper_of(receipt_id)))

    assert "refused to sign. Witness: Officer Wade" in paper.text
    assert "Witness Officer" in paper.text, "the witness signs"


def test_the_receipt_of_a_return_says_who_got_the_things(prison, client) -> None:
    person_id, _ = taken_in(prison)
    receipt_id = given_back(prison, person_id, given_to="Rosa Chan, mother", signed=True)

    paper = Printed(client.get(paper_of(receipt_id)))

    assert "given back" in paper.text
    assert "Rosa Chan, mother" in paper.text
    assert "Who received the things" in paper.text


def test_a_receipt_is_in_the_language_asked_for(prison, client) -> None:
    _, receipt_id = taken_in(prison)

    paper = Printed(client.get(paper_of(receipt_id), {"language": "es"}))

    assert paper.language == "es"
    assert "Recibo de pertenencias: entrega" in paper.text


def test_what_is_written_of_a_thing_is_shown_and_never_carried_out(prison, client) -> None:
    _, receipt_id = taken_in(prison, ItemInput("other", HOSTILE, condition="[ ] # $ \\"))

    paper = Printed(client.get(paper_of(receipt_id)))

    paper.shows_literally()
    assert "[ ] # $ \\" in paper.text


def test_two_hundred_things_fill_several_sheets_that_all_say_whose_they_are(prison, client) -> None:
    _, receipt_id = taken_in(prison, *[ItemInput("other", f"Thing {n}") for n in range(200)])

    paper = Printed(client.get(paper_of(receipt_id)))

    assert len(paper.sheets) > 2
    assert all("CHAN, Ana" in sheet for sheet in paper.sheets)
    assert "Thing 199" in paper.text


@pytest.mark.parametrize("role", ["unit_officer", "controller", "gate_officer"])
def test_whoever_may_not_print_gets_no_receipt(prison, role) -> None:
    _, receipt_id = taken_in(prison)
    reader = signed_in(staff(role, establishment_id=prison.establishment_id))

    assert reader.get(paper_of(receipt_id)).status_code == 403


def test_the_page_of_a_receipt_leads_to_its_paper(prison, client) -> None:
    person_id, receipt_id = taken_in(prison)

    page = client.get(reverse("property:receipt", args=[receipt_id])).content.decode()
    of_person = client.get(reverse("property:person", args=[person_id])).content.decode()

    assert paper_of(receipt_id) in page
    assert reverse("property:receipt", args=[receipt_id]) in of_person


@pytest.mark.parametrize(
    ("field", "limit"), [("description", 300), ("condition", 120), ("store", 60)]
)
def test_a_line_that_says_too_much_is_told_apart_and_none_is_written(
    prison: Prison, field: str, limit: int
) -> None:
    long = replace(ITEMS[1], **{field: "x" * (limit + 1)})
    with pytest.raises(InvalidInput) as caught:
        taken_in(prison, ITEMS[0], long)
    assert caught.value.fields[f"{field}_1"].code == "text.too_long"
    person_id, _ = taken_in(prison, ITEMS[0], replace(long, **{field: "x" * limit}), name="Leo Tun")
    assert len(selectors.held_items([person_id])[person_id]) == 2
