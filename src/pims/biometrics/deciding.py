"""Above which score it is the same: stated as how often two strangers would score as high."""

from functools import cache

from pims.biometrics.gallery.client import GalleryAway, gallery

# One finger against one: at a gate, in the sequence check.
ONE_FINGER_FMR = 1e-4
# Ten fingers against everybody: fusion adds what independent fingers say, so that a candidate is
# shown from here; a person decides.
SHOWN_FROM_FMR = 1e-6
# Every pair of a gallery of two hundred thousand is 2e10: what a sweep calls double is certain.
SWEEP_FMR = 1e-12
MOST_CANDIDATES = 10


def one_finger() -> float:
    return _threshold(ONE_FINGER_FMR)


def shown_from() -> float:
    return _threshold(SHOWN_FROM_FMR)


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
