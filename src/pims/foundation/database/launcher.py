"""Our own launcher of PostgreSQL, for installations without a database server of their own.

``instance_cluster()`` is the database of this instance; ``throwaway_cluster()`` one for a test.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pims.foundation.database import places
from pims.foundation.database.binaries import Binaries
from pims.foundation.database.cluster import Cluster, Report, _silent

__all__ = ["Cluster", "instance_cluster", "throwaway_cluster"]


def instance_cluster(report: Report = _silent) -> Cluster:
    """The cluster of this instance, made or not, running or not."""
    return Cluster(home=places.server_home(), socket_dir=places.socket_dir(), report=report)


@contextmanager
def throwaway_cluster(
    home: Path, *, socket_dir: Path | None = None, server: Binaries | None = None
) -> Iterator[Cluster]:
    """A running cluster in `home` that is stopped and removed at the end. Not safe on disk."""
    cluster = Cluster(
        home=home,
        socket_dir=socket_dir or places.socket_dir(),
        durable=False,
        server=server,
    )
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop(at_once=True)
        shutil.rmtree(cluster.home, ignore_errors=True)
        shutil.rmtree(cluster.socket_dir, ignore_errors=True)
