"""Every write of the exchange."""

from pims.exchange.services.agencies import (
    AgencyResult,
    Contact,
    amend_agency,
    register_agency,
    set_agency_state,
    speak_for,
)
from pims.exchange.services.agreements import (
    VersionResult,
    activate_agreement,
    draft_agreement,
    end_agreement,
    record_their_signature,
    sign_agreement,
)
from pims.exchange.services.keys import (
    CertificateResult,
    KeyResult,
    add_certificate,
    add_key,
    revoke_certificate,
    revoke_key,
)

__all__ = [
    "AgencyResult",
    "CertificateResult",
    "Contact",
    "KeyResult",
    "VersionResult",
    "activate_agreement",
    "add_certificate",
    "add_key",
    "amend_agency",
    "draft_agreement",
    "end_agreement",
    "record_their_signature",
    "register_agency",
    "revoke_certificate",
    "revoke_key",
    "set_agency_state",
    "sign_agreement",
    "speak_for",
]
