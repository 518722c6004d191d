"""Taking, searching, deciding, checking: what an officer may rely on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pims.biometrics import asking, selectors, services, stored
from pims.biometrics.gallery.client import Gallery
from pims.biometrics.gallery.server import GalleryServer
from pims.biometrics.models import FingerRecord, Verification
from pims.biometrics.taking_faces import pack_face
from pims.biometrics.tests.conftest import EVERYTHING, png, taken, ten
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused
from pims.people import selectors as people
from pims.people import services as people_services

Person = Callable[[str], int]
ActorMaker = Callable[..., Actor]


def enrol(officer: Actor, person_id: int, seed: int, *, impression: int = 0) -> None:
    """Ten fingers, kept; and in the gallery, as its process would put them there."""
    services.enrol_fingers(
        Command(officer), person_id=person_id, fingers=ten(seed, impression=impression)
    )
    key = stored.keys_of([person_id])[person_id]
    Gallery().insert(key, stored.packed_fingers([person_id])[person_id])


@pytest.mark.usefixtures("no_gallery")
def test_ten_fingers_are_kept_sealed_and_found_again_though_the_gallery_is_away(
    officer: Actor, person: Person
) -> None:
    who = person("Uno")
    done = services.enrol_fingers(Command(officer), person_id=who, fingers=ten(1))
    assert [one.word for one in done] == ["good"] * 10
    ended = services.finish_enrolment(Command(officer), person_id=who)
    assert ended.state == "complete"
    assert ended.search_id is not None
    view = selectors.enrolment_of(officer, who)
    assert (view.taken, view.state, view.left) == (10, "complete", ())
    assert view.search is not None
    assert view.search.state == "waiting"
    # The table holds no template in clear, and the image is not the one that came.
    row = FingerRecord.objects.get(person_id=who, position=4)
    assert taken(1, 4).template not in bytes(row.template)
    assert stored.packed_fingers([who])[who][4] == taken(1, 4).template
    assert selectors.finger_image(officer, row.pk).content == png(140)
    assert not asking.carry_search(ended.search_id)
    assert selectors.search_view(officer, ended.search_id).problem == "biometrics.gallery_away"


@pytest.mark.usefixtures("no_gallery")
def test_whoever_has_no_usable_finger_is_done_with_a_reason_and_never_stuck(
    officer: Actor, person: Person
) -> None:
    who = person("Dos")
    for position in range(1, 11):
        services.record_finger_not_taken(
            Command(officer), person_id=who, position=position, state="bandaged", reason="Burns"
        )
    with pytest.raises(InvalidInput):
        services.finish_enrolment(Command(officer), person_id=who)
    ended = services.finish_enrolment(Command(officer), person_id=who, reason="Both hands burnt")
    assert (ended.state, ended.search_id) == ("no_usable_finger", None)
    assert not selectors.has_fingers(who)
    # Healed: it begins anew.
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(2, 1)])
    assert selectors.enrolment_of(officer, who).state == "open"
    ended = services.finish_enrolment(
        Command(officer), person_id=who, reason="The others are still bandaged"
    )
    assert ended.state == "complete"


@pytest.mark.usefixtures("no_gallery")
def test_a_finger_taken_again_stands_in_the_place_of_the_one_before(
    officer: Actor, person: Person
) -> None:
    who = person("Tres")
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(3, 2, quality=12)])
    assert selectors.enrolment_of(officer, who).fingers[1].word == "again"
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(3, 2, impression=1)])
    assert selectors.enrolment_of(officer, who).fingers[1].word == "good"
    assert FingerRecord.objects.filter(person_id=who, position=2).count() == 2
    assert len(stored.packed_fingers([who])[who]) == 1


@pytest.mark.usefixtures("no_gallery")
@pytest.mark.parametrize("fingers", [[], [taken(1, 1), taken(1, 1)], [taken(1, 1, called=11)]])
def test_fingers_that_there_are_not_are_refused(
    officer: Actor, person: Person, fingers: list[services.TakenFinger]
) -> None:
    with pytest.raises(InvalidInput):
        services.enrol_fingers(Command(officer), person_id=person("Nadie"), fingers=fingers)


@pytest.mark.usefixtures("gallery_server")
def test_a_finger_labelled_as_another_and_one_taken_twice_are_seen(
    officer: Actor, person: Person
) -> None:
    who = person("Cuatro")
    first = services.enrol_fingers(
        Command(officer), person_id=who, fingers=[taken(4, 2), taken(4, 2, impression=1, called=3)]
    )
    assert [(one.doubt, one.doubt_position) for one in first] == [("", None), ("same_twice", 2)]
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(4, 3)])
    services.finish_enrolment(Command(officer), person_id=who, reason="Two are enough today")
    # At the next admission the fingers are exchanged.
    again = services.enrol_fingers(
        Command(officer), person_id=who, fingers=[taken(4, 3, impression=2, called=2)]
    )
    assert [(one.doubt, one.doubt_position) for one in again] == [("other_position", 3)]
    third = services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(99, 3)])
    assert third[0].doubt == "not_as_before"


@pytest.mark.usefixtures("gallery_server")
def test_who_was_here_under_another_name_is_found_and_a_person_decides(
    officer: Actor, person: Person, make_actor: ActorMaker
) -> None:
    earlier, now = person("Antes"), person("Ahora")
    for seed in range(20, 30):
        enrol(officer, person(f"Otro{seed}"), seed)
    enrol(officer, earlier, 5)
    enrol(officer, now, 5, impression=1)
    for who, blur in ((earlier, 0.0), (now, 0.01)):
        face = np.linspace(0, 0.15, 128, dtype=np.float32) + np.float32(blur)
        services.enrol_face(
            Command(officer), person_id=who, image=png(1), descriptor=pack_face(face), quality=60,
            engine="test",
        )  # fmt: skip
    asked = services.ask_search(Command(officer), person_id=now)
    assert asking.carry_search(asked.search_id)
    found = selectors.candidates(officer, search_id=asked.search_id)
    assert [line.other.person_id for line in found] == [earlier]
    detail = selectors.candidate_detail(officer, found[0].candidate_id)
    assert len(detail.pairs) == 10
    assert detail.face_score is not None
    assert detail.face_score > 4
    assert selectors.face_image(officer, detail.one_face).content == png(1)
    drawing = selectors.drawing(officer, found[0].candidate_id, 1)
    assert drawing is not None
    assert len(drawing.pairs) > 15

    # Unsure: only another examiner may go on, and nothing was joined.
    services.decide_candidate(
        Command(officer), candidate_id=found[0].candidate_id, decision="unsure"
    )
    with pytest.raises(Refused):
        services.decide_candidate(
            Command(officer), candidate_id=found[0].candidate_id, decision="same"
        )
    second = make_actor("biometrics.view", "biometrics.examine", "people.view")
    images = [detail.pairs[0].one_id]
    done = services.decide_candidate(
        Command(second),
        candidate_id=found[0].candidate_id,
        decision="same",
        images=[i for i in images if i],
    )
    assert done.match_id is not None
    match = people.possible_match(officer, done.match_id)
    assert match is not None
    assert (match.state, match.reasons) == ("open", ("fingerprints",))
    assert people.canonical_id(now) == now
    opinions = selectors.candidate_detail(officer, found[0].candidate_id).opinions
    assert [(one.examiner_id, one.decision) for one in opinions] == [
        (officer.user_id, "unsure"), (second.user_id, "same"),
    ]  # fmt: skip
    with pytest.raises(Refused):
        services.decide_candidate(
            Command(make_actor(*EVERYTHING)), candidate_id=found[0].candidate_id, decision="same"
        )
    # Once joined they are one, and no search names the one to the other.
    people_services.merge_persons(
        Command(officer), person_id=now, into_person_id=earlier, reason="x", overlapping=False
    )
    again = services.ask_search(Command(officer), person_id=now)
    assert asking.carry_search(again.search_id)
    assert selectors.search_view(officer, again.search_id).candidates == 0


def face(officer: Actor, who: int, seed: int, *, away: float = 0.0) -> None:
    """A face that nobody has, `away` from its like."""
    row = np.random.default_rng(seed).normal(0, 0.1, 128).astype(np.float32)
    row[0] += np.float32(away)
    services.enrol_face(
        Command(officer), person_id=who, image=png(seed), descriptor=pack_face(row), quality=60,
        engine="test",
    )  # fmt: skip


@pytest.mark.usefixtures("no_gallery")
def test_who_has_no_usable_finger_is_looked_for_by_the_face_which_never_decides_alone(
    officer: Actor, person: Person
) -> None:
    earlier, stranger, now = person("Rostro"), person("Extraño"), person("Vendado")
    face(officer, earlier, 1)
    face(officer, stranger, 2)
    for position in range(1, 11):
        services.record_finger_not_taken(
            Command(officer), person_id=now, position=position, state="bandaged", reason="Burns"
        )
    ended = services.finish_enrolment(Command(officer), person_id=now, reason="Both hands burnt")
    assert (ended.state, ended.search_id) == ("no_usable_finger", None)
    # The face comes last, and there is something to search with; the gallery need not be there.
    face(officer, now, 1, away=0.3)
    search = selectors.enrolment_of(officer, now).search
    assert search is not None
    assert asking.carry_search(search.search_id)
    (line,) = selectors.candidates(officer, search_id=search.search_id)
    assert (line.other.person_id, line.fingers, line.by_face) == (earlier, 0, True)
    assert line.face_score == line.score > 5
    with pytest.raises(InvalidInput):
        services.decide_candidate(Command(officer), candidate_id=line.candidate_id, decision="same")
    done = services.decide_candidate(
        Command(officer), candidate_id=line.candidate_id, decision="same", note="The same tattoo"
    )
    match = people.possible_match(officer, done.match_id or 0)
    assert match is not None
    assert match.reasons == ("officer_says",)


@pytest.mark.usefixtures("gallery_server")
def test_two_people_decided_different_are_not_asked_about_again(
    officer: Actor, person: Person
) -> None:
    one, other = person("Gemelo"), person("Gemela")
    enrol(officer, one, 6)
    enrol(officer, other, 6, impression=2)
    first = services.ask_search(Command(officer), person_id=other)
    assert asking.carry_search(first.search_id)
    (line,) = selectors.candidates(officer)
    with pytest.raises(InvalidInput):
        services.decide_candidate(
            Command(officer), candidate_id=line.candidate_id, decision="different"
        )
    services.decide_candidate(
        Command(officer), candidate_id=line.candidate_id, decision="different", note="Scar"
    )
    for who in (one, other):
        asked = services.ask_search(Command(officer), person_id=who)
        assert asking.carry_search(asked.search_id)
    assert selectors.candidates(officer) == []


def test_each_search_is_in_the_ledger_with_its_purpose_and_no_score(
    officer: Actor, person: Person, gallery_server: GalleryServer
) -> None:
    who = person("Libro")
    enrol(officer, who, 7)
    asked = services.ask_search(Command(officer), person_id=who)
    asking.carry_search(asked.search_id)
    kinds = {event.kind: event.payload for event in OutboxEvent.objects.filter(person_id=who)}
    assert kinds["biometrics.search_asked"]["purpose"] == "again"
    assert kinds["biometrics.search_answered"]["gallery_size"] == 10
    assert not any("score" in payload for payload in kinds.values())


def verify(officer: Actor, who: int, **more: Any) -> services.VerificationResult:
    return services.verify_identity(Command(officer), person_id=who, purpose="gate", **more)


@pytest.mark.usefixtures("gallery_server")
def test_the_right_person_is_known_and_a_swapped_card_is_caught(
    officer: Actor, person: Person
) -> None:
    who = person("Cinco")
    services.enrol_fingers(Command(officer), person_id=who, fingers=ten(8))
    right = verify(officer, who, finger=taken(8, 2, impression=3))
    assert (right.outcome, right.matched, right.position) == ("match", True, 2)
    any_finger = verify(officer, who, finger=taken(8, 7, impression=3, called=0))
    assert (any_finger.outcome, any_finger.position) == ("match", 7)
    wrong = verify(officer, who, finger=taken(9, 2))
    assert wrong.outcome == "no_match"
    rows = {row.pk: row for row in Verification.objects.all()}
    # What matched leaves no further picture; what did not is kept to be looked at.
    assert rows[right.verification_id].image_id is None
    assert rows[wrong.verification_id].image_id is not None


@pytest.mark.usefixtures("no_gallery")
def test_a_dead_scanner_no_prints_and_a_dead_gallery_are_an_answer_and_never_a_refusal(
    officer: Actor, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = person("Seis")
    assert verify(officer, who).problem == "biometrics.no_finger_given"
    dead = verify(officer, who, problem="biometrics.scanner_away")
    assert (dead.outcome, dead.problem) == ("unavailable", "biometrics.scanner_away")
    none = verify(officer, who, finger=taken(10, 1))
    assert none.problem == "biometrics.no_fingers_on_record"
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(10, 1)])
    other = verify(officer, who, finger=taken(10, 2))
    assert other.problem == "biometrics.this_finger_not_on_record"
    # The gallery is away: this process compares by itself, or says that nothing can be compared.
    here = verify(officer, who, finger=taken(10, 1, impression=1))
    assert here.outcome in ("match", "unavailable")
    monkeypatch.setattr(
        "pims.biometrics.comparing._scores", lambda *_: (_ for _ in ()).throw(ImportError)
    )
    lost = verify(officer, who, finger=taken(10, 1, impression=1))
    assert (lost.outcome, lost.problem) == ("unavailable", "biometrics.matcher_away")
    assert services.words_for(lost) is not None


@pytest.mark.usefixtures("no_gallery")
def test_nobody_takes_looks_or_checks_without_the_permission(
    officer: Actor, person: Person, make_actor: ActorMaker
) -> None:
    who = person("Siete")
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(11, 1)])
    finger = FingerRecord.objects.get(person_id=who)
    looker = make_actor("people.view", "biometrics.view")
    with pytest.raises(NotPermitted):
        services.enrol_fingers(Command(looker), person_id=who, fingers=[taken(11, 2)])
    with pytest.raises(NotPermitted):
        verify(looker, who, finger=taken(11, 1))
    with pytest.raises(NotPermitted):
        selectors.finger_image(looker, finger.pk)
    elsewhere = make_actor(*EVERYTHING, establishment_id=987_654)
    with pytest.raises(NotFound):
        selectors.enrolment_of(elsewhere, who)
    with pytest.raises(NotFound):
        selectors.finger_image(elsewhere, finger.pk)
