"""A decision and its reasons, before any words are chosen for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code with the parameters of its wording.

    `code` is ``room.what`` and has its wording in `pims.ui.wording`; `params` are JSON scalars;
    `reference` is the law or standard; `decided_by` is the permission of whoever can decide
    otherwise, None where nobody can (the impossible).
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    reference: str = ""
    decided_by: str | None = None


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
            from pims.kernel.errors import Refused

            raise Refused(self)


def allow(*reasons: Reason) -> Decision:
    """Allowed; reasons given here are remarks to show, never obstacles."""
    return Decision(Outcome.ALLOWED, reasons)


def refuse(*reasons: Reason) -> Decision:
    return Decision(Outcome.REFUSED, reasons)


def refuse_if_any(reasons: Iterable[Reason]) -> Decision:
    """Refused for all the reasons at once, so that nobody meets them one by one."""
    found = tuple(reasons)
    return refuse(*found) if found else allow()
