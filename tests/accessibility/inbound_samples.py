"""Messages of other agencies for the walk through every page: one of each state."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pims.exchange import services
from pims.exchange.models import Inbound
from pims.exchange.tests.sending import Sender
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import selectors as people
from tests.fixtures.small_prison import SmallPrison


def inbound_samples(prison: SmallPrison) -> tuple[object, ...]:
    """Ids of messages: to be decided on, about nobody yet, a court list, turned back, done."""
    court = Sender("registry", "court", bodies=(prison.body("MC-BZ"),))
    ids = [one.person_id for one in prison.held.values()]
    heads = people.person_headers(prison.officers.system, ids)
    numbers = [heads[i].number for i in ids]
    named = heads[ids[2]]
    today = clock.now().astimezone(ZoneInfo("America/Belize")).date()
    frees = {"issued_by": "MC-BZ", "order": "discharge", "reference": "R 7/26"}
    waiting = court.send(
        "release_order",
        {
            **frees, "frees_from": ["9/1999"],
            "subject": {
                "number": numbers[0], "family_name": "Nakamura", "given_names": "Sophie",
                "nationality": "JP",
            },
        },
        sent_at=clock.now() - timedelta(hours=1),
    )  # fmt: skip
    unmatched = court.send(
        "release_order",
        {
            **frees,
            "subject": {"family_name": named.family, "given_names": named.given},
        },
    )
    holds = court.send(
        "remand_order",
        {
            "issued_by": "MC-BZ", "order": "remand", "subject": {"number": numbers[0]},
            "case_number": "45 of 2026", "charges": [{"words": "Theft of a bicycle"}],
            "next_date": (today + timedelta(days=7)).isoformat(),
        },
    )  # fmt: skip
    listed = court.send(
        "hearing_list",
        {
            "issued_by": "MC-BZ", "on": (today + timedelta(days=3)).isoformat(),
            "entries": [
                {"subject": {"number": numbers[1]}, "at_time": "09:30:00", "purpose": "Trial"},
                {"subject": {"family_name": "Nakamura", "given_names": "Sophie"}},
            ],
        },
    )  # fmt: skip
    refused = court.send("release_order", {"issued_by": "HC", "order": "remand"})
    done = court.send(
        "hearing_list",
        {
            "issued_by": "MC-BZ", "on": (today + timedelta(days=9)).isoformat(),
            "entries": [{"subject": {"number": numbers[1]}}],
        },
    )  # fmt: skip
    services.apply_inbound(
        Command(prison.officers.system), inbound_id=done.pk, version=done.version
    )
    rows: tuple[Inbound, ...] = (waiting, unmatched, holds, listed, refused, done)
    return tuple(row.pk for row in rows)
