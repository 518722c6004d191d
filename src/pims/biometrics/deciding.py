"""Above which score it is the same: stated as how often two strangers would score as high."""

from functools import cache

from pims.biometrics.gallery.client import GalleryAway, gallery

# One finger against one: at a gate, in the sequence check.
ONE_FINGER_FMR = 1e-4
# Ten fingers against everybody: fusion adds what independent fingers say, so that a candidate is
# shown from here; a person decides.
SHOWN_FROM_FMR = 1e-6
# One finger against everybody's: how many strangers in a search may be shown, and how many named.
SHOWN_STRANGERS, NAMED_STRANGERS = 0.1, 0.001
# Every pair of a gallery of two hundred thousand is 2e10: what a sweep calls double is certain.
SWEEP_FMR = 1e-12
MOST_CANDIDATES = 10


def one_finger() -> float:
    return _threshold(ONE_FINGER_FMR)


def shown_from() -> float:
    return _threshold(SHOWN_FROM_FMR)


def may_be(fingers: int) -> float:
    """From which score one finger's owner is shown, of a gallery of so many fingers."""
    return _threshold(SHOWN_STRANGERS / max(_power(fingers), 1000))


def must_be(fingers: int) -> float:
    """From which score it is told as somebody else's, with an alarm."""
    return _threshold(NAMED_STRANGERS / max(_power(fingers), 1000))


def _power(fingers: int) -> int:
    """The next power of two, so that few thresholds are asked for."""
    return 1 << max(fingers - 1, 0).bit_length()


def sweep() -> float:
    return _threshold(SWEEP_FMR)


@cache
def _threshold(fmr: float) -> float:
    """The shipped calibration's. The gallery knows it; without it the matcher is loaded, which
    takes a page more time than its comparison."""
    try:
        return gallery.threshold(fmr)
    except GalleryAway:
        pass
    from pims.biometrics.gallery.matching import threshold

    return threshold(fmr)
