"""Whoever changes what others rely on is on the record: numbers, queries and their answers."""

from datetime import timedelta

import pytest

from pims.authority import selectors, services
from pims.authority.models import ClerkQuery
from pims.custody import services as custody
from pims.custody.tests.prison import Prison, told
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted


def test_whoever_changes_the_number_that_verification_calls_go_to_is_on_the_record(
    prison: Prison,
) -> None:
    def entries() -> int:
        return LedgerEntry.objects.filter(kind="authority.registry_phone_set").count()

    services.set_registry_phone(prison.command, body_id=prison.court, telephone="227-0000")
    services.set_registry_phone(prison.command, body_id=prison.court, telephone="227-0000")
    assert entries() == 1, "the same number again is no change"
    services.set_registry_phone(prison.command, body_id=prison.court, telephone="501-6666")
    assert entries() == 2
    with pytest.raises(InvalidInput):
        services.set_registry_phone(prison.command, body_id=prison.court, telephone="5" * 41)


def test_a_query_to_the_clerk_is_open_until_its_answer_is_recorded(prison: Prison) -> None:
    at = clock.now()
    held = prison.one(at=at)
    services.record_warrant(
        prison.command, establishment_id=prison.establishment_id, kind="remand",
        body_id=prison.court, reference="1/26", dated=at.date(), received_at=at,
        defects=["no_seal"],
        names=[
            services.WarrantNameInput(
                person_id=held.person_id, name_as_written="Juan", starts_at=at,
                next_appearance=at.date(),
            )
        ],
    )  # fmt: skip
    query = ClerkQuery.objects.get()
    services.send_clerk_query(prison.command, query_id=query.pk, text="Where is the seal?")
    assert selectors.open_queries(prison.actor, prison.establishment_id)
    with pytest.raises(InvalidInput):
        services.record_clerk_answer(prison.command, query_id=query.pk, answer=" ")
    services.record_clerk_answer(prison.command, query_id=query.pk, answer="Sent by hand today")
    assert selectors.open_queries(prison.actor, prison.establishment_id) == []
    (found,) = selectors.queries_of(query.warrant_id)
    assert found.answer == "Sent by hand today"
    kinds = told(held.person_id)
    assert {"authority.clerk_query_sent", "authority.clerk_query_answered"} <= set(kinds)


def test_the_prison_that_holds_the_person_now_sends_the_query_about_his_paper(
    prison: Prison, other_prison: Prison, make_actor
) -> None:
    at = clock.now() - timedelta(hours=3)
    held = prison.one(at=at)
    services.record_warrant(
        prison.command, establishment_id=prison.establishment_id, kind="remand",
        body_id=prison.court, reference="1/26", dated=at.date(), received_at=at,
        defects=["no_seal"],
        names=[
            services.WarrantNameInput(
                person_id=held.person_id, name_as_written="Juan", starts_at=at,
                next_appearance=clock.today("America/Belize"),
            )
        ],
    )  # fmt: skip
    query = ClerkQuery.objects.get()
    there = Command(make_actor("authority.record", establishment_id=other_prison.establishment_id))
    with pytest.raises(NotPermitted):
        services.send_clerk_query(there, query_id=query.pk, text="Where is the seal?")
    custody.record_transfer(
        prison.command, episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )  # fmt: skip
    there = Command(there.actor)
    services.send_clerk_query(there, query_id=query.pk, text="Where is the seal?")
    services.record_clerk_answer(
        Command(there.actor), query_id=query.pk, answer="Sent by hand today"
    )
    query.refresh_from_db()
    assert query.answer == "Sent by hand today"
