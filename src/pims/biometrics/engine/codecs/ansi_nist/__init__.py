"""ANSI/NIST-ITL transactions, as live-scan stations write them and police AFIS read them."""

from pims.biometrics.engine.codecs.ansi_nist.builder import FacePicture, PrintImage, transaction
from pims.biometrics.engine.codecs.ansi_nist.images import Image, absent, grey, image_of, images
from pims.biometrics.engine.codecs.ansi_nist.minutiae import (
    Minutia,
    MinutiaeRecord,
    incits_fields,
    minutiae,
    minutiae_of,
    own_fields,
)
from pims.biometrics.engine.codecs.ansi_nist.reading import is_transaction, read_transaction
from pims.biometrics.engine.codecs.ansi_nist.records import (
    Compression,
    Field,
    FixedImage,
    OpaqueRecord,
    Record,
    RecordType,
    TextRecord,
    Transaction,
)
from pims.biometrics.engine.codecs.ansi_nist.segments import Segment
from pims.biometrics.engine.codecs.ansi_nist.writing import write_transaction

__all__ = [
    "Compression",
    "FacePicture",
    "Field",
    "FixedImage",
    "Image",
    "Minutia",
    "MinutiaeRecord",
    "OpaqueRecord",
    "PrintImage",
    "Record",
    "RecordType",
    "Segment",
    "TextRecord",
    "Transaction",
    "absent",
    "grey",
    "image_of",
    "images",
    "incits_fields",
    "is_transaction",
    "minutiae",
    "minutiae_of",
    "own_fields",
    "read_transaction",
    "transaction",
    "write_transaction",
]
