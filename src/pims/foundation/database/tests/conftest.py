"""An instance of the test's own, with its own state, secrets and server."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pims.foundation.database import places
from pims.foundation.database.launcher import Cluster, instance_cluster


@dataclass(frozen=True, slots=True)
class Instance:
    var: Path
    secrets: Path

    def cluster(self) -> Cluster:
        """The instance's cluster, as a new process would see it."""
        return instance_cluster()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """A new instance, in a folder that only its user may enter; its server is stopped at the end."""
    made = Instance(tmp_path / "var", tmp_path / "secrets")
    monkeypatch.setenv("PIMS_VAR", str(made.var))
    monkeypatch.setenv("PIMS_SECRETS", str(made.secrets))
    for name in [n for n in os.environ if n.startswith("PIMS_DB_")]:
        monkeypatch.delenv(name)
    tmp_path.chmod(0o700)
    yield made
    cluster = made.cluster()
    if cluster.data is not None:
        cluster.stop(at_once=True)
    shutil.rmtree(places.server_home(), ignore_errors=True)
    shutil.rmtree(places.socket_dir(), ignore_errors=True)
