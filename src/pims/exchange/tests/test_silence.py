"""Neither words nor time tell whether somebody is in the prison whom an agency may not know of.

The question: of two kinds of person about whom there is no answer, are the times of the answers
drawn from one distribution? Statistic: the Kolmogorov-Smirnov distance of the two samples, kinds
asked in an order of chance; its p-value by permutation (2,000 of them); refuted below 0.001. The
same test sees a difference of 20 ms where answers leave at once, which shows that it can.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray

from pims.custody.tests.prison import Prison
from pims.exchange.api import answers, reading
from pims.exchange.models import ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import HOST, Program, serving
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]
EACH, PERMUTATIONS, REFUTED = 36, 2000, 0.001
Ask = Callable[[str], float]


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The largest gap between the two empirical distributions (Kolmogorov-Smirnov)."""
    everything = np.concatenate([one, other])
    first = np.searchsorted(np.sort(one), everything, side="right") / len(one)
    second = np.searchsorted(np.sort(other), everything, side="right") / len(other)
    return float(np.abs(first - second).max())


def p_value(one: list[float], other: list[float], dice: np.random.Generator) -> float:
    """How often as large a distance comes about when the labels mean nothing."""
    a, b = np.array(one), np.array(other)
    found, together = distance(a, b), np.concatenate([a, b])
    shuffled = (dice.permutation(together) for _ in range(PERMUTATIONS))
    as_large = sum(distance(p[: len(a)], p[len(a) :]) >= found for p in shuffled)
    return (as_large + 1) / (PERMUTATIONS + 1)


@pytest.fixture
def kinds(system_actor: Actor) -> dict[str, str]:
    """Not covered by the agreement, held once and sealed, and a number that nobody has."""
    prison = Prison.build(system_actor)
    ids = [prison.held(name).person_id for name in ("Not Covered", "Sealed Man")]
    shelve(ids)
    ShelfRow.objects.filter(person_id=ids[0]).update(facets=["everyone:yes", "sex:female"])
    ShelfRow.objects.filter(person_id=ids[1]).update(labels=["sealed"])
    numbers = {
        row.person_id: str(row.fields["number"]) for row in ShelfRow.objects.filter(kind="custody")
    }
    return {"not covered": numbers[ids[0]], "sealed": numbers[ids[1]], "unknown": "0000000-00"}


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Seconds until the answer, which is always the same, has come."""
    tables = {"custody": {**whole("custody"), "rows": [["sex:male"]]}, "person": whole("person")}
    with serving(step=answers.STEP) as client:
        program = Program.of(agency_with(terms_of(tables=tables)))
        program.get_token(client)

        def timed(number: str) -> float:
            target = f"/v1/persons/{number}/custody"
            headers = program.headers("GET", target) | program.gateway()
            began = time.perf_counter()
            answer = _get(client, target, headers)
            took = time.perf_counter() - began
            assert answer == 404
            return took

        yield timed


def _get(client: Client, target: str, headers: dict[str, str]) -> int:
    return int(client.get(target, headers=headers, HTTP_HOST=HOST).status_code)


def _times(kinds: dict[str, str], ask: Ask, each: int = EACH) -> dict[str, list[float]]:
    order = [kind for kind in kinds for _ in range(each)]
    random.Random(7).shuffle(order)
    ask(kinds["unknown"])
    found: dict[str, list[float]] = defaultdict(list)
    for kind in order:
        found[kind].append(ask(kinds[kind]))
    return found


def test_the_time_of_an_answer_does_not_tell_who_is_in_the_prison(
    kinds: dict[str, str], ask: Ask
) -> None:
    times = _times(kinds, ask)
    dice = np.random.default_rng(11)
    for one, other in combinations(times, 2):
        p = p_value(times[one], times[other], dice)
        assert p >= REFUTED, (one, other, p)
    everything = np.array([t for some in times.values() for t in some])
    assert everything.min() >= answers.STEP


def test_the_same_test_sees_a_difference_where_answers_leave_at_once(
    kinds: dict[str, str], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "wait_for_step", lambda _began: None)
    real = reading.of_people

    def slower(reader: object, people: list[int], *more: object) -> object:
        time.sleep(0.02 if people else 0)
        return real(reader, people, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "of_people", slower)
    times = _times(kinds, ask, each=24)
    dice = np.random.default_rng(11)
    assert p_value(times["not covered"], times["unknown"], dice) < REFUTED
    assert p_value(times["not covered"], times["sealed"], dice) >= REFUTED


def test_answers_leave_on_a_whole_step_after_the_question_came() -> None:
    step = answers.STEP
    for taken, leaves in ((0.1, 1), (0.99, 1), (1.2, 2)):
        began = time.monotonic() - taken * step
        answers.wait_for_step(began)
        assert time.monotonic() - began >= leaves * step
