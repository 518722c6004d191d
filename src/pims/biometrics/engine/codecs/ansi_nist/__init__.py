"""ANSI/NIST-ITL transactions, as live-scan stations write them and police AFIS read them."""

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
from pims.biometrics.engine.codecs.ansi_nist.writing import write_transaction

__all__ = [
    "Compression",
    "Field",
    "FixedImage",
    "OpaqueRecord",
    "Record",
    "RecordType",
    "TextRecord",
    "Transaction",
    "is_transaction",
    "read_transaction",
    "write_transaction",
]
