"""What is surprising about a fact is asked once more before it is saved, and never refused.

A view puts together the doubts about what was typed and shows the form again, filled in, with
``{% include "ui/doubts.html" %}`` inside it. Yes is a button of that form: it carries the mark of
just these questions, so that a new surprise is a new question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pims.foundation.commands.transaction import was_carried_out
from pims.kernel.decisions import Reason
from pims.ui.commands import command_from

FIELD = "sure"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question in words; `target` is the id of the box that it is about, or ""."""

    reason: Reason
    target: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The doubts that are still to be answered, and the mark that answers them."""

    doubts: tuple[Doubt, ...]
    mark: str

    @property
    def name(self) -> str:
        return FIELD


def question(request: Any, doubts: Sequence[Doubt]) -> Question | None:
    """What is still to be asked of whoever sent this form; None where nothing is.

    A form sent twice was answered the first time.
    """
    if not doubts or was_carried_out(command_from(request)):
        return None
    told = sorted(f"{d.reason.code} {sorted(d.reason.params.items())}" for d in doubts)
    mark = sha256("\n".join(told).encode()).hexdigest()[:20]
    return None if request.POST.get(FIELD) == mark else Question(tuple(doubts), mark)
