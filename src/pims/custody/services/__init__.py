"""Every write of the custody room."""

from pims.custody.services.absences import AbsenceResult, record_escape, record_recapture
from pims.custody.services.admission import (
    ArrestResult,
    InjuryResult,
    StepResult,
    complete_step,
    complete_steps,
    record_arrest,
    record_injury,
    reopen_step,
)
from pims.custody.services.batch import ReceivedUnderOrder, receive_under_one_order
from pims.custody.services.closing import EndResult, hour_of_leaving
from pims.custody.services.corrections import (
    EpisodeResult,
    JoinResult,
    correct_episode,
    merge_people,
)
from pims.custody.services.death import record_death, record_removal
from pims.custody.services.discharge_corrections import (
    correct_discharge_end,
    say_of_discharge_end,
    take_back_discharge_end,
)
from pims.custody.services.end_corrections import (
    amend_end,
    countersign_end,
    take_back_end,
    take_back_escape,
)
from pims.custody.services.ends import (
    TransferResult,
    change_end_kind,
    end_episode,
    record_court_discharge,
    record_transfer,
)
from pims.custody.services.escort_corrections import correct_departure
from pims.custody.services.escorts import (
    EscortChanged,
    EscortInput,
    EscortOut,
    SentOut,
    change_escort,
    send_out,
)
from pims.custody.services.identity import (
    IdentityChecked,
    record_identity_check,
    record_somebody_else,
)
from pims.custody.services.moved_ends import move_end
from pims.custody.services.never_held import record_never_held
from pims.custody.services.placement import (
    PlacementResult,
    leave_place,
    place_person,
    record_placement,
)
from pims.custody.services.receiving import BodyReceiptInput, ReceiptRecorded
from pims.custody.services.reception import (
    ReceiptsRecorded,
    TurnedAwayRecorded,
    VanOpened,
    open_van,
    record_body_receipts,
    turn_away,
)
from pims.custody.services.reception_corrections import (
    ReceiptGiven,
    ReceptionCorrected,
    correct_receipt,
    correct_van,
    give_receipt_to_another,
)
from pims.custody.services.reception_hours import NotMoved
from pims.custody.services.return_rows import (
    Problem,
    Returned,
    ReturnRow,
    ReturnsRecorded,
    RowResult,
)
from pims.custody.services.returns import record_return, record_returns

__all__ = [
    "AbsenceResult",
    "ArrestResult",
    "BodyReceiptInput",
    "EndResult",
    "EpisodeResult",
    "EscortChanged",
    "EscortInput",
    "EscortOut",
    "IdentityChecked",
    "InjuryResult",
    "JoinResult",
    "NotMoved",
    "PlacementResult",
    "Problem",
    "ReceiptGiven",
    "ReceiptRecorded",
    "ReceiptsRecorded",
    "ReceivedUnderOrder",
    "ReceptionCorrected",
    "ReturnRow",
    "Returned",
    "ReturnsRecorded",
    "RowResult",
    "SentOut",
    "StepResult",
    "TransferResult",
    "TurnedAwayRecorded",
    "VanOpened",
    "amend_end",
    "change_end_kind",
    "change_escort",
    "complete_step",
    "complete_steps",
    "correct_departure",
    "correct_discharge_end",
    "correct_episode",
    "correct_receipt",
    "correct_van",
    "countersign_end",
    "end_episode",
    "give_receipt_to_another",
    "hour_of_leaving",
    "leave_place",
    "merge_people",
    "move_end",
    "open_van",
    "place_person",
    "receive_under_one_order",
    "record_arrest",
    "record_body_receipts",
    "record_court_discharge",
    "record_death",
    "record_escape",
    "record_identity_check",
    "record_injury",
    "record_never_held",
    "record_placement",
    "record_recapture",
    "record_removal",
    "record_return",
    "record_returns",
    "record_somebody_else",
    "record_transfer",
    "reopen_step",
    "say_of_discharge_end",
    "send_out",
    "take_back_discharge_end",
    "take_back_end",
    "take_back_escape",
    "turn_away",
]
