import io
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from PIL import Image

from pims.foundation.access.models import User
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.people import selectors, services
from pims.people.models import Person
from pims.people.web.parts import PARTS
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

EVIL = "<script>alert(1)</script>"


def picture(color="navy", size=(300, 400)):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    file.seek(0)
    file.name = "front.png"
    return file


@pytest.fixture
def client(prison):
    return signed_in(staff("records_officer", establishment_id=prison.pk))


def edit(made, part):
    return reverse("people:edit", args=[made.person_id, part])


def command(**fields):
    return {"command_id": str(uuid4()), **fields}


def test_a_name_in_the_header_box_finds_and_links_to_the_file(make_person, client):
    made = make_person("Marvin", "Gutierrez", date(1990, 3, 4))

    page = client.get(reverse("search"), {"q": "marvn gutieres 1990"}).content.decode()

    assert "GUTIERREZ, Marvin" in page
    assert reverse("prisoner", args=[made.number]) in page


def test_live_results_come_without_the_page_around_them(make_person, client):
    make_person("Marvin", "Gutierrez")

    part = client.get(
        reverse("search"), {"q": "marv"}, headers={"HX-Request": "true", "HX-Target": "results"}
    ).content.decode()

    assert "GUTIERREZ, Marvin" in part
    assert "<html" not in part


def test_a_wrong_check_digit_is_explained_on_the_page(make_person, client):
    number = make_person("Marvin", "Gutierrez").number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    page = client.get(reverse("search"), {"q": wrong}).content.decode()

    assert "cannot be right" in page
    assert number in page


def test_suggestions_give_number_and_name(make_person, client):
    made = make_person("Marvin", "Gutierrez")

    (found,) = client.get(reverse("people:suggest"), {"q": "marvin gut"}).json()

    assert found["value"] == made.number
    assert "GUTIERREZ, Marvin" in found["label"]


@pytest.mark.parametrize("q", ["", "x", EVIL, "'; --", "%", "\u202e", "9" * 300])
def test_any_question_gives_a_page_and_nothing_of_it_runs(client, prison, q):
    answer = client.get(reverse("search"), {"q": q})

    assert answer.status_code == 200
    assert EVIL not in answer.content.decode()


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_has_its_form(make_person, client, part):
    made = make_person("Ana", "Chan", date(1990, 1, 1))

    answer = client.get(edit(made, part))

    assert answer.status_code == 200
    assert "CHAN, Ana" in answer.content.decode()


@pytest.mark.parametrize("part", sorted(PARTS))
def test_an_empty_form_is_answered_with_what_is_missing_or_changes_nothing_wrong(
    make_person, client, part
):
    made = make_person("Ana", "Chan", date(1990, 1, 1))

    answer = client.post(edit(made, part), command())

    assert answer.status_code == 422
    assert Person.objects.get(pk=made.person_id).version == 1


def test_a_name_is_added_through_its_page_and_shown_on_the_file(make_person, client):
    made = make_person("Ana", "Chan")

    answer = client.post(
        edit(made, "name"),
        command(version=1, kind="street", given=EVIL, family="Tiger"),
        follow=True,
    )

    page = answer.content.decode()
    assert "TIGER" in page
    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_a_stale_form_is_kept_and_says_so(make_person, client, officer):
    made = make_person("Ana", "Chan")
    services.amend_person(Command(officer), person_id=made.person_id, version=1, sex="female")

    answer = client.post(
        edit(made, "contact"), command(version=1, kind="lawyer", name="Ms Balderamos")
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ms Balderamos" in page
    assert "Somebody else changed this person" in page
    assert 'name="version" value="2"' in page
    assert selectors.person_detail(officer, made.person_id).contacts == ()


def test_a_stale_form_shows_what_is_on_record_now_under_what_was_typed(
    make_person, client, officer
):
    made = make_person("Ana", "Chan")
    services.amend_person(
        Command(officer), person_id=made.person_id, version=1, sex="female", gender="woman"
    )

    answer = client.post(
        edit(made, "identity"),
        command(version=1, sex="male", gender="woman", birth_precision="unknown"),
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    form = answer.context["form"]
    assert form["sex"].value() == "male", "what was typed is kept"
    assert "On record now: <strong>Female</strong>" in page
    assert page.count("On record now:") == 1 + 1, "beside that box alone, and in the page's words"
    assert 'id="id_sex-newer"' in page


def test_a_birth_of_which_only_the_year_is_typed_is_a_year(make_person, client, officer):
    made = make_person("Ana", "Chan")

    client.post(
        edit(made, "identity"),
        command(version=1, sex="female", gender="woman", birth_date_year="1984",
                birth_precision="day"),
    )  # fmt: skip

    header = selectors.person_detail(officer, made.person_id).header
    assert (header.birth_date, header.birth_precision) == (date(1984, 1, 1), "year")


def test_languages_are_set_by_ticking_them(make_person, client, officer):
    made = make_person("Ana", "Chan")

    client.post(
        edit(made, "languages"),
        command(version=1, speaks_kek="on", reads_kek="no", speaks_es="on"),
    )

    spoken = selectors.person_detail(officer, made.person_id).languages
    assert {(x.code, x.reads) for x in spoken} == {("kek", False), ("es", None)}


def test_a_photograph_goes_up_and_comes_back_only_to_who_may_see(
    make_person, client, officer, prison
):
    made = make_person("Ana", "Chan")

    client.post(edit(made, "photograph"), command(version=1, kind="front", photograph=picture()))

    (photo,) = selectors.photographs(officer, made.person_id)
    answer = client.get(photo.small_url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(answer.content)).height <= 240
    elsewhere = signed_in(staff("records_officer", establishment_id=_other_prison()))
    assert elsewhere.get(photo.url).status_code == 404


def test_what_is_no_picture_is_refused_beside_its_field(make_person, client):
    made = make_person("Ana", "Chan")
    file = io.BytesIO(b"%PDF-1.7 not a picture")
    file.name = "front.png"

    answer = client.post(
        edit(made, "photograph"), command(version=1, kind="front", photograph=file)
    )

    assert answer.status_code == 422
    assert Person.objects.get(pk=made.person_id).version == 1


def test_near_people_are_shown_while_a_new_one_is_typed(make_person, client):
    made = make_person("Marvin", "Gutierrez", date(1990, 3, 4))

    part = client.get(
        reverse("people:near"),
        {"given": "Marvin", "family": "Gutieres", "birth_date_year": "1990",
         "birth_precision": "year"},
    ).content.decode()  # fmt: skip

    assert made.number in part


def test_a_new_person_gets_a_number_and_the_officer_the_comparison(make_person, client):
    make_person("Marvin", "Gutierrez", date(1990, 3, 4))

    answer = client.post(
        reverse("people:new"),
        command(given="Marvin", family="Gutieres", sex="male", birth_date_day="4",
                birth_date_month="3", birth_date_year="1990", birth_precision="day"),
        follow=True,
    )  # fmt: skip

    page = answer.content.decode()
    assert Person.objects.count() == 2
    assert "Number given" in page
    assert "One person or two?" in page


def test_two_records_are_compared_judged_and_joined(make_person, client, officer):
    old = make_person("Marvin", "Gutierrez", date(1990, 3, 4))
    new = make_person("Marvin", "Gutieres", date(1990, 3, 4))
    match = reverse("match_people", args=[new.possible_match_ids[0]])
    assert match in client.get(reverse("people:matches")).content.decode()

    answer = client.post(match, command(decision="same", reason="Same tattoo"))
    assert answer["Location"] == reverse("merge_people", args=[new.person_id, old.person_id])
    assert "GUTIERRES" not in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], command(reason="Same tattoo and fingerprint"))

    assert selectors.resolve_number(officer, new.number) == old.person_id
    who = client.get(reverse("prisoner_who", args=[old.number])).content.decode()
    assert new.number in who
    undo = reverse("unmerge_people", args=[new.person_id])
    client.post(undo, command(reason="They were seen together"))
    assert selectors.resolve_number(officer, new.number) == new.person_id


