"""The steps of an admission, what completes them and what completes the admission.

Mandela Rules 7 (what the file holds at admission) and 30-31 (first health questions).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pims.kernel.decisions import Decision, Reason, allow, refuse

STEPS = (
    "person",
    "warrant",
    "arrest",
    "injuries",
    "property",
    "contacts",
    "risk",
    "photograph",
    "place",
)
# Steps that may be left out with a reason, because there may be nothing to record.
MAY_BE_LEFT_OUT = frozenset({"arrest", "property", "contacts", "photograph", "warrant"})
WITHIN = timedelta(hours=24)


def due_at(received_at: datetime) -> datetime:
    """When the admission of someone received then must be complete."""
    return received_at + WITHIN


def decide_step(step: str, state: str, *, reason: str, ended: bool) -> Decision:
    """May `step` be set to `state` (done, not_needed or todo)."""
    if ended:
        return refuse(Reason("custody.episode_ended"))
    if state == "not_needed":
        if step not in MAY_BE_LEFT_OUT:
            return refuse(Reason("custody.step_needed", {"step": step}, "Mandela Rule 7"))
        if not reason.strip():
            return refuse(Reason("custody.step_reason_missing", {"step": step}))
    return allow()


def complete(states: Mapping[str, str]) -> bool:
    """Whether every step is done or was left out with a reason."""
    return all(states.get(step) in ("done", "not_needed") for step in STEPS)


def next_step(states: Mapping[str, str]) -> str | None:
    """The first step still to do, in the order of the desk; None when complete."""
    return next((s for s in STEPS if states.get(s) not in ("done", "not_needed")), None)


def overdue(admission_due_at: datetime, *, admitted: bool, as_of: datetime) -> bool:
    return not admitted and as_of > admission_due_at


def remaining(states: Mapping[str, str]) -> Iterable[str]:
    return [s for s in STEPS if states.get(s) not in ("done", "not_needed")]
