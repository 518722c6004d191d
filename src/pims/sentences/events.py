"""What the sentences room says happened. Dates are ISO days, "" where there is none."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AdjustmentRecorded(Event):
    kind: ClassVar[str] = "sentences.adjustment_recorded"
    adjustment_id: int
    adjustment_kind: str


@dataclass(frozen=True, kw_only=True)
class AdjustmentStruckOut(Event):
    kind: ClassVar[str] = "sentences.adjustment_struck_out"
    adjustment_id: int


@dataclass(frozen=True, kw_only=True)
class PaymentTaken(Event):
    """`release_order_id`: the payment was the last that its paper asked for."""

    kind: ClassVar[str] = "sentences.payment_taken"
    establishment_id: int
    payment_id: int
    sentence_id: int
    release_order_id: int | None


@dataclass(frozen=True, kw_only=True)
class Calculated(Event):
    """What is calculated about the person is another answer than before."""

    kind: ClassVar[str] = "sentences.calculated"
    calculation_id: int
    status: str
    edr: str
    sentence_expiry: str
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class NothingToCalculate(Event):
    """No sentence of the person stands any more: no date does."""

    kind: ClassVar[str] = "sentences.nothing_to_calculate"


@dataclass(frozen=True, kw_only=True)
class CertifiedByHand(Event):
    kind: ClassVar[str] = "sentences.certified_by_hand"
    hand_calculation_id: int


@dataclass(frozen=True, kw_only=True)
class HandCalculationCountersigned(Event):
    kind: ClassVar[str] = "sentences.hand_calculation_countersigned"
    hand_calculation_id: int


@dataclass(frozen=True, kw_only=True)
class HandCalculationEnded(Event):
    """`end_kind`: replaced, withdrawn, facts_changed or calculated."""

    kind: ClassVar[str] = "sentences.hand_calculation_ended"
    hand_calculation_id: int
    end_kind: str


@dataclass(frozen=True, kw_only=True)
class RuleSigned(Event):
    kind: ClassVar[str] = "sentences.rule_signed"
    signature_id: int
    law: str
    rule_code: str


@dataclass(frozen=True, kw_only=True)
class SignatureWithdrawn(Event):
    kind: ClassVar[str] = "sentences.signature_withdrawn"
    signature_id: int
    law: str
    rule_code: str


@dataclass(frozen=True, kw_only=True)
class LawProposed(Event):
    """`moved`: how many people would have another answer."""

    kind: ClassVar[str] = "sentences.law_proposed"
    proposal_id: int
    law: str
    moved: int


@dataclass(frozen=True, kw_only=True)
class LawCompared(Event):
    kind: ClassVar[str] = "sentences.law_compared"
    proposal_id: int
    law: str
    moved: int


@dataclass(frozen=True, kw_only=True)
class LawAgreedTo(Event):
    kind: ClassVar[str] = "sentences.law_agreed_to"
    proposal_id: int
    law: str


@dataclass(frozen=True, kw_only=True)
class LawDeclined(Event):
    kind: ClassVar[str] = "sentences.law_declined"
    proposal_id: int
    law: str


@dataclass(frozen=True, kw_only=True)
class LawPutInForce(Event):
    kind: ClassVar[str] = "sentences.law_put_in_force"
    law_in_force_id: int
    law: str


@dataclass(frozen=True, kw_only=True)
class LawWorkedOut(Event):
    """Everybody's dates have been worked out by a law that was put in force."""

    kind: ClassVar[str] = "sentences.law_worked_out"
    law_in_force_id: int
    law: str
    people: int
