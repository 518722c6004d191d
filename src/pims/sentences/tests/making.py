"""Cases for tests, as short as they can be said."""

from datetime import date
from typing import Any

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Adjustment, Calculation, Case, Sentence, Term, calculate

D = date.fromisoformat


def sentence(number: int = 1, pronounced: str = "2024-01-10", **more: Any) -> Sentence:
    term = more.pop("term", Term(months=12))
    days = {k: D(v) for k, v in more.items() if k.endswith(("_on", "_from")) and v}
    return Sentence(number, D(pronounced), term, **{**more, **days})


def adjustment(kind: Any, days: int | None = None, **more: Any) -> Adjustment:
    given = {k: D(v) if k in ("starts", "ends", "applies_from") else v for k, v in more.items()}
    return Adjustment(kind, days, **given)


def remand(days: int | None = None, applies_from: str = "2024-01-10", **more: Any) -> Adjustment:
    return adjustment("remand", days, applies_from=applies_from, **more)


def case(*parts: Sentence | Adjustment, **more: Any) -> Case:
    return Case(
        "a case",
        tuple(p for p in parts if isinstance(p, Sentence)),
        tuple(p for p in parts if isinstance(p, Adjustment)),
        **{k: D(v) if isinstance(v, str) else v for k, v in more.items()},
    )


def worked(law: str, *parts: Sentence | Adjustment, **more: Any) -> Calculation:
    return calculate(case(*parts, **more), sentence_law(law))


def codes(found: Calculation, *outcomes: str) -> list[str]:
    """The codes of the findings, without their room."""
    return [
        one.code.removeprefix("sentences.")
        for one in found.findings
        if not outcomes or one.outcome in outcomes
    ]
