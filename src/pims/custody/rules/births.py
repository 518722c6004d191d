"""Whether a recorded birth can be that of somebody received on a day, at the age that was given.

Nothing here refuses: what is unlikely is asked once more, then recorded and marked.
"""

from dataclasses import dataclass
from datetime import date

from pims.kernel.limits import AGE_SLACK, OLDEST_HELD, YOUNGEST_HELD


@dataclass(frozen=True, slots=True)
class Birth:
    """The days between which somebody was born, both included."""

    earliest: date
    latest: date


def doubt(birth: Birth | None, *, received_on: date, age_as_given: int | None) -> str:
    """ "" or why the birth is in doubt: born_after_reception, age_differs, age_unlikely."""
    if birth is None:
        return ""
    if birth.earliest > received_on:
        return "born_after_reception"
    youngest, oldest = _age(birth.latest, received_on), _age(birth.earliest, received_on)
    if age_as_given is not None and not (
        youngest - AGE_SLACK <= age_as_given <= oldest + AGE_SLACK
    ):
        return "age_differs"
    if oldest < YOUNGEST_HELD or youngest > OLDEST_HELD:
        return "age_unlikely"
    return ""


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
