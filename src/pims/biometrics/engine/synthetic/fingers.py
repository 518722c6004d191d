"""Persons, their fingers, and templates of impressions drawn without an image.

The same arguments give the same bits on one machine: chance is counted from the seeds alone
(`dice`), and arithmetic is not reordered. Another machine's C library may round a sine otherwise;
a minutia here and there may then be another. A person's finger does not depend on which other
fingers or impressions were asked for, or in which order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.anatomy import ANATOMY, Pattern, draw_anatomy
from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.synthetic.contact import CONTACT, draw_contact
from pims.biometrics.engine.synthetic.dice import key_of
from pims.biometrics.engine.synthetic.growth import grow_ridges
from pims.biometrics.engine.synthetic.placing import MASTER, MOST, place_minutiae
from pims.biometrics.engine.synthetic.printed import FOUND, MOST_FOUND, find_minutiae
from pims.biometrics.engine.synthetic.sensor import pores_of, scanned
from pims.biometrics.engine.template import Position, Template

__all__ = [
    "ANYHOW", "POORLY", "SENSOR", "SMALL_SENSOR", "TEN", "WELL", "Finger", "Sensor",
    "TemplateArrays", "Touch",
    "bulk_templates", "contact_of", "draw", "impression_of", "person", "ridged_template_of",
    "template_of",
]  # fmt: skip

TEN = tuple(Position(number) for number in range(1, 11))

T = TypeVar("T", np.float32, np.uint8)

# The root of all persons' keys: another number here is another population.
_PEOPLE = np.uint64(0x50494D53)
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Sensor:
    """The window of a sensor at 500 ppi, px. The usual one is 0.8 by 1.0 inch (FAP 30)."""

    width: int = 400
    height: int = 500


SENSOR = Sensor()


@dataclass(frozen=True)
class Finger:
    """Finger `position` of the synthetic person `seed` (0 <= seed < 2**63)."""

    seed: int
    position: Position

    def __post_init__(self) -> None:
        if self.position not in TEN:
            raise ValueError("a synthetic finger has a position from 1 to 10")
        if not 0 <= self.seed < 2**63:
            raise ValueError("the seed of a person is from 0 to 2**63 - 1")

    @cached_property
    def anatomy(self) -> Any:
        """The `ANATOMY` record: class, singular points, size, period, skin."""
        record = np.zeros(1, ANATOMY)
        draw_anatomy(_person_key(self.seed), int(self.position), record[0])
        return record[0]

    @property
    def pattern(self) -> Pattern:
        return Pattern(int(self.anatomy["pattern"]))

    @cached_property
    def minutiae(self) -> NDArray[np.float64]:
        """All of the finger's: (n, 5) of x, y, angle, kind and faintness, in the finger's frame:
        px from the middle of the pad, y down; angles as in a template."""
        rows = np.zeros((MOST, MASTER))
        return rows[: place_minutiae(self.anatomy, rows)].copy()

    @cached_property
    def ridges(self) -> NDArray[np.float32]:
        """The pattern, grown: float32 in (-1, 1) at 250 ppi, ridges above 0, the middle of the pad
        in the middle. 0.2 s the first time."""
        return grow_ridges(self.anatomy, self.minutiae)

    @cached_property
    def pores(self) -> NDArray[np.float32]:
        """(n, 3) of x, y and size."""
        return pores_of(self.anatomy, self.ridges)


def person(seed: int) -> tuple[Finger, ...]:
    """The ten fingers of a synthetic person, right thumb to left little finger."""
    return tuple(Finger(seed, position) for position in TEN)


@dataclass(frozen=True, slots=True)
class Touch:
    """What is known beforehand of how a finger touches; None is left to chance.

    pressure and moisture: 0 is usual, -2 very light or dry, 2 very hard or wet. trouble: from 0 (as
    clear as it gets) to 1 (patches that nobody can read).
    """

    pressure: float | None = None
    moisture: float | None = None
    trouble: float | None = None


ANYHOW = Touch()
WELL = Touch(pressure=0.3, moisture=0.2, trouble=0.0)
# Together about as hard as the prints of a poor small sensor: see docs/biometrics.md.
SMALL_SENSOR = Sensor(200, 200)
POORLY = Touch(trouble=0.7)


def contact_of(
    finger: Finger, impression: int, sensor: Sensor = SENSOR, touch: Touch = ANYHOW
) -> Any:
    """The `CONTACT` record: how the finger meets the sensor in this impression."""
    record = np.zeros(1, CONTACT)
    draw_contact(finger.anatomy, np.uint64(impression), sensor.width, sensor.height, record[0])
    for name in ("pressure", "moisture", "trouble"):
        if (told := getattr(touch, name)) is not None:
            record[0][name] = told
    return record[0]


def template_of(
    finger: Finger, impression: int, *, sensor: Sensor = SENSOR, touch: Touch = ANYHOW
) -> Template:
    """What an extractor would find in impression number `impression` of a finger.

    No image is drawn; it is the same impression (place, turn, give of the skin, what it lacks) as
    `impression_of` draws under the same number.
    """
    found = np.zeros((MOST_FOUND, FOUND))
    contact = contact_of(finger, impression, sensor, touch)
    master = finger.minutiae
    found = found[: find_minutiae(finger.anatomy, contact, master, len(master), found)]
    x, y, angle = found[:, :3].T.astype(np.float32)
    kind, quality = found[:, 3:].T.astype(np.uint8)
    return Template(
        x=x, y=y, angle=angle, kind=kind, quality=quality,
        width=sensor.width, height=sensor.height, position=finger.position,
    )  # fmt: skip


def ridged_template_of(
    finger: Finger, impression: int, *, sensor: Sensor = SENSOR, touch: Touch = ANYHOW
) -> Template:
    """The same minutiae with the ridges about them, measured on the drawn image: a tenth of the
    time that the network takes to find minutiae, 0.2 s for the first impression of a finger."""
    # Only here, so that templates alone need no part of what reads images.
    from pims.biometrics.engine.extraction.phases import with_phase
    from pims.biometrics.engine.extraction.ridges import measure

    image = impression_of(finger, impression, sensor=sensor, touch=touch)
    ridges = with_phase(measure(image).map(), image)
    return replace(template_of(finger, impression, sensor=sensor, touch=touch), ridges=ridges)


def impression_of(
    finger: Finger, impression: int, *, sensor: Sensor = SENSOR, touch: Touch = ANYHOW
) -> NDArray[np.uint8]:
    """The image of impression number `impression` of a finger: (height, width) of grey, 500 ppi."""
    contact = contact_of(finger, impression, sensor, touch)
    return scanned(finger.anatomy, contact, finger.ridges, finger.pores)


def draw(
    person_seed: int, position: int, impression_seed: int, *, touch: Touch = ANYHOW
) -> NDArray[np.uint8]:
    """What a scanner gives when that finger of that person is laid on it: (500, 400) of grey."""
    return impression_of(_finger(person_seed, position), impression_seed, touch=touch)


@lru_cache(maxsize=32)
def _finger(seed: int, position: int) -> Finger:
    return Finger(seed, Position(position))


@dataclass(frozen=True, slots=True, eq=False)
class TemplateArrays:
    """Many templates end to end: those of impression i are `starts[i]:starts[i + 1]`."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    angle: NDArray[np.float32]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    starts: NDArray[np.int64]  # one more than there are impressions
    seeds: NDArray[np.uint64]  # of the person, one for each impression
    positions: NDArray[np.uint8]
    sensor: Sensor

    def __len__(self) -> int:
        return len(self.positions)

    def template(self, index: int) -> Template:
        """One of them, as views of these arrays."""
        part = slice(int(self.starts[index]), int(self.starts[index + 1]))
        return Template(
            x=self.x[part], y=self.y[part], angle=self.angle[part],
            kind=self.kind[part], quality=self.quality[part],
            width=self.sensor.width, height=self.sensor.height,
            position=Position(int(self.positions[index])),
        )  # fmt: skip


