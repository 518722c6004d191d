"""Changing the master key: a new version, every person's key wrapped anew, the old one retired.

Nothing sealed is touched, only the wrapped keys, so a rotation of a million persons is minutes.
It can stop at any moment, or be killed, and be run again: it goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.vault import ciphers, masterkeys, secrets
from pims.foundation.vault.errors import VaultError
from pims.foundation.vault.events import MasterKeyMade, MasterKeyRetired
from pims.foundation.vault.models import MasterKey, PersonKey
from pims.foundation.vault.rules import MANAGE, MasterFacts, decide_retirement
from pims.kernel.errors import NotFound

BATCH = 500


@dataclass(frozen=True, slots=True)
class MasterState:
    """`present` says whether the material is in the secrets folder and is the right one."""

    version: int
    fingerprint: str
    state: str
    persons: int
    present: bool


@dataclass(frozen=True, slots=True)
class Rotated:
    version: int
    rewrapped: int


def rotate_master_key(
    command: Command, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Rotated:
    """Make a new version and rewrap every person's key under it.

    Where an earlier rotation did not finish, that one is finished and no version is made.
    `progress` is called with (done, total) after each batch. The old version stays readable until
    `retire_master_key`. Raises NotPermitted, KeyMissing, WrongKey.
    """
    version = _begin_rotation(command)
    total = PersonKey.objects.exclude(master_id=version).count()
    done = 0
    progress(done, total)
    while batch := _rewrap_batch(version):
        done += batch
        progress(done, max(total, done))
    return Rotated(version, done)


@service
def _begin_rotation(tx: Transaction) -> int:
    """The version to rewrap under: a new one, unless a rotation is under way."""
    tx.require(MANAGE)
    masterkeys.lock()
    newest = masterkeys.active()
    if PersonKey.objects.exclude(master_id=newest.version).exists():
        return newest.version
    MasterKey.objects.filter(version=newest.version).update(state=MasterKey.State.RETIRING)
    made = masterkeys.register(newest.version + 1)
    tx.record(MasterKeyMade(version=made.version))
    return made.version


def _rewrap_batch(version: int) -> int:
    """Rewrap up to BATCH keys in one transaction; those that others hold come in a later one."""
    with transaction.atomic():
        rows = list(
            PersonKey.objects.select_for_update()
            .exclude(master_id=version)
            .order_by("person_id")[:BATCH]
        )
        if not rows:
            return 0
        masters = masterkeys.masters({version, *(row.master_id for row in rows)})
        for row in rows:
            key = ciphers.unwrap(
                masters[row.master_id].material,
                bytes(row.wrapped),
                person_id=row.person_id,
                version=row.master_id,
            )
            row.wrapped = ciphers.wrap(
                masters[version].material, key, person_id=row.person_id, version=version
            )
            row.master_id = version
        PersonKey.objects.bulk_update(rows, ["wrapped", "master_id"])
    return len(rows)


@service
def _retire(tx: Transaction, *, version: int) -> int:
    tx.require(MANAGE)
    masterkeys.lock()
    # FOR UPDATE: waits for whoever is wrapping under it at this moment.
    row = MasterKey.objects.select_for_update().filter(version=version).first()
    decide_retirement(
        MasterFacts(
            version=version,
            known=row is not None,
            active=row is not None and row.state == MasterKey.State.ACTIVE,
            persons_left=PersonKey.objects.filter(master_id=version).count(),
        )
    ).require()
    if row is None:
        raise NotFound("master key", version)
    if row.state != MasterKey.State.RETIRED:
        row.state, row.retired_at = MasterKey.State.RETIRED, tx.now
        row.save(update_fields=["state", "retired_at"])
        tx.record(MasterKeyRetired(version=version))
    return version


def retire_master_key(command: Command, *, version: int) -> None:
    """Retire an old version and destroy its material, when no person's key needs it.

    Backups of the database from before the rotation then open only with its recovery shares.
    Raises NotPermitted, Refused (active, or still in use).
    """
    _retire(command, version=version)
    secrets.forget(ciphers.master_secret(version))


def master_states() -> list[MasterState]:
    """Every version, oldest first. Never material."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.version, m.fingerprint, m.state, count(p.person_id)"
            " FROM vault_master_key m LEFT JOIN vault_person_key p ON p.master_id = m.version"
            " GROUP BY m.version ORDER BY m.version"
        )
        rows = cursor.fetchall()
    return [
        MasterState(
            version=version,
            fingerprint=fingerprint,
            state=state,
            persons=persons,
            present=_is_present(version, fingerprint),
        )
        for version, fingerprint, state, persons in rows
    ]


def _is_present(version: int, fingerprint: str) -> bool:
    try:
        masterkeys.load(version, fingerprint)
    except VaultError:
        return False
    return True
