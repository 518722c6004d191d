"""A finger minutiae record as it stands in the file: numbers in the units of its own standard."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pims.kernel.reasons import Reason

__all__ = [
    "CapturedBy",
    "Certificate",
    "Core",
    "CoresAndDeltas",
    "Delta",
    "Extended",
    "OpaqueBlock",
    "Quality",
    "Record",
    "RidgeCounts",
    "Standard",
    "View",
]


class Standard(StrEnum):
    """Which standard a record follows. 2007 is the draft of INCITS 378-2009 with a header one byte
    shorter, which test files in circulation follow; AM1 is the amendment (version 035)."""

    ISO_2005 = "ISO/IEC 19794-2:2005"
    ISO_2011 = "ISO/IEC 19794-2:2011"
    INCITS_2004 = "ANSI/INCITS 378-2004"
    INCITS_2007 = "ANSI/INCITS 378 (2007 draft)"
    INCITS_2009 = "ANSI/INCITS 378-2009"
    INCITS_2009_AM1 = "ANSI/INCITS 378-2009/AM1"

    @property
    def iso(self) -> bool:
        return self in (Standard.ISO_2005, Standard.ISO_2011)

    @property
    def first_generation(self) -> bool:
        """One image size and resolution for all views, one quality byte without its algorithm."""
        return self in (Standard.ISO_2005, Standard.INCITS_2004)


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the print is, 0..100; 254 not computed, 255 could not be computed. `vendor` and
    `algorithm` are numbers of the registry of CBEFF, None where the standard has no room for
    them."""

    value: int
    vendor: int | None = None
    algorithm: int | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    authority: int
    scheme: int


@dataclass(frozen=True, slots=True)
class CapturedBy:
    """The capture equipment. `compliance` is the bits of certification (4 of them in the first
    generation and the draft, 8 in INCITS 378-2009); ISO 2011 has technology and vendor instead."""

    equipment: int = 0
    compliance: int = 0
    technology: int = 0
    vendor: int = 0


@dataclass(frozen=True, slots=True)
class RidgeCounts:
    """Ridges between pairs of minutiae: (index, index, count); `method` 0 unspecified, 1 nearest in
    four quadrants, 2 in eight octants."""

    method: int
    counts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Core:
    x: int
    y: int
    angle: int | None = None  # in the record's units


@dataclass(frozen=True, slots=True)
class Delta:
    x: int
    y: int
    angles: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class CoresAndDeltas:
    cores: tuple[Core, ...] = ()
    deltas: tuple[Delta, ...] = ()


@dataclass(frozen=True, slots=True)
class OpaqueBlock:
    """Zonal quality, a vendor's own, or one of the known whose inside does not agree with its
    length: kept as it came."""

    kind: int
    data: bytes


Extended = RidgeCounts | CoresAndDeltas | OpaqueBlock

NO_MINUTIAE = np.empty((0, 6), dtype=np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One impression of one finger.

    `minutiae` has a row for each: kind (0..2), x and y in px of the image, angle in the record's
    units, quality, and the two reserved bits. `position` is the file's number, which for several
    fingers at once goes beyond the ten of `Position`.
    """

    width: int
    height: int
    x_per_cm: int
    y_per_cm: int
    position: int = 0
    number: int = 0
    impression: int = 0
    quality: tuple[Quality, ...] = ()
    minutiae: NDArray[np.uint16] = field(default_factory=NO_MINUTIAE.copy)
    extended: tuple[Extended, ...] = ()
    captured_by: CapturedBy = CapturedBy()
    captured_at: bytes = b"\xff" * 9  # as written; `captured` reads it. ISO 2011 only
    certificates: tuple[Certificate, ...] = ()
    minutia_bytes: int = 6  # 5 where ISO 2011 leaves the qualities out
    ending: int = 0  # 0 a ridge ends where the valley forks, 1 where its skeleton ends

    @property
    def captured(self) -> datetime | None:
        """When, as the equipment's clock said; None where any part from year to second is missing
        or cannot be."""
        raw = self.captured_at
        month, day, hour, minute, second = raw[2:7]
        milliseconds = int.from_bytes(raw[7:9], "big")
        micro = milliseconds * 1000 if milliseconds <= 999 else 0
        try:
            # The standard says UTC; scanners write whatever their clock says.
            return datetime(  # noqa: DTZ001
                int.from_bytes(raw[:2], "big"), month, day, hour, minute, second, micro
            )
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A whole record; `remarks` say what in it strayed from its standard and was read all the
    same."""

    standard: Standard
    views: tuple[View, ...]
    captured_by: CapturedBy = CapturedBy()  # of the header; ISO 2011 says it with each view
    product_owner: int = 0  # CBEFF; INCITS only
    product_type: int = 0
    certified: bool = False  # ISO 2011: whether views carry certification blocks
    remarks: tuple[Reason, ...] = ()
