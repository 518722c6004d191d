"""The shapes of questions and answers. Records have the fields of the catalogue, all optional: an
answer holds those that the agreement lists and that are known."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, create_model

from pims.exchange import catalogue

_DAY = {"format": "date"}
_INSTANT = {"format": "date-time"}


def plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable text on one line")
    return text


Line = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(plain)]
Number = Annotated[str, Field(min_length=1, max_length=32), AfterValidator(plain)]
Date = date
Day = Annotated[str, Field(json_schema_extra=_DAY)]
Instant = Annotated[str, Field(json_schema_extra=_INSTANT)]

_TYPES: Mapping[str, Any] = {
    "text": str, "code": str, "date": Day, "instant": Instant, "flag": bool, "count": int,
    "texts": list[str], "object": Any,
}  # fmt: skip


def _record(table: catalogue.Table) -> type[Schema]:
    fields: dict[str, Any] = {}
    for one in table.fields:
        about = f"{one.en}." + (f" Needs the label {one.label}." if one.label else "")
        kind = _TYPES[one.kind]
        fields[one.name] = (
            kind | None if kind is not Any else Any, Field(None, description=about)
        )  # fmt: skip
    return create_model(
        f"{table.name.title()}Record", __base__=Schema, __doc__=f"{table.en}.", **fields
    )


RECORDS: Mapping[str, Any] = {name: _record(one) for name, one in catalogue.TABLES.items()}

if TYPE_CHECKING:
    PersonRecord = Schema
    CustodyRecord = Schema
    EpisodeRecord = Schema
    WarrantRecord = Schema
    HearingRecord = Schema
    DatesRecord = Schema
    PhotographRecord = Schema
    AlertRecord = Schema
    OrderRecord = Schema
    StatisticRecord = Schema
else:
    PersonRecord = RECORDS["person"]
    CustodyRecord = RECORDS["custody"]
    EpisodeRecord = RECORDS["episode"]
    WarrantRecord = RECORDS["warrant"]
    HearingRecord = RECORDS["hearing"]
    DatesRecord = RECORDS["dates"]
    PhotographRecord = RECORDS["photograph"]
    AlertRecord = RECORDS["alert"]
    OrderRecord = RECORDS["order"]
    StatisticRecord = RECORDS["statistic"]


class Words(Schema):
    en: str
    es: str


class Decider(Schema):
    """Who can decide otherwise, by the permission that they hold in PIMS."""

    permission: str
    en: str
    es: str


class RefusalBody(Schema):
    """Why a call was not answered. `code` stays what it is; the words may get better."""

    code: str
    message: Words
    legal_reference: str | None = None
    decided_by: Decider | None = None
    phone: str | None = None
    details: list[dict[str, Any]] | None = None
    error: str | None = None
    error_description: str | None = None


class TokenAnswer(Schema):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class Freshness(Schema):
    """How far what was answered from is behind the prison's own record."""

    behind_seconds: float
    as_of: Instant


class Answer(Schema):
    """`inquiry` names the receipt of this answer: GET /v1/receipts/{inquiry}."""

    inquiry: UUID
    freshness: Freshness


class PersonAnswer(Answer):
    person: PersonRecord | None = None
    custody: CustodyRecord | None = None
    alerts: list[AlertRecord] = []


class CustodyAnswer(Answer):
    custody: CustodyRecord | None = None
    warrants: list[WarrantRecord] = []
    orders: list[OrderRecord] = []


class HistoryAnswer(Answer):
    episodes: list[EpisodeRecord]


class HearingsAnswer(Answer):
    hearings: list[HearingRecord]


class DatesAnswer(Answer):
    dates: DatesRecord


class PhotographsAnswer(Answer):
    photographs: list[PhotographRecord]


class Match(Schema):
    """One person whom the question means. `score` is there where a fingerprint was asked with: the
    logarithm of a likelihood ratio; `asked` is the number of a list that this answers."""

    asked: str | None = None
    score: float | None = None
    person: PersonRecord | None = None
    custody: CustodyRecord | None = None


class SearchAnswer(Answer):
    """`nothing_for` are the numbers of a list about which there is nothing for you: it does not
    mean that these people are free."""

    matches: list[Match]
    nothing_for: list[str] = []


class ProducedHearing(HearingRecord):
    person: PersonRecord | None = None


class ProductionAnswer(Answer):
    """Who is to be produced. That somebody is not on it does not mean that they are free."""

    hearings: list[ProducedHearing]


class RollLine(Schema):
    person: PersonRecord | None = None
    custody: CustodyRecord


