"""The master key: its material in the secrets folder, its versions in the registry."""

import hmac
from dataclasses import dataclass, field

from django.db import connection, transaction

from pims.foundation.vault import ciphers, secrets
from pims.foundation.vault.errors import KeyMissing, WrongKey
from pims.foundation.vault.models import MasterKey
from pims.kernel import clock

_LOCK = 7_461_001  # an advisory lock of this module: who makes or rotates the master key


@dataclass(frozen=True, slots=True)
class Master:
    version: int
    fingerprint: str
    material: bytes = field(repr=False)


def load(version: int, fingerprint: str) -> Master:
    """The material of a registered version. Raises KeyMissing or WrongKey."""
    which = f"master key {version}"
    try:
        material = secrets.secret_path(ciphers.master_secret(version)).read_bytes()
    except FileNotFoundError:
        raise KeyMissing(which) from None
    if not hmac.compare_digest(ciphers.fingerprint(material), fingerprint):
        raise WrongKey(which)
    return Master(version, fingerprint, material)


def masters(versions: set[int]) -> dict[int, Master]:
    """The material of each version, for opening. Raises KeyMissing or WrongKey."""
    rows = MasterKey.objects.filter(version__in=versions).values_list("version", "fingerprint")
    return {version: load(version, fingerprint) for version, fingerprint in rows}


def active() -> Master:
    """The version that wraps new keys, held against rotation until the transaction ends.

    Makes version 1 where the registry is empty: the first use of a new installation.
    """
    found = _active_row()
    if found is None:
        with transaction.atomic():
            lock()
            if _active_row() is None:
                register(1)
        found = _active_row()
        assert found is not None
    return load(*found)


def register(version: int) -> Master:
    """Make, or take up again after an interruption, the material of a version; register it."""
    material = secrets.read_or_create(ciphers.master_secret(version), ciphers.new_key)
    if len(material) != ciphers.KEY_BYTES:
        raise WrongKey(f"master key {version}")
    row = MasterKey.objects.create(
        version=version, fingerprint=ciphers.fingerprint(material), made_at=clock.now()
    )
    return Master(version, row.fingerprint, material)


def lock() -> None:
    """Keep every other maker of master keys out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _active_row() -> tuple[int, str] | None:
    """FOR SHARE: a rotation waits for those who are wrapping under the version they read."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, fingerprint FROM vault_master_key WHERE state = 'active' FOR SHARE"
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])
