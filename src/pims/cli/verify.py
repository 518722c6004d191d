"""`pims verify`: prove from a file alone, with neither framework nor database."""

import json
import re
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pims.assurance.proof import Fault, History, Law, fault_kinds, law_of
from pims.assurance.proof.days import end_of, start_of, zone_named
from pims.assurance.proof.reading import (
    MOST_BYTES,
    Export,
    NotAnExport,
    NotPlainJson,
    Unreadable,
    decoded,
    export_from,
)
from pims.assurance.proof.verdict import Verdict, judge
from pims.foundation.console import JsonFlag, words
from pims.ui.wording import catalogue

app = typer.Typer(help="Prove from a file alone.", no_args_is_help=True)

NOT_PROVEN, NOT_AN_EXPORT = 1, 2
_TOLD_EVERY = 2.0  # seconds
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@app.callback()
def verify() -> None:
    """Prove from a file alone."""


@app.command()
def custody(
    export: Annotated[str, typer.Argument(metavar="EXPORT.json|-", help="- is standard input.")],
    as_of: Annotated[
        str, typer.Option("--as-of", help="Through this day or until this hour. Default: its own.")
    ] = "",
    language: Annotated[Literal["en", "es"], typer.Option(help="Of the words.")] = "en",
    json: JsonFlag = False,
) -> None:
    """Each prisoner-day, proven or not, from the exported orders alone.

    Exit 0 where all are proven, 1 where any day is not or a record cannot be read, 2 where the file
    is no export or holds no day in custody until then.
    """
    found = _export(export, language)
    upto = _upto(as_of, found)
    law = _law(found, language)
    told = _AsJson(found, language) if json else _AsText(found, language)
    for person, until in _persons(found, upto):
        if isinstance(person, Unreadable):
            told.unreadable(person)
        else:
            told.person(person, judge(person, law, until))
    if told.holds_nothing:
        raise _no_export("nothing_to_prove", {}, language)
    told.end()
    if not told.all_proven:
        raise typer.Exit(NOT_PROVEN)


@app.command()
def receipt(
    file: Annotated[str, typer.Argument(metavar="RECEIPT.json|-", help="- is standard input.")],
    key: Annotated[
        str, typer.Option("--key", help="The ledger's public key, as `pims ledger key` printed it.")
    ],
) -> None:
    """That an entry is in the ledger as it was signed, from the receipt and the key alone.

    Exit 1 where it is not proven, 2 where the file is no receipt or the key no key.
    """
    from pims.foundation.ledger.notes import Verifier
    from pims.foundation.ledger.receipts import NotAReceipt, NotProven, prove, read_receipt

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        found, verifier = read_receipt(text), Verifier.of_line(key)
    except NotAReceipt as bad:
        words.print(f"This is no receipt ({bad}).")
        raise typer.Exit(NOT_AN_EXPORT) from None
    except (OSError, ValueError) as bad:
        words.print(str(bad))
        raise typer.Exit(NOT_AN_EXPORT) from None
    try:
        prove(found, verifier)
    except NotProven as wrong:
        words.print(f"Not proven: {_WHY[wrong.code]}.")
        raise typer.Exit(NOT_PROVEN) from None
    entry = found.entry
    words.print(
        f"Proven: {entry['kind']} at {entry['at']}, entry {found.position} of a tree of"
        f" {found.checkpoint.size} that was signed at {found.checkpoint.signed_at.isoformat()}."
    )


_WHY = {
    "key": "the checkpoint is not signed with this key",
    "tree": "the entry is not in the tree that was signed, or not as it stands here",
    "details": "the details are not those that the entry committed to",
}


class _Told(ABC):
    """Counts, whatever is printed."""

    def __init__(self, export: Export, language: str) -> None:
        self.language, self.counted_here = language, export.counting is None
        self.persons = self.days = self.unproven = self.not_read = 0
        self.faults = self.grave = 0

    @property
    def all_proven(self) -> bool:
        return self.unproven == 0 and self.not_read == 0

    @property
    def holds_nothing(self) -> bool:
        """Of no day nothing is proven, however well that reads."""
        return self.days == 0 and self.not_read == 0

    def unreadable(self, person: Unreadable) -> None:
        self.persons += 1
        self.not_read += 1

    def person(self, history: History, verdict: Verdict) -> None:
        self.persons += 1
        self.days += verdict.days
        self.unproven += verdict.unproven
        self.faults += len(verdict.faults)
        self.grave += sum(map(_is_grave, verdict.faults))

    @abstractmethod
    def end(self) -> None:
        """Print what is left to print."""

    def counts(self) -> dict[str, int]:
        return {
            "persons": self.persons,
            "not_read": self.not_read,
            "days": self.days,
            "proven": self.days - self.unproven,
            "not_proven": self.unproven,
            "faults": self.faults,
            "grave": self.grave,
        }


class _AsText(_Told):
    def unreadable(self, person: Unreadable) -> None:
        super().unreadable(person)
        for problem in person.problems:
            _print(f"{person.person_id}  {say('unreadable', {'why': problem}, self.language)}")

    def person(self, history: History, verdict: Verdict) -> None:
        super().person(history, verdict)
        for fault in verdict.faults:
            begin, end = _local(fault.since, history.zone), _local(fault.until, history.zone)
            title = say(f"{fault.kind}.title", {}, self.language)
            text = say(fault.kind, fault.params, self.language)
            _print(f"{history.person_id}  {begin} – {end or '…'}  {title}. {text}")

    def end(self) -> None:
        count = {name: f"{number:,}" for name, number in self.counts().items()}
        _print(say("counted", count, self.language))
        if self.not_read:
            _print(say("not_read", count, self.language))
        _print(say("all_proven" if self.all_proven else "not_all_proven", {}, self.language))
        if self.grave:
            _print(say("grave", count, self.language))
        if self.counted_here:
            _print(say("counted_here", {}, self.language))


