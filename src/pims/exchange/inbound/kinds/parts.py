"""The parts of which every message is made, each with its bounds."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=\s]*$", max_length=200_000)]
Count = Annotated[int, Field(ge=0, le=10_000)]
Cents = Annotated[int, Field(ge=0, lt=2**53)]
# Whoever reads a date must be able to write it: the years that papers have.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.fromisoformat("1900-01-01T00:00:00+00:00"),
        le=datetime.fromisoformat("2200-12-31T00:00:00+00:00"),
    ),
]


class Part(BaseModel):
    """What is not named is refused: a sender who misspells a field must hear of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=200_000)


class Document(Part):
    """An identity document; `kind` as the records office calls it: passport, social_security …"""

    kind: Code
    number: Reference


class Finger(Part):
    """One impression: `position` 1 to 10 as in ANSI/NIST-ITL, 0 unknown; `data` in base64 is a
    minutiae record (INCITS 378, ISO/IEC 19794-2) or an image (WSQ, PNG)."""

    position: Annotated[int, Field(ge=0, le=10)] = 0
    data: Base64


class Subject(Part):
    """Whom it is about, as the sender knows the person. A name alone finds nobody by itself."""

    number: Reference = ""
    documents: Annotated[tuple[Document, ...], Field(max_length=5)] = ()
    family_name: Line = ""
    given_names: Line = ""
    other_names: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    birth_date: Day | None = None
    sex: Annotated[str, StringConstraints(pattern="^(male|female|unknown)$")] = "unknown"
    nationality: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = ""
    fingers: Annotated[tuple[Finger, ...], Field(max_length=10)] = ()
    own_reference: Reference = ""

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()


class ChargeSaid(Part):
    """A charge: by the table of offences, or in the sender's own words."""

    offence: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{0,40}$")] = ""
    words: Line = ""
    offence_from: Day | None = None
    offence_to: Day | None = None


Charges = Annotated[tuple[ChargeSaid, ...], Field(max_length=60)]
