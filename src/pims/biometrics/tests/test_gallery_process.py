"""The gallery's process: killed again and again in the middle of changes, it holds what the tables
hold; and what is destroyed by order is nowhere."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from pims.biometrics import services, stored, tasks
from pims.biometrics.gallery.client import Gallery, GalleryAway, NotInGallery
from pims.biometrics.gallery.matching import threshold
from pims.biometrics.models import (
    Candidate,
    Enrolment,
    FaceRecord,
    FingerRecord,
    Identified,
    Search,
    Subject,
    Verification,
)
from pims.biometrics.services import destroying
from pims.biometrics.tests.conftest import EVERYTHING, png, taken, ten
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database.urls import dsn
from pims.foundation.ledger import copies
from pims.foundation.ledger.keys import KeyFiles
from pims.foundation.ledger.sequencer import run_sequencer
from pims.foundation.vault.models import Blob, PersonKey
from pims.kernel.errors import Refused
from tests.fixtures.database import FreshDatabase

pytestmark = pytest.mark.any_server

Person = Callable[[str], int]
KILLS, PERSONS, PATIENCE = 4, 5, 180.0


@contextmanager
def sequencing() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=run_sequencer,
        args=(stop,),
        kwargs={"conninfo": dsn("sequencer"), "signer": KeyFiles(), "folders": copies.folders()},
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


class Running:
    """The process, on a socket of its own."""

    def __init__(self, path: Path) -> None:
        self.path, self.gallery = path, Gallery(path)
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pims.cli.gallery"],
            env=os.environ | {"PIMS_GALLERY_SOCKET": str(self.path)},
        )

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def ready(self) -> bool:
        try:
            return self.gallery.ping()[1]
        except GalleryAway:
            return False

    def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            assert self._process.wait(60) == 0
        finally:
            self._process.kill()
            self._process.wait()


def wait_until(done: Callable[[], bool], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def running(
    fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Running]:  # fmt: skip
    path = tmp_path_factory.mktemp("g") / "s"
    monkeypatch.setenv("PIMS_GALLERY_SOCKET", str(path))
    with sequencing():
        running = Running(path)
        try:
            yield running
        finally:
            running.end()


def held(gallery: Gallery, key: UUID, position: int, template: bytes) -> bool:
    """Whether it holds just this impression: it is likelier itself than anything else is."""
    try:
        return gallery.verify(key, {position: template}).score > threshold(1e-9)
    except NotInGallery:
        return False


def agrees(gallery: Gallery) -> bool:
    """Whether it holds every finger of the tables, and no other."""
    size, ready, _ = gallery.ping()
    expected = {
        key: stored.packed_fingers([person_id]).get(person_id, {})
        for person_id, key in Subject.objects.values_list("person_id", "key")
    }
    return (
        ready
        and size == sum(len(fingers) for fingers in expected.values())
        and all(
            held(gallery, key, position, template)
            for key, fingers in expected.items()
            for position, template in fingers.items()
        )
    )


def test_killed_at_any_moment_it_holds_again_what_the_tables_hold(
    running: Running, officer: Actor, person: Person, make_actor: Callable[..., Actor]
) -> None:
    second = make_actor(*EVERYTHING)
    dice = random.Random(5)
    persons = [person(f"Familia{n}") for n in range(PERSONS)]
    gone: set[UUID] = set()
    stop = threading.Event()

    def change(seed: int) -> None:
        who = dice.choice(persons)
        match dice.randrange(5):
            case 0:
                services.record_finger_not_taken(
                    Command(officer), person_id=who, position=dice.randint(1, 3),
                    state="bandaged", reason="Cut",
                )  # fmt: skip
            case 1 if Subject.objects.filter(person_id=who).exists():
                gone.update(stored.keys_of([who]).values())
                ordered = services.order_destruction(
                    Command(officer), person_id=who, ground="order", reference=f"HC {seed}"
                )
                services.confirm_destruction(Command(second), destruction_id=ordered.destruction_id)
                destroying.carry_out_destruction(ordered.destruction_id)
            case _:
                services.enrol_fingers(
                    Command(officer), person_id=who,
                    fingers=[taken(seed, position) for position in (1, 2, 3)],
                )  # fmt: skip

    def work() -> None:
        seed = 1000
        while not stop.is_set():
            seed += 1
            change(seed)
            time.sleep(0.02)
        connection.close()

    wait_until(running.ready, what="it never answered")
    writer = threading.Thread(target=work)
    writer.start()
    try:
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.0, 1.5))
            running.kill()
            running.start()
            if dice.random() < 0.6:
                wait_until(running.ready, what="it did not come back")
    finally:
        stop.set()
        writer.join()
    assert gone
    wait_until(lambda: running.ready() and agrees(running.gallery), what="it differs")
    alive = set(Subject.objects.values_list("key", flat=True))
    for key in gone - alive:
        assert not held(running.gallery, key, 0, taken(1001, 1).template)


def _killed(_addresses: object) -> None:
    raise KeyboardInterrupt


def test_an_order_destroys_prints_in_memory_tables_histories_and_files(
    running: Running, officer: Actor, person: Person, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, make_actor: Callable[..., Actor],
) -> None:  # fmt: skip
    monkeypatch.setattr("pims.foundation.vault.disk.folder", lambda: tmp_path / "blobs")
    wait_until(running.ready, what="it never answered")
    who, neighbour = person("Absuelto"), person("Vecino")
    for one, seed in ((who, 1), (neighbour, 2)):
        services.enrol_fingers(Command(officer), person_id=one, fingers=ten(seed))
        services.finish_enrolment(Command(officer), person_id=one)
    services.enrol_face(
        Command(officer), person_id=who, image=png(77), descriptor=b"face", quality=50, engine="x"
    )
    services.verify_identity(Command(officer), person_id=who, purpose="gate", finger=taken(9, 1))
    # He once gave himself out for the neighbour: that picture of his finger goes too.
    shown = services.verify_identity(
        Command(officer), person_id=neighbour, purpose="gate", finger=taken(1, 1, impression=2)
    )
    services.keep_identification(
        Command(officer), verification_id=shown.verification_id,
        found=[services.Likely(who, 30.0, 1, named=True)],
    )  # fmt: skip
    # The neighbour was once thought to be this person, and an examiner said no.
    search = Search.objects.get(person_id=neighbour)
    services.answer_search(
        Command(officer), search_id=search.pk, gallery_size=20, engine="x",
        found=[services.Found(who, 12.5, {1: 12.5})],
    )  # fmt: skip
    services.decide_candidate(
        Command(officer), candidate_id=Candidate.objects.get().pk, decision="different", note="Scar"
    )
    key = stored.keys_of([who])[who]
    wait_until(running.ready, what="it never answered")
    wait_until(lambda: agrees(running.gallery), what="it does not hold them")
    assert held(running.gallery, key, 3, taken(1, 3).template)
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    addresses = set(Blob.objects.filter(person_id=who).values_list("address", flat=True))
    assert len(addresses) == 12
    kept = Verification.objects.get(pk=shown.verification_id)
    assert kept.image is not None
    addresses.add(kept.image.address)

    ordered = services.order_destruction(
        Command(officer), person_id=who, ground="acquittal", reference="HC 12/2026"
    )
    # One officer alone destroys nothing, whatever becomes of the job.
    with pytest.raises(Refused):
        services.confirm_destruction(Command(officer), destruction_id=ordered.destruction_id)
    with pytest.raises(Refused):
        services.carry_out_destruction(ordered.destruction_id)
    assert running.gallery.ping()[0] == 20
    services.confirm_destruction(
        Command(make_actor(*EVERYTHING)), destruction_id=ordered.destruction_id
    )
    # The worker was killed before it began, then before the files went: it is gone on with.
    assert destroying.interrupted_destructions() == []
    monkeypatch.setattr(destroying, "LEFT_BEHIND", timedelta(0))
    assert destroying.interrupted_destructions() == [ordered.destruction_id]
    with monkeypatch.context() as killed:
        killed.setattr(destroying.disk, "remove", _killed)
        with pytest.raises(KeyboardInterrupt):
            tasks.destroy_interrupted(timestamp=0)
    assert destroying.interrupted_destructions() == [ordered.destruction_id]
    tasks.destroy_interrupted(timestamp=0)
    assert destroying.interrupted_destructions() == []

    wait_until(lambda: running.gallery.ping()[0] == 10, what="it still holds them")
    assert not held(running.gallery, key, 3, taken(1, 3).template)
    for model in (Enrolment, FingerRecord, FaceRecord, Search, Verification):
        assert not model.objects.filter(person_id=who).exists()
        assert not model.history.rel.related_model.objects.filter(person_id=who).exists()  # type: ignore[attr-defined]
    assert not Candidate.objects.exists()
    assert not Identified.objects.exists()
    kept.refresh_from_db()
    assert (kept.outcome, kept.image_id) == ("no_match", None)
    with connection.cursor() as cursor:
        for table in ("candidate", "candidate_history", "examination", "examination_history",
                      "identified", "identified_history"):  # fmt: skip
            cursor.execute(f"SELECT count(*) FROM biometrics_{table}")
            assert cursor.fetchone() == (0,), table
    left = {path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()}
    assert left == {path.name for path in files} - addresses
    # The rest of the record is whole, and the neighbour's fingers too.
    assert PersonKey.objects.filter(person_id=who).exists()
    assert len(stored.packed_fingers([neighbour])[neighbour]) == 10
    assert services.scrub_destroyed() == 1
    assert services.scrub_destroyed() == 0
    # Once more changes nothing, and he may be enrolled again if he comes back.
    services.carry_out_destruction(ordered.destruction_id)
    services.enrol_fingers(Command(officer), person_id=who, fingers=ten(1))
    wait_until(lambda: running.gallery.ping()[0] == 20, what="it does not hold them again")


def test_whoever_is_erased_is_erased_in_the_gallery_too(
    running: Running, officer: Actor, person: Person, make_actor: Callable[..., Actor]
) -> None:
    from pims.foundation.vault.erasure import orders
    from pims.kernel import clock

    who, neighbour = person("Borrado"), person("Queda")
    for one, seed in ((who, 3), (neighbour, 4)):
        services.enrol_fingers(Command(officer), person_id=one, fingers=ten(seed))
    wait_until(lambda: running.ready() and agrees(running.gallery), what="it does not hold them")
    # The picture of a finger that was shown as the neighbour's is the person's own.
    shown = services.verify_identity(
        Command(officer), person_id=neighbour, purpose="gate", finger=taken(3, 1, impression=2)
    )
    services.keep_identification(
        Command(officer), verification_id=shown.verification_id,
        found=[services.Likely(who, 30.0, 1, named=True)],
    )  # fmt: skip
    assert Verification.objects.get(pk=shown.verification_id).image_id is not None
    officers = [
        Command(make_actor("people.erase", confirmed_at=clock.now().timestamp())) for _ in range(2)
    ]
    orders.erase_person(*officers, person_id=who, order_reference="HC 3")
    wait_until(lambda: running.gallery.ping()[0] == 10, what="it still holds them")
    assert not Subject.objects.filter(person_id=who).exists()
    assert Verification.objects.get(pk=shown.verification_id).image_id is None
    assert not Blob.objects.filter(kind="fingerprint_scan", person_id=neighbour).exclude(
        pk__in=FingerRecord.objects.values("image_id")
    )
