"""An instance of the test's own, with its own state, secrets and server."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pims.foundation.database.launcher import Cluster, instance_cluster


@dataclass(frozen=True, slots=True)
class Instance:
    var: Path
    secrets: Path

    def cluster(self) -> Cluster:
        """The instance's cluster, as a new process would see it."""
        return instance_cluster()


@pytest.fixture
def empty_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """A new instance, in a folder that only its user may enter; stopped at the end."""
    made = Instance(tmp_path / "var", tmp_path / "secrets")
    monkeypatch.setenv("PIMS_VAR", str(made.var))
    monkeypatch.setenv("PIMS_SECRETS", str(made.secrets))
    for name in [n for n in os.environ if n.startswith("PIMS_DB_")]:
        monkeypatch.delenv(name)
    tmp_path.chmod(0o700)
    yield made
    _remove(made.cluster())


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of a cluster that was made, never started, and the secrets of it (`secrets`)."""
    folder = tmp_path_factory.mktemp("initialised")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIMS_VAR", str(folder / "var"))
        patch.setenv("PIMS_SECRETS", str(folder / "secrets"))
        cluster = instance_cluster()
        cluster.ensure_created()
        shutil.copytree(folder / "secrets", cluster.home / "secrets")
    yield cluster.home
    _remove(cluster)


@pytest.fixture
def instance(empty_instance: Instance, initialised: Path) -> Instance:
    """A new instance whose database is made, as by `ensure_created`, and not started."""
    home = empty_instance.cluster().home
    home.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(initialised), str(home)], check=True)
    (home / "secrets").rename(empty_instance.secrets)
    return empty_instance


def _remove(cluster: Cluster) -> None:
    if cluster.data is not None:
        cluster.stop(at_once=True)
    shutil.rmtree(cluster.home, ignore_errors=True)
    shutil.rmtree(cluster.socket_dir, ignore_errors=True)
