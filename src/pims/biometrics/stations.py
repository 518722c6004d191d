"""The fingers in a live-scan station's file (ANSI/NIST-ITL): single ones, and those of slaps."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pims.biometrics.engine import Position, Unusable
from pims.biometrics.engine.images import MOST_BYTES, Print, from_pixels
from pims.biometrics.rules import POSITIONS, SLAPS, quality_word
from pims.biometrics.taking import TakenFinger, taken_from

if TYPE_CHECKING:
    from pims.biometrics.engine.codecs.ansi_nist import Image, Transaction

# Images of fingers: fixed records of the older files, and the tagged ones.
FINGER_RECORDS = frozenset({3, 4, 5, 6, 14})
# Finger positions of ANSI/NIST-ITL beside the ten: the thumbs of a card's lower row, and what lies
# together on one image, whole hands or a part of one.
PLAIN_THUMBS = {11: 1, 12: 6}
WHOLES = SLAPS | {
    40: (2, 3), 41: (3, 4), 42: (4, 5), 47: (2, 3, 4), 48: (3, 4, 5),
    43: (7, 8), 44: (8, 9), 45: (9, 10), 49: (7, 8, 9), 50: (8, 9, 10),
}  # fmt: skip
ROLLED_IMPRESSIONS = frozenset({1, 3, 21, 23, 25, 27, 29})
ROLLED, PLAIN, SLAP = "rolled", "plain", "slap"
# Nobody waits for the hundredth image of a thumb.
MOST_OF_ONE = 3
# Network and quality are outside of the interpreter: two at a time take half as long.
AT_ONCE = 2
Given = TypeVar("Given")
Found = TypeVar("Found")
WORTH = {"again": 0, "usable": 1, "good": 2}


@dataclass(frozen=True, slots=True)
class StationFinger:
    """`kind` is rolled, plain or slap. Of a slap `whole` is its number (13 right hand, 14 left, 15
    thumbs ...), and `marked` whether the file itself says where on it the finger lies."""

    taken: TakenFinger
    kind: str
    whole: int = 0
    marked: bool = False

    @property
    def worth(self) -> tuple[int, bool, int]:
        """More is better: of two that are as good a single finger comes before one of a slap."""
        word = quality_word(self.taken.quality, self.taken.minutiae)
        return WORTH[word], self.kind != SLAP, self.taken.quality or 0


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An image of which no finger came; `position` is its number in the file, 0 where it names
    none."""

    position: int
    refusal: Unusable


@dataclass(frozen=True, slots=True)
class StationFile:
    """`fingers` by position, each once. `absent` are those of which the file says that there is no
    print: position -> XX (amputated) or UP (could not be printed)."""

    fingers: tuple[StationFinger, ...]
    absent: dict[int, str]
    passed_over: tuple[PassedOver, ...] = ()


def fingers_of(data: bytes) -> list[TakenFinger]:
    """Each finger of the file once, as `read_station` finds them. Raises `Unusable`."""
    return [one.taken for one in read_station(data).fingers]


def read_station(data: bytes) -> StationFile:
    """Each finger once: of several impressions the better one, a single finger before one that is
    cut out of a slap and is no better.

    Slaps are taken apart where a finger is wanting: as the file marks them, else as `segment` finds
    them. Palms are passed over. Takes some seconds. Raises `Unusable` for what is no
    transaction, or has no usable finger in it.
    """
    from pims.biometrics.engine.codecs.ansi_nist import absent, images, read_transaction

    if len(data) > MOST_BYTES:
        raise Unusable(
            "biometrics.file_large", size=round(len(data) / 2**20), most=MOST_BYTES // 2**20
        )
    transaction = read_transaction(data)
    # A record that contradicts itself does not hide the other fingers.
    problems: list[Unusable] = []
    found = [one for one in images(transaction, problems=problems) if one.type in FINGER_RECORDS]
    reading = _Reading(_said_absent(transaction, absent))
    reading.problems = [PassedOver(0, problem) for problem in problems]
    reading.take_single([one for one in _few(found) if _whole(one) is None])
    for image in _few(found):
        if (whole := _whole(image)) is not None:
            reading.take_slap(image, whole)
    if not reading.best:
        refusals = [one.refusal for one in reading.problems]
        raise next(iter(refusals), Unusable("biometrics.no_finger_in_file"))
    return reading.done()


