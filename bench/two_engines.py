"""The two engines of sentences side by side on a million cases, in stretches that can be resumed.

What a stretch found is written down when it is done, so that a run that was stopped goes on from
there; with another engine, law or generator it begins anew.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.results import RESULTS, Result

ROOT = Path(__file__).parents[1]
CASES, STRETCH, APART = 1_000_000, 5_000, 10_000_000
STATE = RESULTS / "local-two-engines.json"
_BASIS = ("src/pims/sentences/engine", "src/pims/jurisdictions", "src/pims/kernel",
          "tests/sentences")  # fmt: skip


@dataclass(slots=True)
class State:
    """`done` cases calculated by both in `seconds`; `answers` of all that were made."""

    basis: str
    done: int = 0
    seconds: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)
    disagreed: list[str] = field(default_factory=list)


def run(say: Callable[[str], None], *, wanted: int = CASES, state: Path = STATE) -> Result:
    """Compare until `wanted` cases were calculated by both; stops at the first five that differ."""
    from tests.sentences.comparing import compare

    now = _resumed(state)
    if now.done:
        say(f"going on from {now.done:,} cases compared before")
    while now.done < wanted and len(now.disagreed) < 5:
        began = time.perf_counter()
        each = min(STRETCH, wanted - now.done)
        answers, disagreed = compare(each, first=now.done // STRETCH * APART)
        now.seconds += time.perf_counter() - began
        now.done += answers["calculated"]
        now.answers = dict(Counter(now.answers) + answers)
        now.disagreed += disagreed
        _write(state, now)
        rate = now.done / now.seconds
        say(f"{now.done:,} of {wanted:,} cases, {len(now.disagreed)} differ, {rate:,.0f} a second, "
            f"{(wanted - now.done) / rate / 60:.0f} minutes to go")  # fmt: skip
    for told in now.disagreed:
        say(f"differs: {told}")
    return Result(
        name=f"two engines, {now.done:,} cases: dates that differ",
        value=len(now.disagreed),
        unit="cases",
        target=0,
        details={
            "cases": now.done,
            "seconds": round(now.seconds),
            "cases_a_second": round(now.done / max(now.seconds, 1e-9)),
            **{name: count for name, count in sorted(now.answers.items()) if " " in name},
        },
    )


def _resumed(path: Path) -> State:
    basis = _basis()
    if path.exists():
        found = State(**json.loads(path.read_text("utf-8")))
        if found.basis == basis and found.done % STRETCH == 0:
            return found
    return State(basis)


def _write(path: Path, state: State) -> None:
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(asdict(state), indent=1) + "\n", "utf-8")
    beside.replace(path)


def _basis() -> str:
    """Changes with whatever the answers of the two rest on."""
    digest = hashlib.sha256()
    for folder in _BASIS:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT / folder).parts[:-1]
            test = path.name.startswith("test_") or {"tests", "mutation"} & set(inside)
            if path.suffix in (".py", ".toml") and not test:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    # Without a database: `python -m bench.two_engines [CASES]`; what was compared is kept as JSON.
    import os
    import sys

    from bench.results import keep, show

    load = os.getloadavg()[0]
    found = run(print, wanted=int(sys.argv[1]) if sys.argv[1:] else CASES)
    show([found])
    took = float(found.details["seconds"])
    print(keep([found], full=True, seconds=took, server="", load=load, cases=["two_engines"]).name)
