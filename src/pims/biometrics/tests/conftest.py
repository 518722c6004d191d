"""People whose fingers are made up, and fingers of them that are a little different each time."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pims.biometrics import taking, taking_slaps
from pims.biometrics.engine import Position, Template
from pims.biometrics.engine.images import Print
from pims.biometrics.gallery.holding import Holding
from pims.biometrics.gallery.server import GalleryServer
from pims.biometrics.gallery.warming import warm
from pims.biometrics.packing import pack
from pims.biometrics.services import TakenFinger
from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.people import services as people
from pims.people.services import NameInput

SIDE = 300
EVERYTHING = (
    "people.view", "people.edit", "people.merge", "biometrics.view", "biometrics.enrol",
    "biometrics.verify", "biometrics.examine", "biometrics.sweep", "biometrics.destroy",
)  # fmt: skip


def template_of(seed: int, position: int = 0, *, impression: int = 0) -> Template:
    """The finger of this seed, as this impression shows it: moved, turned, a few minutiae lost."""
    finger = np.random.default_rng([seed, position])
    count = 45
    x, y = finger.uniform(-110, 110, (2, count))
    angle, kind = finger.uniform(0, 2 * np.pi, count), finger.integers(1, 3, count)
    how = np.random.default_rng([seed, position, impression])
    turn = how.normal(0, 0.08) if impression else 0.0
    shown = how.random(count) > (0.08 if impression else -1)
    cos, sin = np.cos(turn), np.sin(turn)
    noise = how.normal(0, 1.0, (2, count)) if impression else np.zeros((2, count))
    px = cos * x - sin * y + SIDE / 2 + noise[0] + (how.normal(0, 6) if impression else 0)
    py = SIDE / 2 - (sin * x + cos * y) + noise[1] + (how.normal(0, 6) if impression else 0)
    # Minutiae are never nearer to each other than a ridge.
    far = np.array(
        [
            all((px[i] - px[j]) ** 2 + (py[i] - py[j]) ** 2 > 64 for j in range(i))
            for i in range(count)
        ]
    )
    keep = shown & far
    return Template(
        x=px[keep].astype(np.float32), y=py[keep].astype(np.float32),
        angle=((angle + turn) % (2 * np.pi))[keep].astype(np.float32),
        kind=kind[keep].astype(np.uint8), quality=np.full(keep.sum(), 80, np.uint8),
        width=SIDE, height=SIDE, position=Position(position), image_quality=55,
    )  # fmt: skip


def png(seed: int) -> bytes:
    """A picture that stands for the finger's; nothing reads it as one."""
    pixels = np.random.default_rng(seed).integers(0, 255, (64, 64), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def taken(
    seed: int,
    position: int,
    *,
    impression: int = 0,
    quality: int | None = 55,
    called: int | None = None,
) -> TakenFinger:
    """`called` is the position that the officer says it is."""
    template = template_of(seed, position, impression=impression)
    return TakenFinger(
        position=position if called is None else called,
        image=png(seed * 100 + position * 10 + impression),
        template=pack(template),
        minutiae=len(template),
        quality=quality,
        engine="test",
    )


def ten(seed: int, *, impression: int = 0) -> list[TakenFinger]:
    return [taken(seed, position, impression=impression) for position in range(1, 11)]


@pytest.fixture
def prison(a_database: None) -> Establishment:
    return Establishment.objects.create(code="TEST", name="Test Prison")


@pytest.fixture
def officer(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(*EVERYTHING)


@pytest.fixture
def person(officer: Actor, prison: Establishment) -> Callable[[str], int]:
    """`person("Family")` -> id."""

    def make(family: str) -> int:
        made = people.create_person(
            Command(officer), names=[NameInput("Given", family)], establishment_id=prison.pk
        )
        return made.person_id

    return make


@pytest.fixture(scope="session", autouse=True)
def looked_at_once() -> Iterator[None]:
    """Minutiae are found once on each picture: a second look takes another second, to find the
    same. What finds them is tested where it is, without this."""
    seen: dict[tuple[object, ...], TakenFinger] = {}
    look = taking.taken_from

    def once(print_: Print, *, position: int, source: str, at_once: bool = False) -> TakenFinger:
        pixels = print_.pixels
        how = (print_.ppi, print_.ppi_from, print_.inverted, position, source, at_once)
        picture = (pixels.shape, pixels.tobytes(), *how)
        if picture not in seen:
            seen[picture] = look(print_, position=position, source=source, at_once=at_once)
        return seen[picture]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "taken_from", once)
        patch.setattr(taking_slaps, "taken_from", once)
        yield


@pytest.fixture(scope="session")
def compiled() -> None:
    warm()


@pytest.fixture
def gallery_server(
    compiled: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GalleryServer]:
    """A gallery of this process's own, without a database behind it; everybody here asks it."""
    path = tmp_path_factory.mktemp("g") / "s"
    monkeypatch.setenv("PIMS_GALLERY_SOCKET", str(path))
    server = GalleryServer(Holding(), path)
    server.start()
    yield server
    server.close()


@pytest.fixture
def no_gallery(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIMS_GALLERY_SOCKET", str(tmp_path / "nobody"))
