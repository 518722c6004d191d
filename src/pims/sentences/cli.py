"""`pims sentence`: what a sentence comes to, from a file and the law alone: no database."""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from pims.jurisdictions.sentence_law import NoSuchLaw, laws, sentence_law
from pims.kernel.errors import Refused
from pims.kernel.reasons import Reason
from pims.sentences.engine import Case, NotCases, calculate, cases_from
from pims.sentences.engine.reading import REPEATED

app = typer.Typer(help="What a sentence comes to.", no_args_is_help=True)

MOST_BYTES = 64 * 2**20


@app.callback()
def sentence() -> None:
    """What a sentence comes to."""


@app.command()
def compute(
    file: Annotated[str, typer.Argument(metavar="FILE.json|-", help="Cases; - is standard input.")],
    law: Annotated[str, typer.Option(help=f"One of: {', '.join(laws())}.")] = "belize",
    language: Annotated[
        Literal["en", "es"], typer.Option(help="Of the words of the explanation.")
    ] = "en",
) -> None:
    """The dates of each case with their explanation, as a JSON list.

    A case that can't be worked out has its own answer in the list: invalid, unsupported or
    needs_person, with the reasons. Nothing is signed here, so that dates that rest on more than
    arithmetic are marked provisional.
    """
    try:
        chosen = sentence_law(law)
    except NoSuchLaw:
        raise typer.BadParameter(f"no such law; there are {', '.join(laws())}") from None
    cases = _cases(_read(file))
    _framework()
    from pims.sentences.explaining import as_data

    answers = (as_data(calculate(case, chosen), language=language) for case in cases)
    _write(answers)


@app.command()
def recalculate(
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="NUMBER…", help="Prisoners. Default: everybody.")
    ] = None,
    force: Annotated[
        bool, typer.Option(help="Also where nothing that the answer rests on has changed.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Work out and keep release dates anew, in the database."""
    from pims.foundation.vault.cli import installation

    with installation():
        from pims.sentences.recalculating_cli import run

        run(numbers or [], force=force, as_json=json_)


def _framework() -> None:
    """What the words of an explanation need, in either language: no database."""
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.settings")
        import django

        django.setup()


def _read(file: str) -> bytes:
    """The file's content. Raises Refused where it is larger than any list of cases need be."""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as source:
                content = source.read(MOST_BYTES + 1)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise Refused(Reason("sentences.file_too_large", {"most": MOST_BYTES // 2**20}))
    return content


def _cases(content: bytes) -> list[Case]:
    try:
        data = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        at: dict[str, object] = {"line": error.lineno, "column": error.colno}
        raise Refused(Reason("sentences.file_not_json", at)) from error
    except (ValueError, RecursionError) as error:
        # Not UTF-8, a number of thousands of digits, brackets in brackets without end.
        raise Refused(Reason("sentences.file_not_plain_json")) from error
    try:
        return cases_from(data)
    except NotCases as error:
        if error.most is not None:
            raise Refused(Reason("sentences.file_too_many", {"most": error.most})) from error
        raise Refused(Reason("sentences.file_not_cases")) from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; the names that it has more than once are told under a key of their own."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        found[REPEATED] = sorted({name for name, _ in pairs if name in seen or seen.add(name)})  # type: ignore[func-returns-value]
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("not a number of JSON")


def _write(answers: Iterable[dict[str, object]]) -> None:
    """One answer at a time: a long list is never held as text."""
    out = sys.stdout
    out.write("[")
    for place, answer in enumerate(answers):
        text = json.dumps(answer, ensure_ascii=False, indent=2)
        out.write(f"{',' if place else ''}\n{text}")
    out.write("\n]\n")
