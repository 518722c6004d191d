"""The one place where anything is read for another agency.

Whoever answers an agency (the API, the feed, a webhook, a preview) opens an inquiry and reads
through it. The database shows the rows and the columns of the agreement in force and nothing else
(`sql/10_agreed.sql`), whatever this process asks for; what it shows is then judged once more, in
Python, before it is given. The receipt of what was given is written in the same transaction, and
the inquiry that it belongs to in one before it.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import connection, transaction

from pims.exchange import catalogue
from pims.exchange.rules import terms as terms_rules
from pims.exchange.rules.telling import CUSTODY, HEARTBEAT
from pims.exchange.rules.terms import Terms
from pims.kernel.errors import PimsError
from pims.kernel.reasons import Reason

PREVIEW, DELIVERY = "preview", "delivery"
_OUTSIDE = ("agency", "observatory")
MOST_ROWS = 20_000


class InquiryRefused(PimsError):
    """The question is not answered; `outcome` is why, as the database says it."""

    code = "exchange.inquiry_refused"
    http_status = 403

    def __init__(self, outcome: str, agency_code: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.agency_code = agency_code

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"outcome": self.outcome}),)


class BeyondAgreement(RuntimeError):
    """The database showed what the terms do not reach: nothing of it leaves."""


@dataclass(frozen=True, slots=True)
class Inquired:
    """An inquiry that was opened: under which terms it may be read."""

    inquiry_id: UUID
    terms: Terms
    agency_code: str
    agreement_id: int
    version_id: int


@dataclass(frozen=True, slots=True)
class Given:
    """One record as the agency may know it. `person_id` never leaves; numbers do."""

    person_id: int
    record: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A message that the agency may be told, with as much of itself as the agreement lists.

    `position` is its place in the feed. `judged_as` is its type, or that of the message that it
    takes back (`takes_back`, its id). `facts` are values by ``custody.field``, `records` which rows
    of other tables it is about. `person_id` never leaves; `number` does where it is agreed.
    """

    position: int
    message_id: UUID
    type: str
    judged_as: str
    person_id: int | None
    number: str
    other_number: str
    occurred_at: datetime
    recorded_at: datetime
    origin: str
    because: str
    facts: Mapping[str, Any]
    records: Mapping[str, Any]
    takes_back: UUID | None = None
    takes_back_type: str = ""


