"""The roll at T as known at K, and counts that are never anything but its sums."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pims.custody import selectors, services
from pims.custody.selectors import Counts, RollFilters
from pims.custody.services import ReceiptRecorded
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.selectors import system_actor
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotPermitted

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNITS = {"REM A-1/1": "Remand", "REM A-2/1": "Remand", "GPA B-1/1": "General Population"}


@dataclass
class Life:
    """An independent account of one person: steps of (instant, state), by hand.

    A unit of "" is at large, of None not on the books.
    """

    name: str
    receipt: ReceiptRecorded
    where: list[tuple[datetime, str | None]] = field(default_factory=list)
    out: list[tuple[datetime, bool]] = field(default_factory=list)

    def at(self, instant: datetime) -> tuple[str | None, bool]:
        """(unit, inside)."""
        begun = [w for w in self.where if w[0] <= instant]
        outs = [o for o in self.out if o[0] <= instant]
        return (begun[-1][1] if begun else None), not (outs and outs[-1][1])

    def moved(self, instant: datetime, unit: str | None) -> None:
        self.where.append((instant, unit))
        self.where.sort(key=lambda step: step[0])


def adds_up(counted: Counts) -> bool:
    sums = [
        sum(unit.on_books for unit in counted.by_unit),
        sum(counted.by_status.values()),
        sum(counted.by_sex.values()),
        sum(counted.by_age.values()),
        counted.in_prison + counted.out_with,
    ]
    return set(sums) == {counted.on_books} and len(counted.out) == counted.out_with


def possible(life: Life, now: datetime) -> list[str]:
    """What can happen to the person next; the commoner things are there more than once."""
    unit, inside = life.at(now)
    if unit is None:
        return ["receive"]
    if unit == "":
        return ["recapture", "recapture", "late move"]
    if inside:
        return ["move", "move", "late move", "late move", "out", "out", "escape", "escape", "end"]
    return ["back", "back", "late move", "escape", "end"]


def happen(prison: Prison, life: Life, what: str, place: str, now: datetime, late: int) -> None:
    episode_id = life.receipt.episode_id
    if what == "receive":
        line = man(life.name, person_id=life.receipt.person_id)
        life.receipt = prison.receive(line, at=now)[0]
        life.moved(now, "Reception")
    elif what in ("move", "late move"):
        when = now if what == "move" else now - timedelta(minutes=late)
        begun = max(start for start, unit in life.where if unit == "Reception" and start <= now)
        if when > begun and life.at(when)[0]:
            prison.put(episode_id, place, happened_at=when)
            life.moved(when, UNITS[place])
    elif what == "out":
        prison.out(life.receipt.person_id, left_at=now)
        life.out.append((now, True))
    elif what == "back":
        prison.back(episode_id=episode_id, outcome="same_warrant", happened_at=now)
        life.out.append((now, False))
    elif what == "escape":
        services.record_escape(prison.command, episode_id=episode_id, happened_at=now)
        life.moved(now, "")
        life.out.append((now, True))
    elif what == "recapture":
        services.record_recapture(prison.command, episode_id=episode_id, happened_at=now)
        life.moved(now, "Reception")
        life.out.append((now, False))
    else:
        services.end_episode(prison.command, episode_id=episode_id, kind="discharged", ended_at=now)
        life.moved(now, None)
        life.out.append((now, False))


happenings = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 1000),
        st.sampled_from(sorted(UNITS)),
        st.integers(1, 400),
    ),
    min_size=10,
    max_size=18,
)


@pytest.mark.any_server
@given(happenings)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_after_any_history_the_counts_at_any_hour_agree_with_an_independent_recount(
    prison: Prison, history: list[tuple[int, int, str, int]]
) -> None:
    with transaction.atomic():
        lives = []
        for n, name in enumerate(("Juan Perez", "Pedro Ack")):
            at = START + timedelta(minutes=n)
            with clock.at(at):
                lives.append(Life(name, prison.receive(man(name), at=at)[0], [(at, "Reception")]))
        for n, (who, choice, place, late) in enumerate(history, start=1):
            # An odd number of seconds keeps late hours from falling on other starts.
            now = START + timedelta(hours=n, seconds=7 * n + 1)
            doing = possible(lives[who], now)
            with clock.at(now):
                happen(prison, lives[who], doing[choice % len(doing)], place, now, late)
        with clock.at(START + timedelta(days=2)):
            for half_hours in range(1, 2 * len(history) + 3, 2):
                instant = START + timedelta(minutes=30 * half_hours, seconds=3)
                counted = selectors.counts(prison.actor, prison.establishment_id, AsOf(instant))
                expected = [
                    (unit, inside)
                    for unit, inside in (life.at(instant) for life in lives)
                    if unit is not None
                ]
                assert adds_up(counted)
                assert counted.on_books == len(expected)
                assert counted.in_prison == sum(inside for _, inside in expected)
                assert {u.name: u.on_books for u in counted.by_unit if u.on_books} == Counter(
                    unit for unit, _ in expected
                )
        transaction.set_rollback(True)


def test_the_roll_as_it_was_and_as_it_was_known(fresh_database: object) -> None:
    prison = Prison.build(system_actor())
    now = clock.now()
    held = prison.held("Juan Perez", hours=10)
    prison.put(held.episode_id, "REM A-1/1", happened_at=now - timedelta(hours=9))
    time.sleep(0.05)
    known_before = datetime.now(UTC)
    time.sleep(0.05)
    # The books are put right: at noon he had been moved, and an hour later sent to hospital.
    prison.put(held.episode_id, "REM A-2/1", happened_at=now - timedelta(hours=6))
    prison.out(held.person_id, kind="hospital", left_at=now - timedelta(hours=5))
    noon = now - timedelta(hours=4)

    def look(known_at: datetime | None) -> tuple[str, str]:
        (row,) = selectors.roll(prison.actor, prison.establishment_id, AsOf(noon, known_at))
        return row.place, row.out_kind

    assert look(known_before) == ("Remand A-1/1", "")
    assert look(None) == ("Remand A-2/1", "hospital")
    (then,) = selectors.episodes(prison.actor, held.person_id, AsOf(noon, known_before))
    (today,) = selectors.episodes(prison.actor, held.person_id)
    assert (len(then.placements), len(then.escorts)) == (1, 0)
    assert (len(today.placements), len(today.escorts)) == (2, 1)
    before_all = AsOf(noon, now - timedelta(days=1))
    assert not selectors.roll(prison.actor, prison.establishment_id, before_all)


def test_a_name_corrected_today_is_the_old_name_on_the_roll_of_yesterday(
    fresh_database: object,
) -> None:
    from pims.people.services import NameInput, add_name

    prison = Prison.build(system_actor())
    held = prison.held("Juan Perez", hours=10)
    time.sleep(0.05)
    known_before = datetime.now(UTC)
    time.sleep(0.05)
    add_name(
        prison.command,
        person_id=held.person_id,
        name=NameInput(kind="birth", given="Juan", family="Peralta"),
        make_primary=True,
    )
    noon = clock.now() - timedelta(hours=4)

    def look(known_at: datetime | None) -> str:
        (row,) = selectors.roll(prison.actor, prison.establishment_id, AsOf(noon, known_at))
        return row.name

    assert look(known_before) == "PEREZ, Juan"
    assert look(None) == "PERALTA, Juan"


def test_the_roll_takes_as_many_queries_for_many_as_for_few(prison: Prison) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            selectors.roll(prison.actor, prison.establishment_id)
        return len(captured)

    prison.held("Juan Perez")
    few = prison.held("Pedro Ack")
    prison.place(few.episode_id, "REM A-1/1")
    prison.out(few.person_id)
    before = queries()
    for receipt in prison.receive(*(man(f"Given{n} Family{n}") for n in range(20))):
        prison.remand(receipt.person_id)
    assert queries() == before <= 22


def test_the_roll_is_sorted_by_name_and_filtered(prison: Prison) -> None:
    for name in ("Zoila Ñust", "Ana Ávila", "Beto Zuniga", "Carlos Nunez"):
        prison.held(name)
    out = prison.held("Omar Out")
    prison.out(out.person_id)
    where = prison.establishment_id
    names = [row.name for row in selectors.roll(prison.actor, where)]
    assert names == ["ÁVILA, Ana", "NUNEZ, Carlos", "ÑUST, Zoila", "OUT, Omar", "ZUNIGA, Beto"]
    chosen = selectors.roll(prison.actor, where, filters=RollFilters(whereabouts="out"))
    assert [row.name for row in chosen] == ["OUT, Omar"]
    text = selectors.roll(prison.actor, where, filters=RollFilters(text="nune"))
    assert [row.name for row in text] == ["NUNEZ, Carlos"]


@pytest.mark.any_server
def test_someone_without_permission_sees_no_roll_and_someone_scoped_sees_their_own(
    prison: Prison, make_actor: object
) -> None:
    ours = prison.held("Juan Perez")
    prison.place(ours.episode_id, "REM A-1/1")
    prison.held("Pedro Ack")
    where = prison.establishment_id
    with pytest.raises(NotPermitted):
        selectors.roll(make_actor("people.view"), where)  # type: ignore[operator]
    unit = make_actor(  # type: ignore[operator]
        "custody.view", establishment_id=where, unit_ids=[prison.units["REM"]]
    )
    assert [row.person_id for row in selectors.roll(unit, where)] == [ours.person_id]
    assert selectors.counts(unit, where).on_books == 1


def test_a_juvenile_is_not_on_the_roll_of_whoever_may_not_see_juveniles(
    prison: Prison, make_actor: object
) -> None:
    prison.receive(man("Young Person", birth_date=date(2015, 1, 1)), man("Grown Man"))
    where = prison.establishment_id
    viewer = make_actor("custody.view", establishment_id=where, labels=["ordinary"])  # type: ignore[operator]
    assert [row.name for row in selectors.roll(viewer, where)] == ["MAN, Grown"]


@pytest.mark.any_server
def test_the_timeline_tells_everything_newest_first(prison: Prison) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    prison.out(held.person_id, left_at=clock.now() + timedelta(seconds=1))
    facts = selectors.timeline(prison.actor, held.person_id)
    codes = [fact.code for fact in facts]
    assert codes[0] == "custody.timeline_escort_left_court"
    assert {"custody.timeline_placed", "custody.timeline_received_court"} <= set(codes)
    assert [f.at for f in facts] == sorted((f.at for f in facts), reverse=True)
