"""Whose fingers came with a message, as the gallery says."""

from base64 import b64decode
from collections.abc import Iterable, Mapping

from pims.biometrics import stored
from pims.biometrics.engine import Unusable
from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.codecs.ansi_nist import is_transaction
from pims.biometrics.gallery.client import GalleryAway
from pims.biometrics.taking import take_finger
from pims.exchange.api.fingerprints import likest, templates_in
from pims.exchange.inbound.kinds.parts import Finger

UNREADABLE, AWAY = "fingers_unreadable", "gallery_away"


def whose(fingers: Iterable[Finger]) -> tuple[dict[int, float], str]:
    """(person -> score, "") for everyone whose fingers are so near that strangers' are not; or
    nobody, and the code of why nobody could be asked."""
    probe: dict[int, bytes] = {}
    unread = False
    for finger in fingers:
        try:
            found = _packed(b64decode(finger.data), finger.position)
        except (Unusable, ValueError):
            unread = True
        else:
            only = len(found) == 1 and finger.position
            probe |= {finger.position: next(iter(found.values()))} if only else found
    if not probe:
        return {}, UNREADABLE if unread else ""
    try:
        near = {hit.key: hit.score for hit in likest(probe)}
    except GalleryAway:
        return {}, AWAY
    persons = stored.persons_of_keys(near)
    return {persons[key]: score for key, score in near.items() if key in persons}, ""


def _packed(data: bytes, position: int) -> Mapping[int, bytes]:
    """Position -> template of a minutiae record, a live-scan file or one image. Raises Unusable."""
    if fmr.is_record(data):
        return templates_in(data, "fmr")
    if is_transaction(data):
        return templates_in(data, "ansi_nist")
    return {position: take_finger(data, position=position, at_once=True).template}
