"""Two officers at one paper at the same moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection

from pims.authority import services
from pims.authority.models import Warrant, WarrantName
from pims.authority.services import WarrantNameInput, warrant_changes
from pims.custody.tests.prison import Prison
from pims.foundation.access.selectors import system_actor
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase

DAY = timedelta(days=1)


def both(*works: Callable[[], object]) -> None:
    def closing(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(closing, works))


def paper_for(prison: Prison, *names: str, defects: tuple[str, ...] = ()) -> list[WarrantName]:
    at = clock.now() - timedelta(hours=3)
    made = services.record_warrant(
        prison.command, establishment_id=prison.establishment_id, kind="remand",
        body_id=prison.court, reference="1/26", dated=at.date(), received_at=at, defects=defects,
        names=[
            WarrantNameInput(
                person_id=prison.one(name, at=at).person_id, name_as_written=name, starts_at=at,
                next_appearance=(at + 9 * DAY).date(),
            )
            for name in names
        ],
    )  # fmt: skip
    return [WarrantName.objects.get(pk=pk) for pk in made.warrant_name_ids]


def correct_to(prison: Prison, name: WarrantName, **new: object) -> None:
    given = {
        "name_as_written": name.name_as_written, "charges": "", "starts_at": name.starts_at,
        "until": None, "next_appearance": name.next_appearance,
    } | new  # fmt: skip
    services.amend_warrant_name(
        prison.command, warrant_name_id=name.pk, version=name.version, reason="Keyed wrongly",
        **given,
    )  # fmt: skip


@pytest.fixture
def slow_reading(fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> Event:
    """Whoever corrects a paper stops for a moment before it is read again."""
    begun, real = Event(), warrant_changes.read_again

    def slowly(name: WarrantName) -> None:
        begun.set()
        time.sleep(0.4)
        real(name)

    monkeypatch.setattr(warrant_changes, "read_again", slowly)
    # A deadlock would be made good by a second try: here none may come about at all.
    monkeypatch.setattr("pims.foundation.commands.transaction.is_passing", lambda error: False)
    return begun


def test_a_paper_is_corrected_by_one_officer_while_another_decides_on_it(
    slow_reading: Event,
) -> None:
    prison = Prison.build(system_actor())
    (name,) = paper_for(prison, "Juan Perez", defects=("no_seal",))

    def decide() -> None:
        slow_reading.wait(10)
        services.decide_defective(
            prison.command, warrant_id=name.warrant_id, decision="acted_on", reason="It is theirs"
        )

    both(
        lambda: correct_to(prison, name, charges="Theft", until=(clock.now() + DAY).date()), decide
    )
    name.refresh_from_db()
    assert name.charges == "Theft"
    assert Warrant.objects.get().state == "acted_on"


def test_what_two_officers_correct_on_one_paper_of_two_men_is_all_read_off_it(
    slow_reading: Event,
) -> None:
    prison = Prison.build(system_actor())
    one, other = paper_for(prison, "Juan Perez", "Pedro Chan")
    passed = (clock.now() - 9 * DAY).date()
    far = clock.now() + 20 * DAY
    both(
        lambda: correct_to(prison, one, next_appearance=passed),
        lambda: correct_to(prison, other, until=far.date(), next_appearance=(far + DAY).date()),
    )
    paper = Warrant.objects.get()
    assert {"date_passed", "appearance_after_end"} <= set(paper.defects)
    assert paper.state == "as_received"
