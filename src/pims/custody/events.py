"""What the custody room says happened: ids, codes and instants alone."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CustodyEvent(Event):
    """`happened_at` is ISO 8601: when it was so, which may be before it was recorded."""

    episode_id: int
    happened_at: str


@dataclass(frozen=True, kw_only=True)
class VanArrived(Event):
    kind: ClassVar[str] = "custody.van_arrived"
    van_id: int
    happened_at: str


@dataclass(frozen=True, kw_only=True)
class VanCorrected(Event):
    """What was keyed of a van was corrected: `fields` are joined by a space."""

    kind: ClassVar[str] = "custody.van_corrected"
    van_id: int
    fields: str


@dataclass(frozen=True, kw_only=True)
class TurnedAway(Event):
    kind: ClassVar[str] = "custody.turned_away"
    turned_away_id: int
    reason: str
    happened_at: str


@dataclass(frozen=True, kw_only=True)
class Received(CustodyEvent):
    """A body receipt that opened an episode."""

    kind: ClassVar[str] = "custody.received"
    receipt_id: int | None
    reception_kind: str
    warrant_state: str


@dataclass(frozen=True, kw_only=True)
class ReceivedAgain(CustodyEvent):
    """A body receipt for someone whose episode was open: it joined that episode."""

    kind: ClassVar[str] = "custody.received_again"
    receipt_id: int
    found: str
    warrant_state: str


@dataclass(frozen=True, kw_only=True)
class EpisodeWasOpen(CustodyEvent):
    """The books said this person was inside, and a van brought the person."""

    kind: ClassVar[str] = "custody.episode_was_open"
    receipt_id: int
    starts_at: str


@dataclass(frozen=True, kw_only=True)
class StayPutBefore(CustodyEvent):
    """A stay was entered that began before one on the books; `next_starts_at` is that one's."""

    kind: ClassVar[str] = "custody.stay_put_before"
    next_starts_at: str


@dataclass(frozen=True, kw_only=True)
class ReceivedLongAgo(Event):
    """A van was entered so many days after the hour given for it: `people` were on it."""

    kind: ClassVar[str] = "custody.received_long_ago"
    van_id: int
    happened_at: str
    days: int
    people: int


@dataclass(frozen=True, kw_only=True)
class ReceiptCorrected(CustodyEvent):
    """What was keyed of a body receipt was corrected: `fields` are joined by a space."""

    kind: ClassVar[str] = "custody.receipt_corrected"
    receipt_id: int
    fields: str


@dataclass(frozen=True, kw_only=True)
class ReceiptGivenToAnother(CustodyEvent):
    """A body receipt stood under the wrong person, `was_person_id`; it is this person's."""

    kind: ClassVar[str] = "custody.receipt_given_to_another"
    receipt_id: int
    was_person_id: int


@dataclass(frozen=True, kw_only=True)
class IdentityInDoubt(CustodyEvent):
    """Two who go by one identity: `other_person_id` is whom the paper or the officer named."""

    kind: ClassVar[str] = "custody.identity_in_doubt"
    other_person_id: int | None
    receipt_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class NoWarrantSeen(CustodyEvent):
    """Received without a warrant, or on a defective one (Mandela Rule 7)."""

    kind: ClassVar[str] = "custody.no_warrant_seen"
    warrant_state: str


@dataclass(frozen=True, kw_only=True)
class IllTreatmentComplained(CustodyEvent):
    kind: ClassVar[str] = "custody.ill_treatment_complained"
    injury_id: int


@dataclass(frozen=True, kw_only=True)
class InjuryRecorded(CustodyEvent):
    kind: ClassVar[str] = "custody.injury_recorded"
    injury_id: int


@dataclass(frozen=True, kw_only=True)
class ArrestRecorded(CustodyEvent):
    kind: ClassVar[str] = "custody.arrest_recorded"


@dataclass(frozen=True, kw_only=True)
class AdmissionStepDone(CustodyEvent):
    kind: ClassVar[str] = "custody.admission_step_done"
    step: str
    state: str


