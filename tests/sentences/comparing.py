"""The two engines side by side, over a range of seeds."""

from collections import Counter
from itertools import count
from typing import Any

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Calculation, Dates, calculate, case_from
from tests.sentences import calendar_engine, generator

SAME = ("full_term_end", "sentence_expiry", "edr", "ped", "release_day")


def compare(wanted: int, *, first: int = 0) -> tuple[Counter[str], list[str]]:
    """How many cases had which answer until `wanted` were calculated, from the seed `first` on, and
    where the engines disagree (at most five of them)."""
    answers: Counter[str] = Counter()
    disagreed: list[str] = []
    for seed in count(first):
        data, law = generator.case(seed)
        found = calculate(case_from(data), sentence_law(law))
        answers.update((found.status, f"{law} {found.status}"))
        if found.status == "calculated":
            if told := differences(found, calendar_engine.answer(data, law)):
                disagreed.append(f"{seed} under {law}: {told}")
            if answers["calculated"] == wanted or len(disagreed) == 5:
                break
    return answers, disagreed


def differences(found: Calculation, second: dict[str, Any]) -> list[str]:
    told = _differ("person", found.dates, second["person"])
    for one in found.sentences:
        told += _differ(f"sentence {one.number}", one.dates, second["sentences"][one.number])
    return told


def _differ(whose: str, dates: Dates, second: dict[str, Any]) -> list[str]:
    pairs = {what: (_text(getattr(dates, what)), second[what]) for what in SAME}
    if "remission_days" in second:
        pairs["remission_days"] = (dates.remission_days, second["remission_days"])
    return [f"{whose} {what}: {a} or {b}" for what, (a, b) in pairs.items() if a != b]


def _text(day: object) -> str | None:
    return None if day is None else str(day)
