"""The shapes of answers, made from what the interface says of itself; not by hand.

Members that an agreement does not list, and those that are not known, are absent.
"""

from typing import Any, Literal, NotRequired, TypedDict


class AcknowledgeAnswer(TypedDict):
    inquiry: str
    outcome: Literal["ok", "behind"]
    acknowledged: int


class AlertRecord(TypedDict):
    """Alerts."""

    #: Prisoner number.
    number: NotRequired[str]
    kind: NotRequired[str]
    since: NotRequired[str]


class CheckpointAnswer(TypedDict):
    """`checkpoint` and `before` are signed notes, `key` the line that verifies them; `proof` are
    the hashes, in hex, that show that the tree of `before` grew into this one (RFC 6962)."""

    inquiry: str
    checkpoint: str
    key: str
    before: NotRequired[str]
    proof: NotRequired[list[str]]


class CustodyAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    custody: NotRequired["CustodyRecord"]
    warrants: NotRequired[list["WarrantRecord"]]
    orders: NotRequired[list["OrderRecord"]]


class CustodyRecord(TypedDict):
    """Custody now."""

    #: Prisoner number.
    number: NotRequired[str]
    #: Whether in custody.
    held: NotRequired[bool]
    #: Where.
    establishment: NotRequired[str]
    #: Since when.
    since: NotRequired[str]
    #: Whether admitted in full.
    admitted: NotRequired[bool]
    legal_status: NotRequired[str]
    #: Found unfit to plead. Needs the label health.
    unfit: NotRequired[bool]
    #: Inside, out or at large.
    whereabouts: NotRequired[str]
    #: Out for what.
    out_to: NotRequired[str]
    #: Out to a hospital. Needs the label health.
    out_to_hospital: NotRequired[bool]
    expected_back: NotRequired[str]
    at_large_since: NotRequired[str]
    #: Next appearance in court.
    next_appearance: NotRequired[str]
    #: Authority holds until.
    valid_until: NotRequired[str]
    #: Custody ended.
    ended_at: NotRequired[str]
    #: How it ended.
    end_kind: NotRequired[str]
    unit: NotRequired[str]
    #: In a medical unit. Needs the label health.
    medical_unit: NotRequired[bool]


class DatesAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    dates: "DatesRecord"


class DatesRecord(TypedDict):
    """Release dates."""

    #: Prisoner number.
    number: NotRequired[str]
    #: How worked out.
    status: NotRequired[str]
    provisional: NotRequired[bool]
    parole_eligibility: NotRequired[str]
    earliest_release: NotRequired[str]
    latest_release: NotRequired[str]
    #: Day the gate opens.
    release_day: NotRequired[str]
    #: End of the full term.
    full_term_end: NotRequired[str]
    next_review: NotRequired[str]


class Decider(TypedDict):
    """Who can decide otherwise, by the permission that they hold in PIMS."""

    permission: str
    en: str
    es: str


class EpisodeRecord(TypedDict):
    """Custody history."""

    #: Prisoner number.
    number: NotRequired[str]
    #: Where.
    establishment: NotRequired[str]
    #: Received.
    received_at: NotRequired[str]
    #: From where.
    reception_kind: NotRequired[str]
    #: Ended.
    ended_at: NotRequired[str]
    #: How it ended.
    end_kind: NotRequired[str]


class FeedAnswer(TypedDict):
    """`events` are CloudEvents. Once they are kept, acknowledge `upto` and read on after it;
    there is `more` where the page ended before the feed did (`newest`). An answer without an
    event means that nothing happened only where its `heartbeat` is not behind."""

    inquiry: str
    freshness: "Freshness"
    events: list[dict[str, Any]]
    upto: int
    newest: int
    more: bool
    acknowledged: int
    heartbeat: "FeedHeartbeat"


class FeedHeartbeat(TypedDict):
    """That the feed is alive, or is not: at the instant `at` its last place was `position`, and
    everything that was recorded before `upto` was in it, or waits until a person confirms it
    (`held`). Where `upto` stays behind, what happened since is not in the feed yet."""

    at: str
    upto: str
    behind_seconds: float
    position: int
    held: bool


class Freshness(TypedDict):
    """How far what was answered from is behind the prison's own record."""

    behind_seconds: float
    as_of: str


class HearingRecord(TypedDict):
    """Hearings."""

    #: Prisoner number.
    number: NotRequired[str]
    day: NotRequired[str]
    #: Hour.
    time: NotRequired[str]
    court: NotRequired[str]
    #: Court's code.
    court_code: NotRequired[str]
    #: Case.
    case_number: NotRequired[str]
    #: In person or by video.
    mode: NotRequired[str]
    purpose: NotRequired[str]
    outcome: NotRequired[str]


class HearingsAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    hearings: list["HearingRecord"]


class HistoryAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    episodes: list["EpisodeRecord"]


class KeysAnswer(TypedDict):
    """The keys that PIMS signs its answers with (RFC 7517)."""

    keys: list[dict[str, Any]]


class Match(TypedDict):
    """One person whom the question means. `score` is there where a fingerprint was asked with:
    the logarithm of a likelihood ratio; `asked` is the number of a list that this answers."""

    asked: NotRequired[str]
    score: NotRequired[float]
    person: NotRequired["PersonRecord"]
    custody: NotRequired["CustodyRecord"]


class MessageReceipt(TypedDict):
    """`outcome` is received, duplicate or conflict; ask for its status by `message_id`."""

    outcome: Literal["received", "duplicate", "conflict"]
    message_id: str
    kind: str
    digest: str