@dataclass(frozen=True, kw_only=True)
class AdmissionStepsDone(CustodyEvent):
    """Several steps were marked as one change."""

    kind: ClassVar[str] = "custody.admission_steps_done"
    steps: tuple[str, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class AdmissionCompleted(CustodyEvent):
    kind: ClassVar[str] = "custody.admission_completed"
    hours: float


@dataclass(frozen=True, kw_only=True)
class IdentityChecked(CustodyEvent):
    kind: ClassVar[str] = "custody.identity_checked"
    identity_check_id: int
    how: str
    matched: bool
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Placed(CustodyEvent):
    kind: ClassVar[str] = "custody.placed"
    placement_id: int
    place_id: int
    unit_id: int
    cell_id: int
    basis: str


@dataclass(frozen=True, kw_only=True)
class PlacementBreached(CustodyEvent):
    """Placed against a rule: `reasons` are its codes, joined by a space."""

    kind: ClassVar[str] = "custody.placement_breached"
    placement_id: int
    place_id: int
    unit_id: int
    basis: str
    reasons: str


@dataclass(frozen=True, kw_only=True)
class PlaceLeft(CustodyEvent):
    kind: ClassVar[str] = "custody.place_left"
    placement_id: int
    place_id: int


@dataclass(frozen=True, kw_only=True)
class EscortLeft(CustodyEvent):
    kind: ClassVar[str] = "custody.escort_left"
    escort_id: int
    escort_kind: str
    expected_back_at: str | None


@dataclass(frozen=True, kw_only=True)
class EscortChanged(CustodyEvent):
    """The expected return or the officers of an escort changed."""

    kind: ClassVar[str] = "custody.escort_changed"
    escort_id: int
    expected_back_at: str | None


@dataclass(frozen=True, kw_only=True)
class EscortDepartureCorrected(CustodyEvent):
    """The hour at which an escort left was keyed wrongly; `was` is what stood there.

    `expected_back_at` is when it is expected after the correction.
    """

    kind: ClassVar[str] = "custody.escort_departure_corrected"
    escort_id: int
    was: str
    expected_back_at: str | None


@dataclass(frozen=True, kw_only=True)
class EscortReturned(CustodyEvent):
    kind: ClassVar[str] = "custody.escort_returned"
    escort_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ReturnWasNotRecorded(CustodyEvent):
    """Found inside, or sent out again, while an escort was still open: closed by this fact."""

    kind: ClassVar[str] = "custody.return_was_not_recorded"
    escort_id: int


@dataclass(frozen=True, kw_only=True)
class CourtOutcome(CustodyEvent):
    kind: ClassVar[str] = "custody.court_outcome"
    court_return_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class NotReturned(CustodyEvent):
    """The escort came back without the person, or should have: it stays open."""

    kind: ClassVar[str] = "custody.not_returned"
    escort_id: int


@dataclass(frozen=True, kw_only=True)
class WrongPersonProduced(CustodyEvent):
    """`produced_person_id` stood in court in the place of `person_id`; None where unknown."""

    kind: ClassVar[str] = "custody.wrong_person_produced"
    escort_id: int | None
    produced_person_id: int | None


@dataclass(frozen=True, kw_only=True)
class ReleaseWaits(CustodyEvent):
    """A court freed the person, who is still in custody: bail, a fine paid, a discharge."""

    kind: ClassVar[str] = "custody.release_waits"
    basis: str
    release_order_id: int | None


@dataclass(frozen=True, kw_only=True)
class Escaped(CustodyEvent):
    kind: ClassVar[str] = "custody.escaped"
    absence_id: int
    escort_id: int | None


@dataclass(frozen=True, kw_only=True)
class Recaptured(CustodyEvent):
    kind: ClassVar[str] = "custody.recaptured"
    absence_id: int
    end_kind: str


@dataclass(frozen=True, kw_only=True)
class Died(CustodyEvent):
    kind: ClassVar[str] = "custody.died"
    end_id: int


@dataclass(frozen=True, kw_only=True)
class DeathDetailsChanged(CustodyEvent):
    kind: ClassVar[str] = "custody.death_details_changed"
    end_id: int


@dataclass(frozen=True, kw_only=True)
class Ended(CustodyEvent):
    kind: ClassVar[str] = "custody.ended"
    end_id: int
    end_kind: str
    release_order_id: int | None


@dataclass(frozen=True, kw_only=True)
class PropertyWaits(CustodyEvent):
    """Custody ended away from the store: things of the person are still in it."""

    kind: ClassVar[str] = "custody.property_waits"
    items: int


@dataclass(frozen=True, kw_only=True)
class EpisodeCorrected(CustodyEvent):
    kind: ClassVar[str] = "custody.episode_corrected"
    fields: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ClockWentBack(CustodyEvent):
    """A new period began before the one it follows; `table` and `row_id` say which."""

    kind: ClassVar[str] = "custody.clock_went_back"
    table: str
    row_id: int


@dataclass(frozen=True, kw_only=True)
class BreachEnded(CustodyEvent):
    """A placement that was a breach is over."""

    kind: ClassVar[str] = "custody.breach_ended"
    placement_id: int


@dataclass(frozen=True, kw_only=True)
class FreedAgainstPaper(CustodyEvent):
    """Let go by a court while `warrants` others still detain, or on an order nobody saw."""

    kind: ClassVar[str] = "custody.freed_against_paper"
    warrants: int
    order_seen: bool


@dataclass(frozen=True, kw_only=True)
class ReturnRowRefused(Event):
    """One row of a van's return could not be recorded; `codes` are joined by a space."""

    kind: ClassVar[str] = "custody.return_row_refused"
    escort_id: int | None
    outcome: str
    codes: str


@dataclass(frozen=True, kw_only=True)
class PeopleJoined(Event):
    """Two records of one person were joined; their episodes do not overlap."""

    kind: ClassVar[str] = "custody.people_joined"
    into_person_id: int


@dataclass(frozen=True, kw_only=True)
class TakenOffTheBooks(CustodyEvent):
    """An open stay was recorded as never held, though a paper detains or a place was taken."""

    kind: ClassVar[str] = "custody.taken_off_the_books"
    end_id: int


@dataclass(frozen=True, kw_only=True)
class RemovedWithoutOrder(CustodyEvent):
    """Somebody was removed to another country, and nobody saw an order for it."""

    kind: ClassVar[str] = "custody.removed_without_order"
    end_id: int


@dataclass(frozen=True, kw_only=True)
class EndCountersigned(CustodyEvent):
    kind: ClassVar[str] = "custody.end_countersigned"
    end_id: int


@dataclass(frozen=True, kw_only=True)
class EndAmended(CustodyEvent):
    """Details of an end were added or put right."""

    kind: ClassVar[str] = "custody.end_amended"
    end_id: int
    fields: str


@dataclass(frozen=True, kw_only=True)
class EndTakenBack(CustodyEvent):
    """An end was recorded that never was: custody goes on."""

    kind: ClassVar[str] = "custody.end_taken_back"
    end_id: int
    end_kind: str


@dataclass(frozen=True, kw_only=True)
class EscapeTakenBack(CustodyEvent):
    """An escape was recorded that never was."""

    kind: ClassVar[str] = "custody.escape_taken_back"
    absence_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceTakenSince(CustodyEvent):
    """Custody goes on after an end was taken back, and somebody else lies in the place."""

    kind: ClassVar[str] = "custody.place_taken_since"
    placement_id: int
    place_id: int