@dataclass(slots=True)
class Reader:
    """Reads under one inquiry, and keeps count of what was given."""

    inquired: Inquired
    _given: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _found: int = 0

    def find(self, kind: str, key: str) -> list[int]:
        """Ids of whom a key means (`shelving.lookup_keys`), where the agreement allows to ask so.

        They say nothing yet: what may be read of them is another question.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT agency_find(%s, %s)", [kind, key])
            return [int(row[0]) for row in cursor.fetchall()]

    def read(
        self,
        table: str,
        *,
        person_ids: Collection[int] | None = None,
        where: Mapping[str, object] | None = None,
        limit: int = MOST_ROWS,
    ) -> list[Given]:
        """Records of a table of the catalogue, by person and record; the empty list is silence.

        `where` are values that agreed fields must have: what is not agreed cannot be asked for.
        Where there are more than `limit` of people who are named, they are read in parts: none of
        theirs is left out. Raises BeyondAgreement where the database gave more than the terms say.
        """
        if table not in catalogue.TABLES:
            raise ValueError(f"not a table of the catalogue: {table}")
        sql = f'SELECT person_id, record, fields FROM "agreed_{table}" WHERE fields @> %s::jsonb'
        values: list[Any] = [json.dumps(dict(where or {}))]
        if person_ids is not None:
            sql += " AND person_id = ANY(%s)"
            values.append(list(person_ids))
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY person_id, record LIMIT %s", [*values, limit])
            rows = [Given(p, r, as_object(f)) for p, r, f in cursor.fetchall()]
        if len(rows) == limit and person_ids is not None and len(ids := sorted(person_ids)) > 1:
            parts = ids[: len(ids) // 2], ids[len(ids) // 2 :]
            return [
                row
                for part in parts
                for row in self.read(table, person_ids=part, where=where, limit=limit)
            ]
        self._check(table, rows)
        return rows

    def messages(
        self,
        *,
        after: int = 0,
        upto: int | None = None,
        positions: Collection[int] | None = None,
        limit: int = MOST_ROWS,
    ) -> list[Told]:
        """Messages of the feed by position: those after a place, or those at `positions`.

        What is not for the agency is absent. Raises BeyondAgreement as `read` does.
        """
        sql = f"SELECT {_MESSAGE} FROM agreed_message WHERE position > %s"
        values: list[Any] = [after]
        if upto is not None:
            sql += " AND position <= %s"
            values.append(upto)
        if positions is not None:
            sql += " AND position = ANY(%s)"
            values.append(list(positions))
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY position LIMIT %s", [*values, limit])
            found = [_told(row) for row in cursor.fetchall()]
        self._check_messages(found)
        return found

    def feed_ends(self) -> tuple[int, int]:
        """The first position that is still kept, and the last there is (0 where there is none)."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT oldest, newest FROM agency_feed_ends()")
            oldest, newest = cursor.fetchone()
        return int(oldest), int(newest)

    def feed_pulse(self) -> tuple[datetime, datetime, bool]:
        """Now; up to when everything recorded is in the feed or held; whether anything is held."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT at, told_upto, held FROM agency_feed_pulse()")
            at, upto, held = cursor.fetchone()
        return at, upto, bool(held)

    def acknowledge(self, position: int) -> str:
        """The agency keeps everything up to here: ok, behind or beyond (`sql/40_feed.sql`)."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT agency_acknowledge(%s)", [position])
            return str(cursor.fetchone()[0])

    def cursor(self) -> int:
        """How far the agency has acknowledged the feed of this agreement."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT agency_cursor()")
            return int(cursor.fetchone()[0])

    def snapshot_place(self, page: UUID) -> int | None:
        """The last person of whom that page gave anything; None where it is not the agency's."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT agency_snapshot_place(%s)", [page])
            found = cursor.fetchone()[0]
        return None if found is None else int(found)

    def persons(self, tables: Iterable[str], *, after: int, limit: int) -> list[int]:
        """Whom rows of these tables may be read of, by id, after an id."""
        each = [
            f'(SELECT DISTINCT person_id FROM "agreed_{table}" WHERE person_id > %s'
            " ORDER BY person_id LIMIT %s)"
            for table in tables
            if table in catalogue.TABLES and not catalogue.TABLES[table].aggregate
        ]
        if not each:
            return []
        sql = f"SELECT person_id FROM ({' UNION '.join(each)}) AS one ORDER BY 1 LIMIT %s"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*[after, limit] * len(each), limit])
            return [int(row[0]) for row in cursor.fetchall()]

    def give(self, table: str, rows: Iterable[Given]) -> None:
        """These records are sent: the receipt will name their fields, and no others."""
        for row in rows:
            self._found += 1
            if row.person_id is not None:
                self._given[row.person_id] |= {f"{table}.{name}" for name in row.fields}

    def give_message(self, person_id: int, fields: Iterable[str]) -> None:
        """A message about this person is sent, and says this much of itself."""
        self._found += 1
        self._given[person_id] |= set(fields)

    def _check(self, table: str, rows: Iterable[Given]) -> None:
        agreed = self.inquired.terms.tables.get(table)
        allowed = agreed.columns if agreed is not None and agreed.rows else frozenset()
        labels = {f.name: f.label for f in catalogue.TABLES[table].fields}
        for row in rows:
            extra = row.fields.keys() - (allowed & labels.keys())
            unnamed = {
                labels[name]
                for name in row.fields
                if labels.get(name) and labels[name] not in self.inquired.terms.labels
            }
            if agreed is None or not agreed.rows or extra or unnamed:
                raise BeyondAgreement(f"{table}: {sorted(extra | unnamed)}")

    def _check_messages(self, messages: Iterable[Told]) -> None:
        terms = self.inquired.terms
        custody = terms.tables.get(CUSTODY)
        columns = custody.columns if custody is not None and custody.rows else frozenset()
        for told in messages:
            extra = told.facts.keys() - {f"{CUSTODY}.{column}" for column in columns}
            named = (told.number or told.other_number) and "number" not in columns
            unasked = told.judged_as not in terms.events and told.judged_as != HEARTBEAT
            if extra or named or unasked or not terms.events:
                raise BeyondAgreement(f"message {told.judged_as}: {sorted(extra)}")

    def receipt(self) -> tuple[str, int]:
        given = {str(person): sorted(fields) for person, fields in sorted(self._given.items())}
        return json.dumps(given), self._found


