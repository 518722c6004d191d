"""What a change has to say, kept until it is done and then written all at once.

Ledger entries, their outbox events and the persons' event numbers of one transaction go to the
database together, in the order in which they were recorded: a change with a dozen events costs
four statements and not fifty.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from pims.foundation.ledger.append import insert_entries
from pims.foundation.ledger.entries import NewEntry
from pims.foundation.outbox.append import append_events

# Statements stay of a size that the server plans quickly.
_AT_ONCE = 200


@dataclass(slots=True)
class Journal:
    """Entries and events of the open transaction, not yet written."""

    entries: list[NewEntry] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)

    def keep(self, entry: NewEntry, event: tuple[Any, ...]) -> None:
        self.entries.append(entry)
        self.events.append(event)

    def mark(self) -> int:
        """How much is kept: to be given to `forget_since` where a part of the change failed."""
        return len(self.entries)

    def forget_since(self, mark: int) -> None:
        del self.entries[mark:]
        del self.events[mark:]

    def write(self, numbers: dict[int, int]) -> None:
        """Write what is kept, and the number of each person's last event."""
        for start in range(0, len(self.entries), _AT_ONCE):
            insert_entries(self.entries[start : start + _AT_ONCE])
            append_events(self.events[start : start + _AT_ONCE])
        if self.entries and numbers:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE person_sequence AS s SET last_seq = n.seq"
                    " FROM unnest(%s::bigint[], %s::bigint[]) AS n (person_id, seq)"
                    " WHERE s.person_id = n.person_id AND s.last_seq <> n.seq",
                    [list(numbers), list(numbers.values())],
                )
        self.forget_since(0)
