"""Somebody whom the prison had let go was arrested again."""

from pims.exchange.inbound.kinds.parts import Instant, Line, Part, Prose, Reference, Subject


class Content(Part):
    """`because` says why: a new offence, a licence that was broken, let go by mistake."""

    subject: Subject
    reference: Reference = ""
    arrested_at: Instant
    place: Line = ""
    station: Line = ""
    because: Prose = ""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (self.subject,)
