"""The master key on paper: recovery shares out of the secrets folder, and back into one.

Putting it back needs neither database nor framework: both may be unable to start without it.
"""

from collections.abc import Iterable

from pims.foundation.vault import ciphers, secrets
from pims.foundation.vault.shares import Share, join_key, split_key
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import NotFound


def make_shares(*, threshold: int, shares: int, version: int | None = None) -> list[Share]:
    """New shares of a version, by default the active one; earlier sets stay good.

    Raises NotFound, KeyMissing, WrongKey; ValueError for impossible numbers.
    """
    from pims.foundation.vault import masterkeys
    from pims.foundation.vault.models import MasterKey

    if version is None:
        master = masterkeys.active()
    else:
        row = MasterKey.objects.filter(version=version).first()
        if row is None:
            raise NotFound("master key", version)
        master = masterkeys.load(row.version, row.fingerprint)
    return split_key(master.material, version=master.version, threshold=threshold, shares=shares)


def recover(shares: Iterable[Share]) -> tuple[int, str]:
    """Put the master key of the shares in the secrets folder; give its version and fingerprint.

    A key that is there already is never replaced by another.
    Raises InvalidInput (see `shares.join_key`), Refused.
    """
    version, material = join_key(shares)
    name = ciphers.master_secret(version)
    path = secrets.secret_path(name)
    if path.is_file():
        if path.read_bytes() != material:
            refuse(Reason("vault.another_key_there", {"version": version})).require()
    else:
        secrets.replace(name, material)
    return version, ciphers.fingerprint(material)
