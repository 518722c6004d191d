"""`pims biometrics`: fingerprints from files, with neither framework nor database."""

import json as json_
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pims.biometrics.deciding import ONE_FINGER_FMR
from pims.biometrics.engine.reasons import Unusable
from pims.foundation.console import JsonFlag, show, words
from pims.kernel.reasons import Reason

if TYPE_CHECKING:
    from pims.biometrics.engine.template import Template

app = typer.Typer(help="Fingerprints: extract, compare, measure.", no_args_is_help=True)

FAILED = 1

Ppi = Annotated[
    float | None,
    typer.Option(help="Pixels an inch of the images. Default: as the file says, else 500."),
]
Rate = Annotated[
    float,
    typer.Option(
        min=1e-12,
        max=0.5,
        envvar="PIMS_BIOMETRICS_FMR",
        help="False-match rate at which to decide.",
    ),
]


class Record(StrEnum):
    """The record formats for minutiae, by the names of `--standard`."""

    ISO_2005 = "iso-2005"
    ISO_2011 = "iso-2011"
    INCITS_2004 = "incits-2004"
    INCITS_2009 = "incits-2009"


@app.callback()
def biometrics() -> None:
    """Fingerprints: extract, compare, measure."""


@app.command()
def extract(
    image: Annotated[Path, typer.Argument(help="PNG, TIFF, BMP, JPEG or WSQ of one finger.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The record to write.")],
    ppi: Ppi = None,
    standard: Annotated[Record, typer.Option(help="Of the record.")] = Record.ISO_2011,
    finger: Annotated[
        int, typer.Option(min=0, max=10, help="1 right thumb … 10 left little; 0 unknown.")
    ] = 0,
    method: Annotated[
        Literal["leader", "mindtct"], typer.Option(help="What finds the minutiae.")
    ] = "leader",
    json: JsonFlag = False,
) -> None:
    """Write the minutiae of a fingerprint image as a finger minutiae record.

    Exit 1, with the reason, where the image shows no finger or can't be read.
    """
    from pims.biometrics.engine.codecs import fmr
    from pims.biometrics.engine.extraction import examine
    from pims.biometrics.engine.template import NOT_COMPUTED, Position

    found = examine(image, ppi=ppi, position=Position(finger), method=method, threads=2)
    template = found.template
    data = fmr.write([template], fmr.Standard[standard.name])
    _write(output, data)
    _tell((*found.notes, *found.advice))
    answer: dict[str, Any] = {
        "image": str(image), "output": str(output), "standard": standard.value,
        "bytes": len(data), "minutiae": len(template),
        "nfiq2": None if template.image_quality == NOT_COMPUTED else template.image_quality,
        "width": template.width, "height": template.height, "ppi": found.image.ppi,
        "ppi_from": found.image.ppi_from, "method": found.method,
        "remarks": [note.code for note in found.notes],
        "advice": [note.code for note in found.advice],
    }  # fmt: skip
    show(answer, as_json=json)


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(metavar="A", help="An image or a minutiae record.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    ppi: Ppi = None,
    other_ppi: Annotated[
        float | None, typer.Option(help="Of B, where it is another than that of A.")
    ] = None,
    fmr: Rate = ONE_FINGER_FMR,
    json: JsonFlag = False,
) -> None:
    """How alike two prints are: the score, and what it says at a false-match rate.

    The score is the natural logarithm of a likelihood ratio. Exit 0 whatever the answer is; 1,
    with the reason, where a print can't be used.
    """
    from pims.biometrics.engine import matching

    matcher = matching.Matcher()
    told = ((one, ppi), (other, ppi if other_ppi is None else other_ppi))
    prints = [matcher.prepare(_template(path, said)) for path, said in told]
    found = matcher.compare(*prints)
    threshold = matching.threshold(fmr)
    same = matching.decide(found.score, fmr)
    answer = {
        "score": round(found.score, 4), "threshold": round(threshold, 4), "fmr": fmr,
        "decision": "match" if same else "no match",
        "fmr_at_score": matching.false_match_rate(found.score), "matched": len(found.pairs),
        "minutiae": [len(prepared.xy) for prepared in prints],
    }  # fmt: skip
    if json:
        show(answer, as_json=True)
        return
    show(
        {
            **answer,
            "fmr_at_score": f"{answer['fmr_at_score']:.2g}",
            "minutiae": " and ".join(str(len(prepared.xy)) for prepared in prints),
        },
        as_json=False,
        columns={
            "decision": "Decision", "score": "Score", "threshold": "Threshold",
            "fmr": "at a false-match rate of", "fmr_at_score": "Strangers score as high",
            "matched": "Minutiae matched", "minutiae": "of",
        },
    )  # fmt: skip


