"""Sentences: dates with their explanation, on one core; the rival lives every day instead.

The second engine of the tests, which counts day by day, is what somebody would write who trusts no
formula; reading the same cases from JSON is the floor under any answer to a file. With ``--full``
the two engines are also compared on a million cases.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from bench.context import Context
from bench.results import Result
from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Case, calculate, case_from
from pims.sentences.explaining import as_data
from tests.sentences import calendar_engine, generator
from tests.sentences.comparing import compare

CASES = 6_000
PROMISED = 5_000.0  # a second
ALL, A_PART = 1_000_000, 20_000


def run(context: Context) -> list[Result]:
    made = [generator.case(seed) for seed in range(CASES)]
    laws = {name: sentence_law(name) for name in generator.LAWS}
    cases = [(case_from(data), law) for data, law in made]
    explained = [
        (data, law) for (data, law), (case, _) in zip(made, cases, strict=True)
        if calculate(case, laws[law]).status == "calculated"
    ]  # fmt: skip

    def first(one: tuple[Case, str]) -> None:
        calculate(one[0], laws[one[1]])

    def second(one: tuple[dict[str, Any], str]) -> None:
        calendar_engine.answer(*one)

    def told(one: tuple[Case, str]) -> None:
        as_data(calculate(one[0], laws[one[1]]), language="en")

    texts = [json.dumps(data) for data, _law in made]
    results = [
        Result(
            name="cases calculated and explained, one core",
            value=_rate(first, cases),
            unit="cases/s",
            target=PROMISED,
            at_most=False,
            floor=_rate(second, explained),
            against="counting every day",
            details={"calculated": len(explained), "of": CASES},
        ),
        Result(
            name="the same, put in words as JSON holds them",
            value=_rate(told, cases[:1500]),
            unit="cases/s",
            floor=_rate(json.loads, texts),
            against="only reading the JSON",
        ),
    ]
    if context.full:
        results.append(_agree(context))
    return results


def _rate(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Items a second of this process's time, the best of three rounds."""
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        for one in items:
            work(one)
        best = max(best, len(items) / (time.process_time() - began))
    return best


def _agree(context: Context) -> Result:
    """A million cases by both engines. Raises AssertionError where they disagree."""
    context.say(f"{ALL:,} cases by two engines")
    began = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        # Seeds that the tests do not use.
        firsts = [10**9 + part * 10**6 for part in range(ALL // A_PART)]
        for answers, disagreed in pool.map(_compare, firsts):
            if disagreed or answers["calculated"] != A_PART:
                raise AssertionError(disagreed)
    return Result(
        name="cases on which two engines agree", value=ALL, unit="cases", target=ALL,
        at_most=False, details={"seconds": round(time.monotonic() - began)},
    )  # fmt: skip


def _compare(first: int) -> tuple[dict[str, int], list[str]]:
    answers, disagreed = compare(A_PART, first=first)
    return dict(answers), disagreed
