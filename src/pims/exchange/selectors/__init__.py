"""Every read of the exchange that a page or a higher room needs."""

from pims.exchange.selectors.agencies import (
    AgencyInfo,
    AgencyLine,
    CertificateInfo,
    KeyInfo,
    agencies,
    agency,
)
from pims.exchange.selectors.agreements import (
    SignatureInfo,
    VersionInfo,
    agreement_version,
    agreements_of,
    changes,
    in_force,
    text_to_sign,
    version_before,
)
from pims.exchange.selectors.disclosures import (
    Asking,
    DisclosureLine,
    ToldTo,
    disclosures,
    inquiries,
    receipt,
    told_to,
)
from pims.exchange.selectors.inbox import (
    ClockInfo,
    EntryInfo,
    InboundDetail,
    InboundLine,
    decided,
    inbox,
    message,
    messages_about,
    orders_waiting,
)
from pims.exchange.selectors.traffic import held_count
from pims.exchange.shelving.facts import made_up_persons

__all__ = [
    "AgencyInfo",
    "AgencyLine",
    "Asking",
    "CertificateInfo",
    "ClockInfo",
    "DisclosureLine",
    "EntryInfo",
    "InboundDetail",
    "InboundLine",
    "KeyInfo",
    "SignatureInfo",
    "ToldTo",
    "VersionInfo",
    "agencies",
    "agency",
    "agreement_version",
    "agreements_of",
    "changes",
    "decided",
    "disclosures",
    "held_count",
    "in_force",
    "inbox",
    "inquiries",
    "made_up_persons",
    "message",
    "messages_about",
    "orders_waiting",
    "receipt",
    "text_to_sign",
    "told_to",
    "version_before",
]
