"""What they get who type other addresses, send old forms again, or ask about others' people."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pims.biometrics import selectors, services
from pims.biometrics.engine.synthetic import WELL, draw
from pims.biometrics.models import (
    Candidate,
    Destruction,
    Examination,
    FingerRecord,
    Identification,
    Verification,
)
from pims.biometrics.taking import png_of
from pims.biometrics.tests.conftest import EVERYTHING, taken, ten
from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.people import services as people
from pims.people.services import NameInput
from tests.access.staff import PIN, signed_in, staff

pytestmark = [pytest.mark.any_server, pytest.mark.usefixtures("no_gallery")]

Person = Callable[[str], int]
HUGE = 2**63, 10**30


@pytest.fixture
def elsewhere(officer: Actor, prison: Establishment) -> int:
    """Somebody of another establishment, with fingers."""
    other = Establishment.objects.create(code="FAR", name="Far Prison")
    made = people.create_person(
        Command(officer), names=[NameInput("Otra", "Cárcel")], establishment_id=other.pk
    )
    services.enrol_fingers(Command(officer), person_id=made.person_id, fingers=ten(3))
    return made.person_id


@pytest.fixture
def client(prison: Establishment) -> Client:
    """The officer in charge here holds every permission of the room, here."""
    return signed_in(staff("officer_in_charge", establishment_id=prison.pk))


@pytest.fixture
def pair(officer: Actor, person: Person, elsewhere: int) -> Candidate:
    """Somebody here who may be somebody elsewhere."""
    here = person("Aquí")
    services.enrol_fingers(Command(officer), person_id=here, fingers=ten(3, impression=1))
    asked = services.ask_search(Command(officer), person_id=here)
    services.answer_search(
        Command(officer), search_id=asked.search_id, gallery_size=20, engine="x",
        found=[services.Found(elsewhere, 60.0, {1: 60.0})],
    )  # fmt: skip
    return Candidate.objects.get()


def test_a_person_of_another_establishment_is_nobody_by_every_address(
    client: Client, elsewhere: int, pair: Candidate, officer: Actor
) -> None:
    finger = FingerRecord.objects.filter(person_id=elsewhere).first()
    assert finger is not None
    failed = services.verify_identity(
        Command(officer), person_id=elsewhere, purpose="gate", problem="biometrics.scanner_away"
    )
    Verification.objects.filter(pk=failed.verification_id).update(
        outcome="no_match", score=-1.0, problem=""
    )
    asked = services.keep_identification(
        Command(officer), verification_id=failed.verification_id, found=[]
    )
    print_ = {"finger-print_image": SimpleUploadedFile("a.png", png_of(draw(1, 1, 1, touch=WELL)))}
    command = {"command_id": str(uuid4())}
    gets = [
        reverse(f"biometrics:{name}", args=[key])
        for name, key in (
            ("enrol", elsewhere), ("verify", elsewhere), ("destroy", elsewhere),
            ("candidate", pair.pk), ("finger", finger.pk), ("who", asked.identification_id),
        )
    ]  # fmt: skip
    for url in gets:
        assert client.get(url).status_code == 404, url
    who = reverse("biometrics:ask_who", args=[elsewhere]) + f"?done={failed.verification_id}"
    for url, sent in (
        (reverse("biometrics:enrol", args=[elsewhere]), {"act": "search", **command}),
        (reverse("biometrics:look", args=[elsewhere]), print_),
        (
            reverse("biometrics:verify", args=[elsewhere]),
            {"purpose": "gate", "position": 0, **command},
        ),
        (who, command),
        (reverse("biometrics:candidate", args=[pair.pk]), {"decision": "same", **command}),
    ):
        assert client.post(url, sent).status_code == 404, url
    # A verification of one person is not asked about by another's address.
    own = reverse("biometrics:ask_who", args=[pair.person_id]) + f"?done={failed.verification_id}"
    assert client.post(own, command).status_code == 404
    assert Verification.objects.count() == Identification.objects.count() == 1
    assert not Examination.objects.exists()
    # A candidate there is counted, and neither named nor linked.
    page = client.get(reverse("biometrics:search", args=[pair.search_id])).content.decode()
    assert "1 more is in a file that you may not open" in page
    assert "CÁRCEL" not in page.upper()


def test_whoever_is_found_elsewhere_is_counted_and_not_named(
    client: Client, officer: Actor, person: Person, elsewhere: int
) -> None:
    here = person("Aquí")
    failed = Verification.objects.create(
        person_id=here, purpose="gate", outcome="no_match", score=-1.0, threshold=4.0,
        happened_at="2026-11-01T12:00Z", recorded_by_id=1,
    )  # fmt: skip
    asked = services.keep_identification(
        Command(officer), verification_id=failed.pk, gallery_size=20, engine="x",
        found=[services.Likely(elsewhere, 30.0, 2, named=True)],
    )  # fmt: skip
    page = client.get(reverse("biometrics:who", args=[asked.identification_id])).content.decode()
    assert "1 more is in a file that you may not open" in page
    assert "CÁRCEL" not in page.upper()


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_nothing_has_is_not_found(client: Client, number: int) -> None:
    for name in ("enrol", "verify", "destroy", "search", "candidate", "who"):
        url = reverse(f"biometrics:{name}", args=[number])
        assert client.get(url).status_code == 404, url


@pytest.mark.parametrize("finger", ["0", "11", "-1", "²", "٣", "9" * 5000, "1\0", "1e0"])
def test_a_finger_that_there_is_not_is_the_first_that_is_left(
    client: Client, person: Person, officer: Actor, finger: str
) -> None:
    url = reverse("biometrics:enrol", args=[person("Dedo")])
    assert client.get(url, {"finger": finger}).context["position"] == 1


def test_an_old_form_sent_again_changes_nothing_and_an_answered_one_is_told(
    client: Client, officer: Actor, person: Person, make_actor: Callable[..., Actor]
) -> None:
    one, other = person("Uno"), person("Dos")
    for who, impression in ((one, 0), (other, 1)):
        services.enrol_fingers(
            Command(officer), person_id=who, fingers=ten(4, impression=impression)
        )
    asked = services.ask_search(Command(officer), person_id=one)
    services.answer_search(
        Command(officer), search_id=asked.search_id, gallery_size=20, engine="x",
        found=[services.Found(other, 60.0, {1: 60.0})],
    )  # fmt: skip
    url = reverse("biometrics:candidate", args=[Candidate.objects.get().pk])
    said = {"decision": "unsure", "note": "", "command_id": str(uuid4())}
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 302
    assert Examination.objects.count() == 1
    # The page stood open in another tab: it can't say something else now.
    stale = client.post(url, said | {"decision": "same", "command_id": str(uuid4())})
    assert stale.status_code == 409
    assert "Another examiner decides now" in stale.content.decode()
    assert client.post(url, {"decision": "same"}).status_code == 422
    assert Candidate.objects.get().state == "unsure"
    assert Examination.objects.count() == 1
    assert selectors.candidates(make_actor(*EVERYTHING))


def test_prints_are_destroyed_by_two_officers_and_never_by_one_with_two_tabs(
    prison: Establishment, officer: Actor, person: Person
) -> None:
    who = person("Absuelta")
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(1, 1)])
    first = signed_in(staff("officer_in_charge", establishment_id=prison.pk))
    url = reverse("biometrics:destroy", args=[who])

    def post(by: Client, **given: str) -> str:
        answer = by.post(
            url, given | {"command_id": str(uuid4()), "confirm_secret": PIN}, follow=True
        )
        return " ".join(answer.content.decode().split())

    # The secret is asked for once more before anything.
    session = first.session
    session["pims_confirmed"] = 0.0
    session.save()
    asked = first.post(url, {"act": "order", "command_id": str(uuid4())})
    assert not Destruction.objects.exists()
    assert "confirm_secret" in asked.content.decode()
    assert "Waits for the second officer" in post(
        first, act="order", ground="acquittal", reference="HC 12/2026"
    )
    (row,) = Destruction.objects.all()
    again = post(first, act="order", ground="order", reference="HC 13/2026")
    assert "ordered already" in again
    key = str(row.pk)
    assert "Another officer confirms" in post(first, act="confirm", destruction=key)
    # Nor under the address of somebody else.
    other = reverse("biometrics:destroy", args=[person("Vecina")])
    second = signed_in(staff("superintendent", establishment_id=prison.pk, badge="SUP1"))
    wrong = second.post(
        other,
        {"act": "confirm", "destruction": key, "command_id": str(uuid4()), "confirm_secret": PIN},
    )
    assert wrong.status_code == 409
    row.refresh_from_db()
    assert (row.state, FingerRecord.objects.count()) == ("ordered", 1)
    assert "HC 12/2026" in second.get(reverse("biometrics:candidates")).content.decode()
    assert "go within a minute" in post(second, act="confirm", destruction=key)
    row.refresh_from_db()
    assert (row.state, row.confirmed_by_id != row.ordered_by_id) == ("confirmed", True)
    assert "no longer waits" in post(second, act="withdraw", destruction=key)
