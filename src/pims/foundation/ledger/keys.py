"""The key that signs the ledger. It lies with the secrets, outside the state and its backups."""

from pims.foundation.ledger.notes import Signer, Verifier
from pims.foundation.vault import secrets

NAME = "ledger-signing-key"
# The key that follows, from when it is made until the sequencer has handed over to it.
NEXT = "ledger-signing-key-next"


def signer() -> Signer:
    """Raises SecretsMissing where this installation had a key and it is gone."""
    return Signer(secrets.read_or_create(NAME, Signer.new_private_key))


def verifier() -> Verifier:
    return Verifier(signer().public)


def make_successor() -> Signer:
    """The key that is to follow: made now, or the one of a rotation that was interrupted."""
    return Signer(secrets.read_or_create(NEXT, Signer.new_private_key))


class KeyFiles:
    """The signing keys as the sequencer uses them: always as they are in the files now."""

    def current(self) -> Signer:
        return signer()

    def successor(self) -> Signer | None:
        return make_successor() if secrets.exists(NEXT) else None

    def take_over(self) -> None:
        """The successor becomes the key; the private key of before is destroyed."""
        if (following := self.successor()) is not None:
            if following.public != self.current().public:
                secrets.replace(NAME, secrets.secret_path(NEXT).read_bytes())
            secrets.forget(NEXT)
