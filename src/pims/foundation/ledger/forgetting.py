"""Taking away the details of entries about nobody when their time is over (see `forgotten`)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from pims.foundation.ledger.append import append_entry
from pims.foundation.ledger.entries import FORGETTABLE, instant
from pims.foundation.ledger.events import DetailsForgotten


def forget_details(*, kind: str, entry_ids: Collection[UUID], before: datetime) -> DetailsForgotten:
    """Of those of the entries that are of this kind, about nobody and older than `before`. Gives
    what the caller is to record in the same transaction. As the database role `eraser`.

    Raises ValueError for a kind whose details are never forgotten.
    """
    if kind not in FORGETTABLE:
        raise ValueError(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_detail detail USING ledger_entry entry"
            " WHERE entry.id = detail.entry_id AND detail.entry_id = ANY(%s)"
            " AND entry.kind = %s AND entry.person_ids = '{}' AND entry.recorded_at < %s",
            [list(entry_ids), kind, before],
        )
        return DetailsForgotten(entry_kind=kind, before=instant(before), count=cursor.rowcount)


def forget_named(*, kind: str, entry_ids: Sequence[UUID], actor_id: int, at: datetime) -> None:
    """Of these entries about nobody, whose details name somebody who is erased by order, whatever
    their age. One entry names them all, in the same transaction. As the database role `eraser`.

    Raises ValueError for a kind whose details are never forgotten.
    """
    if kind not in FORGETTABLE:
        raise ValueError(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_detail detail USING ledger_entry entry"
            " WHERE entry.id = detail.entry_id AND detail.entry_id = ANY(%s)"
            " AND entry.kind = %s AND entry.person_ids = '{}'",
            [list(entry_ids), kind],
        )
    append_entry(
        kind=DetailsForgotten.kind, actor_id=actor_id, command_id=None, person_ids=(),
        establishment_id=None, details=None, at=at,
        body={"entry_kind": kind, "entries": sorted(str(one) for one in entry_ids)},
    )  # fmt: skip