class MessageStatus(TypedDict):
    """What became of a message: `state`, the steps that it took, and what was told in answer.
    `clock` is of an order that frees, `answers` of a status request; null of any other."""

    message_id: str
    kind: str
    state: str
    digest: str
    received_at: str
    problems: list[str]
    corrects: str
    reason: str
    decided_at: str
    told: dict[str, Any]
    steps: list["MessageStep"]
    clock: "OrderClock"
    answers: NotRequired[list["StatusAnswered"]]


class MessageStep(TypedDict):
    at: str
    state: str
    codes: list[str]


class OrderClock(TypedDict):
    """When an order that frees came, when an officer had it in hand, and when the person
    walked."""

    arrived_at: str
    acknowledged_at: str
    freed_at: str
    stopped_because: str


class OrderRecord(TypedDict):
    """Release orders and their clock."""

    #: Prisoner number.
    number: NotRequired[str]
    kind: NotRequired[str]
    #: Made by.
    body: NotRequired[str]
    reference: NotRequired[str]
    #: Received.
    received_at: NotRequired[str]
    #: Verified.
    verified_at: NotRequired[str]
    state: NotRequired[str]
    #: Freed.
    freed_at: NotRequired[str]


class PersonAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    person: NotRequired["PersonRecord"]
    custody: NotRequired["CustodyRecord"]
    alerts: NotRequired[list["AlertRecord"]]


class PersonRecord(TypedDict):
    """Who the prisoner is."""

    #: Prisoner number.
    number: NotRequired[str]
    #: Numbers joined to it.
    earlier_numbers: NotRequired[list[str]]
    family_name: NotRequired[str]
    given_names: NotRequired[str]
    other_names: NotRequired[list[str]]
    sex: NotRequired[str]
    #: Date of birth.
    birth_date: NotRequired[str]
    #: How exact that is.
    birth_precision: NotRequired[str]
    nationalities: NotRequired[list[str]]
    languages: NotRequired[list[str]]
    #: Identity documents.
    documents: NotRequired[Any]
    #: Height in cm.
    height_cm: NotRequired[int]
    build: NotRequired[str]
    hair: NotRequired[str]
    eyes: NotRequired[str]
    #: Marks and tattoos.
    marks: NotRequired[list[str]]
    #: Day of death.
    died_on: NotRequired[str]


class PhotographRecord(TypedDict):
    """Photographs."""

    #: Prisoner number.
    number: NotRequired[str]
    #: The picture.
    photograph: NotRequired[str]
    kind: NotRequired[str]
    #: Taken.
    taken_at: NotRequired[str]


class PhotographsAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    photographs: list["PhotographRecord"]


class ProducedHearing(TypedDict):
    #: Prisoner number.
    number: NotRequired[str]
    day: NotRequired[str]
    #: Hour.
    time: NotRequired[str]
    court: NotRequired[str]
    #: Court's code.
    court_code: NotRequired[str]
    #: Case.
    case_number: NotRequired[str]
    #: In person or by video.
    mode: NotRequired[str]
    purpose: NotRequired[str]
    outcome: NotRequired[str]
    person: NotRequired["PersonRecord"]


class ProductionAnswer(TypedDict):
    """Who is to be produced. That somebody is not on it does not mean that they are free."""

    inquiry: str
    freshness: "Freshness"
    hearings: list["ProducedHearing"]


class ReceiptAnswer(TypedDict):
    """`receipt` is the file that `pims verify receipt` checks; `key` the line that verifies
    it."""

    inquiry: str
    about: str
    receipt: dict[str, Any]
    key: str


class RefusalBody(TypedDict):
    """Why a call was not answered. `code` stays what it is; the words may get better."""

    code: str
    message: "Words"
    legal_reference: NotRequired[str]
    decided_by: NotRequired["Decider"]
    phone: NotRequired[str]
    details: NotRequired[list[dict[str, Any]]]
    error: NotRequired[str]
    error_description: NotRequired[str]


class RollAnswer(TypedDict):
    """Who is in custody, as far as the agreement reaches."""

    inquiry: str
    freshness: "Freshness"
    lines: list["RollLine"]


class RollLine(TypedDict):
    person: NotRequired["PersonRecord"]
    custody: "CustodyRecord"


class SearchAnswer(TypedDict):
    """`nothing_for` are the numbers of a list about which there is nothing for you: it does not
    mean that these people are free."""

    inquiry: str
    freshness: "Freshness"
    matches: list["Match"]
    nothing_for: NotRequired[list[str]]


class SnapshotAnswer(TypedDict):
    """Of several pages the first one's `position` counts."""

    inquiry: str
    freshness: "Freshness"
    position: int
    persons: list[dict[str, Any]]
    more: bool


class StatisticRecord(TypedDict):
    """Tables of numbers."""

    indicator: NotRequired[str]
    period: NotRequired[str]
    dimensions: NotRequired[Any]
    #: Number.
    count: NotRequired[int]
    #: Left out.
    suppressed: NotRequired[bool]


class StatisticsAnswer(TypedDict):
    inquiry: str
    freshness: "Freshness"
    cells: list["StatisticRecord"]


class StatusAnswered(TypedDict):
    """That `custody` is null does not mean that the person is free."""

    number: str
    own_reference: str
    custody: dict[str, Any]


class TokenAnswer(TypedDict):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class WarrantRecord(TypedDict):
    """Warrants."""

    #: Prisoner number.
    number: NotRequired[str]
    kind: NotRequired[str]
    #: Issued by.
    body: NotRequired[str]
    reference: NotRequired[str]
    dated: NotRequired[str]
    #: Charges as written.
    charges: NotRequired[str]
    #: Detains from.
    starts_at: NotRequired[str]
    until: NotRequired[str]
    next_appearance: NotRequired[str]
    #: Ceased to detain.
    ended_at: NotRequired[str]
    #: How it ceased.
    end_kind: NotRequired[str]


class Words(TypedDict):
    en: str
    es: str
