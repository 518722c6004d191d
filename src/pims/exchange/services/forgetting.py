"""The words of messages that concern nobody on record are not kept for ever."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest

from pims.exchange import events_inbound as events
from pims.exchange.inbound.rows import step
from pims.exchange.models import Inbound, InboundName
from pims.exchange.rules import inbound as rules
from pims.exchange.services.common import MANAGE
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.database.migrate import acting_as
from pims.foundation.vault.erasure.destroy import without_history_triggers

AT_ONCE = 200
EMPTIED = "emptied"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long, why so, and whether the service has taken that as its own."""

    days: int
    reason: dict[str, str]
    confirmed: bool


@cache
def keeping() -> Keeping:
    """As `retention.toml` has it. Raises KeyError or ValueError for a file that is not right."""
    text = (files("pims.exchange") / "retention.toml").read_text("utf-8")
    row = tomllib.loads(text)["unknown"]
    if not isinstance(row["days"], int) or row["days"] < 1:
        raise ValueError("days: not a number of days")
    return Keeping(row["days"], {"en": row["en"], "es": row["es"]}, bool(row["confirmed"]))


def empty_left_over() -> int:
    """Empty every message whose time is over; how many. Never in a transaction: it is the eraser's
    work, as every removal of what was recorded is."""
    if connection.in_atomic_block:
        raise RuntimeError("messages are emptied in transactions of their own")
    count = 0
    with acting_as("eraser"):
        while emptied := empty_unknown(Command(system_actor())):
            count += emptied
    return count


@service
def empty_unknown(tx: Transaction) -> int:
    """Take the words out of messages that came to their end so long ago and concern nobody on
    record, with those of their history; how many, at most `AT_ONCE`. To be run as the eraser.

    What waits for an officer stays whole, however old. Raises NotPermitted.
    """
    tx.require(MANAGE)
    rows = list(_due(before=tx.now - timedelta(days=keeping().days))[:AT_ONCE])
    ids = [row.pk for row in rows]
    with without_history_triggers(), connection.cursor() as cursor:
        for table in ("exchange_inbound", "exchange_inbound_history"):
            cursor.execute(
                f"UPDATE {table} SET body = '', signature = '', reason = '', proposal = '{{}}'"
                " WHERE id = ANY(%s)",
                [ids],
            )
    for row in rows:
        step(row, EMPTIED, at=tx.now, user_id=None)
        tx.record(events.MessageEmptied(agency_id=row.agency_id, inbound_id=str(row.pk)))
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
