"""A prisoner is found by a fingerprint that an agency sends, in the forms that agencies have."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from pims.biometrics.engine import Template
from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.codecs.ansi_nist import transaction
from pims.biometrics.gallery.client import Gallery
from pims.biometrics.gallery.holding import Holding
from pims.biometrics.gallery.server import GalleryServer
from pims.biometrics.models import Subject
from pims.biometrics.packing import pack
from pims.biometrics.tests.conftest import template_of
from pims.custody.tests.prison import Prison
from pims.exchange.models import LookupKey, ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import Program, serving
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]
FINGERS = (1, 2, 3)


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    """The gallery's server, with nobody in it yet."""
    path = tmp_path / "g.sock"
    monkeypatch.setenv("PIMS_GALLERY_SOCKET", str(path))
    server = GalleryServer(Holding(), path)
    server.start()
    yield Gallery(path)
    server.close()


@pytest.fixture
def client() -> Iterator[Client]:
    with serving() as found:
        yield found


@pytest.fixture
def person_id(system_actor: Actor, gallery: Gallery) -> int:
    """Somebody in custody whose fingers the gallery holds, among others."""
    prison = Prison.build(system_actor)
    held = prison.held("Maria Choc").person_id
    subject = Subject.objects.create(person_id=held)
    shelve([held])
    gallery.insert(subject.key, {p: pack(template_of(7, p)) for p in FINGERS})
    for seed in (8, 9):
        other = Subject.objects.create(person_id=prison.held(f"Man {seed}").person_id)
        gallery.insert(other.key, {p: pack(template_of(seed, p)) for p in FINGERS})
    return held


def _program(**terms: object) -> Program:
    tables = {"person": whole("person"), "custody": whole("custody")}
    return Program.of(agency_with(terms_of(tables=tables, **terms)))  # type: ignore[arg-type]


def _shown(seed: int) -> list[Template]:
    return [template_of(seed, position, impression=3) for position in FINGERS]


def test_the_shelf_knows_a_prisoner_by_the_name_that_the_gallery_has_for_them(
    person_id: int,
) -> None:
    (known,) = LookupKey.objects.filter(person_id=person_id, kind="fingerprint")
    assert known.key == Subject.objects.get(person_id=person_id).key.hex


def test_minutiae_find_the_prisoner_whose_they_are(client: Client, person_id: int) -> None:
    program = _program(lookups=("fingerprint",))
    records = {
        "fmr": fmr.write(_shown(7)),
        "ansi_nist": transaction(
            type_of_transaction="IRQ",
            origin="BZPOLICE",
            destination="BZPRISON",
            date=date(2026, 1, 1),
            control_number="1",
            minutiae=_shown(7),
        ),
    }
    number = ShelfRow.objects.get(person_id=person_id, kind="custody").fields["number"]
    for form, record in records.items():
        question = {"by": "fingerprint", "format": form, "record": b64encode(record).decode()}
        answer = program.post(client, "/v1/searches", question)
        assert answer.status_code == 200, (form, answer.json())
        (match,) = answer.json()["matches"]
        assert match["custody"]["number"] == number
        assert match["score"] > 0


def test_a_stranger_and_somebody_who_is_not_covered_have_one_answer(
    client: Client, person_id: int
) -> None:
    program = _program(lookups=("fingerprint",))
    ShelfRow.objects.filter(person_id=person_id).update(labels=["sealed"])
    answers = []
    for seed in (7, 70):
        record = b64encode(fmr.write(_shown(seed))).decode()
        question = {"by": "fingerprint", "format": "fmr", "record": record}
        answer = program.post(client, "/v1/searches", question)
        answers.append((answer.status_code, answer.content))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_a_gallery_that_is_away_says_so(
    client: Client, person_id: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = _program(lookups=("fingerprint",))
    monkeypatch.setenv("PIMS_GALLERY_SOCKET", str(tmp_path / "nobody"))
    record = b64encode(fmr.write(_shown(7))).decode()
    question = {"by": "fingerprint", "format": "fmr", "record": record}
    answer = program.post(client, "/v1/searches", question)
    assert (answer.status_code, answer.json()["code"]) == (503, "part_away")