def test_a_part_is_taken_back_with_a_reason(make_person, client, officer):
    made = make_person("Ana", "Chan")
    part = services.add_contact(
        Command(officer), person_id=made.person_id, kind="lawyer", name="Ms Pop"
    )
    address = reverse("people:withdraw", args=[made.person_id, "contact", part.part_id])

    assert client.post(address, command(version=2, reason="")).status_code == 422
    client.post(address, command(version=2, reason="Wrong lawyer"))

    assert selectors.person_detail(officer, made.person_id).contacts == ()


def test_the_part_of_another_person_is_not_taken_back_through_this_one(
    make_person, client, officer
):
    made, other = make_person("Ana", "Chan"), make_person("Juan", "Pop")
    part = services.add_contact(
        Command(officer), person_id=other.person_id, kind="lawyer", name="Ms Pop"
    )

    answer = client.post(
        reverse("people:withdraw", args=[made.person_id, "contact", part.part_id]),
        command(version=2, reason="Wrong"),
    )

    assert answer.status_code == 404
    assert len(selectors.person_detail(officer, other.person_id).contacts) == 1


def test_children_are_not_on_the_page_of_who_may_not_see_confidences(make_person, officer, prison):
    made = make_person("Ana", "Chan", date(1980, 1, 1))
    services.add_child(Command(officer), person_id=made.person_id, name="Luisito")
    gate = signed_in(staff("gate_officer", establishment_id=prison.pk))

    page = gate.get(reverse("prisoner_who", args=[made.number]))

    assert page.status_code == 200
    assert "Luisito" not in page.content.decode()


def test_opening_a_form_about_somebody_is_in_the_ledger(make_person, client):
    made = make_person("Ana", "Chan")

    client.get(edit(made, "contact"))

    entry = LedgerEntry.objects.filter(kind="read").latest("serial")
    assert entry.person_ids == [made.person_id]


def _other_prison():
    from pims.facilities.models import Establishment

    return Establishment.objects.create(code="OTHER", name="Other Prison").pk


def test_the_pages_speak_spanish(make_person, prison):
    make_person("Ana", "Chan")
    client = signed_in(staff("records_officer", establishment_id=prison.pk, language="es"))
    assert User.objects.exists()

    page = client.get(reverse("search"), {"q": "ana chan"}).content.decode()

    assert "Buscar" in page


def test_the_timeline_tells_what_was_learnt_and_when(make_person, client, officer):
    old, new = make_person("Ana", "Chan"), make_person("Anna", "Balam")
    services.add_name(
        Command(officer), person_id=old.person_id, name=services.NameInput("Tiger", "", "street")
    )
    services.add_contact(Command(officer), person_id=old.person_id, kind="lawyer", name="Ms Pop")
    services.add_child(Command(officer), person_id=old.person_id, name="Luisito")
    services.merge_persons(
        Command(officer),
        person_id=new.person_id,
        into_person_id=old.person_id,
        reason="Same tattoo",
        overlapping=False,
    )

    page = client.get(reverse("prisoner_timeline", args=[old.number])).content.decode()

    told = (
        f"Number {old.number} given",
        "Street name recorded: Tiger",
        "Lawyer recorded: Ms Pop",
        f"Record {new.number} joined to {old.number}",
    )
    assert [text for text in told if text not in page] == []
    assert "Luisito" not in page
