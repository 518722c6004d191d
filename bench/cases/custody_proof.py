"""Proof of lawful custody from an export: persons judged, beside decoding the same file."""

import json
import random
import time
from collections.abc import Callable

from bench.context import Context
from bench.results import Result
from pims.assurance.proof import History, law_of
from pims.assurance.proof.reading import decoded, export_from, written
from pims.assurance.proof.verdict import judge
from tests.faults.lawful import AS_OF, lawful_history

# One core; the whole prison of 1,114 in about a second.
TARGET = 1_000


def run(context: Context) -> list[Result]:
    count = 100_000 if context.full else 10_000
    context.say(f"Making up {count:,} lawful histories")
    histories = [lawful_history(random.Random(n), f"P{n}") for n in range(count)]
    days = sum(judge(one, law_of(), AS_OF).days for one in histories[:1_000])
    pieces = written(iter(histories), law="belize", as_of=AS_OF, counting=law_of().counting)
    content = "".join(pieces).encode()
    del histories
    took = _seconds(lambda: _verified(content))
    bare = _seconds(lambda: json.loads(content))
    return [
        Result(
            name="persons proven from an export",
            value=count / took,
            unit="persons/s",
            target=TARGET,
            at_most=False,
            floor=count / bare,
            against="decode the JSON and no more",
            details={"persons": count, "bytes": len(content), "days_a_person": days // 1_000},
        )
    ]


def _verified(content: bytes) -> None:
    law = law_of()
    for person in export_from(decoded(content)).read():
        assert isinstance(person, History)
        verdict = judge(person, law, AS_OF)
        if verdict.unproven or verdict.faults:
            raise AssertionError(verdict)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
