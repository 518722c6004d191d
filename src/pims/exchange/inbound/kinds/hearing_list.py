"""The list of a court for one day: who must come before it."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from pims.exchange.inbound.kinds.parts import Code, Day, Line, Part, Reference, Subject


class Entry(Part):
    """One hearing. `state` says whether it is on; one that was moved stands on the list of its new
    day, and here as cancelled."""

    subject: Subject
    case_number: Reference = ""
    at_time: time | None = None
    mode: Literal["in_person", "video"] = "in_person"
    purpose: Line = ""
    state: Literal["on", "cancelled"] = "on"


class Content(Part):
    """`whole`: the list names everyone whom the court wants that day."""

    issued_by: Code
    on: Day
    entries: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=300)]
    whole: bool = False

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(entry.subject for entry in self.entries)
