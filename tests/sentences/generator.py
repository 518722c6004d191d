"""Cases made from a seed: chains side by side, credit, absences, awards and payments.

They have no fault that could be seen without calculating; some are still refused, for reasons that
only the calculation shows.
"""

import random
from typing import Any

from tests.sentences.calendar_engine import DAYS, NUMBER, PLACE

LAWS = ("plain", "belize", "testland")
_EARLIEST, _LATEST = PLACE["2005-01-01"], PLACE["2022-12-31"]
_AWKWARD = [p for p in range(_EARLIEST, _LATEST) if NUMBER[p] >= 28 or NUMBER[p] == 1]
_TURN = PLACE["2015-07-01"]  # from which on Testland has another law
_KINDS = ("imprisonment",) * 8 + ("fine_default", "compensation_default")


def case(seed: int) -> tuple[dict[str, Any], str]:
    """A case as in the JSON, and the law to apply."""
    dice = random.Random(seed)
    base = dice.choice(_AWKWARD) if dice.random() < 0.5 else dice.randrange(_EARLIEST, _LATEST)
    law = LAWS[seed % len(LAWS)]
    sentences = _sentences(dice, base)
    adjustments = [
        *_credits(dice, sentences),
        *_absences(dice, base),
        *_awards(dice, base),
        *_payments(dice, sentences, law),
    ]
    made = {"id": str(seed), "sentences": sentences, "adjustments": adjustments}
    return made, law


def _sentences(dice: random.Random, base: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    last_of_chains: list[dict[str, Any]] = []
    for number in range(1, dice.choice((1, 1, 1, 2, 2, 3, 3, 4, 5)) + 1):
        follows = dice.choice(last_of_chains) if last_of_chains and dice.random() < 0.55 else None
        pronounced = base + (dice.choice((0, 0, 0, 3, 20, 45)) if dice.random() < 0.4 else 0)
        if follows is not None:
            last_of_chains.remove(follows)
            pronounced = max(pronounced, PLACE[follows["pronounced_on"]])
        kind = dice.choice(_KINDS)
        one: dict[str, Any] = {
            "number": number,
            "pronounced_on": DAYS[pronounced],
            "term": _term(dice),
            "consecutive_to": follows and follows["number"],
            "kind": kind,
            "offence_class": dice.choice(("serious", "lesser", "serious", "lesser", "")),
        }
        if kind != "imprisonment":
            one["amount_cents"] = dice.choice((100, 999, 25_000, 100_001))
        if dice.random() < 0.93:
            one["offence_on"] = DAYS[_offence(dice, pronounced)]
        if follows is None and dice.random() < 0.15:
            effective = pronounced + dice.choice((-200, -31, -1, 1, 14))
            offence = one.get("offence_on")
            if offence is None or offence <= DAYS[effective]:
                one["effective_from"] = DAYS[effective]
        made.append(one)
        last_of_chains.append(one)
    return made


def _offence(dice: random.Random, pronounced: int) -> int:
    near = _TURN + dice.choice((-1, 0, 1))
    if dice.random() < 0.1 and near <= pronounced:
        return near
    return pronounced - dice.randrange(0, 1200)


def _term(dice: random.Random) -> dict[str, int]:
    if dice.random() < 0.04:
        return {"years": dice.randrange(6, 25)}
    units = (("years", 3, 0.2), ("months", 14, 0.5), ("weeks", 9, 0.2), ("days", 62, 0.35))
    term = {unit: dice.randrange(1, most) for unit, most, often in units if dice.random() < often}
    return term or {"months": dice.randrange(1, 20)}


def _credits(dice: random.Random, sentences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Remand that ended before anything was passed, and bail without dates."""
    made = []
    if dice.random() < 0.5:
        first = min(PLACE[s.get("effective_from") or s["pronounced_on"]] for s in sentences)
        days, gap = dice.randrange(1, 250), dice.randrange(0, 40)
        ends = first - 1 - gap
        made.append(
            _adjustment("remand", days, ends - days + 1, ends, _claimed(dice, sentences))
        )  # fmt: skip
    if dice.random() < 0.2:
        made.append(
            _adjustment("tagged_bail", dice.randrange(0, 60), None, None, _claimed(dice, sentences))
        )
    return made


def _claimed(dice: random.Random, sentences: list[dict[str, Any]]) -> str:
    one = dice.choice(sentences)
    return str(
        dice.choice((one.get("effective_from"), one["pronounced_on"])) or one["pronounced_on"]
    )


def _absences(dice: random.Random, base: int) -> list[dict[str, Any]]:
    made, at = [], base
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 3))):
        at += dice.choice((0, 1, 5, 60, 150))
        days = dice.choice((1, 2, 9, 40, 300))
        known = dice.random() < 0.5
        made.append(
            _adjustment("unlawfully_at_large", days, at, at + days - 1 if known else None, DAYS[at])
        )
        at += days
    return made


def _awards(dice: random.Random, base: int) -> list[dict[str, Any]]:
    made = []
    for _ in range(dice.choice((0, 0, 1, 2))):
        day, days = base + dice.randrange(-5, 400), dice.randrange(1, 50)
        made.append(_adjustment("additional_days", days, None, None, DAYS[day]))
        if dice.random() < 0.5:
            later = DAYS[day + dice.randrange(0, 60)]
            made.append(
                _adjustment("restored_days", dice.randrange(0, days + 1), None, None, later)
            )
    return made


def _payments(
    dice: random.Random, sentences: list[dict[str, Any]], law: str
) -> list[dict[str, Any]]:
    """In parts mostly where the law knows what a part takes off."""
    made: list[dict[str, Any]] = []
    in_parts = law == "belize" or dice.random() < 0.15
    for one in sentences:
        if "amount_cents" not in one:
            continue
        left, day = one["amount_cents"], PLACE[one["pronounced_on"]]
        for _ in range(dice.choice((0, 1, 1, 2)) if in_parts else 0):
            day += dice.choice((-20, 0, 7, 30, 100))
            paid = dice.randrange(1, left) if left > 1 else 0
            if paid:
                left -= paid
                dated = day if dice.random() < 0.8 else None
                made.append(_paid("fine_part_paid", one["number"], dated, paid))
        if dice.random() < 0.4:
            day += dice.choice((0, 1, 10, 50))
            kind, paid = (("fine_paid", None), ("fine_part_paid", left))[dice.random() < 0.4]
            if kind == "fine_paid" or all(
                a["from"] for a in made if a["sentence"] == one["number"]
            ):
                made.append(_paid(kind, one["number"], day, paid))
    return made


def _paid(kind: str, number: int, day: int | None, cents: int | None) -> dict[str, Any]:
    return {
        "kind": kind, "sentence": number, "paid_cents": cents,
        "from": None if day is None else DAYS[day], "applies_from": None, "days": None, "to": None,
    }  # fmt: skip


def _adjustment(
    kind: str, days: int, starts: int | None, ends: int | None, applies_from: str
) -> dict[str, Any]:
    return {
        "kind": kind,
        "days": days,
        "from": None if starts is None else DAYS[starts],
        "to": None if ends is None else DAYS[ends],
        "applies_from": applies_from,
    }
