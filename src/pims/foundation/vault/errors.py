"""What can be wrong when something sealed is opened: four causes, told apart."""

from pims.kernel.decisions import Reason
from pims.kernel.errors import PimsError


class VaultError(PimsError):
    """A sealed value or file could not be opened, or nothing could be sealed."""

    code = "vault.error"
    http_status = 500


class KeyMissing(VaultError):
    """The master key's file is not in the secrets folder, or the person has no key at all.

    `which` names the key in words that hold no secret (``master key 2``).
    """

    code = "vault.key_missing"
    http_status = 503

    def __init__(self, which: str) -> None:
        super().__init__(f"missing: {which}")
        self.which = which

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"which": self.which}),)


class WrongKey(VaultError):
    """The file that should hold the master key holds another one."""

    code = "vault.wrong_key"
    http_status = 503

    def __init__(self, which: str) -> None:
        super().__init__(f"not the right key: {which}")
        self.which = which

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"which": self.which}),)


class Tampered(VaultError):
    """The sealed bytes were changed, cut, or moved here from another person, row or column."""

    code = "vault.tampered"

    def __init__(self, where: str) -> None:
        super().__init__(f"does not open: {where}")
        self.where = where

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"where": self.where}),)


class Erased(VaultError):
    """The person was erased by order; nothing of theirs can be opened or sealed again."""

    code = "vault.erased"
    http_status = 410

    def __init__(self, person_id: int) -> None:
        super().__init__(f"person {person_id} was erased")
        self.person_id = person_id

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"person_id": self.person_id}),)