def bulk_templates(
    seeds: Iterable[int], *, impression: int = 0, positions: Iterable[int] = TEN,
    sensor: Sensor = SENSOR,
) -> TemplateArrays:  # fmt: skip
    """Templates of every named finger of every person, person by person; bit for bit what
    `template_of` gives. Some 700 bytes a finger, and as much again while they are joined."""
    fingers = np.array([int(position) for position in positions], dtype=np.int64)
    if len(fingers) == 0 or fingers.min() < 1 or fingers.max() > 10:
        raise ValueError("positions are from 1 to 10")
    people = np.fromiter(seeds, dtype=np.uint64)
    parts: list[tuple[NDArray[Any], ...]] = []
    counts: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
    each = max(1, _CHUNK // len(fingers))
    for begin in range(0, len(people), each):
        some = people[begin : begin + each]
        numbers = np.empty(len(some) * len(fingers), np.int64)
        real = np.empty((3, len(numbers) * MOST_FOUND), np.float32)
        small = np.empty((2, len(numbers) * MOST_FOUND), np.uint8)
        total = _fill(
            some, fingers, np.uint64(impression), sensor.width, sensor.height, numbers, real, small
        )
        parts.append((*real[:, :total].copy(), *small[:, :total].copy()))
        counts.append(numbers)
    x, y, angle = (_joined([part[i] for part in parts], np.float32) for i in range(3))
    kind, quality = (_joined([part[i] for part in parts], np.uint8) for i in range(3, 5))
    return TemplateArrays(
        x=x, y=y, angle=angle, kind=kind, quality=quality,
        starts=np.cumsum(np.concatenate(counts)),
        seeds=np.repeat(people, len(fingers)),
        positions=np.tile(fingers.astype(np.uint8), len(people)),
        sensor=sensor,
    )  # fmt: skip


def _joined(parts: list[NDArray[Any]], kind: type[T]) -> NDArray[T]:
    return np.concatenate([np.empty(0, kind), *parts])


def _person_key(seed: int) -> np.uint64:
    # Compiled code gives an int, and takes one only if it is small.
    return np.uint64(key_of(_PEOPLE, np.uint64(seed)))


@compiled
def _fill(
    people: NDArray[np.uint64], fingers: NDArray[np.int64], impression: np.uint64, width: int,
    height: int, numbers: NDArray[np.int64], real: NDArray[np.float32], small: NDArray[np.uint8],
) -> int:  # fmt: skip
    anatomy = np.zeros(1, ANATOMY)
    contact = np.zeros(1, CONTACT)
    master = np.zeros((MOST, MASTER))
    found = np.zeros((MOST_FOUND, FOUND))
    total = 0
    for i in range(len(people)):
        key = key_of(_PEOPLE, people[i])
        for j in range(len(fingers)):
            draw_anatomy(key, fingers[j], anatomy[0])
            count = place_minutiae(anatomy[0], master)
            draw_contact(anatomy[0], impression, width, height, contact[0])
            number = find_minutiae(anatomy[0], contact[0], master, count, found)
            for k in range(number):
                for column in range(3):
                    real[column, total] = found[k, column]
                small[0, total] = np.uint8(found[k, 3])
                small[1, total] = np.uint8(found[k, 4])
                total += 1
            numbers[i * len(fingers) + j] = number
    return total
