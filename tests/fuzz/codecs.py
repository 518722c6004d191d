"""Coverage-guided search for a file that the codecs answer with anything but their own refusal.

    python -m tests.fuzz.codecs [--seconds 600] [FOLDER FOR THE CORPUS]

Without a folder the corpus lives as long as the run. Numba is off, so that the decoder of WSQ is
watched too, and an index outside its arrays is an error here and not a silent read.
"""

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

# Before anything imports Numba.
os.environ["NUMBA_DISABLE_JIT"] = "1"

import atheris

with atheris.instrument_imports(include=["pims.biometrics.engine.codecs"]):
    from pims.biometrics.engine import codecs
    from pims.biometrics.engine.codecs import ansi_nist, face_record, fmr, wsq

from pims.biometrics.engine.codecs.tests.samples import ridges, template
from pims.biometrics.engine.reasons import Unusable
from tests.fixtures.reference import reference

MEGABYTES = 2048
# Python's own count, with instrumentation: a file of 70 kB of text takes some seconds.
SECONDS_A_FILE = 60
LONGEST = 70_000
# Decoding in Python is slow; larger images only repeat what smaller ones show.
MOST_PIXELS = 40_000


def ask(data: bytes) -> None:
    """Everything that can be asked; what was read must be read the same again once written."""
    if fmr.is_record(data):
        fmr.read(data)
        record = fmr.read_record(data)
        written = fmr.write_record(record)
        assert fmr.write_record(fmr.read_record(written)) == written
    elif wsq.is_wsq(data):
        head = wsq.header(data)
        if head.width * head.height <= MOST_PIXELS:
            wsq.read(data)
    elif face_record.is_face_record(data):
        face_record.read_faces(data)
    elif ansi_nist.is_transaction(data):
        _transaction(data)


def _transaction(data: bytes) -> None:
    transaction = ansi_nist.read_transaction(data)
    codecs.inspect(data).as_json()
    written = ansi_nist.write_transaction(transaction)
    again = ansi_nist.read_transaction(written)
    assert [r.type for r in again.records] == [r.type for r in transaction.records]
    assert ansi_nist.write_transaction(again) == written
    for record in transaction.records:
        try:
            ansi_nist.image_of(record, transaction)
        except Unusable:
            continue
    for held in ansi_nist.minutiae(transaction):
        held.template()


def one(data: bytes) -> None:
    try:
        ask(data)
    except Unusable:
        return


def seeds() -> dict[str, bytes]:
    """NIST's samples where they are at hand, and files made here."""
    made = {f"made-{n}": fmr.write([template(4)], s) for n, s in enumerate(fmr.Standard)}
    made["made-wsq"] = wsq.write(ridges(70, 66))
    made["made-booking"] = ansi_nist.transaction(
        type_of_transaction="CAR", origin="A", destination="B", control_number="1",
        date=date(2026, 1, 1), absent={3: "XX"}, minutiae=[template(3)],
        prints=[ansi_nist.PrintImage.of_pixels(ridges(70, 66), position=2)],
        faces=[ansi_nist.FacePicture(b"\xff\xd8\xff\xd9", 1, 1)], demographics={18: "A,B"},
    )  # fmt: skip
    folder = reference("ansi_nist")
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return made | {path.name: path.read_bytes()[:LONGEST] for path in found}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("corpus", nargs="?", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="pims-fuzz-") as scratch:
        corpus = given.corpus or Path(scratch) / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        for name, data in seeds().items():
            (corpus / name).write_bytes(data)
        atheris.Setup(
            [
                sys.argv[0], str(corpus), f"-max_total_time={given.seconds}",
                f"-max_len={LONGEST}", f"-rss_limit_mb={MEGABYTES}", f"-timeout={SECONDS_A_FILE}",
                f"-artifact_prefix={scratch if given.corpus is None else given.corpus}/",
                "-print_final_stats=1",
            ],
            one,
        )  # fmt: skip
        atheris.Fuzz()


if __name__ == "__main__":
    main()
