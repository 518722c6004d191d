"""A warrant on which somebody is to be held, sent on by whoever has it to serve. It detains."""

from typing import Annotated

from pydantic import StringConstraints

from pims.exchange.inbound.kinds.parts import (
    Cents,
    Code,
    Day,
    Instant,
    Line,
    Part,
    Prose,
    Reference,
    Subject,
)


class Content(Part):
    """`issued_by` is the court that made it, not the sender. `warrant` is its kind, of the table
    of warrants."""

    issued_by: Code
    subject: Subject
    warrant: Annotated[str, StringConstraints(pattern="^[a-z_]{1,40}$")]
    reference: Reference
    dated: Day | None = None
    holds_from: Instant | None = None
    until: Day | None = None
    next_appearance: Day | None = None
    amount_cents: Cents | None = None
    charges: Line = ""
    as_written: Prose = ""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (self.subject,)
