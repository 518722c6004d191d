"""Every write of the authority room."""

from pims.authority.services.bodies import load_bodies, set_registry_phone
from pims.authority.services.defects import (
    decide_defective,
    record_clerk_answer,
    send_clerk_query,
)
from pims.authority.services.order_changes import (
    extend_release_order,
    strike_out_release_order,
    withdraw_release_order,
)
from pims.authority.services.police_interest import (
    inform_police,
    record_police_interest,
    withdraw_police_interest,
)
from pims.authority.services.release_orders import (
    act_on_release_order,
    record_release_order,
    verify_release_order,
)
from pims.authority.services.reopening import (
    let_orders_stand_again,
    let_warrants_hold_again,
    reopen_warrants,
    reopen_warrants_by_fact,
)
from pims.authority.services.run_out import end_papers_that_ran_out, reopen_papers_that_ran_out
from pims.authority.services.undoing import (
    let_release_order_stand_again,
    take_back_court_date,
    void_warrant,
)
from pims.authority.services.warrant_changes import (
    amend_warrant_name,
    end_warrant,
    end_warrant_by_fact,
    set_next_appearance,
)
from pims.authority.services.warrant_rows import WarrantNameInput
from pims.authority.services.warrants import record_warrant

__all__ = [
    "WarrantNameInput",
    "act_on_release_order",
    "amend_warrant_name",
    "decide_defective",
    "end_papers_that_ran_out",
    "end_warrant",
    "end_warrant_by_fact",
    "extend_release_order",
    "inform_police",
    "let_orders_stand_again",
    "let_release_order_stand_again",
    "let_warrants_hold_again",
    "load_bodies",
    "record_clerk_answer",
    "record_police_interest",
    "record_release_order",
    "record_warrant",
    "reopen_papers_that_ran_out",
    "reopen_warrants",
    "reopen_warrants_by_fact",
    "send_clerk_query",
    "set_next_appearance",
    "set_registry_phone",
    "strike_out_release_order",
    "take_back_court_date",
    "verify_release_order",
    "void_warrant",
    "withdraw_police_interest",
    "withdraw_release_order",
]
