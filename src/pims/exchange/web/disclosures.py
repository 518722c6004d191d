"""What agencies were told about a prisoner, in words: for the page of who looked at the file."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pims.exchange import selectors
from pims.exchange.web import words
from pims.foundation.access.actor import Actor


@dataclass(frozen=True, slots=True)
class ToldLine:
    """`told` are the tables with the fields that were given, in words."""

    at: datetime
    agency: str
    purpose: str
    end_user: str
    told: tuple[tuple[str, tuple[str, ...]], ...]
    inquiry_id: UUID


def told_outside(viewer: Actor, person_id: int, language: str) -> list[ToldLine]:
    """Newest first. Raises NotFound, NotPermitted."""
    return [
        ToldLine(
            at=line.disclosed_at,
            agency=line.agency_in(language),
            purpose=words.purpose_name(line.purpose, language),
            end_user=line.end_user,
            told=tuple(
                (
                    words.table_name(table, language),
                    tuple(words.field_name(table, name, language) for name in names),
                )
                for table, names in line.by_table.items()
            ),
            inquiry_id=line.inquiry_id,
        )
        for line in selectors.disclosures(viewer, person_id)
    ]
