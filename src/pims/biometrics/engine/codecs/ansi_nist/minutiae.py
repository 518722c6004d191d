"""Records of type 9: minutiae in the standard's own fields (5 to 12), or as INCITS 378 has them
(126 to 140); a record may have both.

The standard's fields count hundredths of a millimetre from the lower left corner and point the
other way from INCITS and ISO (by 180 degrees); of quality, 2 is the best, 63 the worst, 1 that
nobody measured it and 0 that a person marked it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.codecs.ansi_nist.images import image_of
from pims.biometrics.engine.codecs.ansi_nist.records import (
    Field,
    RecordType,
    TextRecord,
    Transaction,
    whole,
)
from pims.biometrics.engine.codecs.fmr.units import MOST_COORDINATE, check_resolution
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import MOST_MINUTIAE, PPI, Kind, Position, Template

__all__ = ["Minutia", "MinutiaeRecord", "incits_fields", "minutiae", "minutiae_of", "own_fields"]

# Hundredths of a millimetre in a pixel at 500 ppi.
PER_PIXEL = 2540 / PPI
KINDS = {"A": Kind.ENDING, "B": Kind.BIFURCATION}
LETTERS = {Kind.ENDING: "A", Kind.BIFURCATION: "B"}
PLACE = re.compile(r"(\d{4})(\d{4})(\d{3})")
POINT = re.compile(r"(\d{4})(\d{4})")
BEST, WORST, UNMEASURED, BY_HAND = 2, 63, 1, 0
MOST_PLACE = 9_999
OWN, FIRST_INCITS, LAST_INCITS = 12, 126, 150
SCALE_CM = 2


@dataclass(frozen=True, slots=True)
class Minutia:
    """As field 9.012 has it: hundredths of a millimetre from the lower left, degrees, 0..63, the
    letter of its kind, and ridges to its neighbours as (number, count)."""

    number: int
    x: int
    y: int
    theta: int
    quality: int
    letter: str
    ridges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MinutiaeRecord:
    """A record of type 9: `own` where fields 5 to 12 are there, `incits` where 126 to 140 are."""

    idc: int
    impression: int
    position: int
    own: tuple[Minutia, ...] | None
    cores: tuple[tuple[int, int], ...]
    deltas: tuple[tuple[int, int], ...]
    incits: fmr.View | None
    height: int | None = None  # px at 500 ppi of the image with the same IDC

    def template(self) -> Template:
        """At 500 ppi: of the INCITS fields, which say how high the image is, else of the
        standard's. Raises Unusable ``biometrics.codec.no_minutiae_fields``."""
        if self.incits is not None:
            return fmr.template_of(self.incits, fmr.Standard.INCITS_2009).best()
        if self.own is None:
            raise Unusable("biometrics.codec.no_minutiae_fields", idc=self.idc)
        rows = self.own
        x = np.array([m.x for m in rows], dtype=np.float32) / PER_PIXEL
        up = np.array([m.y for m in rows], dtype=np.float32) / PER_PIXEL
        highest = int(up.max()) + 1 if len(rows) else 0
        height = self.height or highest
        theta = np.array([(m.theta + 180) % 360 for m in rows], dtype=np.float64)
        return Template(
            x=x.astype(np.float32), y=(height - up).astype(np.float32),
            angle=np.deg2rad(theta).astype(np.float32),
            kind=np.array([KINDS.get(m.letter, Kind.OTHER) for m in rows], dtype=np.uint8),
            quality=np.array([_percent(m.quality) for m in rows], dtype=np.uint8),
            width=int(x.max()) + 1 if len(rows) else 0, height=height,
            position=Position(self.position) if self.position <= 10 else Position.UNKNOWN,
        ).best(MOST_MINUTIAE)  # fmt: skip


def minutiae(transaction: Transaction) -> Iterator[MinutiaeRecord]:
    """Every record of type 9. Raises Unusable as `minutiae_of`."""
    heights = _heights(transaction)
    for record in transaction.of_type(RecordType.MINUTIAE):
        if isinstance(record, TextRecord):
            yield minutiae_of(record, height=heights.get(record.idc))


