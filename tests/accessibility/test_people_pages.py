"""The pages about who people are keep WCAG 2.2 AA, on the desk and on a telephone."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from pims.facilities.models import Establishment
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.people import services
from pims.people.services import LanguageInput, NameInput, PersonCreated
from tests.access.staff import signed_in, staff
from tests.fixtures.browser import DESK, PHONE, bring_axe, complaints, violations
from tests.fixtures.database import FreshDatabase

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def twice(fresh_database: FreshDatabase) -> tuple[PersonCreated, PersonCreated, str]:
    """One man entered twice, with something in every part, and an officer's session."""
    prison = Establishment.objects.create(code="T", name="Test Prison")

    def command() -> Command:
        return Command(system_actor())

    old, new = (
        services.create_person(
            command(),
            names=[NameInput(given, family)],
            sex="male",
            birth_date=date(1990, 3, 4),
            birth_precision="day",
            nationalities=["GT"],
            establishment_id=prison.pk,
        )
        for given, family in (("Marvin Alberto", "Gutierrez"), ("Marvin", "Gutieres"))
    )
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), "tan").save(picture, "JPEG")
    services.add_photograph(
        command(), person_id=old.person_id, kind="front", data=picture.getvalue()
    )
    services.add_name(command(), person_id=old.person_id, name=NameInput("Tiger", "", "street"))
    services.add_identifier(
        command(), person_id=old.person_id, kind="passport", number="P-012345", country="GT"
    )
    services.add_contact(
        command(), person_id=old.person_id, kind="next_of_kin", name="Rosa", phone="555-0101"
    )
    services.add_mark(
        command(), person_id=old.person_id, kind="tattoo", body_part="Neck", text="A rose"
    )
    services.set_languages(
        command(), person_id=old.person_id, languages=[LanguageInput("kek", reads=False)]
    )
    services.add_child(command(), person_id=old.person_id, name="Luis", age_as_given="about 6")
    services.record_consular_notice(
        command(), person_id=old.person_id, country="GT", answer="wants"
    )
    services.set_description(command(), person_id=old.person_id, height_cm=171, hair="black")
    officer = staff("records_officer", establishment_id=prison.pk)
    return old, new, signed_in(officer).cookies["pims_session"].value


@pytest.mark.parametrize("sight", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_about_a_person_is_accessible(
    twice: tuple[PersonCreated, PersonCreated, str],
    access_site: str,
    new_context: Contexts,
    sight: dict[str, int],
) -> None:
    old, new, session = twice
    context = new_context(viewport=sight)
    context.add_cookies([{"name": "pims_session", "value": session, "url": access_site}])
    bring_axe(context)
    page = context.new_page()
    heard = complaints(page)
    wrong = []
    for address in (
        reverse("search") + "?q=marvn+gutieres",
        reverse("search") + "?q=4821937-65",
        reverse("prisoner_who", args=[old.number]),
        reverse("match_people", args=[new.possible_match_ids[0]]),
        reverse("merge_people", args=[new.person_id, old.person_id]),
        reverse("people:matches"),
        reverse("people:new"),
        *(
            reverse("people:edit", args=[old.person_id, part])
            for part in ("identity", "languages", "photograph", "consular")
        ),
    ):
        page.goto(access_site + address)
        page.wait_for_selector("body.js-enabled")
        wrong += [f"{address}: {found}" for found in violations(page)]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append(f"{address}: scrolls sideways")
    assert wrong == []
    assert heard == []


def test_results_come_while_typing_and_lead_to_the_file_by_keyboard(
    twice: tuple[PersonCreated, PersonCreated, str], access_site: str, new_context: Contexts
) -> None:
    old, _new, session = twice
    context = new_context(viewport=DESK)
    context.add_cookies([{"name": "pims_session", "value": session, "url": access_site}])
    page = context.new_page()
    page.goto(access_site + reverse("search"))
    page.get_by_label("Name, number, document").press_sequentially("tig")
    found = page.get_by_role("link", name="GUTIERREZ, Marvin Alberto")
    expect(found).to_be_visible()
    found.press("Enter")
    expect(page).to_have_url(access_site + reverse("prisoner", args=[old.number]))
