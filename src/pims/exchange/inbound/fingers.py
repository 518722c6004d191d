"""Whose fingers came with a message, as the gallery says."""

from base64 import b64decode
from collections.abc import Iterable

from pims.biometrics import deciding, stored
from pims.biometrics.engine import Unusable
from pims.biometrics.engine.codecs import fmr
from pims.biometrics.gallery.client import Gallery, GalleryAway, gallery
from pims.biometrics.packing import pack
from pims.biometrics.stations import fingers_of
from pims.biometrics.taking import take_finger
from pims.exchange.inbound.kinds.parts import Finger

UNREADABLE, AWAY = "fingers_unreadable", "gallery_away"
_ANSI_NIST = b"1.00"


def whose(fingers: Iterable[Finger], *, of: Gallery = gallery) -> tuple[dict[int, float], str]:
    """(person -> score, "") for everyone whose fingers are so near that strangers' are not; or
    nobody, and the code of why nobody could be asked."""
    probe: dict[int, bytes] = {}
    unread = False
    for finger in fingers:
        try:
            probe |= _packed(b64decode(finger.data), finger.position)
        except (Unusable, ValueError):
            unread = True
    if not probe:
        return {}, UNREADABLE if unread else ""
    try:
        answer = of.identify(probe, limit=deciding.MOST_CANDIDATES)
        least = deciding.shown_from()
    except GalleryAway:
        return {}, AWAY
    near = {hit.key: hit.score for hit in answer.hits if hit.score >= least}
    persons = stored.persons_of_keys(near)
    return {persons[key]: score for key, score in near.items() if key in persons}, ""


def _packed(data: bytes, position: int) -> dict[int, bytes]:
    """Position -> template of a minutiae record, a live-scan file or one image. Raises Unusable."""
    if fmr.is_record(data):
        found = {}
        for template in fmr.read(data):
            at = position or int(template.position)
            found[at] = pack(template)
        return found
    if _ANSI_NIST in data[:20]:
        return {one.position: one.template for one in fingers_of(data)}
    taken = take_finger(data, position=position, source="upload", at_once=True)
    return {position: taken.template}
