"""Every read of the authority room."""

from pims.authority.rules import LegalStatus
from pims.authority.selectors.appearances import Appearance, appearances
from pims.authority.selectors.bodies import BodyInfo, bodies
from pims.authority.selectors.ended_by import warrants_ended_by
from pims.authority.selectors.papers import (
    InterestPaper,
    Papers,
    ReleasePaper,
    WarrantPaper,
    papers_of,
)
from pims.authority.selectors.police_interest import PoliceInterestInfo, police_interests
from pims.authority.selectors.queries import ClerkQueryInfo, open_queries, queries_of, query
from pims.authority.selectors.reading import SamePaper, papers_like, read_off
from pims.authority.selectors.references import persons_by_reference
from pims.authority.selectors.release_orders import (
    ReleaseOrderInfo,
    odd_about,
    open_release_orders,
    orders_in_doubt,
    release_order,
    release_orders,
)
from pims.authority.selectors.status import (
    WarrantHistory,
    counting_as,
    legal_status,
    warrant_history,
)
from pims.authority.selectors.warrants import (
    WarrantBrief,
    detaining_warrants,
    open_names,
    over_undecided,
    undecided_warrants,
    waits_for_court,
    warrant,
    warrant_name,
    warrants_in_doubt,
    warrants_of,
)

__all__ = [
    "Appearance",
    "BodyInfo",
    "ClerkQueryInfo",
    "InterestPaper",
    "LegalStatus",
    "Papers",
    "PoliceInterestInfo",
    "ReleaseOrderInfo",
    "ReleasePaper",
    "SamePaper",
    "WarrantBrief",
    "WarrantHistory",
    "WarrantPaper",
    "appearances",
    "bodies",
    "counting_as",
    "detaining_warrants",
    "legal_status",
    "odd_about",
    "open_names",
    "open_queries",
    "open_release_orders",
    "orders_in_doubt",
    "over_undecided",
    "papers_like",
    "papers_of",
    "persons_by_reference",
    "police_interests",
    "queries_of",
    "query",
    "read_off",
    "release_order",
    "release_orders",
    "undecided_warrants",
    "waits_for_court",
    "warrant",
    "warrant_history",
    "warrant_name",
    "warrants_ended_by",
    "warrants_in_doubt",
    "warrants_of",
]
