"""Between the views of a record and templates at 500 ppi."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.codecs.fmr import extended
from pims.biometrics.engine.codecs.fmr.record import Quality, Record, Standard, View
from pims.biometrics.engine.codecs.fmr.units import (
    FIVE_HUNDRED,
    MOST_COORDINATE,
    radians,
    scale,
    turn,
    units,
)
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import MOST_MINUTIAE, NOT_COMPUTED, Kind, Position, Template

__all__ = ["convert", "record_of", "template_of"]

# The registry of CBEFF: ISO/IEC JTC 1/SC 37 as vendor, NFIQ 2 (ISO/IEC 29794-4) as algorithm; the
# later numbers are its revisions.
NFIQ_VENDOR = 0x0101
NFIQ_2 = 0x0001
NFIQ_2_ALL = frozenset({0x01, 0x17, 0x18, 0x21, 0x37, 0x38, 0x39})
# "Vendor unknown" of the same registry: INCITS 378 wants an owner that is not zero.
UNKNOWN_VENDOR = 0x0103
NO_QUALITY = 254
BEST = 100
# Codes that mean the same: contactless, in the four bits of the first generation and since.
CONTACTLESS_SHORT, CONTACTLESS = 9, 24
UNKNOWN_IMPRESSION = 29


def template_of(view: View, standard: Standard) -> Template:
    """The view at 500 ppi.

    A position beyond the ten fingers is UNKNOWN. The quality of the print is taken where it is that
    of NFIQ 2, or where the standard does not say whose it is (the first generation; its 0 is read
    as not computed). Of a minutia, 254 and 255 become 0, not reported. An image of size 0 gets the
    size that its minutiae need.
    """
    across, down = scale(view.x_per_cm), scale(view.y_per_cm)
    rows = view.minutiae
    x = (rows[:, 1] * across).astype(np.float32)
    y = (rows[:, 2] * down).astype(np.float32)
    qualities = rows[:, 4].astype(np.uint8)
    qualities[qualities > BEST] = 0
    width = round(view.width * across) or (int(x.max()) + 1 if len(rows) else 0)
    height = round(view.height * down) or (int(y.max()) + 1 if len(rows) else 0)
    return Template(
        x=x, y=y, angle=radians(rows[:, 3], standard), kind=rows[:, 0].astype(np.uint8),
        quality=qualities, width=width, height=height,
        position=Position(view.position) if view.position <= 10 else Position.UNKNOWN,
        image_quality=_image_quality(view.quality, standard),
    )  # fmt: skip


def record_of(templates: Sequence[Template], standard: Standard) -> Record:
    """A record of these prints at 500 ppi (197 px/cm), the views of one finger together and
    numbered, more than 255 minutiae reduced to the best 255.

    Raises Unusable ``biometrics.codec.beyond_fourteen_bits``, ``.several_sizes`` where the
    standard has one image size for all and the templates differ, ``.view_number`` when written.
    """
    seen: dict[int, int] = {}
    views = []
    for template in _together(templates):
        number = seen[template.position] = seen.get(template.position, -1) + 1
        views.append(_view(template, number, standard))
    if standard.first_generation and views:
        # Coordinates count from the top left, so the larger image holds the smaller.
        width, height = max(v.width for v in views), max(v.height for v in views)
        views = [replace(view, width=width, height=height) for view in views]
    owner = 0 if standard.iso else UNKNOWN_VENDOR
    return Record(standard, tuple(views), product_owner=owner)


def convert(record: Record, standard: Standard) -> Record:
    """The same record for another standard: angles in its units (to the nearest), qualities and
    impressions in its codes; resolution and coordinates as they are. What the other has no room
    for (date, certificates, the algorithm of a quality) is left out."""
    source = record.standard
    if source is standard:
        return record
    views = tuple(_converted(view, source, standard, record) for view in record.views)
    return Record(
        standard, views,
        captured_by=record.captured_by if source is not Standard.ISO_2011
        else (record.views[0].captured_by if record.views else record.captured_by),
        product_owner=0 if standard.iso else record.product_owner or UNKNOWN_VENDOR,
        product_type=0 if standard.iso else record.product_type,
        certified=False, remarks=record.remarks,
    )  # fmt: skip


def _together(templates: Iterable[Template]) -> list[Template]:
    """By finger in the order of their first, as the standards want."""
    by_finger: dict[int, list[Template]] = {}
    for template in templates:
        by_finger.setdefault(template.position, []).append(template)
    return [template for group in by_finger.values() for template in group]


def _view(template: Template, number: int, standard: Standard) -> View:
    template = template.best(MOST_MINUTIAE)
    rows = np.zeros((len(template), 6), dtype=np.uint16)
    rows[:, 0] = np.where(template.kind <= Kind.BIFURCATION, template.kind, Kind.OTHER)
    rows[:, 1] = _pixels(template.x, template.width)
    rows[:, 2] = _pixels(template.y, template.height)
    rows[:, 3] = units(template.angle, standard)
    rows[:, 4] = np.minimum(template.quality, BEST)
    if not standard.first_generation:
        rows[template.quality == 0, 4] = NO_QUALITY
    if max(template.width, template.height) > MOST_COORDINATE:
        raise Unusable("biometrics.codec.beyond_fourteen_bits", x=template.width, y=template.height)
    return View(
        template.width, template.height, FIVE_HUNDRED, FIVE_HUNDRED,
        position=int(template.position), number=number,
        quality=_qualities(template.image_quality, standard), minutiae=rows,
    )  # fmt: skip


def _pixels(values: NDArray[np.float32], size: int) -> NDArray[np.uint16]:
    """To the nearest pixel; half a pixel over an edge is that edge. Raises Unusable
    ``biometrics.codec.beyond_fourteen_bits``."""
    if not np.isfinite(values).all():
        raise Unusable("biometrics.codec.beyond_fourteen_bits", x="?", y="?")
    nearest = np.rint(values)
    if size:
        nearest[(nearest == size) & (values < size)] = size - 1
    if len(nearest) and (nearest.min() < 0 or nearest.max() > MOST_COORDINATE):
        raise Unusable(
            "biometrics.codec.beyond_fourteen_bits", x=int(nearest.min()), y=int(nearest.max())
        )
    return nearest.astype(np.uint16)


def _image_quality(qualities: tuple[Quality, ...], standard: Standard) -> int:
    for quality in qualities:
        unsaid = standard.first_generation and quality.value > 0
        nfiq = quality.vendor == NFIQ_VENDOR and quality.algorithm in NFIQ_2_ALL
        if (unsaid or nfiq) and quality.value <= BEST:
            return quality.value
    return NOT_COMPUTED


def _qualities(value: int, standard: Standard) -> tuple[Quality, ...]:
    known = value <= BEST
    if standard.first_generation:
        return (Quality(value if known else 0),)
    if known:
        return (Quality(value, NFIQ_VENDOR, NFIQ_2),)
    # ISO 2011 has none where there is none; INCITS must have one.
    return () if standard is Standard.ISO_2011 else (Quality(NO_QUALITY, UNKNOWN_VENDOR, 1),)


def _converted(view: View, source: Standard, target: Standard, record: Record) -> View:
    rows = view.minutiae.copy()
    rows[:, 3] = [turn(int(angle), source, target) for angle in rows[:, 3]]
    if target.first_generation:
        rows[rows[:, 4] > BEST, 4] = 0
    elif source.first_generation:
        rows[rows[:, 4] == 0, 4] = NO_QUALITY
    impression = view.impression
    if target.first_generation and impression == CONTACTLESS:
        impression = CONTACTLESS_SHORT
    elif target.first_generation and impression > 0xF:
        impression = 0
    elif source.first_generation and impression == CONTACTLESS_SHORT:
        impression = CONTACTLESS
    quality = view.quality
    if target.first_generation:
        quality = (Quality(_image_quality(quality, source) % NOT_COMPUTED),)
    elif source.first_generation:
        value = quality[0].value
        quality = (Quality(value if value <= BEST else NO_QUALITY, UNKNOWN_VENDOR, 1),)
    return replace(
        view, minutiae=rows, impression=impression, quality=quality, certificates=(),
        minutia_bytes=6, captured_at=b"\xff" * 9,
        captured_by=record.captured_by if source is not Standard.ISO_2011 else view.captured_by,
        extended=tuple(extended.convert(block, source, target) for block in view.extended),
    )  # fmt: skip
