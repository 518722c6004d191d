"""A small prison for tests: four units, two courts, and short words for what happens in it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.services import WarrantNameInput
from pims.custody import services
from pims.custody.services import (
    BodyReceiptInput,
    EscortInput,
    ReceiptRecorded,
    ReturnRow,
)
from pims.facilities import selectors as facilities
from pims.facilities.layout import Layout
from pims.facilities.services import load_layout
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock

ZONE = ZoneInfo("America/Belize")
LAYOUT = Layout.model_validate(
    {
        "code": "TST",
        "name": "Test Prison",
        "time_zone": "America/Belize",
        "unit": [
            {
                "code": "REC", "name": "Reception", "kind": "reception", "certified": 0,
                "cells": [{"prefix": "H", "count": 1, "places": 6, "place_kind": "holding"}],
            },
            {
                "code": "REM", "name": "Remand", "for_sex": "male", "for_age": "adult",
                "for_status": "unsentenced",
                "cells": [{"prefix": "A-", "count": 3, "places": 2}],
            },
            {
                "code": "GPA", "name": "General Population", "for_sex": "male",
                "for_age": "adult", "for_status": "convicted",
                "cells": [{"prefix": "B-", "count": 3, "places": 2}],
            },
            {
                "code": "WOM", "name": "Women", "for_sex": "female",
                "cells": [{"prefix": "W-", "count": 2, "places": 2}],
            },
            {
                "code": "WAG", "name": "Youth", "for_sex": "male", "for_age": "juvenile",
                "cells": [{"prefix": "Y-", "count": 2, "places": 2}],
            },
        ],
    }
)  # fmt: skip
OTHER = LAYOUT.model_copy(update={"code": "OTH", "name": "Other Prison"})


@dataclass
class Prison:
    """Every service is called with a command of `actor` unless one is given."""

    actor: Actor
    establishment_id: int = 0
    units: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)

    @classmethod
    def build(cls, actor: Actor, layout: Layout = LAYOUT) -> "Prison":
        made = load_layout(Command(actor), layout=layout)
        authority_services.load_bodies(Command(actor))
        found = facilities.places(actor, made.establishment_id, at=clock.now())
        return cls(
            actor=actor,
            establishment_id=made.establishment_id,
            units={u.code: u.unit_id for u in facilities.units(actor, made.establishment_id)},
            places={f"{p.unit.code} {p.cell_code}/{p.code}": p.place_id for p in found},
            bodies={b.code: b.body_id for b in authority.bodies()},
        )

    @property
    def command(self) -> Command:
        return Command(self.actor)

    @property
    def court(self) -> int:
        return self.bodies["MC-BZ"]

    def receive(
        self, *lines: BodyReceiptInput, at: datetime | None = None, actor: Actor | None = None
    ) -> list[ReceiptRecorded]:
        result = services.record_body_receipts(
            Command(actor or self.actor),
            establishment_id=self.establishment_id,
            receipts=lines or (man("Juan Perez"),),
            received_at=at,
            handed_over_by="PC 114 Castillo",
        )
        return list(result.receipts)

    def one(self, name: str = "Juan Perez", at: datetime | None = None) -> ReceiptRecorded:
        return self.receive(man(name), at=at)[0]

    def remand(
        self,
        person_id: int,
        *,
        at: datetime | None = None,
        next_appearance: date | None = None,
        kind: str = "remand",
        until: date | None = None,
    ) -> int:
        """A warrant for one person; gives the id of the name on it."""
        at = at or clock.now() - timedelta(minutes=1)
        result = authority_services.record_warrant(
            self.command,
            establishment_id=self.establishment_id,
            kind=kind,
            body_id=self.court,
            reference="12/2026",
            dated=at.astimezone(ZONE).date(),
            received_at=at,
            names=[
                WarrantNameInput(
                    person_id=person_id,
                    name_as_written="As Written",
                    starts_at=at,
                    next_appearance=next_appearance
                    or at.astimezone(ZONE).date() + timedelta(days=14),
                    until=until,
                )
            ],
        )
        return result.warrant_name_ids[0]

    def place(self, episode_id: int, place: str, **more: object) -> services.PlacementResult:
        return services.place_person(
            self.command, episode_id=episode_id, place_id=self.places[place], **more
        )

    def put(self, episode_id: int, place: str, **more: object) -> services.PlacementResult:
        return services.record_placement(
            self.command, episode_id=episode_id, place_id=self.places[place], **more
        )

    def out(self, *person_ids: int, kind: str = "court", **more: object) -> list[int]:
        more.setdefault("destination", "Belize City")
        result = services.send_out(
            self.command,
            establishment_id=self.establishment_id,
            prisoners=[EscortInput(person_id=i) for i in person_ids],
            kind=kind,
            **more,
        )
        return [e.escort_id for e in result.escorts]

    def back(self, **row: object) -> services.Returned:
        return services.record_return(self.command, row=ReturnRow(**row))

    def held(self, name: str = "Juan Perez", *, hours: int = 24) -> ReceiptRecorded:
        """Someone received so many hours ago, on a remand warrant."""
        at = clock.now() - timedelta(hours=hours)
        receipt = self.one(name, at=at)
        self.remand(receipt.person_id, at=at)
        return receipt


def man(name: str = "", **more: object) -> BodyReceiptInput:
    """A grown man as he is entered at the gate."""
    values: dict[str, object] = {"sex": "male", "birth_date": date(1990, 5, 4), **more}
    values.setdefault("birth_precision", "day")
    return BodyReceiptInput(name_as_given=name, **values)


def told(person_id: int | None = None) -> list[str]:
    """The kinds of event in the order in which they were recorded."""
    rows = OutboxEvent.objects.order_by("serial")
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    return list(rows.values_list("kind", flat=True))
