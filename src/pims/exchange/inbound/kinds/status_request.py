"""Whether those on a list are in custody: answered under the sender's agreement, when fetched."""

from typing import Annotated

from pydantic import Field

from pims.exchange.inbound.kinds.parts import Part, Reference, Subject


class Content(Part):
    reference: Reference = ""
    people: Annotated[tuple[Subject, ...], Field(min_length=1, max_length=500)]

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return self.people