class _AsJson(_Told):
    def __init__(self, export: Export, language: str) -> None:
        super().__init__(export, language)
        self._export = export
        self._found: list[dict[str, Any]] = []
        self._unreadable: list[dict[str, Any]] = []

    def unreadable(self, person: Unreadable) -> None:
        super().unreadable(person)
        self._unreadable.append({"person": person.person_id, "problems": list(person.problems)})

    def person(self, history: History, verdict: Verdict) -> None:
        super().person(history, verdict)
        if verdict.unproven or verdict.faults:
            self._found.append(
                {
                    "person": history.person_id,
                    "days": verdict.days,
                    "not_proven": verdict.unproven,
                    "faults": [_plain(one, history.zone, self.language) for one in verdict.faults],
                }
            )

    def end(self) -> None:
        answer = {
            "law": self._export.law,
            "export_as_of": self._export.as_of.isoformat(),
            "counted_by": "program" if self.counted_here else "export",
            "all_proven": self.all_proven,
            **self.counts(),
            "persons_with_faults": self._found,
            "persons_not_read": self._unreadable,
        }
        _print(json.dumps(answer, ensure_ascii=False, indent=2))


def _is_grave(fault: Fault) -> bool:
    """Whether it is so now and wants somebody at once, though it leaves no day unproven."""
    kind = fault_kinds()[fault.kind]
    return kind.severity == 1 and not kind.unproven and fault.until is None


def _plain(fault: Fault, zone: str, language: str) -> dict[str, Any]:
    return {
        "kind": fault.kind,
        "from": _iso(fault.since, zone),
        "to": _iso(fault.until, zone),
        "orders": list(fault.order_ids),
        "title": say(f"{fault.kind}.title", {}, language),
        "text": say(fault.kind, fault.params, language),
        "params": dict(fault.params),
        "reference": fault.reference,
    }


def say(code: str, params: Any, language: str) -> str:
    """The words without the framework: dates stay as they are in the file."""
    text = catalogue()[f"proof.{code}"][language]
    return text.format_map({name: _shown(value) for name, value in params.items()})


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "—" if isinstance(value, list | tuple) else str(value)


def _local(at: datetime | None, zone: str) -> str:
    return "" if at is None else f"{at.astimezone(zone_named(zone)):%Y-%m-%d %H:%M}"


def _iso(at: datetime | None, zone: str) -> str | None:
    return None if at is None else at.astimezone(zone_named(zone)).isoformat()


def _print(text: str) -> None:
    # A name may hold letters that the terminal has not.
    coding = sys.stdout.encoding or "utf-8"
    typer.echo(text.encode(coding, "replace").decode(coding))


def _export(file: str, language: str) -> Export:
    try:
        return export_from(decoded(_content(file, language)))
    except json.JSONDecodeError as error:
        at = {"line": error.lineno, "column": error.colno}
        raise _no_export("file_not_json", at, language) from error
    except NotPlainJson as error:
        raise _no_export("file_not_plain_json", {}, language) from error
    except NotAnExport as error:
        raise _no_export("file_not_an_export", {"why": str(error)}, language) from error


def _content(file: str, language: str) -> bytes:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as source:
                content = source.read(MOST_BYTES + 1)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise _no_export("file_too_large", {"most": MOST_BYTES // 2**20}, language)
    return content


def _no_export(code: str, params: dict[str, Any], language: str) -> typer.Exit:
    words.print(say(code, params, language), markup=False)
    return typer.Exit(NOT_AN_EXPORT)


def _law(export: Export, language: str) -> Law:
    try:
        if re.fullmatch(r"[a-z]{1,40}", export.law):
            law = law_of(export.law)
            return law if export.counting is None else replace(law, counting=export.counting)
    except (FileNotFoundError, ModuleNotFoundError):
        pass
    why = f"law {export.law}: no such orders are known"
    raise _no_export("file_not_an_export", {"why": why}, language)


def _upto(given: str, export: Export) -> date | datetime:
    """A day stands for all of it. Raises typer.BadParameter where the export ends before it."""
    if not given:
        return export.as_of
    try:
        asked = date.fromisoformat(given) if _DAY.fullmatch(given) else _hour(given)
    except ValueError:
        raise typer.BadParameter(
            f"{given!r} is no date or time; write 2026-11-01 or 2026-11-01T14:30-06:00",
            param_hint="--as-of",
        ) from None
    # The day has begun somewhere by the hour of the export.
    begins = asked if isinstance(asked, datetime) else start_of(asked, "Pacific/Kiritimati")
    if begins > export.as_of:
        raise typer.BadParameter(
            f"the export goes no further than {export.as_of.isoformat()}", param_hint="--as-of"
        )
    return asked


def _hour(given: str) -> datetime:
    at = datetime.fromisoformat(given)
    if at.tzinfo is None:
        raise ValueError("no offset")
    return at


def _persons(
    export: Export, upto: date | datetime
) -> Iterator[tuple[History | Unreadable, datetime]]:
    """Each person with the hour until which is judged; how far it is goes to standard error."""
    whole, told = len(export.persons), time.monotonic()
    for place, person in enumerate(export.read()):
        until = export.as_of
        if isinstance(upto, datetime):
            until = upto
        elif isinstance(person, History):
            until = min(end_of(upto, person.zone), export.as_of)
        yield person, until
        if time.monotonic() - told > _TOLD_EVERY:
            told = time.monotonic()
            words.print(f"{place + 1:,} / {whole:,} …", markup=False)
