"""What hides one record of a human being hides all, and holds them all while it is decided."""

from collections.abc import Callable
from datetime import date

import pytest

from pims.foundation.access.models import PersonScope
from pims.foundation.access.person_scope import join_scopes, set_scope
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.vault.persons import lock_same_human
from pims.kernel import clock
from pims.people import services
from pims.people.models import Person
from pims.safety import services as safety
from pims.safety.models import Flag

Three = tuple[int, int, int]


@pytest.fixture
def three(make_person, officer) -> Three:
    """Three records of one woman: the second is known as the first, the third as the second."""
    ids = [make_person("Ana", f"Choc{n}", date(1990, 3, 4)).person_id for n in ("", "h", "hh")]
    for person, into in ((ids[2], ids[1]), (ids[1], ids[0])):
        services.merge_persons(
            Command(officer), person_id=person, into_person_id=into, reason="Prints",
            overlapping=False,
        )  # fmt: skip
    return ids[0], ids[1], ids[2]


@pytest.fixture
def held_at_write(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """Whom the change held after each time that it locked somebody."""
    seen: list[set[int]] = []
    lock = Transaction.lock_persons

    def spy(tx: Transaction, person_ids) -> None:
        lock(tx, person_ids)
        seen.append(set(tx._locked))

    monkeypatch.setattr(Transaction, "lock_persons", spy)
    return seen


def labels(ids: Three) -> list[list[str]]:
    return list(
        PersonScope.objects.filter(pk__in=ids).order_by("pk").values_list("labels", flat=True)
    )


def raised(system_actor, person_id: int) -> int:
    return safety.raise_flag(Command(system_actor), person_id=person_id, kind="informant").flag_id


CHANGES: dict[str, Callable[..., object]] = {
    "a flag": lambda system, officer, ids: raised(system, ids[0]),
    "a mark anew": lambda system, officer, ids: safety.mark_anew(
        Command(system), person_ids=[ids[1]]
    ),
    "an age": lambda system, officer, ids: services.decide_age(
        Command(officer), person_id=ids[0], decision="juvenile", reason="X-ray"
    ),
    "a parting": lambda system, officer, ids: services.unmerge_persons(
        Command(officer), person_id=ids[1], reason="Two women"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_all_records_are_held_before_anything_is_decided(
    three: Three, system_actor, officer, held_at_write, change: str
) -> None:
    CHANGES[change](system_actor, officer, three)
    assert held_at_write[0] >= set(three)


def test_a_flag_goes_up_and_down_on_every_record(three: Three, system_actor, held_at_write) -> None:
    flag = raised(system_actor, three[1])
    assert labels(three) == [["protected"]] * 3
    del held_at_write[:]
    safety.lower_flag(Command(system_actor), flag_id=flag, reason="No longer")
    assert held_at_write[0] >= set(three)
    assert labels(three) == [[]] * 3
    assert Flag.objects.filter(ends_at=None).count() == 0


def test_whoever_is_joined_brings_all_their_records(
    three: Three, make_person, officer, held_at_write
) -> None:
    another = make_person("Ana", "Chok", date(1990, 3, 4)).person_id
    del held_at_write[:]
    services.merge_persons(
        Command(officer), person_id=three[0], into_person_id=another, reason="Prints",
        overlapping=False,
    )  # fmt: skip
    assert held_at_write[0] >= {*three, another}


def test_the_daily_task_holds_every_record_of_whom_it_lets_grow_up(
    make_person, officer, system_actor, held_at_write
) -> None:
    born = date(clock.now().year - 17, 1, 1)
    ids = [make_person("Juan", f"Pop{n}", born).person_id for n in ("", "p")]
    services.merge_persons(
        Command(officer), person_id=ids[1], into_person_id=ids[0], reason="Prints",
        overlapping=False,
    )  # fmt: skip
    del held_at_write[:]
    with clock.at(clock.now().replace(year=clock.now().year + 2)):
        assert services.let_come_of_age(Command(system_actor)) >= 1
    assert held_at_write[0] >= set(ids)


def test_a_record_joined_while_the_others_were_waited_for_is_held_too(
    three: Three, make_person, officer, monkeypatch
) -> None:
    late = make_person("Ana", "Chock", date(1990, 3, 4)).person_id
    lock = Transaction.lock_persons

    def slow(tx: Transaction, person_ids) -> None:
        lock(tx, person_ids)
        Person.objects.filter(pk=late).update(canonical_id=three[0])

    monkeypatch.setattr(Transaction, "lock_persons", slow)
    tx = Transaction(Command(officer), clock.now(), "people.decide_age")
    assert lock_same_human(tx, [three[2]]) == {*three, late}
    assert tx._locked.keys() == {*three, late}


@service
def _write_unlocked(tx: Transaction, *, person_id: int) -> None:
    set_scope(person_id, unit_id=None)


def test_no_scope_is_written_of_whom_the_change_does_not_hold(three: Three, officer) -> None:
    with pytest.raises(RuntimeError):
        set_scope(three[0], add_labels=["protected"])
    with pytest.raises(RuntimeError):
        join_scopes(three)
    with pytest.raises(RuntimeError):
        _write_unlocked(Command(officer), person_id=three[0])
    assert labels(three) == [[]] * 3