@app.command()
def scores(
    images: Annotated[Path, typer.Option(help="A text file: the path of an image in each line.")],
    pairs: Annotated[
        Path, typer.Option(help="CSV: two places in the list, counted from 0, in each line.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV: place, place, score.")],
    ppi: Ppi = None,
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="Processes. Default: one for each core.")
    ] = 0,
    json: JsonFlag = False,
) -> None:
    """Compare many pairs of images, on all cores, and write their scores in the pairs' order.

    An image or a pair that can't be used is told with its line and the others are done; then the
    exit code is 1. Such a pair has an empty score; an image that shows no finger is compared with
    what was found on it.
    """
    from pims.biometrics.scoring import run

    done = run(
        images=images, pairs=pairs, output=output, ppi=ppi,
        workers=workers or len(os.sched_getaffinity(0)),
    )  # fmt: skip
    for place in done.faults:
        words.print(f"{place.where}: {_words(place.reason)}", markup=False, soft_wrap=True)
    if json:
        show(done.told(), as_json=True)
    else:
        words.print(
            f"{done.scored} of {done.pairs} pairs scored, {done.images} images, "
            f"{done.seconds:.1f} s: {output}",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    if done.faults:
        raise typer.Exit(FAILED)


@app.command()
def evaluate(
    fvc: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Folders DB…/finger_impression.png.")
    ],
    json: JsonFlag = False,
) -> None:
    """The error rates on the sets of a Fingerprint Verification Competition."""
    from pims.biometrics.engine import evaluation

    try:
        table = evaluation.evaluate(fvc, say=lambda text: words.print(text, markup=False))
    except ValueError as error:
        raise Unusable("biometrics.no_prints", folder=str(fvc)) from error
    if json:
        show(table.as_json(), as_json=True)
    else:
        typer.echo(table.as_text())


