"""From several fingers laid on a scanner at once to the single ones, each rated by itself. Before
any transaction: it takes some seconds."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pims.biometrics.engine import Position, Unusable
from pims.biometrics.engine.slaps import Slap, SlapFinger, segment
from pims.biometrics.taking import TakenFinger, png_of, taken_from
from pims.kernel.reasons import Reason

# Network and quality are outside of the interpreter: two at a time take half as long.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Parted:
    """One finger of a slap: `taken`, or `refused` with why it is no usable print. `corners` are
    four points on the slap's image, in px."""

    position: int
    corners: tuple[tuple[float, float], ...]
    taken: TakenFinger | None = None
    refused: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenSlap:
    """`image` is a PNG at 500 ppi; it is shown and not kept. `notes` are remarks on the whole."""

    slap: int
    fingers: tuple[Parted, ...]
    width: int
    height: int
    image: bytes = field(repr=False)
    notes: tuple[Reason, ...] = ()

    @property
    def usable(self) -> tuple[TakenFinger, ...]:
        return tuple(one.taken for one in self.fingers if one.taken is not None)


def take_slap(
    data: bytes, *, slap: int, missing: Collection[int] = (), ppi: float | None = None,
    source: str = "slap",
) -> TakenSlap:  # fmt: skip
    """The single fingers, of those of the slap that are not `missing`.

    Raises `Unusable` where they can't be told apart, are more or fewer than expected, or nothing
    of the kind is on the image.
    """
    found = segment(data, slap=Slap(slap), missing=[Position(one) for one in missing], ppi=ppi)

    def parted(one: SlapFinger) -> Parted:
        corners = tuple((float(x), float(y)) for x, y in one.corners)
        try:
            taken = taken_from(one.image, position=int(one.position), source=source)
        except Unusable as unusable:
            return Parted(int(one.position), corners, refused=unusable.reasons())
        return Parted(int(one.position), corners, taken)

    with ThreadPoolExecutor(AT_ONCE) as at_once:
        fingers = tuple(at_once.map(parted, found.fingers))
    return TakenSlap(
        slap=int(found.slap),
        fingers=fingers,
        width=found.image.width,
        height=found.image.height,
        image=png_of(found.image.pixels),
        notes=found.notes,
    )
