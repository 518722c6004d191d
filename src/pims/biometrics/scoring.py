"""Many comparisons of image files, on all cores: what `pims biometrics scores` does.

Each image is read once, whatever the number of its pairs; then the pairs are compared. Both are
done by processes of one thread each.
"""

import csv
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EISDIR
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pims.biometrics.engine.images import check_ppi
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import Template
from pims.foundation.console import words
from pims.kernel.reasons import Reason

__all__ = ["Done", "Fault", "run"]

PAIRS_AT_ONCE = 500
LINE_EVERY = 5.0  # seconds
MOST_TEXT = 256 * 2**20  # bytes of a list: twenty million pairs
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fault:
    where: str  # file and line
    reason: Reason


@dataclass(slots=True)
class Done:
    """How it went; `faults` in the order of their lines, images before pairs."""

    images: int = 0  # that were needed by a pair
    pairs: int = 0
    scored: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "images": self.images, "pairs": self.pairs, "scored": self.scored,
            "seconds": round(self.seconds, 2),
            "faults": [
                {"where": fault.where, "code": fault.reason.code, **fault.reason.params}
                for fault in self.faults
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the pairs' file: what it says, and whether that can be done."""

    number: int
    first: str
    second: str
    pair: Pair | None


def run(*, images: Path, pairs: Path, output: Path, ppi: float | None, workers: int) -> Done:
    """Score the pairs and write them. Raises `Unusable` where a list or the output can't be used.

    `images` has a path in each line, from the working folder or from that of the list; `pairs`
    two places in it, counted from 0; `output` gets the two places and the score, as they came.
    """
    began = time.monotonic()
    check_ppi(ppi)
    paths = _paths(images)
    lines = list(_lines(pairs, len(paths)))
    wanted = [line.pair for line in lines if line.pair is not None]
    needed = sorted({place for pair in wanted for place in pair})
    done = Done(images=len(needed), pairs=len(lines))
    with _writing(output) as out, _telling() as progress:
        templates = _extracted(paths, needed, ppi, workers, progress, done, images)
        for line in lines:
            if line.pair is None:
                done.faults.append(_pair_fault(pairs, line, len(paths)))
        scores = _compared(templates, wanted, workers, progress)
        writer = csv.writer(out, lineterminator="\n")
        for line in lines:
            score = None if line.pair is None else next(scores)
            done.scored += score is not None
            told = "" if score is None else f"{score:.6f}"
            writer.writerow([line.first, line.second, told])
    done.seconds = time.monotonic() - began
    return done


# --- The two lists and the output ---
def _paths(listed: Path) -> list[Path]:
    found = []
    for text in _text(listed).splitlines():
        path = Path(text.strip())
        beside = listed.parent / path
        found.append(beside if not path.is_absolute() and not path.exists() else path)
    return found


def _lines(pairs: Path, count: int) -> Iterator[_Line]:
    for number, text in enumerate(_text(pairs).splitlines(), 1):
        cells = [cell.strip().strip('"') for cell in text.replace(";", ",").split(",")]
        if not any(cells):
            continue
        if number == 1 and not any(_digit(cell) for cell in cells):
            continue  # headings
        first, second = [*cells, "", ""][:2]
        places = [int(cell) for cell in (first, second) if _digit(cell)]
        fine = len(places) == 2 and max(places) < count
        yield _Line(number, first, second, (places[0], places[1]) if fine else None)


def _digit(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= 9


def _pair_fault(pairs: Path, line: _Line, count: int) -> Fault:
    where = f"{pairs.name}, line {line.number}"
    if _digit(line.first) and _digit(line.second):
        return Fault(
            where,
            Reason(
                "biometrics.pair_beyond",
                {"first": line.first, "second": line.second, "count": count},
            ),
        )
    return Fault(where, Reason("biometrics.pair_unreadable"))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_TEXT + 1)
        if len(raw) > MOST_TEXT:
            raise Unusable(
                "biometrics.list_large", file=path.name or str(path), most=MOST_TEXT // 2**20
            )
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise Unusable(
            "biometrics.file_unreadable", file=path.name or str(path),
            why=error.strerror or str(error),
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise Unusable("biometrics.list_not_text", file=path.name) from error


@contextmanager
def _writing(output: Path) -> Iterator[Any]:
    """The output, in its place only when it is whole."""
    if not output.name or output.is_dir():
        raise Unusable("biometrics.file_unwritable", file=str(output), why=os.strerror(EISDIR))
    partial = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        try:
            with partial.open("w", encoding="utf-8", newline="") as out:
                yield out
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise Unusable(
            "biometrics.file_unwritable", file=str(output), why=error.strerror or str(error)
        ) from error


class _Told:
    """How far it is: a bar for a person who looks on, else a line now and then."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._last = time.monotonic()

    def begin(self, what: str, total: int) -> None:
        self._what, self._total, self._count = what, total, 0
        self._task = self._bar.add_task(what, total=total) if self._bar else None

    def advance(self, by: int = 1) -> None:
        self._count += by
        if self._bar and self._task is not None:
            self._bar.advance(self._task, by)
        elif time.monotonic() - self._last > LINE_EVERY:
            self._last = time.monotonic()
            words.print(f"{self._what}: {self._count} of {self._total}")


@contextmanager
def _telling() -> Iterator[_Told]:
    if not words.is_terminal:
        yield _Told(None)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=words, transient=True) as bar:
        yield _Told(bar)


# --- The work ---
Mapping = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


@contextmanager
def _pool(workers: int, *given: Any) -> Iterator[Mapping]:
    """A `map` over processes that have `given` as their own; of one, over this process."""
    if workers == 1:
        _begin(*given)
        yield map
        return
    # One thread each: two processes that thread in NumPy as well only wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # Forked from a process with threads (the progress bar's), a child could wait for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=given) as pool:
        try:
            yield pool.map
        except BrokenProcessPool as error:
            raise Unusable("biometrics.worker_ended", workers=workers) from error


_given: tuple[Any, ...] = ()
_prepared: dict[int, Any] = {}


def _begin(*given: Any) -> None:
    global _given  # noqa: PLW0603 - what this process works with, told once
    _given = given
    _prepared.clear()


def _extracted(
    paths: Sequence[Path],
    needed: Sequence[int],
    ppi: float | None,
    workers: int,
    progress: _Told,
    done: Done,
    listed: Path,
) -> dict[int, Template]:
    templates: dict[int, Template] = {}
    if not needed:
        return templates
    progress.begin("Extracting", len(needed))
    with _pool(min(workers, len(needed)), ppi) as each:
        answers = each(_extract, [str(paths[place]) for place in needed])
        for place, (template, reasons) in zip(needed, answers, strict=True):
            progress.advance()
            if template is not None:
                templates[place] = template
            where = f"{listed.name}, line {place + 1} ({paths[place].name})"
            done.faults += [Fault(where, reason) for reason in reasons]
    return templates


def _extract(path: str) -> tuple[Template | None, tuple[Reason, ...]]:
    from pims.biometrics.engine.extraction import examine

    try:
        found = examine(path, ppi=_given[0], quality=False, strict=False)
    except Unusable as refusal:
        return None, refusal.reasons()
    return found.template, tuple(note for note in found.notes if note.code in _FAULTY)


# Of the remarks on an image: that it shows no finger. Others are no fault of the list.
_FAULTY = frozenset(
    {"biometrics.blank", "biometrics.no_finger", "biometrics.resolution_wrong"}
)  # fmt: skip


def _compared(
    templates: dict[int, Template], wanted: Sequence[Pair], workers: int, progress: _Told
) -> Iterator[float | None]:
    """The score of each pair, in order; None where one of the two could not be read."""
    if not wanted:
        return
    progress.begin("Comparing", len(wanted))
    parts = [wanted[k : k + PAIRS_AT_ONCE] for k in range(0, len(wanted), PAIRS_AT_ONCE)]
    with _pool(min(workers, len(parts)), templates) as each:
        for found in each(_compare, parts):
            progress.advance(len(found))
            yield from found


def _compare(pairs: Iterable[Pair]) -> list[float | None]:
    from pims.biometrics.engine.matching import Matcher

    templates: dict[int, Template] = _given[0]
    matcher = Matcher()

    def ready(place: int) -> Any:
        if place not in _prepared:
            _prepared[place] = matcher.prepare(templates[place])
        return _prepared[place]

    scores: list[float | None] = []
    for first, group in groupby(pairs, key=lambda pair: pair[0]):
        seconds = [second for _, second in group]
        known = [second for second in seconds if first in templates and second in templates]
        found = matcher.compare_many(ready(first), [ready(k) for k in known]) if known else ()
        values = iter(found)
        for second in seconds:
            fine = first in templates and second in templates
            scores.append(float(next(values)) if fine else None)
    return scores