@app.command()
def segment(
    image: Annotated[Path, typer.Argument(help="Four fingers of a hand, or both thumbs.")],
    slap: Annotated[
        Literal["right", "left", "thumbs"] | None,
        typer.Option(help="What was laid on. Default: the hand that its shape tells."),
    ] = None,
    missing: Annotated[
        list[int] | None,
        typer.Option(min=1, max=10, help="A finger that is not there; may be repeated."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A folder for the single fingers.")
    ] = None,
    ppi: Ppi = None,
    json: JsonFlag = False,
) -> None:
    """Take apart the fingers of a slap: which is which, and where.

    Exit 1, with the reason, where they can't be told apart or are not as many as expected.
    """
    from PIL import Image

    from pims.biometrics.engine import slaps
    from pims.biometrics.engine.template import Position

    laid = {"right": "RIGHT_FOUR", "left": "LEFT_FOUR", "thumbs": "THUMBS"}
    kind = None if slap is None else slaps.Slap[laid[slap]]
    gone = {Position(number) for number in missing or ()}
    if gone and (kind is None or not gone < set(slaps.FINGERS[kind])):
        raise typer.BadParameter("name the slap, and leave a finger of it", param_hint="--missing")
    found = slaps.segment(_read(image), slap=kind, missing=gone, ppi=ppi)
    _tell(found.notes)
    rows = []
    for finger in found.fingers:
        file = None if output is None else output / f"{image.stem}_{int(finger.position):02}.png"
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(finger.image.pixels).save(file, dpi=(500, 500))
            except OSError as error:
                raise Unusable(
                    "biometrics.file_unwritable", file=str(file), why=error.strerror or str(error)
                ) from error
        rows.append(
            {
                "finger": int(finger.position), "name": finger.position.name.lower(),
                "width": finger.image.width, "height": finger.image.height,
                "corners": finger.corners.round().astype(int).tolist(), "cut": finger.cut,
                "file": None if file is None else str(file),
            }
        )  # fmt: skip
    if json:
        looks = None if found.looks is None else found.looks.name.lower()
        answer = {"slap": found.slap.name.lower(), "turn": round(found.turn, 1), "looks": looks}
        show({**answer, "fingers": rows}, as_json=True)
        return
    columns = {
        "finger": "Finger", "name": "Name", "width": "Width", "height": "Height",
        "corners": "Corners on the image",
    }  # fmt: skip
    title = f"{found.slap.name.lower()}, turned {found.turn:+.0f} degrees"
    show(rows, as_json=False, columns=columns, title=title)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="AN2, FMR, WSQ or a face image record.")],
    fields: Annotated[bool, typer.Option("--fields", help="Also each field of text.")] = False,
    json: JsonFlag = False,
) -> None:
    """What is in a transaction of ANSI/NIST-ITL or in a record of ISO/IEC 19794."""
    from pims.biometrics.engine.codecs import inspect as inside

    found = inside(_read(file))
    if json:
        typer.echo(json_.dumps(found.as_json(), ensure_ascii=False, indent=2, default=str))
        return
    columns = {
        "type": "Type", "what": "What", "idc": "IDC", "bytes": "Bytes", "width": "Width",
        "height": "Height", "ppi": "ppi", "compression": "Compression", "positions": "Fingers",
        "minutiae": "Minutiae", "quality": "Quality",
    }  # fmt: skip
    rows = list(found.rows)
    used = {
        name: heading
        for name, heading in columns.items()
        if any(getattr(row, name) not in (None, ()) for row in rows)
    }
    show(rows, as_json=False, columns=used, title=f"{found.format}, {found.bytes} bytes")
    for row in rows:
        if fields:
            for given in row.fields:
                typer.echo(f"{given.tag:>10}  {given.name:6} {given.text}")
        if row.problem is not None:
            words.print(f"{row.what} {row.idc}: {_words(row.problem)}", markup=False)
    _tell(found.remarks)


def _template(path: Path, ppi: float | None) -> "Template":
    """Of an image, or of a record of one impression."""
    try:
        return _template_in(path, ppi)
    except Unusable:
        # Of two files: which it is that can't be used.
        words.print(f"{path}:", markup=False, soft_wrap=True)
        raise


def _template_in(path: Path, ppi: float | None) -> "Template":
    from pims.biometrics.engine.codecs import fmr
    from pims.biometrics.engine.extraction import examine

    data = _read(path)
    if not fmr.is_record(data):
        found = examine(data, ppi=ppi, quality=False, threads=2)
        _tell(found.notes)
        return found.template
    templates = fmr.read(data)
    if len(templates) != 1:
        raise Unusable("biometrics.views_many", file=path.name, count=len(templates))
    return templates[0]


def _read(path: Path) -> bytes:
    from pims.biometrics.engine.images import file_bytes

    return file_bytes(path)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Unusable(
            "biometrics.file_unwritable", file=str(path), why=error.strerror or str(error)
        ) from error


def _tell(notes: tuple[Reason, ...]) -> None:
    for note in notes:
        words.print(_words(note), markup=False, soft_wrap=True)


def _words(reason: Reason) -> str:
    from pims.ui.wording import render

    language = "es" if os.environ.get("LANG", "").startswith("es") else "en"
    return render(reason, language)
