"""Whom a message is about: decided by what is somebody's own, never by a name."""

from base64 import b64encode
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.biometrics.engine.codecs import fmr
from pims.biometrics.gallery.client import Gallery
from pims.biometrics.gallery.server import GalleryServer
from pims.biometrics.models import Subject
from pims.biometrics.services import enrol_fingers
from pims.biometrics.stored import packed_fingers
from pims.biometrics.tests.conftest import EVERYTHING, compiled, gallery_server, template_of, ten
from pims.custody.tests.prison import Prison
from pims.exchange.inbound.kinds.parts import Document, Finger
from pims.exchange.inbound.kinds.parts import Subject as Said
from pims.exchange.inbound.matching import match_subject
from pims.exchange.rules.matching import Held, Hint, match
from pims.exchange.shelving import shelve
from pims.exchange.tests.test_inbound import number_of
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.people import services as people

__all__ = ["compiled", "gallery_server"]

HOWS = st.sampled_from(["number", "document", "fingerprint", "name"])
hints = st.lists(st.builds(Hint, HOWS, st.integers(1, 4)), max_size=6)
held = st.lists(
    st.builds(
        Held, st.integers(1, 4), st.booleans(), st.just(date(1990, 1, 1)), st.just(date(1990, 1, 1))
    ),
    unique_by=lambda one: one.person_id,
    min_size=4,
    max_size=4,
)


@given(hints, held, st.sampled_from([None, date(1990, 1, 1), date(1980, 1, 1)]))
def test_one_person_is_found_only_where_everything_sure_points_there(
    pointed: list[Hint], known: list[Held], born: date | None
) -> None:
    found = match(pointed, known, born=born)
    sure = {one.person_id for one in pointed if one.how != "name"}
    if found.person_id is not None:
        assert sure == {found.person_id}
        assert found.how != "name"
    else:
        assert len(sure) != 1 or found.doubts == ("another_by_name_and_birth",)
        assert found.doubts
    assert {one.person_id for one in found.candidates} == {one.person_id for one in pointed}
    # The order in which things were found says nothing.
    assert match(reversed(pointed), reversed(known), born=born) == found


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def test_a_passport_finds_its_holder_and_a_number_of_another_makes_it_a_question(
    prison: Prison,
) -> None:
    one, two = prison.held("Juan Perez"), prison.held("Pedro Coc")
    people.add_identifier(
        prison.command, person_id=one.person_id, kind="passport", number="P-123 456",
    )  # fmt: skip
    shelve([one.person_id, two.person_id])
    passport = (Document(kind="passport", number="p123456"),)
    assert match_subject(Said(documents=passport)).person_id == one.person_id
    both = match_subject(Said(documents=passport, number=number_of(prison, two.person_id)))
    assert (both.person_id, both.doubts) == (None, ("evidence_conflicts",))
    assert {c.person_id for c in both.candidates} == {one.person_id, two.person_id}
    # A slip of the keys is no number.
    wrong = match_subject(Said(number="1234567-89"))
    assert wrong.doubts == ("unknown_person", "number_malformed")


def test_fingers_find_their_owner_under_any_name_and_say_so_where_nobody_could_be_asked(
    prison: Prison, gallery_server: GalleryServer, make_actor: Callable[..., Actor]
) -> None:
    one = prison.held("Juan Perez")
    enrol_fingers(Command(make_actor(*EVERYTHING)), person_id=one.person_id, fingers=ten(7))
    key = Subject.objects.get(person_id=one.person_id).key
    Gallery(gallery_server.path).insert(key, packed_fingers([one.person_id])[one.person_id])
    records = [
        Finger(
            position=position,
            data=b64encode(fmr.write([template_of(7, position, impression=3)])).decode(),
        )
        for position in (2, 3, 7)
    ]
    found = match_subject(
        Said(family_name="Nakamura", birth_date=date(1971, 1, 1), fingers=tuple(records))
    )
    assert (found.person_id, found.how) == (one.person_id, "fingerprint")
    assert found.doubts == ("name_differs", "birth_differs")
    strange = Finger(data=b64encode(b"no finger").decode())
    assert match_subject(Said(fingers=(strange,))).doubts == (
        "unknown_person", "fingers_unreadable",
    )  # fmt: skip
    gallery_server.close()
    assert match_subject(Said(fingers=tuple(records))).doubts == ("unknown_person", "gallery_away")
