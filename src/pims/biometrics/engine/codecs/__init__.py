"""Fingerprints and faces as other systems write them: minutiae records, transactions, WSQ.

`fmr` reads and writes finger minutiae records, `ansi_nist` transactions of ANSI/NIST-ITL, `wsq` the
images in them, `face_record` portraits of ISO/IEC 19794-5; `inspect` tells what is in any of these
files.

Every reader takes bytes from a stranger: what it can't use it refuses with `Unusable`, in time and
memory that grow with the bytes at hand and never with a number written inside them (`bounds`).
"""

from pims.biometrics.engine.codecs import ansi_nist, face_record, fmr, wsq
from pims.biometrics.engine.codecs.inspection import FieldRow, Inspection, Row, inspect

__all__ = ["FieldRow", "Inspection", "Row", "ansi_nist", "face_record", "fmr", "inspect", "wsq"]
