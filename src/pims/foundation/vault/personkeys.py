"""The key of each person: made on first use, kept wrapped, held unwrapped for a short while.

The cache holds at most `CACHE_SIZE` persons for `CACHE_SECONDS`. It serves opening only: sealing
always reads the row, so that nothing new is sealed under a key that an erasure destroyed, and an
opener that fails with a held key reads the row before it reports tampering.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable

from django.db import connection

from pims.foundation.vault import ciphers, masterkeys
from pims.foundation.vault.ciphers import WorkingKeys
from pims.foundation.vault.errors import Erased, KeyMissing
from pims.foundation.vault.models import Erasure, PersonKey
from pims.kernel import clock

CACHE_SIZE = 5_000
CACHE_SECONDS = 120.0


class KeyCache:
    """Unwrapped keys of the persons used last; safe between threads."""

    def __init__(self, size: int, seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._held: OrderedDict[int, tuple[float, WorkingKeys]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, person_id: int) -> WorkingKeys | None:
        with self._lock:
            found = self._held.get(person_id)
            if found is None or found[0] < time.monotonic():
                self._held.pop(person_id, None)
                return None
            self._held.move_to_end(person_id)
            return found[1]

    def put(self, person_id: int, keys: WorkingKeys) -> None:
        with self._lock:
            self._held[person_id] = (time.monotonic() + self._seconds, keys)
            self._held.move_to_end(person_id)
            while len(self._held) > self._size:
                self._held.popitem(last=False)

    def forget(self, person_ids: Iterable[int] | None = None) -> None:
        """Drop the keys of these persons, or all."""
        with self._lock:
            for person_id in list(self._held) if person_ids is None else person_ids:
                self._held.pop(person_id, None)

    def __len__(self) -> int:
        return len(self._held)


cache = KeyCache(CACHE_SIZE, CACHE_SECONDS)


def keys_for_sealing(person_id: int) -> WorkingKeys:
    """The person's keys, made where there are none yet; belongs in the caller's transaction.

    Raises Erased, KeyMissing or WrongKey.
    """
    found = _read([person_id]).get(person_id)
    if found is not None:
        return found
    _refuse_erased(person_id)
    master = masterkeys.active()
    key = ciphers.new_key()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_person_key (person_id, master_id, wrapped, created_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                person_id,
                master.version,
                ciphers.wrap(master.material, key, person_id=person_id, version=master.version),
                clock.now(),
            ],
        )
        if cursor.rowcount:
            return WorkingKeys.of(key)
    return _read([person_id])[person_id]


def keys_for_opening(person_ids: Iterable[int], *, fresh: bool = False) -> dict[int, WorkingKeys]:
    """The keys of all these persons in at most three queries; `fresh` passes the cache by.

    Raises Erased or KeyMissing for the first person who has none.
    """
    wanted = set(person_ids)
    found: dict[int, WorkingKeys] = {}
    if not fresh:
        found = {p: keys for p in wanted if (keys := cache.get(p)) is not None}
    missing = wanted - found.keys()
    if missing:
        read = _read(missing)
        for person_id, keys in read.items():
            cache.put(person_id, keys)
        found |= read
        for person_id in sorted(missing - read.keys()):
            cache.forget([person_id])
            _refuse_erased(person_id)
            raise KeyMissing(f"key of person {person_id}")
    return found


def _read(person_ids: Iterable[int]) -> dict[int, WorkingKeys]:
    rows = list(
        PersonKey.objects.filter(person_id__in=list(person_ids)).values_list(
            "person_id", "master_id", "wrapped"
        )
    )
    if not rows:
        return {}
    masters = masterkeys.masters({version for _, version, _ in rows})
    return {
        person_id: WorkingKeys.of(
            ciphers.unwrap(
                masters[version].material, bytes(wrapped), person_id=person_id, version=version
            )
        )
        for person_id, version, wrapped in rows
    }


def _refuse_erased(person_id: int) -> None:
    if Erasure.objects.filter(
        person_ids__contains=[person_id], state=Erasure.State.ERASED
    ).exists():
        raise Erased(person_id)