def minutiae_of(record: TextRecord, *, height: int | None = None) -> MinutiaeRecord:
    """Raises Unusable ``biometrics.codec.minutia`` (a place, angle or letter that can't be),
    ``.minutiae_count``, ``.not_a_number``, ``.field_missing``, ``.resolution``."""
    return MinutiaeRecord(
        record.idc, record.number(3, 0), record.number(6, record.number(134, 0)), _own(record),
        _points(record, 8), _points(record, 9), _incits(record), height,
    )  # fmt: skip


def own_fields(template: Template) -> list[Field]:
    """Fields 5 to 12 of a template: places to 0.005 mm (0.1 px), angles to half a degree.

    Raises Unusable ``biometrics.codec.beyond_a_decimetre``: the standard has four digits."""
    template = template.best(MOST_MINUTIAE)
    x = np.rint(template.x.astype(np.float64) * PER_PIXEL)
    y = np.rint((template.height - template.y.astype(np.float64)) * PER_PIXEL)
    for values in (x, y):
        if len(values) and not (values.min() >= 0 and values.max() <= MOST_PLACE):
            raise Unusable("biometrics.codec.beyond_a_decimetre", most=MOST_PLACE // 100)
    theta = np.mod(np.rint(np.rad2deg(template.angle.astype(np.float64)) + 180), 360)
    rows = [
        (
            f"{place:03}",
            f"{int(x[i]):04}{int(y[i]):04}{int(theta[i]):03}",
            str(_grade(int(template.quality[i]))),
            LETTERS.get(Kind(int(template.kind[i])), "D"),
        )
        for place, i in enumerate(range(len(template)), 1)
    ]
    fields = [
        Field.of(5, ("PIMS", "A")),
        Field.of(6, f"{int(template.position):02}"),
        Field.of(7, ("T", "UN")),
        Field.of(10, len(template)),
        Field.of(11, 0),
    ]
    if rows:
        fields.append(Field(12, tuple(rows)))
    return fields


def incits_fields(template: Template) -> list[Field]:
    """Fields 126 to 137 of a template, as ANSI/INCITS 378-2009 has it: whole pixels, steps of two
    degrees. Raises Unusable as `fmr.write`."""
    record = fmr.record_of([template], fmr.Standard.INCITS_2009)
    (view,) = record.views
    (quality,) = view.quality
    fields = [
        Field.of(126, (f"{record.product_owner:X}", "201", "0")),
        Field.of(127, ("NONE", "0")),
        Field.of(128, view.width),
        Field.of(129, view.height),
        Field.of(130, SCALE_CM),
        Field.of(131, view.x_per_cm),
        Field.of(132, view.y_per_cm),
        Field.of(133, view.number),
        Field.of(134, view.position),
        Field.of(135, (quality.value, f"{quality.vendor or 0:04X}", quality.algorithm or 0)),
        Field.of(136, len(view.minutiae)),
    ]
    rows = tuple(
        (str(place), str(x), str(y), str(angle), str(kind), str(good))
        for place, (kind, x, y, angle, good, _) in enumerate(view.minutiae.tolist(), 1)
    )
    if rows:
        fields.append(Field(137, rows))
    return fields


def _own(record: TextRecord) -> tuple[Minutia, ...] | None:
    count, listed = record.get(10), record.get(OWN)
    if count is None and listed is None:
        return None
    rows = () if listed is None else tuple(_minutia(subfield) for subfield in listed.subfields)
    if count is not None and record.number(10) != len(rows):
        raise Unusable(
            "biometrics.codec.minutiae_count", stated=record.number(10), listed=len(rows)
        )
    return rows


def _minutia(items: tuple[str, ...]) -> Minutia:
    if len(items) < 4:
        raise Unusable("biometrics.codec.minutia", text=",".join(items)[:40])
    number, place, quality, letter, *near = items
    found = PLACE.fullmatch(place.strip())
    if found is None or int(found[3]) > 360 or letter.strip() not in {"A", "B", "C", "D"}:
        raise Unusable("biometrics.codec.minutia", text=",".join(items[:4])[:40])
    ridges = []
    for pair in near:
        if not pair.strip():
            continue
        index, comma, ridges_between = pair.partition(",")
        if not comma:
            raise Unusable("biometrics.codec.minutia", text=pair[:40])
        ridges.append((whole(index, "9.012"), whole(ridges_between, "9.012")))
    return Minutia(
        whole(number, "9.012"), int(found[1]), int(found[2]), int(found[3]) % 360,
        min(whole(quality, "9.012"), WORST), letter.strip(), tuple(ridges),
    )  # fmt: skip


def _points(record: TextRecord, number: int) -> tuple[tuple[int, int], ...]:
    field = record.get(number)
    if field is None:
        return ()
    points = []
    for subfield in field.subfields:
        found = POINT.fullmatch(subfield[0].strip())
        if found is None:
            raise Unusable("biometrics.codec.minutia", text=subfield[0][:40])
        points.append((int(found[1]), int(found[2])))
    return tuple(points)


def _incits(record: TextRecord) -> fmr.View | None:
    if record.get(136) is None:
        return None
    field = record.get(137)
    listed = () if field is None else field.subfields
    if record.number(136) != len(listed):
        raise Unusable(
            "biometrics.codec.minutiae_count", stated=record.number(136), listed=len(listed)
        )
    if len(listed) > MOST_MINUTIAE * 8:
        raise Unusable(
            "biometrics.codec.too_many_minutiae", count=len(listed), most=MOST_MINUTIAE * 8
        )
    rows = np.zeros((len(listed), 6), dtype=np.uint16)
    for place, items in enumerate(listed):
        if len(items) < 5:
            raise Unusable("biometrics.codec.minutia", text=",".join(items)[:40])
        x, y, angle, kind = (whole(item, "9.137") for item in items[1:5])
        good = whole(items[5], "9.137") if len(items) > 5 and items[5].strip() else 0
        if max(x, y) > MOST_COORDINATE or angle > 179 or kind > 2 or good > 255:
            raise Unusable("biometrics.codec.minutia", text=",".join(items[:6])[:40])
        rows[place, :5] = kind, x, y, angle, good
    return fmr.View(
        record.number(128), record.number(129), *_per_cm(record), position=record.number(134, 0),
        number=record.number(133, 0), impression=record.number(3, 0), quality=_quality(record),
        minutiae=rows,
    )  # fmt: skip


def _per_cm(record: TextRecord) -> tuple[int, int]:
    unit, found = record.number(130, SCALE_CM), [record.number(131), record.number(132)]
    across, down = (round(v / 2.54) if unit == 1 else v for v in found)
    check_resolution(across)
    check_resolution(down)
    return across, down


def _quality(record: TextRecord) -> tuple[fmr.Quality, ...]:
    field = record.get(135)
    items = () if field is None else field.subfields[0]
    if len(items) < 3:
        return ()
    value, vendor, algorithm = (item.strip() for item in items[:3])
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", vendor):
        raise Unusable("biometrics.codec.not_a_number", tag="9.135", text=vendor[:20])
    return (fmr.Quality(whole(value, "9.135"), int(vendor, 16), whole(algorithm, "9.135")),)


def _heights(transaction: Transaction) -> dict[int, int]:
    """Of the first image of each IDC that says its resolution: its height in px at 500 ppi."""
    heights: dict[int, int] = {}
    for record in transaction.records:
        try:
            image = image_of(record, transaction)
        except Unusable:
            continue
        if image is not None and image.ppi:
            heights.setdefault(image.idc, round(image.height * PPI / image.ppi))
    return heights


def _percent(quality: int) -> int:
    """0..100 from 63..2; of marks by hand and unmeasured ones, not reported."""
    if quality in (UNMEASURED, BY_HAND):
        return 0
    return max(1, round((WORST - quality) * 100 / (WORST - BEST)))


def _grade(quality: int) -> int:
    if not quality:
        return UNMEASURED
    return WORST - round(min(quality, 100) * (WORST - BEST) / 100)
