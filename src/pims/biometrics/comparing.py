"""One impression with others: by the gallery, or in this process where that does not answer."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pims.biometrics.gallery.client import GalleryAway, NotInGallery, gallery
from pims.biometrics.packing import unpack

log = logging.getLogger("pims.biometrics")

# Whoever stands at a gate waits for no longer than this; then the photograph, or two officers.
WITHIN = 1.5


def scores(probe: bytes, others: Sequence[bytes], *, here: bool = True) -> list[float]:
    """How alike each of `others` is to `probe`, all packed; empty where nothing can compare now.

    Logarithms of likelihood ratios, in the order of `others`. `here` False: where the gallery is
    away nobody waits for this process to load what it compares with.
    """
    if not others:
        return []
    try:
        return [one.score for one in gallery.compare(probe, others, within=WITHIN)]
    except (GalleryAway, NotInGallery):
        return _compared_here(probe, others) if here else []


def _compared_here(probe: bytes, others: Sequence[bytes]) -> list[float]:
    """It is waited for no longer than the gallery: the matcher may have to be loaded first."""
    try:
        return _here.submit(_scores, probe, others).result(WITHIN)
    except Exception:
        # Whatever is wrong with the matcher keeps nobody inside: there are other ways.
        log.exception("no comparison in this process")
        return []


_here = ThreadPoolExecutor(1, thread_name_prefix="fingerprints")


def _scores(probe: bytes, others: Sequence[bytes]) -> list[float]:
    from pims.biometrics.gallery.matching import compare, prepare

    ready = prepare(unpack(probe))
    return [compare(ready, prepare(unpack(other)))[0] for other in others]
