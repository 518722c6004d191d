"""The key that signs the ledger. It lies with the secrets, outside the state and its backups."""

from pims.foundation.ledger.notes import Signer, Verifier
from pims.foundation.vault.secrets import read_or_create

NAME = "ledger-signing-key"


def signer() -> Signer:
    """Raises SecretsMissing where this installation had a key and it is gone."""
    return Signer(read_or_create(NAME, Signer.new_private_key))


def verifier() -> Verifier:
    return Verifier(signer().public)
