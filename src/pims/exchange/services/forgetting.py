"""Words that concern nobody on record are not kept for ever: those of messages that agencies sent,
and those of their questions of which nobody was given."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest

from pims.exchange import events_inbound as events
from pims.exchange.inbound.rows import step
from pims.exchange.models import Asked, Inbound, InboundName
from pims.exchange.rules import inbound as rules
from pims.exchange.services.common import MANAGE
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.database.migrate import acting_as
from pims.foundation.ledger.forgetting import forget_details
from pims.foundation.vault.erasure.destroy import without_history_triggers

AT_ONCE = 200
QUESTIONS_AT_ONCE = 5000
EMPTIED = "emptied"
UNKNOWN, ASKED = "unknown", "asked"
# How the ledger calls a question of which nobody was given (`sql/20_inquiry.sql`).
INQUIRED = "exchange.inquired"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long, why so, and whether the service has taken that as its own."""

    days: int
    reason: dict[str, str]
    confirmed: bool


@cache
def keeping(of: str = UNKNOWN) -> Keeping:
    """As `retention.toml` has it. Raises KeyError or ValueError for a file that is not right."""
    text = (files("pims.exchange") / "retention.toml").read_text("utf-8")
    row = tomllib.loads(text)[of]
    if not isinstance(row["days"], int) or row["days"] < 1:
        raise ValueError("days: not a number of days")
    return Keeping(row["days"], {"en": row["en"], "es": row["es"]}, bool(row["confirmed"]))


def empty_left_over() -> int:
    """Empty every message, and forget every question, whose time is over; how many. Never in a
    transaction: it is the eraser's work, as every removal of what was recorded is."""
    if connection.in_atomic_block:
        raise RuntimeError("words are taken away in transactions of their own")
    count = 0
    with acting_as("eraser"):
        for part in (empty_unknown, forget_questions):
            while done := part(Command(system_actor())):
                count += done
    return count


@service
def empty_unknown(tx: Transaction) -> int:
    """Take the words out of messages that came to their end so long ago and concern nobody on
    record, with those of their history; how many, at most `AT_ONCE`. To be run as the eraser.

    What waits for an officer stays whole, however old. Raises NotPermitted.
    """
    tx.require(MANAGE)
    rows = list(_due(before=tx.now - timedelta(days=keeping().days))[:AT_ONCE])
    empty_messages([row.pk for row in rows])
    for row in rows:
        step(row, EMPTIED, at=tx.now, user_id=None)
        tx.record(events.MessageEmptied(agency_id=row.agency_id, inbound_id=str(row.pk)))
    return len(rows)


def empty_messages(ids: Collection[UUID]) -> None:
    """Take the words out of these, and out of their history. As the eraser, in a transaction."""
    with without_history_triggers(), connection.cursor() as cursor:
        for table in ("exchange_inbound", "exchange_inbound_history"):
            cursor.execute(
                f"UPDATE {table} SET body = '', signature = '', reason = '', proposal = '{{}}'"
                " WHERE id = ANY(%s)",
                [list(ids)],
            )


@service
def forget_questions(tx: Transaction) -> int:
    """Forget what was asked, so long ago, in questions of which nobody was given, or several; how
    many, at most `QUESTIONS_AT_ONCE`. To be run as the eraser.

    Here, and of those that found nobody beside the ledger too, where an entry of this says so.
    Raises NotPermitted.
    """
    tx.require(MANAGE)
    before = tx.now - timedelta(days=keeping(ASKED).days)
    # Closed within a minute of its opening, or never: its entry is older than this too.
    old = Asked.objects.filter(person_id=None, inquiry__opened_at__lt=before - timedelta(minutes=2))
    rows = list(
        old.select_for_update(of=("self",), skip_locked=True).values_list(
            "pk", "inquiry__entry_id"
        )[:QUESTIONS_AT_ONCE]
    )
    if not rows:
        return 0
    entries = [entry for _, entry in rows if entry is not None]
    forgotten = forget_details(kind=INQUIRED, entry_ids=entries, before=before)
    Asked.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    tx.record(forgotten)
    return len(rows)


def _due(*, before: datetime) -> QuerySet[Inbound]:
    named = InboundName.objects.filter(inbound=OuterRef("pk"))
    ended = Greatest("received_at", Coalesce("decided_at", "received_at"))
    return (
        Inbound.objects.annotate(ended=ended)
        .filter(~Exists(named), person_id=None, ended__lt=before)
        .exclude(state__in=(rules.RECEIVED, *rules.OPEN))
        .exclude(body="", signature="")
        .order_by("received_at")
        .select_for_update(of=("self",), skip_locked=True)
    )
