"""Every write of the release room."""

from pims.release.rules import Voucher
from pims.release.services.cases import (
    acknowledge_discharge,
    close_case,
    follow_clock,
    second_officer_agrees,
    settle_item,
    settle_items,
    start_discharge,
    start_due_discharges,
)
from pims.release.services.corrections import correct_discharge, take_back_discharge
from pims.release.services.discharges import (
    countersign,
    discharge_person,
)
from pims.release.services.errors import record_release_in_error, record_return_from_error
from pims.release.services.identity import answer_for_identity, decide_identity, establish_identity
from pims.release.services.paper import record_paper_discharge
from pims.release.services.parole import (
    close_paroles,
    decide_parole,
    open_parole,
    revoke_parole,
    start_due_paroles,
)
from pims.release.services.preparing import (
    end_preparations,
    follow_dates,
    open_due_preparations,
    read_release_date,
    settle_preparation_item,
    settle_release_dates,
    tell_agency,
)
from pims.release.services.register import (
    amend_detention_error,
    explain_release_in_error,
    record_over_detention,
)

__all__ = [
    "Voucher",
    "acknowledge_discharge",
    "amend_detention_error",
    "answer_for_identity",
    "close_case",
    "close_paroles",
    "correct_discharge",
    "countersign",
    "decide_identity",
    "decide_parole",
    "discharge_person",
    "end_preparations",
    "establish_identity",
    "explain_release_in_error",
    "follow_clock",
    "follow_dates",
    "open_due_preparations",
    "open_parole",
    "read_release_date",
    "record_over_detention",
    "record_paper_discharge",
    "record_release_in_error",
    "record_return_from_error",
    "revoke_parole",
    "second_officer_agrees",
    "settle_item",
    "settle_items",
    "settle_preparation_item",
    "settle_release_dates",
    "start_discharge",
    "start_due_discharges",
    "start_due_paroles",
    "take_back_discharge",
    "tell_agency",
]
