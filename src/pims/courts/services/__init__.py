"""Every write of the courts room."""

from pims.courts.services.cases import (
    add_charge,
    amend_case,
    amend_charge,
    decide_charge,
    open_case,
)
from pims.courts.services.hearings import (
    cancel_hearing,
    move_hearing,
    record_hearing_outcome,
    schedule_hearing,
)
from pims.courts.services.keying import key_order_of_warrant
from pims.courts.services.order_fall import (
    confirm_order,
    follow_release_order,
    set_aside_order,
)
from pims.courts.services.order_inputs import CourtOrderResult, OrderName, SentenceInput
from pims.courts.services.orders import record_court_order
from pims.courts.services.queries import record_order_answer, send_order_query
from pims.courts.services.readings import (
    OrderReading,
    SentenceReading,
    read_order_again,
    show_what_was_keyed,
)
from pims.courts.services.settling import settle_difference

__all__ = [
    "CourtOrderResult",
    "OrderName",
    "OrderReading",
    "SentenceInput",
    "SentenceReading",
    "add_charge",
    "amend_case",
    "amend_charge",
    "cancel_hearing",
    "confirm_order",
    "decide_charge",
    "follow_release_order",
    "key_order_of_warrant",
    "move_hearing",
    "open_case",
    "read_order_again",
    "record_court_order",
    "record_hearing_outcome",
    "record_order_answer",
    "schedule_hearing",
    "send_order_query",
    "set_aside_order",
    "settle_difference",
    "show_what_was_keyed",
]
