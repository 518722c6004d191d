"""A decision and its reasons, before any words are chosen for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pims.kernel.errors import Refused
from pims.kernel.reasons import Reason

__all__ = ["Decision", "Outcome", "Reason", "allow", "refuse", "refuse_if_any"]


class Outcome(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    def require(self) -> None:
        """Raise `Refused` unless the decision allows."""
        if not self.allowed:
            raise Refused(*self.reasons)


def allow(*reasons: Reason) -> Decision:
    """Allowed; reasons given here are remarks to show, never obstacles."""
    return Decision(Outcome.ALLOWED, reasons)


def refuse(*reasons: Reason) -> Decision:
    return Decision(Outcome.REFUSED, reasons)


def refuse_if_any(reasons: Iterable[Reason]) -> Decision:
    """Refused for all the reasons at once, so that nobody meets them one by one."""
    found = tuple(reasons)
    return refuse(*found) if found else allow()
