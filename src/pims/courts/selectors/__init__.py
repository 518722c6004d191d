"""Every read of the courts room."""

from pims.courts.rules.bail import Bail
from pims.courts.rules.custody_days import ChargeDays, Days, Stretch
from pims.courts.rules.defects import DEFECTS, MARKED, REMARKS
from pims.courts.selectors.blind import (
    Unread,
    has_unread_sentences,
    unread_by,
    unread_of,
    unread_papers,
    without_first_readings,
)
from pims.courts.selectors.cases import case, cases, hearing, hearings
from pims.courts.selectors.certificate import (
    Certificate,
    ChargeTime,
    PaperLine,
    custody_periods,
    time_in_custody_by_charge,
)
from pims.courts.selectors.diary import (
    DiaryRow,
    ProductionRow,
    WithoutNext,
    court_days,
    diary,
    hearings_without_outcome,
    no_next_hearing,
    production_list,
)
from pims.courts.selectors.doubted import ReadingDoubt, reading_doubts
from pims.courts.selectors.freed import FreedWithoutOrder, freed_without_order
from pims.courts.selectors.infos import (
    CaseInfo,
    ChargeInfo,
    HearingInfo,
    OrderInfo,
    OrderQueryInfo,
    ReadingInfo,
    SentenceInfo,
)
from pims.courts.selectors.moving import PaperDay, papers_that_move
from pims.courts.selectors.orders import (
    BailInfo,
    bail,
    open_order_queries,
    order,
    orders,
    queries_of_order,
    readings_of,
    sentences_of,
    unread_orders,
)
from pims.courts.selectors.readings import BlindOrder, ReadingDue, order_to_read, readings_due
from pims.courts.selectors.references import persons_by_case
from pims.courts.selectors.unconfirmed import Unconfirmed, unconfirmed
from pims.courts.selectors.unkeyed import UnkeyedPaper, papers_not_keyed, unkeyed_of
from pims.kernel.terms import Term

__all__ = [
    "DEFECTS",
    "MARKED",
    "REMARKS",
    "Bail",
    "BailInfo",
    "BlindOrder",
    "CaseInfo",
    "Certificate",
    "ChargeDays",
    "ChargeInfo",
    "ChargeTime",
    "Days",
    "DiaryRow",
    "FreedWithoutOrder",
    "HearingInfo",
    "OrderInfo",
    "OrderQueryInfo",
    "PaperDay",
    "PaperLine",
    "ProductionRow",
    "ReadingDoubt",
    "ReadingDue",
    "ReadingInfo",
    "SentenceInfo",
    "Stretch",
    "Term",
    "Unconfirmed",
    "UnkeyedPaper",
    "Unread",
    "WithoutNext",
    "bail",
    "case",
    "cases",
    "court_days",
    "custody_periods",
    "diary",
    "freed_without_order",
    "has_unread_sentences",
    "hearing",
    "hearings",
    "hearings_without_outcome",
    "no_next_hearing",
    "open_order_queries",
    "order",
    "order_to_read",
    "orders",
    "papers_not_keyed",
    "papers_that_move",
    "persons_by_case",
    "production_list",
    "queries_of_order",
    "reading_doubts",
    "readings_due",
    "readings_of",
    "sentences_of",
    "time_in_custody_by_charge",
    "unconfirmed",
    "unkeyed_of",
    "unread_by",
    "unread_of",
    "unread_orders",
    "unread_papers",
    "without_first_readings",
]
