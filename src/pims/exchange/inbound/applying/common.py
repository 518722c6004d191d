"""What an officer chooses beside what the message says, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import BodyInfo
from pims.exchange.models import Inbound
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction
from pims.kernel.decisions import refuse
from pims.kernel.errors import NotFound
from pims.kernel.reasons import Reason


@dataclass(frozen=True, slots=True)
class Choices:
    """What the message leaves open. `warrant_name_ids` are the papers that an order ends, or whose
    place it takes (None: those that its references name); `keyed_*` is this very paper, recorded
    at the gate already; `without` are lines of a list, from 0, that are left out; `new_person`: it
    is nobody of ours yet, and a record is made."""

    warrant_name_ids: tuple[int, ...] | None = None
    ends_all: bool | None = None
    keyed_warrant_name_id: int | None = None
    keyed_release_order_id: int | None = None
    without: tuple[int, ...] = ()
    new_person: bool = False

    @property
    def said(self) -> dict[str, object]:
        """As it is kept beside what was done."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in found.items()
            if value not in (None, (), False)
        }


@dataclass(frozen=True, slots=True)
class Done:
    """`made` are ids of what was recorded; `told` is what the sender may know of it; `codes` are
    for its life."""

    made: Mapping[str, Sequence[int]] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


def person_of(row: Inbound) -> int:
    """Raises Refused where nobody knows whom it is about."""
    if row.person_id is None:
        refuse(Reason("exchange.message_unmatched")).require()
        raise AssertionError
    return int(row.person_id)


def place_of(row: Inbound) -> int:
    assert row.establishment_id is not None
    return int(row.establishment_id)


def body_named(code: str) -> BodyInfo:
    """Raises NotFound."""
    found = next((body for body in authority.bodies() if body.code == code), None)
    if found is None:
        raise NotFound("body", code)
    return found


def zone_of(row: Inbound) -> str:
    return facilities.time_zone(place_of(row))


def today(tx: Transaction, row: Inbound) -> date:
    return tx.now.astimezone(ZoneInfo(zone_of(row))).date()


def earlier_of(row: Inbound) -> Inbound | None:
    """The message that this one corrects, where it was applied."""
    if not row.corrects:
        return None
    return Inbound.objects.filter(
        agency_id=row.agency_id, message_id=row.corrects, state=Inbound.State.APPLIED
    ).first()


def made_by(row: Inbound | None, what: str) -> list[int]:
    if row is None:
        return []
    found = row.result.get("made", {}).get(what, [])
    return [int(one) for one in found]
