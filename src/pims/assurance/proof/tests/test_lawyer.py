"""Whoever is held unsentenced has a lawyer of the present matter, or was lately offered one."""

from typing import Any

import pytest

from pims.assurance.proof.tests.test_what_proves_nothing import REMAND, judged, order

FIRST = {"orders": [REMAND]}
# In May the case of January is closed, and he goes on being held on another.
SECOND = {
    "orders": [
        order(next_date="2026-05-10"),
        order(id="O2", case="B", dated="2026-05-04", next_date="2026-12-01"),
    ],
    "hearings": [{"id": "hx", "on": "2026-12-01", "case": "B"},
                 {"id": "h1", "on": "2026-05-10", "case": "A", "outcome": "withdrawn",
                  "outcome_at": "2026-05-10T10:00:00-06:00"}],
}  # fmt: skip


def said(lawyer: str, day: str = "") -> dict[str, Any]:
    return {"lawyer": lawyer, "lawyer_said_at": f"{day}T12:00:00-06:00" if day else None}


@pytest.mark.parametrize(
    ("papers", "told", "owed"),
    [
        (FIRST, said("known", "2026-01-05"), False),
        (FIRST, said("known", "2026-01-02"), False),  # in the cells of the police
        (FIRST, said("known", "2024-06-01"), True),  # of an earlier custody
        (FIRST, said("known"), False),
        (FIRST, said("unknown"), True),
        (FIRST, said("declined", "2026-10-01"), False),
        (FIRST, said("declined", "2026-03-01"), True),  # asked again after the period
        (FIRST, said("declined", "2024-03-01"), True),
        (SECOND, said("known", "2026-01-05"), True),  # of the case that is closed
        (SECOND, said("known", "2026-05-05"), False),
    ],
)
def test_who_has_no_lawyer_in_this_matter_is_told(papers, told, owed: bool) -> None:
    found = {fault.kind for fault in judged(**papers, **told).faults}
    assert ("no_lawyer" in found) is owed


def test_whoever_declined_is_told_of_with_the_day_on_which_to_ask_again() -> None:
    (fault,) = (
        one
        for one in judged(**FIRST, **said("declined", "2026-03-01")).faults
        if one.kind == "no_lawyer"
    )
    assert fault.params == {"variant": "again", "day": "2026-03-01"}
    assert f"{fault.since:%Y-%m-%d}" == "2026-05-30"
