"""The sweep of the minute and the officers at their desks, at the same moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection

from pims.assurance import services
from pims.assurance.models import Alarm
from pims.assurance.owners import Watch
from pims.assurance.rules import DueAlarm
from pims.custody import services as custody
from pims.custody.models import Escort
from pims.custody.services import ReturnRow
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Transaction
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase

HOUR = timedelta(hours=1)


def test_the_sweep_and_the_desk_that_records_a_van_never_wait_for_each_other_in_a_ring(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    prison = Prison.build(system_actor())
    low = prison.one("Low Number", at=clock.now() - 960 * HOUR)
    custody.end_episode(
        prison.command, episode_id=low.episode_id, kind="discharged",
        ended_at=clock.now() - 720 * HOUR,
    )  # fmt: skip
    high = prison.one("High Number", at=clock.now() - 30 * HOUR)
    again = man("Low Number", person_id=low.person_id)
    prison.receive(again, at=clock.now() - 29 * HOUR)  # the lower person, the later episode
    escorts = prison.out(low.person_id, high.person_id, left_at=clock.now() - 5 * HOUR)
    begun, real = Event(), services.raise_new

    def slowly(tx: Transaction, due: DueAlarm, *, watch: Watch | None) -> Alarm:
        made = real(tx, due, watch=watch)
        begun.set()
        time.sleep(0.3)
        return made

    def desk() -> object:
        begun.wait(10)
        rows = [ReturnRow(outcome="same_warrant", escort_id=escort) for escort in escorts]
        return custody.record_returns(
            prison.command, establishment_id=prison.establishment_id, rows=rows
        )

    def sweep() -> object:
        return services.sweep(prison.command, establishment_id=prison.establishment_id)

    def closing(work: Callable[[], object]) -> object:
        try:
            return work()
        finally:
            connection.close()

    monkeypatch.setattr(services, "raise_new", slowly)
    # A deadlock would be made good by a second try: here none may come about at all.
    monkeypatch.setattr("pims.foundation.commands.transaction.is_passing", lambda error: False)
    with ThreadPoolExecutor(2) as pool:
        assert all(list(pool.map(closing, [sweep, desk])))
    assert not Escort.objects.filter(returned_at=None).exists()
