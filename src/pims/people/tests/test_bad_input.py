"""Whatever is typed into any text field comes back as it was typed, and runs nowhere."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput
from pims.people import selectors, services
from pims.people.services import NameInput
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

EVIL = [
    "'; DROP TABLE people_person; --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}{% now %}",
    "%(number)s %s \\x00 \\N",
]


def fill(officer, person_id, text):
    """The same text in every text field that a person has."""
    command, one = (lambda: Command(officer)), {"person_id": person_id}
    services.add_name(command(), **one, name=NameInput(text, text, "alias"))
    services.add_identifier(command(), **one, kind="other", number=text)
    services.add_address(command(), **one, lines=text, place=text, district=text, phone=text)
    services.set_description(
        command(), **one, build=text, complexion=text, hair=text, eyes=text, facial_hair=text,
        other=text,
    )  # fmt: skip
    services.add_mark(command(), **one, kind="scar", body_part=text, text=text)
    services.add_contact(
        command(), **one, kind="lawyer", name=text, relationship=text, phone=text, address=text,
        note=text,
    )  # fmt: skip
    services.record_consular_notice(command(), **one, country="GT", note=text)
    services.add_child(
        command(), **one, name=text, age_as_given=text, where=text, with_whom=text, note=text
    )


@pytest.mark.parametrize("text", EVIL)
def test_it_comes_back_as_typed_and_is_only_text_on_the_page(make_person, officer, prison, text):
    made = make_person("Ana", "Chan")

    fill(officer, made.person_id, text)

    detail = selectors.person_detail(officer, made.person_id)
    contact, address, mark = detail.contacts[0], detail.addresses[0], detail.marks[0]
    assert {detail.names[1].given, detail.names[1].family, detail.identifiers[0].number,
            address.lines, address.place, address.district, address.phone,
            detail.description.build, detail.description.hair, detail.description.other,
            mark.body_part, mark.text, contact.name, contact.relationship, contact.phone,
            contact.address, contact.note, detail.consular[0].note, detail.children[0].name,
            detail.children[0].where, detail.children[0].with_whom} == {text}  # fmt: skip
    client = signed_in(staff("records_officer", establishment_id=prison.pk))
    for page in ("prisoner_who", "prisoner_timeline"):
        shown = client.get(reverse(page, args=[made.number])).content.decode()
        assert "alert(1)</script>" not in shown
        assert "<img src=x" not in shown
        assert escape(text) in shown


@pytest.mark.parametrize("text", ["x" * 10_000, "a\u202eb", "a\x00b", "a\x1b[2J"])
def test_what_nobody_can_read_is_refused_in_every_field(make_person, officer, text):
    made = make_person("Ana", "Chan")
    one = {"person_id": made.person_id}

    for service, fields in (
        (services.add_contact, {"kind": "lawyer", "name": text}),
        (services.add_contact, {"kind": "lawyer", "name": "Ana", "note": text}),
        (services.add_address, {"lines": text}),
        (services.add_mark, {"kind": "scar", "body_part": "arm", "text": text}),
        (services.add_child, {"name": text}),
        (services.set_description, {"other": text}),
        (services.add_identifier, {"kind": "other", "number": text}),
        (services.record_consular_notice, {"country": "GT", "note": text}),
    ):
        with pytest.raises(InvalidInput):
            service(Command(officer), **one, **fields)
    assert selectors.person_detail(officer, made.person_id).header.version == 1
