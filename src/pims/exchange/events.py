"""What the exchange says happened: ids and codes alone."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AgencyEvent(Event):
    agency_id: int


@dataclass(frozen=True, kw_only=True)
class MadeUpMarked(Event):
    """The person does not exist: nobody is told of them but agencies that only try things out."""

    kind: ClassVar[str] = "exchange.made_up_marked"


@dataclass(frozen=True, kw_only=True)
class AgencyRegistered(AgencyEvent):
    kind: ClassVar[str] = "exchange.agency_registered"
    code: str


@dataclass(frozen=True, kw_only=True)
class AgencyAmended(AgencyEvent):
    """`fields` are joined by a space."""

    kind: ClassVar[str] = "exchange.agency_amended"
    fields: str


@dataclass(frozen=True, kw_only=True)
class AgencyStateChanged(AgencyEvent):
    kind: ClassVar[str] = "exchange.agency_state_changed"
    state: str


@dataclass(frozen=True, kw_only=True)
class AgencyBodyNamed(AgencyEvent):
    """The agency speaks for the authority, or, `ended`, no longer does."""

    kind: ClassVar[str] = "exchange.agency_body_named"
    body_id: int
    ended: bool


@dataclass(frozen=True, kw_only=True)
class AgencyKeyAdded(AgencyEvent):
    kind: ClassVar[str] = "exchange.agency_key_added"
    key_id: int
    use: str


@dataclass(frozen=True, kw_only=True)
class AgencyKeyRevoked(AgencyEvent):
    kind: ClassVar[str] = "exchange.agency_key_revoked"
    key_id: int


@dataclass(frozen=True, kw_only=True)
class CertificateAdded(AgencyEvent):
    kind: ClassVar[str] = "exchange.certificate_added"
    certificate_id: int


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(AgencyEvent):
    kind: ClassVar[str] = "exchange.certificate_revoked"
    certificate_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementEvent(AgencyEvent):
    agreement_id: int
    version_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementDrafted(AgreementEvent):
    kind: ClassVar[str] = "exchange.agreement_drafted"
    digest: str


@dataclass(frozen=True, kw_only=True)
class AgreementSigned(AgreementEvent):
    kind: ClassVar[str] = "exchange.agreement_signed"
    side: str
    how: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class AgreementActivated(AgreementEvent):
    kind: ClassVar[str] = "exchange.agreement_activated"
    digest: str


@dataclass(frozen=True, kw_only=True)
class AgreementEnded(AgreementEvent):
    """In force no longer, before its day; or, as a draft, given up (`withdrawn`)."""

    kind: ClassVar[str] = "exchange.agreement_ended"
    withdrawn: bool