def open_inquiry(
    *,
    token_hash: bytes,
    thumbprint: str,
    purpose: str,
    end_user: str,
    kind: str,
    asked: Mapping[str, object],
) -> Inquired:
    """Open an inquiry for the holder of a token, in a transaction of its own.

    Raises InquiryRefused: bad_token, agency_not_active, bad_request, no_agreement, over_quota.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, inquiry, agency_code, agreement, version, terms"
            " FROM agency_open_inquiry(%s, %s, %s, %s, %s, %s::jsonb)",
            [token_hash, thumbprint, purpose, end_user, kind, json.dumps(asked)],
        )
        outcome, inquiry, agency_code, agreement, version, terms = cursor.fetchone()
    if outcome != "ok":
        raise InquiryRefused(outcome, agency_code or "")
    return Inquired(
        inquiry, terms_rules.parse(as_object(terms)), agency_code, agreement, version
    )  # fmt: skip


def open_own(*, version_id: int, kind: str = DELIVERY, end_user: str = "PIMS") -> Inquired:
    """Open an inquiry of our own on an agency's behalf: to deliver to it, or to preview.

    Only the application's role can. A preview may be of a version that nobody has signed yet; a
    delivery reads nothing unless the version is in force. Raises InquiryRefused.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_inquiry (id, agency_id, version_id, kind, purpose, end_user,"
            " outcome, opened_at, opened_xid)"
            " SELECT %s, agreement.agency_id, version.id, %s, agreement.purpose, %s, 'ok',"
            "  clock_timestamp(), pg_current_xact_id()::text"
            " FROM exchange_agreement_version version"
            " JOIN exchange_agreement agreement ON agreement.id = version.agreement_id"
            " WHERE version.id = %s RETURNING id, agency_id",
            [uuid4(), kind, end_user, version_id],
        )
        made = cursor.fetchone()
        if made is None:
            raise InquiryRefused("no_agreement")
        cursor.execute(
            "SELECT agency.code, version.agreement_id, version.terms, agency.sandbox"
            " FROM exchange_agreement_version version, exchange_agency agency"
            " WHERE version.id = %s AND agency.id = %s",
            [version_id, made[1]],
        )
        code, agreement_id, document, sandbox = cursor.fetchone()
    terms = terms_rules.parse(as_object(document))
    if sandbox:
        terms = terms_rules.tried_out(terms)
    return Inquired(made[0], terms, code, agreement_id, version_id)


@contextmanager
def reading(inquired: Inquired, *, close: bool = True) -> Iterator[Reader]:
    """One transaction in which the agreed rows of the inquiry can be read; it ends the inquiry.

    Nothing was given unless the block ends well: what it made is sent only after it. With `close`
    false no receipt is written and the inquiry stays open: for a preview, which nobody is sent.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pims.inquiry', %s, true)", [str(inquired.inquiry_id)]
            )
        with _stepped_down(inquired):
            reader = Reader(inquired)
            yield reader
            if close:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT agency_close_inquiry(%s::jsonb, %s)", [*reader.receipt()]
                    )
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pims.inquiry', '', true)")
        if close:
            _wake()


@contextmanager
def _stepped_down(inquired: Inquired) -> Iterator[None]:
    """Within the block the connection is an agency's: it can see and do what that role may.

    A process that answers agencies is that role already. Where the block fails, its transaction
    (or savepoint) is undone, and the role with it.
    """
    if connection.settings_dict.get("PIMS_ROLE") in _OUTSIDE:
        yield
        return
    numbers_alone = all(catalogue.TABLES[name].aggregate for name in inquired.terms.tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE pims_{'observatory' if numbers_alone else 'agency'}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def _wake() -> None:
    """Where we may: the sequencer looks for itself four times a second."""
    if connection.settings_dict.get("PIMS_ROLE") in _OUTSIDE:
        return
    # Here, because a process that answers agencies knows no table of the ledger.
    from pims.foundation.ledger.append import wake_sequencer

    wake_sequencer()


def as_object(value: object) -> Any:
    """Django's connection hands JSON over as text; psycopg's own as what it says."""
    return json.loads(value) if isinstance(value, str | bytes) else value


_MESSAGE = (
    "position, event_id, type, judged_as, person_id, number, other_number, occurred_at,"
    " recorded_at, origin, because, facts, records, takes_back_event, takes_back_type"
)


def _told(row: Any) -> Told:
    position, event_id, kind, *rest = row
    *own, facts, records, earlier, earlier_type = rest
    back = None if earlier is None else message_id(earlier, earlier_type)
    values: tuple[Any, ...] = (
        position, message_id(event_id, kind), kind, *own, as_object(facts), as_object(records),
        back, earlier_type or "",
    )  # fmt: skip
    return Told(*values)


def message_id(event_id: UUID, kind: str) -> UUID:
    """The id by which everybody knows a message, on the feed and pushed alike."""
    return uuid5(event_id, kind)