class _Reading:
    """What has come of the file so far."""

    def __init__(self, absent: dict[int, str]) -> None:
        self.best: dict[int, StationFinger] = {}
        self.absent = absent
        self.problems: list[PassedOver] = []

    def take_single(self, images: Sequence["Image"]) -> None:
        """The first impression of each; another one where that is not good."""
        first = {_single(image): image for image in reversed(images)}
        once = [image for image in images if first[_single(image)] is image]
        self._take_each(once)
        again = [image for image in images if first[_single(image)] is not image]
        self._take_each([one for one in again if not self._at_least("good", _single(one))])

    def _take_each(self, images: Sequence["Image"]) -> None:
        def one(image: "Image") -> StationFinger | PassedOver:
            said = image.positions[0] if len(image.positions) == 1 else 0
            position = _single(image)
            if position not in POSITIONS:
                return PassedOver(said, Unusable("biometrics.station_which_finger"))
            rolled = image.impression in ROLLED_IMPRESSIONS and said == position
            try:
                taken = taken_from(_seen(image), position=position, source="station")
            except Unusable as refusal:
                return PassedOver(said, refusal)
            return StationFinger(taken, ROLLED if rolled else PLAIN)

        for found in _two_at_once(one, images):
            self._keep(found)

    def take_slap(self, image: "Image", positions: tuple[int, ...]) -> None:
        """Those fingers of it that are wanting, or are not good as they are."""
        from pims.biometrics.engine.slaps import MOST_SIDE
        from pims.biometrics.engine.slaps.marked import cut_out

        number = image.positions[0]
        wanted = {p for p in positions if p not in self.absent and not self._at_least("good", p)}
        if not wanted:
            return
        try:
            seen = _seen(image, most_side=MOST_SIDE)
        except Unusable as refusal:
            self.problems.append(PassedOver(number, refusal))
            return
        scale = 500 / (image.ppi or 500)
        outlines = {
            Position(one.position): np.array(one.corners, np.float32) * np.float32(scale)
            for one in image.segments
            if one.position in positions
        }
        marked = {int(at): cut for at, cut in cut_out(seen, outlines).items()}
        refused = self._parted(marked, number, wanted, marked=True)
        if left := {p for p in wanted if not self._at_least("usable", p)}:
            try:
                parted = _apart(seen, positions, self.absent)
            except Unusable as refusal:
                refused = refused or [PassedOver(number, refusal)]
            else:
                refused = self._parted(parted, number, left, marked=False)
        self.problems += refused

    def _parted(
        self, cut: dict[int, Print], number: int, wanted: set[int], *, marked: bool
    ) -> list[PassedOver]:
        """Keep those that are usable; the others with why they are not."""

        def one(position: int) -> StationFinger | PassedOver:
            try:
                taken = taken_from(cut[position], position=position, source="station slap")
            except Unusable as refusal:
                return PassedOver(position, refusal)
            return StationFinger(taken, SLAP, number, marked)

        found = list(_two_at_once(one, sorted(wanted & set(cut))))
        for finger in found:
            if isinstance(finger, StationFinger):
                self._keep(finger)
        return [one for one in found if isinstance(one, PassedOver)]

    def _keep(self, found: StationFinger | PassedOver) -> None:
        if isinstance(found, PassedOver):
            self.problems.append(found)
            return
        kept = self.best.get(found.taken.position)
        if kept is None or found.worth > kept.worth:
            self.best[found.taken.position] = found

    def _at_least(self, word: str, position: int) -> bool:
        kept = self.best.get(position)
        return kept is not None and kept.worth[0] >= WORTH[word]

    def done(self) -> StationFile:
        """Of what was passed over, that of which no finger came in another way."""
        wanting = set(POSITIONS) - set(self.best) - set(self.absent)
        passed = tuple(
            one
            for one in self.problems
            if not one.position
            or wanting & set(WHOLES.get(one.position, ()))
            or PLAIN_THUMBS.get(one.position, one.position) in wanting
        )
        fingers = tuple(self.best[position] for position in sorted(self.best))
        gone = {p: why for p, why in sorted(self.absent.items()) if p not in self.best}
        return StationFile(fingers, gone, passed)


def _few(images: Sequence["Image"]) -> Iterator["Image"]:
    """No more than a few of each position."""
    seen: Counter[tuple[int, ...]] = Counter()
    for image in images:
        seen[image.positions] += 1
        if seen[image.positions] <= MOST_OF_ONE:
            yield image


def _whole(image: "Image") -> tuple[int, ...] | None:
    """The fingers that lie together on it; None where it is one finger."""
    return WHOLES.get(image.positions[0]) if len(image.positions) == 1 else None


def _single(image: "Image") -> int:
    """Which of the ten it is; 0 where it does not say, or says several."""
    said = image.positions[0] if len(image.positions) == 1 else 0
    position = PLAIN_THUMBS.get(said, said)
    return position if position in POSITIONS else 0


def _said_absent(
    transaction: "Transaction", absent: Callable[["Transaction"], dict[int, str]]
) -> dict[int, str]:
    try:
        said = absent(transaction)
    except Unusable:
        return {}
    return {position: why for position, why in said.items() if position in POSITIONS}


def _seen(image: "Image", *, most_side: int | None = None) -> Print:
    from pims.biometrics.engine.codecs.ansi_nist import grey

    ppi = image.ppi or 500
    if most_side is None:
        return from_pixels(grey(image), ppi=ppi)
    return from_pixels(grey(image), ppi=ppi, most_side=most_side)


def _apart(seen: Print, positions: tuple[int, ...], absent: dict[int, str]) -> dict[int, Print]:
    """The fingers of a slap as we see them; those that the file says are absent are not looked for.

    Raises `Unusable`.
    """
    from pims.biometrics.engine.slaps import Slap, segment

    number, hand = next((n, h) for n, h in SLAPS.items() if set(positions) <= set(h))
    missing = {p for p in hand if p not in positions or p in absent}
    found = segment(seen, slap=Slap(number), missing={Position(p) for p in missing})
    return {int(one.position): one.image for one in found.fingers}


def _two_at_once(each: Callable[[Given], Found], given: Sequence[Given]) -> list[Found]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(each, given))
