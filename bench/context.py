"""What a case is given: a database of the benchmark's own, and whether the long runs are wanted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pims.foundation.database.cluster import Cluster


@dataclass(frozen=True)
class Context:
    """`cluster` is running and migrated; the default connection is the application's.

    `full` asks for the million-row runs. `scratch` is a folder that goes with the run. `say` tells
    a person what is being done. `shared` lets one case reuse what another one made.
    """

    cluster: Cluster
    full: bool
    scratch: Path
    say: Callable[[str], None]
    shared: dict[str, object] = field(default_factory=dict)


@contextmanager
def prepared(*, full: bool, scratch: Path, say: Callable[[str], None]) -> Iterator[Context]:
    """A database server for this run alone, as durable as the real one, then gone."""
    from bench.databases import keep_template
    from pims.foundation.console import step
    from pims.foundation.database import places
    from pims.foundation.database.migrate import migrate_database

    cluster = Cluster(home=places.server_home(), socket_dir=places.socket_dir(), report=say)
    cluster.start()
    try:
        with step("Migrating the benchmark's database"):
            migrate_database()
            keep_template()
        yield Context(cluster=cluster, full=full, scratch=scratch, say=say)
    finally:
        from django.db import connections

        connections.close_all()
        cluster.stop(at_once=True)
