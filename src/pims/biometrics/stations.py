"""The fingers in a live-scan station's file (ANSI/NIST-ITL)."""

from pims.biometrics import rules
from pims.biometrics.engine import Unusable
from pims.biometrics.engine.images import MOST_BYTES, from_pixels
from pims.biometrics.taking import TakenFinger, taken_from

# Single fingers: fixed records of the older files, and the tagged ones.
FINGER_RECORDS = frozenset({4, 14})


def fingers_of(data: bytes) -> list[TakenFinger]:
    """Each finger once: of a rolled and a plain impression the better one.

    Slaps of several fingers and palms are passed over. A print that is unusable is left out, and
    the officer takes that finger again. Raises `Unusable` for what is no transaction, or has no
    usable finger in it.
    """
    from pims.biometrics.engine.codecs.ansi_nist import grey, images, read_transaction

    if len(data) > MOST_BYTES:
        raise Unusable(
            "biometrics.file_large", size=round(len(data) / 2**20), most=MOST_BYTES // 2**20
        )
    best: dict[int, TakenFinger] = {}
    problem: Unusable | None = None
    # A record that contradicts itself does not hide the other fingers.
    problems: list[Unusable] = []
    for image in images(read_transaction(data), problems=problems):
        if image.type not in FINGER_RECORDS or len(image.positions) != 1:
            continue
        (position,) = image.positions
        if position not in rules.POSITIONS:
            continue
        try:
            seen = from_pixels(grey(image), ppi=image.ppi or 500)
            finger = taken_from(seen, position=position, source="station")
        except Unusable as unusable:
            problem = unusable
            continue
        earlier = best.get(position)
        if earlier is None or (finger.quality or 0) > (earlier.quality or 0):
            best[position] = finger
    if not best:
        raise problem or next(iter(problems), Unusable("biometrics.no_finger_in_file"))
    return [best[position] for position in sorted(best)]
