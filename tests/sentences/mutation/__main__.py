"""``python -m tests.sentences.mutation [MODULE ...]``: try every mutant of the first engine.

Ends with 1 where one was noticed by no test and is not in `equivalent.toml`, or where an entry of
that file is no longer right.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
# This repository's own product, as the tests have it, whatever is installed.
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

TOLD_EVERY = 10.0  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sentences.mutation")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="of the engine; default: all")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument("--list", action="store_true", help="name the mutants, try none")
    asked = parser.parse_args()
    run = Run(asked)
    from tests.sentences.mutation import trying

    ended = pytest.main(
        [
            "-p", "no:terminal", "-s", "-o", "addopts=--import-mode=importlib",
            *(str(path) for path in trying.SHARP if path.exists()),
        ],
        plugins=[run],
    )  # fmt: skip
    return int(ended) or run.result


class Run:
    """A plugin of pytest: it gathers the tests as always and tries the mutants on them."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked, self.result = asked, 1

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """The same cases every time, and no search for the least of those that fail."""
        from hypothesis import HealthCheck, Phase, settings

        settings.register_profile(
            "mutation", derandomize=True, database=None, deadline=None,
            phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise RuntimeError("the tests could not be gathered")
        folder = session.config.cache.mkdir("mutants")  # type: ignore[union-attr]
        self.result = tried(session, folder / "sentences.jsonl", self.asked)
        return True


def tried(session: pytest.Session, path: Path, asked: argparse.Namespace) -> int:
    from tests.sentences.mutation import listing, making, remembering, trying

    names = making.modules()
    if unknown := set(asked.modules) - set(names):
        raise ValueError(f"no such module: {', '.join(sorted(unknown))}. {', '.join(names)}")
    found = [m for name in asked.modules or names for m in making.mutants(name)]
    if asked.list:
        print("\n".join(one.name for one in found))
        return 0
    memory = remembering.Remembered(path)
    if asked.fresh:
        memory.forget()
    known = listing.listed(listing.FILE.read_text("utf-8"))
    trial = trying.Trial(trying.checks_of(list(trying.collected(session))))
    if by := trial.of_nothing().by:
        raise RuntimeError(f"{by} fails with nothing changed, after other tests")
    say(f"{len(found):,} mutants, {len(trial.checks)} tests")
    stand = {one.name: one.stands_on for one in trial.checks}
    stand[remembering.LOADING] = remembering.engine()
    left, noticed = [], set()
    for mutant in _told(found, left):
        answer = memory.noticed(mutant.name, stand)
        if answer is None:
            last, in_vain = memory.noticed_last_by(mutant.name), memory.asked_in_vain(mutant.name)
            answer = trial.of(mutant, first=last, in_vain=in_vain)
            could = [answer.by] if answer.by else [c.name for c in trial.that_could_notice(mutant)]
            memory.keep(mutant.name, answer, on=[stand[name] for name in could])
        if answer.by:
            noticed.add(mutant.name)
        else:
            left.append(mutant.name)
            if mutant.name not in known:
                say(f"  not noticed: {mutant.name}")
    told = listing.verdict(
        made={one.name for one in found}, left=left, noticed=noticed, known=known
    )
    say(f"{len(found):,} mutants: {len(noticed):,} noticed, "
        f"{len(left) - len(told.new)} known to change nothing, {len(told.new)} left")  # fmt: skip
    for name in told.noticed:
        say(f"  noticed after all ({memory.noticed_last_by(name)}): {name}")
    for name in told.gone:
        say(f"  no longer made: {name}")
    if told.new:
        say(listing.as_entry(told.new))
    return int(not told.is_fine)


def _told(found: list[Any], left: list[str]) -> Iterator[Any]:
    began = said = time.monotonic()
    for place, one in enumerate(found):
        if time.monotonic() - said > TOLD_EVERY:
            said = time.monotonic()
            to_go = (said - began) / max(place, 1) * (len(found) - place)
            say(f"  {place:,} of {len(found):,}, {len(left)} not noticed; "
                f"{to_go / 60:.0f} minutes to go; {one.module}.{one.owner}")  # fmt: skip
        yield one


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
