"""The police wish to know when somebody leaves. It informs; it does not detain."""

from pims.exchange.inbound.kinds.parts import Line, Part, Prose, Reference, Subject


class Content(Part):
    """`withdrawn`: they no longer wish to; the message corrects the one that said that they do."""

    subject: Subject
    reference: Reference = ""
    station: Line = ""
    telephone: Line = ""
    note: Prose = ""
    withdrawn: bool = False

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (self.subject,)