class RollAnswer(Answer):
    """Who is in custody, as far as the agreement reaches."""

    lines: list[RollLine]


class StatisticsAnswer(Answer):
    cells: list[StatisticRecord]


class ByNameAndBirth(Schema):
    model_config = ConfigDict(extra="forbid")

    by: Literal["name_birth"]
    family_name: Line
    given_name: Line
    birth_date: date


class ByDocument(Schema):
    model_config = ConfigDict(extra="forbid")

    by: Literal["document"]
    kind: Annotated[str, Field(min_length=1, max_length=30), AfterValidator(plain)]
    number: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(plain)]


class ByList(Schema):
    model_config = ConfigDict(extra="forbid")

    by: Literal["list"]
    numbers: Annotated[list[Number], Field(min_length=1, max_length=100)]


class ByFingerprint(Schema):
    """`record` in base64: ISO/IEC 19794-2 or ANSI/INCITS 378 minutiae (`fmr`), or an ANSI/NIST-ITL
    transaction (`ansi_nist`)."""

    model_config = ConfigDict(extra="forbid")

    by: Literal["fingerprint"]
    format: Literal["fmr", "ansi_nist"]
    record: Annotated[str, Field(min_length=4, max_length=6_000_000)]


Search = Annotated[ByNameAndBirth | ByDocument | ByList | ByFingerprint, Field(discriminator="by")]


class CheckpointAnswer(Schema):
    """`checkpoint` and `before` are signed notes, `key` the line that verifies them; `proof` are
    the hashes, in hex, that show that the tree of `before` grew into this one (RFC 6962)."""

    inquiry: UUID
    checkpoint: str
    key: str
    before: str | None = None
    proof: list[str] | None = None


class ReceiptAnswer(Schema):
    """`receipt` is the file that `pims verify receipt` checks; `key` the line that verifies it."""

    inquiry: UUID
    about: UUID
    receipt: dict[str, Any]
    key: str


class KeysAnswer(Schema):
    """The keys that PIMS signs its answers with (RFC 7517)."""

    keys: list[dict[str, Any]]


class FeedHeartbeat(Schema):
    """That the feed is alive, or is not: at the instant `at` its last place was `position`, and
    everything that was recorded before `upto` was in it, or waits until a person confirms it
    (`held`). Where `upto` stays behind, what happened since is not in the feed yet."""

    at: Instant
    upto: Instant
    behind_seconds: float
    position: int
    held: bool


class FeedAnswer(Answer):
    """`events` are CloudEvents. Once they are kept, acknowledge `upto` and read on after it; there
    is `more` where the page ended before the feed did (`newest`). An answer without an event means
    that nothing happened only where its `heartbeat` is not behind."""

    events: list[dict[str, Any]]
    upto: int
    newest: int
    more: bool
    acknowledged: int
    heartbeat: FeedHeartbeat


class Acknowledge(Schema):
    model_config = ConfigDict(extra="forbid")

    position: Annotated[int, Field(ge=0, le=2**62, strict=True)]


class AcknowledgeAnswer(Schema):
    inquiry: UUID
    outcome: Literal["ok", "behind"]
    acknowledged: int


class SnapshotAnswer(Answer):
    """Of several pages the first one's `position` counts."""

    position: int
    persons: list[dict[str, Any]]
    more: bool


class MessageReceipt(Schema):
    """`outcome` is received, duplicate or conflict; ask for its status by `message_id`."""

    outcome: Literal["received", "duplicate", "conflict"]
    message_id: str
    kind: str
    digest: str


class MessageStep(Schema):
    at: Instant
    state: str
    codes: list[str]


class OrderClock(Schema):
    """When an order that frees came, when an officer had it in hand, and when the person walked."""

    arrived_at: Instant
    acknowledged_at: Instant | None
    freed_at: Instant | None
    stopped_because: str


class StatusAnswered(Schema):
    """That `custody` is null does not mean that the person is free."""

    number: str
    own_reference: str
    custody: dict[str, Any] | None


class MessageStatus(Schema):
    """What became of a message: `state`, the steps that it took, and what was told in answer.
    `clock` is of an order that frees, `answers` of a status request; null of any other."""

    message_id: str
    kind: str
    state: str
    digest: str
    received_at: Instant
    problems: list[str]
    corrects: str
    reason: str
    decided_at: Instant | None
    told: dict[str, Any]
    steps: list[MessageStep]
    clock: OrderClock | None
    answers: list[StatusAnswered] | None = None
