"""The engine alone on one core: cases a second, every answer with its structured explanation."""

import json
import time
from collections.abc import Callable

from bench.context import Context
from bench.results import Result
from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import calculate
from pims.sentences.engine.reading import case_from
from pims.sentences.explaining import as_data
from tests.sentences.generator import LAWS, case

TARGET = 5_000
CASES, ROUNDS = 6_000, 3


def run(context: Context) -> list[Result]:
    laws = {name: sentence_law(name) for name in LAWS}
    made = [case(seed) for seed in range(CASES)]
    texts = [json.dumps(data) for data, _law in made]
    cases = [(case_from(data), laws[name]) for data, name in made]
    answers = [calculate(one, law) for one, law in cases]
    steps = sum(len(one.steps) + len(one.findings) for one in answers)

    def engine() -> None:
        for one, law in cases:
            calculate(one, law)

    def worded() -> None:
        for answer in answers:
            as_data(answer, language="en")

    rate = CASES / _seconds(engine)
    return [
        Result(
            name="cases of sentences worked out, explanation included",
            value=rate,
            unit="cases/s",
            target=TARGET,
            at_most=False,
            floor=CASES / _seconds(lambda: [json.loads(text) for text in texts]),
            against="decode the cases' JSON and no more",
            details={
                "cases": CASES,
                "sentences": sum(len(one.sentences) for one, _law in cases),
                "calculated": sum(one.status == "calculated" for one in answers),
                "steps explained": steps,
            },
        ),
        Result(name="  put into words", value=CASES / _seconds(worded), unit="cases/s"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, the best of several rounds: what else runs here is no matter."""
    times = []
    for _round in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)
