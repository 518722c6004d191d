"""What is promised about changing, retiring and recovering the master key."""

from collections.abc import Callable, Iterator

import pytest

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command, Transaction
from pims.foundation.vault import (
    ciphers,
    masterkeys,
    personkeys,
    recovery,
    rotation,
    secrets,
    values,
)
from pims.foundation.vault.models import MasterKey, PersonKey
from pims.kernel.errors import NotPermitted, Refused

PLACE = {"table": "t", "row": 1, "column": "c"}


@pytest.fixture
def sealed(tx: Transaction, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, bytes]]:
    monkeypatch.setattr(rotation, "BATCH", 4)
    yield {p: values.seal_value(p, f"of {p}".encode(), **PLACE) for p in range(1, 11)}
    for version in range(2, 5):
        secrets.forget(ciphers.master_secret(version))


def still_open(sealed: dict[int, bytes]) -> None:
    personkeys.cache.forget()
    for person_id, value in sealed.items():
        assert values.open_value(person_id, value, **PLACE) == f"of {person_id}".encode()


def states() -> list[tuple[int, str, int]]:
    return [(s.version, s.state, s.persons) for s in rotation.master_states()]


def test_after_a_rotation_everything_opens_and_nothing_needs_the_old_key(
    sealed: dict[int, bytes], system_actor: Actor
) -> None:
    told: list[tuple[int, int]] = []
    found = rotation.rotate_master_key(
        Command(system_actor), progress=lambda done, total: told.append((done, total))
    )
    assert (found.version, found.rewrapped) == (2, 10)
    assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]
    assert states() == [(1, "retiring", 0), (2, "active", 10)]
    still_open(sealed)
    values.seal_value(99, b"new", **PLACE)
    assert PersonKey.objects.get(person_id=99).master_id == 2


def test_an_interrupted_rotation_opens_everything_meanwhile_and_goes_on_where_it_was(
    sealed: dict[int, bytes], system_actor: Actor
) -> None:
    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate_master_key(Command(system_actor), progress=stop)
    assert states() == [(1, "retiring", 6), (2, "active", 4)]
    still_open(sealed)
    found = rotation.rotate_master_key(Command(system_actor))
    assert (found.version, found.rewrapped) == (2, 6)
    still_open(sealed)


def test_a_rotation_that_failed_before_it_was_recorded_takes_its_key_up_again(
    sealed: dict[int, bytes], system_actor: Actor
) -> None:
    left = secrets.read_or_create(ciphers.master_secret(2), lambda: b"\x07" * 32)
    rotation.rotate_master_key(Command(system_actor))
    assert masterkeys.active().material == left
    still_open(sealed)


def test_a_key_that_is_needed_is_not_retired_and_one_that_is_not_goes(
    sealed: dict[int, bytes], system_actor: Actor
) -> None:
    first = secrets.secret_path(ciphers.master_secret(1)).read_bytes()
    command = Command(system_actor)
    with pytest.raises(Refused):
        rotation.retire_master_key(command, version=1)
    rotation.rotate_master_key(Command(system_actor))
    PersonKey.objects.filter(person_id=1).update(master_id=1)
    with pytest.raises(Refused) as caught:
        rotation.retire_master_key(Command(system_actor), version=1)
    assert [r.code for r in caught.value.reasons()] == ["vault.master_in_use"]
    PersonKey.objects.filter(person_id=1).update(master_id=2)
    try:
        rotation.retire_master_key(Command(system_actor), version=1)
        assert not secrets.exists(ciphers.master_secret(1))
        assert secrets.missing_names() == []
        assert [(s.version, s.state, s.present) for s in rotation.master_states()] == [
            (1, "retired", False), (2, "active", True),
        ]  # fmt: skip
        still_open(sealed)
        with pytest.raises(Refused):
            rotation.retire_master_key(Command(system_actor), version=2)
        with pytest.raises(Refused):
            rotation.retire_master_key(Command(system_actor), version=3)
    finally:
        secrets.replace(ciphers.master_secret(1), first)


def test_only_who_may_manage_keys_changes_them(
    sealed: dict[int, bytes], make_actor: Callable[..., Actor]
) -> None:
    nobody = Command(make_actor("people.view"))
    with pytest.raises(NotPermitted):
        rotation.rotate_master_key(nobody)
    with pytest.raises(NotPermitted):
        rotation.retire_master_key(nobody, version=1)
    assert states() == [(1, "active", 10)]


def test_three_of_five_shares_bring_a_lost_key_back(sealed: dict[int, bytes]) -> None:
    shares = recovery.make_shares(threshold=3, shares=5)
    path = secrets.secret_path(ciphers.master_secret(1))
    kept = path.read_bytes()
    path.unlink()
    try:
        assert not rotation.master_states()[0].present
        version, fingerprint = recovery.recover([shares[4], shares[0], shares[2]])
        assert (version, fingerprint) == (1, MasterKey.objects.get(version=1).fingerprint)
        assert path.stat().st_mode & 0o077 == 0
        still_open(sealed)
        recovery.recover(shares)  # again is no harm
        path.write_bytes(b"\x01" * 32)
        with pytest.raises(Refused):
            recovery.recover(shares)
        assert path.read_bytes() == b"\x01" * 32
    finally:
        path.write_bytes(kept)
