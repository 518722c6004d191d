"""Finger minutiae records: ISO/IEC 19794-2:2005 and :2011, ANSI/INCITS 378-2004 and -2009.

`read` and `write` deal in templates at 500 ppi; `read_record` and `write_record` in everything that
stands in a record, in its own units. The compact card formats of ISO 2005 have no header of their
own and are not read.
"""

from collections.abc import Sequence

from pims.biometrics.engine.codecs.fmr.reading import is_record, read_record
from pims.biometrics.engine.codecs.fmr.record import (
    CapturedBy,
    Certificate,
    Core,
    CoresAndDeltas,
    Delta,
    Extended,
    OpaqueBlock,
    Quality,
    Record,
    RidgeCounts,
    Standard,
    View,
)
from pims.biometrics.engine.codecs.fmr.templates import convert, record_of, template_of
from pims.biometrics.engine.codecs.fmr.writing import write_record
from pims.biometrics.engine.template import Template

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
    "convert",
    "is_record",
    "read",
    "read_record",
    "record_of",
    "template_of",
    "write",
    "write_record",
]


def read(data: bytes) -> list[Template]:
    """The impressions in a record of any of the standards, at 500 ppi. Raises Unusable."""
    record = read_record(data)
    return [template_of(view, record.standard) for view in record.views]


def write(templates: Sequence[Template], standard: Standard = Standard.ISO_2011) -> bytes:
    """A record of these impressions.

    A coordinate moves by at most 0.5 px (a pixel at the right and lower edge), an angle by at most
    0.703 degrees (ISO) or 1 degree (INCITS). Raises Unusable as `write_record` does.
    """
    return write_record(record_of(templates, standard))
