"""What ended a warrant is kept with it, and nothing else opens it again."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from pims.authority import selectors, services
from pims.authority.models import Body, WarrantName
from pims.custody import services as custody
from pims.custody.tests.prison import LAYOUT, Prison, man
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry
from pims.kernel import clock
from pims.kernel.errors import NotPermitted

DAY = timedelta(days=1)


def order_for(prison: Prison, person_id: int, name: int, at) -> int:
    return services.record_release_order(
        prison.command, establishment_id=prison.establishment_id, person_id=person_id,
        kind="discharge", body_id=prison.court, received_at=at, reference="9/26",
        warrant_name_ids=[name],
    ).release_order_id  # fmt: skip


def freed_twice(prison: Prison):
    """Freed at court 40 days ago, received again 20 days ago, let go on an order 10 days ago."""
    now = clock.now()
    held = prison.one(at=now - 60 * DAY)
    first = prison.remand(held.person_id, at=now - 60 * DAY)
    end = custody.record_court_discharge(
        prison.command, episode_id=held.episode_id, happened_at=now - 50 * DAY,
        order_seen="MC 7/26",
    )  # fmt: skip
    again = prison.receive(man(person_id=held.person_id), at=now - 20 * DAY)[0]
    second = prison.remand(held.person_id, at=now - 20 * DAY)
    order = order_for(prison, held.person_id, second, now - 11 * DAY)
    services.act_on_release_order(prison.command, release_order_id=order, at=now - 10 * DAY)
    custody.end_episode(
        prison.command, episode_id=again.episode_id, kind="discharged", ended_at=now - 10 * DAY
    )
    return held, end, first, second, order


def test_correcting_an_earlier_discharge_at_court_leaves_the_authority_of_a_later_custody(
    prison: Prison,
) -> None:
    held, end, first, second, _order = freed_twice(prison)
    before = WarrantName.objects.get(pk=second)
    right = end.ended_at - DAY
    custody.move_end(
        prison.command, end_id=end.end_id, version=1, happened_at=right, reason="Day mistyped"
    )
    after = WarrantName.objects.get(pk=second)
    assert (after.ends_at, after.version) == (before.ends_at, before.version)
    assert WarrantName.objects.get(pk=first).ends_at == right
    (paper,) = selectors.detaining_warrants(
        held.person_id, zone=LAYOUT.time_zone, at=clock.now() - 15 * DAY
    )
    assert paper.warrant_name_id == second


def test_a_body_that_is_renamed_hides_nothing_of_what_its_orders_ended(prison: Prison) -> None:
    held, _end, _first, second, order = freed_twice(prison)
    at = WarrantName.objects.get(pk=second).ends_at
    assert at is not None
    Body.objects.filter(pk=prison.court).update(name="Magistrate's Court, Belize City")
    given = {"release_order_ids": [order], "acted_at": at}
    assert selectors.warrants_ended_by([order], [held.person_id], acted_at=at) == {second}
    opened = services.let_orders_stand_again(
        prison.command, person_id=held.person_id, reason="Another man left", **given
    )
    assert opened == (second,)
    name = WarrantName.objects.get(pk=second)
    assert (name.ends_at, name.ended_by_order) == (None, None)
    assert selectors.warrants_ended_by([order], [held.person_id], acted_at=at) == set()


def test_of_warrants_that_ended_before_orders_were_kept_the_order_is_found_by_its_text(
    prison: Prison,
) -> None:
    _held, _end, first, second, order = freed_twice(prison)
    WarrantName.objects.update(ended_by_order=None)
    migration = import_module("pims.authority.migrations.0006_orders_found_by_their_text")
    with connection.cursor() as cursor:
        cursor.execute(migration.FIND_ORDERS)
    assert WarrantName.objects.get(pk=second).ended_by_order_id == order
    assert WarrantName.objects.get(pk=first).ended_by_order_id is None


def test_a_paper_that_stands_open_again_by_a_correction_says_what_its_end_had_been(
    prison: Prison,
) -> None:
    now = clock.now()
    held = prison.one(at=now - 90 * DAY)
    until = (now - 2 * DAY).date()
    prison.remand(held.person_id, at=now - 90 * DAY, kind="committal_sentence", until=until)
    custody.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    name = WarrantName.objects.get()
    assert name.ends_at is not None
    services.amend_warrant_name(
        prison.command, warrant_name_id=name.pk, version=name.version, reason="A year was lost",
        name_as_written="As Written", charges="", starts_at=name.starts_at,
        until=until + 365 * DAY, next_appearance=None,
    )  # fmt: skip
    entry = LedgerEntry.objects.filter(kind="authority.warrant_amended").latest("serial")
    said = json.loads(LedgerDetail.objects.get(entry_id=entry.pk).details)
    assert set(said["before"]) >= {"until", "ends_at", "end_kind", "end_basis"}
    assert said["before"]["end_kind"] == "expired"
    assert said["after"]["ends_at"] is None


@pytest.mark.parametrize(
    "change",
    [
        lambda cmd, person, now: services.reopen_warrants_by_fact(
            cmd, person_id=person, end_kind="released", at=now, basis="x"
        ),
        lambda cmd, person, now: services.end_papers_that_ran_out(
            cmd, person_id=person, at=now, zone="UTC"
        ),
        lambda cmd, person, now: services.reopen_papers_that_ran_out(cmd, person_id=person, at=now),
    ],
)
def test_papers_are_ended_and_opened_by_a_fact_or_by_who_may_record_them(
    prison: Prison, make_actor, change
) -> None:
    held = prison.one()
    gate = make_actor("custody.escort")
    with pytest.raises(NotPermitted):
        change(Command(gate), held.person_id, clock.now())
