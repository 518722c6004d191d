"""Whoever is on record twice in the simulated prison is found by their fingers, and nobody else."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pims.biometrics import selectors, stored, sweeping
from pims.biometrics.gallery.client import Gallery
from pims.biometrics.gallery.holding import Holding
from pims.biometrics.gallery.server import GalleryServer
from pims.biometrics.gallery.warming import warm
from pims.biometrics.models import FingerRecord, Sweep
from pims.biometrics.services.sweeping import SweepResult
from pims.biometrics.sweeping import sweep_everything
from pims.demo.fingerprints import planted, take_everybodys_fingers
from pims.demo.people import settings
from pims.demo.plan import make_plan
from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.numbers import prisoner_number
from pims.people import services as people
from pims.people.services import NameInput

pytestmark = pytest.mark.any_server

ZONE = ZoneInfo("America/Belize")


class Interrupted(Exception):
    pass


def test_every_planted_double_is_found_and_no_other_though_the_sweep_was_stopped(
    system_actor: Actor, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # The share of the whole prison would be nobody in so small a one, and one batch all of it.
    monkeypatch.setitem(settings()["assumed"], "same_person_twice", 0.2)
    monkeypatch.setattr(sweeping, "AT_ONCE", 10)
    plan = make_plan(prisoners=20, years=1, seed=5, today=date(2026, 11, 18), on_van=0)
    where = Establishment.objects.create(code="TEST", name="Test Prison")
    for number, stay in enumerate(plan.stays):
        stay.index, stay.serial = number + 1, 700_000 + number
        with people.numbered([stay.serial]):
            people.create_person(
                Command(system_actor),
                names=[NameInput(stay.person.given, stay.person.family)],
                establishment_id=where.pk,
            )
    doubles = [{prisoner_number(first), prisoner_number(again)} for first, again in planted(plan)]
    assert len(doubles) >= 3
    fingers = take_everybodys_fingers(plan, actor=system_actor, seed=5, zone=ZONE)
    assert fingers == 10 * len(plan.stays)

    path = tmp_path_factory.mktemp("g") / "s"
    monkeypatch.setenv("PIMS_GALLERY_SOCKET", str(path))
    warm()
    server = GalleryServer(Holding(), path)
    server.start()
    try:
        for many in stored.all_templates():
            server.holding.load(many)
        found = swept(Gallery(path))
    finally:
        server.close()
    assert found.finished
    lines = selectors.candidates(system_actor)
    assert sorted(sorted({line.person.number, line.other.number}) for line in lines) == sorted(
        sorted(pair) for pair in doubles
    )
    assert found.found == len(doubles)
    assert {line.purpose for line in lines} == {"sweep"}
    # What was found is looked at, though no picture was ever taken.
    finger = FingerRecord.objects.first()
    assert finger is not None
    assert finger.image_id is None
    assert selectors.finger_image(system_actor, finger.pk).content.startswith(b"\x89PNG")


def swept(gallery: Gallery) -> SweepResult:
    """Stopped after its first batch, and gone on with by another process."""

    def stop(result: SweepResult) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        sweep_everything(of=gallery, shown=stop)
    half = Sweep.objects.get()
    assert (half.state, 0 < half.done < half.total) == ("running", True)
    shown: list[int] = []
    done = sweep_everything(of=gallery, shown=lambda result: shown.append(result.done))
    assert done is not None
    assert Sweep.objects.count() == 1
    assert shown == sorted(shown)
    assert shown[0] > half.done
    return done
