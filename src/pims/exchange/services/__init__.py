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
from pims.exchange.services.inbound import (
    AppliedResult,
    InboundResult,
    acknowledge_inbound,
    apply_inbound,
    ask_sender,
    judge_inbound,
    keep_paper,
    reject_inbound,
)
from pims.exchange.services.keys import (
    CertificateResult,
    KeyResult,
    add_certificate,
    add_key,
    revoke_certificate,
    revoke_key,
)
from pims.exchange.services.made_up import mark_made_up
from pims.exchange.services.matching import match_inbound

__all__ = [
    "AgencyResult",
    "AppliedResult",
    "CertificateResult",
    "Contact",
    "InboundResult",
    "KeyResult",
    "VersionResult",
    "acknowledge_inbound",
    "activate_agreement",
    "add_certificate",
    "add_key",
    "amend_agency",
    "apply_inbound",
    "ask_sender",
    "draft_agreement",
    "end_agreement",
    "judge_inbound",
    "keep_paper",
    "mark_made_up",
    "match_inbound",
    "record_their_signature",
    "register_agency",
    "reject_inbound",
    "revoke_certificate",
    "revoke_key",
    "set_agency_state",
    "sign_agreement",
    "speak_for",
]
