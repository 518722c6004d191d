"""The tables of the exchange."""

from pims.exchange.models.agencies import (
    AccessToken,
    Agency,
    AgencyBody,
    AgencyCertificate,
    AgencyKey,
    AssertionSeen,
)
from pims.exchange.models.agreements import Agreement, AgreementSignature, AgreementVersion
from pims.exchange.models.delivering import AllowedAddress, Beat, EndpointState, Listening
from pims.exchange.models.inbound import Inbound, InboundName, InboundStep, OrderClock
from pims.exchange.models.inquiries import Asked, Disclosure, Inquiry, InquiryCount
from pims.exchange.models.messages import (
    Announcement,
    Cursor,
    Delivery,
    Endpoint,
    Hold,
    Message,
    Published,
)
from pims.exchange.models.shelf import (
    FacetsSeen,
    LookupKey,
    MadeUp,
    ShelfDue,
    ShelfRow,
    ShelfState,
)
from pims.exchange.models.statistics import StatisticCell

__all__ = [
    "AccessToken",
    "Agency",
    "AgencyBody",
    "AgencyCertificate",
    "AgencyKey",
    "Agreement",
    "AgreementSignature",
    "AgreementVersion",
    "AllowedAddress",
    "Announcement",
    "Asked",
    "AssertionSeen",
    "Beat",
    "Cursor",
    "Delivery",
    "Disclosure",
    "Endpoint",
    "EndpointState",
    "FacetsSeen",
    "Hold",
    "Inbound",
    "InboundName",
    "InboundStep",
    "Inquiry",
    "InquiryCount",
    "Listening",
    "LookupKey",
    "MadeUp",
    "Message",
    "OrderClock",
    "Published",
    "ShelfDue",
    "ShelfRow",
    "ShelfState",
    "StatisticCell",
]
