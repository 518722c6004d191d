"""A fingerprint that an agency sends, compared with the gallery: names of the gallery come back,
which say nothing until the database says whom they mean, and to whom."""

from collections.abc import Mapping

from pims.biometrics.engine import Template, Unusable
from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.codecs.ansi_nist import is_transaction, minutiae, read_transaction
from pims.biometrics.gallery.client import Hit, gallery
from pims.biometrics.packing import pack
from pims.biometrics.stations import fingers_of

# As in an officer's search: strangers score as high once in a million pairs. A person decides.
STRANGERS = 1e-6
MOST = 10


def templates_in(record: bytes, form: str) -> Mapping[int, bytes]:
    """Position -> packed template. Position 0 is a finger of which nobody said which it is. Of a
    transaction its minutiae (type 9), where there are none its images.

    Raises Unusable for what is no record of that form, or holds no finger that can be compared.
    """
    if form == "fmr":
        return _of_minutiae(fmr.read(record))
    if not is_transaction(record):
        raise Unusable("biometrics.no_finger_in_file")
    marked = [one.template() for one in minutiae(read_transaction(record))]
    if marked:
        return _of_minutiae(marked)
    return {finger.position: finger.template for finger in fingers_of(record)}


def likest(probe: Mapping[int, bytes]) -> tuple[Hit, ...]:
    """Whose fingers these may be, the likest first. Raises GalleryAway."""
    least = gallery.threshold(STRANGERS)
    return tuple(hit for hit in gallery.identify(probe, limit=MOST).hits if hit.score >= least)


def _of_minutiae(templates: list[Template]) -> dict[int, bytes]:
    best: dict[int, Template] = {}
    for template in templates:
        kept = best.get(template.position)
        if kept is None or len(template) > len(kept):
            best[int(template.position)] = template
    if not any(len(template) for template in best.values()):
        raise Unusable("biometrics.no_finger_in_file")
    return {position: pack(template) for position, template in best.items() if len(template)}
