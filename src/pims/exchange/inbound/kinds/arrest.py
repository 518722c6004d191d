"""Somebody was arrested and charged; the fingerprints say who it is."""

from pims.exchange.inbound.kinds.parts import (
    Charges,
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
    """`reference` is the police's own of the arrest; `court` the body before which it goes."""

    subject: Subject
    reference: Reference
    arrested_at: Instant
    place: Line = ""
    station: Line = ""
    charges: Charges = ()
    court: Code | None = None
    case_number: Reference = ""
    first_appearance: Day | None = None
    note: Prose = ""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (self.subject,)
