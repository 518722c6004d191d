"""The tests that must notice a mutant, each tried in a process that ends with it."""

import gc
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import calculate, case_from
from tests.sentences import calendar_engine, generator
from tests.sentences.comparing import differences
from tests.sentences.mutation import remembering
from tests.sentences.mutation.making import Mutant, module_named, modules
from tests.sentences.mutation.planting import plant
from tests.sentences.mutation.remembering import LOADING, Answer

ROOT = Path(__file__).parents[3]
OWN = ROOT / "src" / "pims" / "sentences" / "tests"
SHARP = (
    *(OWN / f"test_{name}.py" for name in (
        "reading", "dates", "edges", "defaults", "endless", "refusals", "arguable", "nothing_said",
        "explaining", "answers",
    )),
    ROOT / "tests" / "sentences" / "test_reference_cases.py",
)  # fmt: skip
CASES = 600  # that the two engines are compared on
# Looks for what raises, for as long as all others together.
LONG = "test_whatever_a_file_holds_each_case_has_its_answer"
_LEAST_SECONDS, _TIMES = 3.0, 4  # of the processor, before a test has lost its way
_NOT_PLANTED = 3


@dataclass(slots=True)
class Check:
    """One test: what it stands on, how long it takes where nothing is wrong, and which functions it
    calls."""

    name: str
    stands_on: str
    fails: Callable[[], bool]
    seconds: float = 0.0
    calls: set[tuple[str, int]] = field(default_factory=set)


def compared_with_the_second_engine() -> Check:
    """Cases that the second engine answered before anything was changed."""
    known: list[tuple[Any, Any, Any]] = []
    seed = 0
    while len(known) < CASES:
        data, law = generator.case(seed)
        seed += 1
        if calculate(case_from(data), sentence_law(law)).status == "calculated":
            known.append((data, sentence_law(law), calendar_engine.answer(data, law)))

    def fails() -> bool:
        try:
            for data, law, second in known:
                found = calculate(case_from(data), law)
                if found.status != "calculated" or differences(found, second):
                    return True
        except Exception:
            return True
        return False

    return Check("the second engine", remembering.tests_in(Path(__file__)), fails)


def checks_of(items: Sequence[pytest.Item]) -> list[Check]:
    """Of each test one, and the two engines. Raises where one fails with nothing changed."""
    found = [compared_with_the_second_engine(), *map(_of_item, items)]
    folder = str(Path(str(module_named(modules()[0]).__file__)).parent)
    for one in found:
        began = time.process_time()
        one.calls, wrong = _called(one, folder)
        # Watched it takes some times as long; what counts is which of them are the quick ones.
        one.seconds = time.process_time() - began
        if wrong:
            raise RuntimeError(f"{one.name} fails with nothing changed")
    return sorted(found, key=lambda one: one.seconds)


@dataclass(frozen=True, slots=True)
class _Any:
    """Whatever test comes next: what all of a run share is kept for it, and nothing else."""

    session: pytest.Session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


def _of_item(item: pytest.Item) -> Check:
    following: Any = _Any(item.session)

    def fails() -> bool:
        reports = runtestprotocol(item, log=False, nextitem=following)
        return any(report.failed for report in reports)

    return Check(item.nodeid, remembering.tests_in(item.path), fails)


def _called(check: Check, folder: str) -> tuple[set[tuple[str, int]], bool]:
    """(file, line) of each function of the engine that a check calls, and whether it fails."""
    seen: set[tuple[str, int]] = set()

    def look(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(folder):
            seen.add((Path(code.co_filename).stem, code.co_firstlineno))

    sys.setprofile(look)
    try:
        wrong = check.fails()
    finally:
        sys.setprofile(None)
    return seen, wrong


class Trial:
    """Tries mutants on checks, one process each."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = list(checks)
        self.by_name = {one.name: one for one in checks}
        self.noticed: Counter[str] = Counter()

    def of_nothing(self) -> Answer:
        """What would be noticed of an engine that is as it was, in another order: no check."""
        return self._asked(None, sorted(self.checks, key=lambda one: one.name[::-1]))

    def that_could_notice(self, mutant: Mutant) -> list[Check]:
        return [one for one in self.checks if _could_notice(one, mutant)]

    def of(self, mutant: Mutant, *, first: str = "", in_vain: Collection[str] = ()) -> Answer:
        """What notices a mutant. The check that is named is asked first, and none that stands on
        what was `in_vain`."""
        could = self.that_could_notice(mutant)
        asked = [one for one in could if one.stands_on not in in_vain]
        # Whoever notices much in little time is asked first.
        asked.sort(key=lambda one: one.seconds / (1 + self.noticed[one.name]))
        if first in self.by_name:
            asked = [self.by_name[first], *(one for one in asked if one.name != first)]
        return self._asked(mutant, asked) if asked else Answer("", 0)

    def _asked(self, mutant: Mutant | None, asked: Sequence[Check]) -> Answer:
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reads)
            _try(mutant, asked, writes)
        os.close(writes)
        with os.fdopen(reads, "r", encoding="utf-8") as told:
            lines = told.read().splitlines()
        _pid, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        if ended == _NOT_PLANTED:
            if mutant is None or mutant.kind in ("function", "defaults"):
                raise RuntimeError(f"could not be made: {mutant}")
            return Answer(LOADING, 0)
        if ended == 0 and lines and lines[-1] == "none":
            return Answer("", len(asked))
        # It says which one it begins; whatever ended it was that one.
        by = asked[len(lines) - 1].name
        self.noticed[by] += 1
        return Answer(by, len(lines))


def _could_notice(check: Check, mutant: Mutant) -> bool:
    if mutant.kind != "function":
        return True
    return (mutant.module, _line_of(mutant)) in check.calls


_LINES: dict[tuple[str, str], int] = {}


def _line_of(mutant: Mutant) -> int:
    from tests.sentences.mutation.planting import function_named

    key = (mutant.module, mutant.owner)
    if key not in _LINES:
        function = function_named(module_named(mutant.module), mutant.owner)
        _LINES[key] = function.__code__.co_firstlineno
    return _LINES[key]


def _try(mutant: Mutant | None, checks: Sequence[Check], writes: int) -> None:
    """In the child: never returns."""
    code = _NOT_PLANTED
    try:
        gc.disable()
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        if mutant is not None:
            plant(mutant)
        code = 1
        for one in checks:
            os.write(writes, b"begins\n")
            # A loop without an end is noticed too.
            signal.setitimer(signal.ITIMER_PROF, _LEAST_SECONDS + _TIMES * one.seconds)
            if one.fails():
                break
        else:
            os.write(writes, b"none\n")
            code = 0
    except BaseException:  # in the child nothing may go on after it
        pass
    finally:
        os._exit(code)


def collected(session: pytest.Session) -> Iterator[pytest.Item]:
    """The quick tests that need no database, in the order of their files."""
    for item in session.items:
        needs = set(getattr(item, "fixturenames", ()))
        if item.name != LONG and not {"db", "django_db_setup"} & needs:
            yield item
