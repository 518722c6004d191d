"""What a paper shows by itself before anybody saves it: its defects, and papers like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from pims.authority import rules
from pims.authority.models import WarrantName
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.people import selectors as people


class Named(Protocol):
    """One person on the paper, as it is about to be recorded."""

    @property
    def person_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def until(self) -> date | None: ...
    @property
    def next_appearance(self) -> date | None: ...
    @property
    def amount_cents(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class SamePaper:
    """A paper of the same body with the same reference.

    `person_ids` are those it names whom the viewer may see, `hidden` how many others it names.
    """

    warrant_id: int
    person_ids: tuple[int, ...]
    hidden: int


def read_off(
    *,
    kind: str,
    body_kind: str,
    dated: date | None,
    received_at: datetime,
    names: Sequence[Named],
    zone: ZoneInfo,
) -> set[str]:
    """The defects that the dates of a paper show, over all whom it names."""
    births = people.born_between([name.person_id for name in names])
    found: set[str] = set()
    for name in names:
        born = births.get(name.person_id)
        found.update(
            rules.defects_read_off(
                kind=warrant_kinds()[kind],
                body_kind=body_kind,
                dated=dated,
                until=name.until,
                next_appearance=name.next_appearance,
                amount_cents=name.amount_cents,
                received_on=received_at.astimezone(zone).date(),
                begins_on=name.starts_at.astimezone(zone).date(),
                born=None if born is None else born[0],
            )
        )
    return found


def papers_like(viewer: Actor, *, body_id: int, reference: str) -> list[SamePaper]:
    """Papers of that body with that reference, newest first; none where no reference is given."""
    reference = reference.strip()
    if not reference:
        return []
    rows = WarrantName.objects.filter(
        warrant__body_id=body_id, warrant__reference__iexact=reference
    ).order_by("-warrant_id", "pk")
    named: dict[int, list[int]] = {}
    for warrant_id, person_id in rows.values_list("warrant_id", "person_id"):
        named.setdefault(warrant_id, []).append(person_id)
    seen = visible_ids(viewer, "authority.view", {i for ids in named.values() for i in ids})
    return [
        SamePaper(warrant_id, tuple(i for i in ids if i in seen), sum(i not in seen for i in ids))
        for warrant_id, ids in named.items()
    ]
