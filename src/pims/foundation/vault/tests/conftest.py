"""What the tests of the vault share: an installation of their own, with its own master key."""

from pathlib import Path

import pytest

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command, Transaction
from pims.foundation.vault import personkeys
from pims.kernel import clock


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test alone; keys of earlier tests forgotten."""
    from pims.config import instance

    folder = tmp_path / "var"
    monkeypatch.setattr("pims.foundation.vault.disk.folder", lambda: folder / "blobs")
    assert instance.var_dir() != folder
    personkeys.cache.forget()
    return folder


@pytest.fixture
def tx(db: None, var: Path, system_actor: Actor) -> Transaction:
    """An open change of the system; the test's own transaction is around it."""
    return Transaction(command=Command(system_actor), now=clock.now(), name="test")
