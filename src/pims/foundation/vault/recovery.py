"""The master key on paper: recovery shares out of the secrets folder, and back into one."""

from collections.abc import Iterable

from pims.foundation.vault import ciphers, masterkeys, secrets
from pims.foundation.vault.models import MasterKey
from pims.foundation.vault.shares import Share, join_key, split_key
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import NotFound


def make_shares(*, threshold: int, shares: int, version: int | None = None) -> list[Share]:
    """New shares of a version, by default the active one; earlier sets stay good.

    Raises NotFound, KeyMissing, WrongKey; ValueError for impossible numbers.
    """
    rows = MasterKey.objects.all()
    rows = rows.filter(state="active") if version is None else rows.filter(version=version)
    row = rows.first()
    if row is None:
        raise NotFound("master key", version or "")
    master = masterkeys.load(row.version, row.fingerprint)
    return split_key(
        master.material, version=master.version, threshold=threshold, shares=shares
    )


def recover(shares: Iterable[Share]) -> tuple[int, str]:
    """Put the master key of the shares in the secrets folder; give its version and fingerprint.

    Needs no database. A key that is there already is never replaced by another.
    Raises InvalidInput (see `shares.join_key`), Refused.
    """
    version, material = join_key(shares)
    name = masterkeys.secret_name(version)
    path = secrets.secret_path(name)
    if path.is_file():
        if path.read_bytes() != material:
            refuse(Reason("vault.another_key_there", {"version": version})).require()
    else:
        secrets.replace(name, material)
    return version, ciphers.fingerprint(material)
