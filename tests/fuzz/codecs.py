"""Coverage-guided search for a file that the codecs answer with anything but their own refusal.

    python -m tests.fuzz.codecs [--seconds 600] [FOLDER FOR THE CORPUS]

Without a folder the corpus lives as long as the run. Numba is off, so that the decoder of WSQ is
watched too, and an index outside its arrays is an error here and not a silent read.
"""

import argparse
import os
import random
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

# Before anything imports Numba.
os.environ["NUMBA_DISABLE_JIT"] = "1"

import atheris

with atheris.instrument_imports(include=["pims.biometrics.engine.codecs"]):
    from pims.biometrics.engine import codecs
    from pims.biometrics.engine.codecs import ansi_nist, face_record, fmr, wsq
    from pims.biometrics.engine.codecs.wsq import bits  # noqa: F401 - else imported when first used

from pims.biometrics.engine.codecs.tests.mutation import mutations
from pims.biometrics.engine.codecs.tests.samples import ridges, template
from pims.biometrics.engine.reasons import Unusable
from tests.fixtures.reference import reference

MEGABYTES = 2048
# Python's own count, with instrumentation: a file of 70 kB of text takes some seconds.
SECONDS_A_FILE = 60
LONGEST = 70_000
# Decoding in Python is slow; larger images only repeat what smaller ones show.
MOST_PIXELS = 40_000
TROUBLES = (
    "", "0", "-1", "1", "2", "255", "256", "65535", "99999999999", "4294967295", "1e9", "nan",
    " 7 ", "٣", "\udcff", "é", "00000000000", "99999999999360", "00010001361", "A", "D", ",", "0,0",
    "1,", "G" * 300, "WSQ20", "NONE", "JPEGB", "201",
)  # fmt: skip


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
            image = ansi_nist.image_of(record, transaction)
            if image is not None and _small(image):
                ansi_nist.grey(image)
        except Unusable:
            continue
    list(ansi_nist.images(transaction, problems=[]))
    ansi_nist.absent(transaction)
    for held in ansi_nist.minutiae(transaction):
        held.template()


def _small(image: ansi_nist.Image) -> bool:
    if wsq.is_wsq(image.data):
        head = wsq.header(image.data)
        return head.width * head.height <= MOST_PIXELS
    return len(image.data) <= MOST_PIXELS


def one(data: bytes) -> None:
    try:
        ask(data)
    except Unusable:
        return


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Bytes changed by the library, by our own list of troubles, or, in a transaction that can be
    read, in its fields with all lengths made right again: else hardly any change gets far."""
    dice = random.Random(seed)
    kind = dice.randrange(3)
    if kind == 0 and ansi_nist.is_transaction(data):
        try:
            return ansi_nist.write_transaction(_troubled(data, dice))[:most]
        except Unusable:
            pass
    if kind == 1:
        return next(mutations(data, seed=seed, count=1))[:most]
    return bytes(atheris.Mutate(data, most))


def _troubled(data: bytes, dice: random.Random) -> ansi_nist.Transaction:
    transaction = ansi_nist.read_transaction(data)
    records = list(transaction.records)
    if not records:
        return transaction
    place = dice.randrange(len(records))
    record = records[place]
    if isinstance(record, ansi_nist.TextRecord):
        fields = list(record.fields)
        at = dice.randrange(len(fields)) if fields else 0
        if fields and dice.random() < 0.8:
            fields[at] = ansi_nist.Field(fields[at].number, _items(fields[at].subfields, dice))
        else:
            number = dice.choice((3, 6, 9, 10, 12, 13, 128, 131, 134, 135, 136, 137))
            fields.insert(at, ansi_nist.Field.of(number, dice.choice(TROUBLES)))
        records[place] = replace(record, fields=tuple(fields))
    return replace(transaction, records=tuple(records))


def _items(
    subfields: tuple[tuple[str, ...], ...], dice: random.Random
) -> tuple[tuple[str, ...], ...]:
    changed = [list(items) for items in subfields]
    row = dice.randrange(len(changed))
    kind = dice.randrange(4)
    if kind == 0:
        changed.append(changed[row])
    elif kind == 1 and len(changed) > 1:
        del changed[row]
    elif kind == 2:
        changed[row].append(dice.choice(TROUBLES))
    else:
        changed[row][dice.randrange(len(changed[row]))] = dice.choice(TROUBLES)
    return tuple(tuple(items) for items in changed)


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
            custom_mutator=mutated,
        )  # fmt: skip
        atheris.Fuzz()


if __name__ == "__main__":
    main()
