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

__all__ = [
    "AgencyInfo",
    "AgencyLine",
    "Asking",
    "CertificateInfo",
    "DisclosureLine",
    "KeyInfo",
    "SignatureInfo",
    "ToldTo",
    "VersionInfo",
    "agencies",
    "agency",
    "agreement_version",
    "agreements_of",
    "changes",
    "disclosures",
    "in_force",
    "inquiries",
    "receipt",
    "told_to",
    "version_before",
]
