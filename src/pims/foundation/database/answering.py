"""The database of this instance for a command: running already, or for as long as it lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from pims.foundation.console import words
from pims.foundation.database import urls
from pims.foundation.database.errors import NoDatabase
from pims.foundation.database.launcher import instance_cluster
from pims.foundation.database.migrate import needing_migration_told


@contextmanager
def database_running(*, made: bool = False) -> Iterator[None]:
    """Within the block the database answers: ours is started where it is not, and stopped after.

    Only a command that fills one has it `made` where there is none: whoever asks something in the
    wrong folder is told so. Raises NoDatabase, DatabaseUnavailable where it can't be started,
    DatabaseBehind where it is to be migrated.
    """
    cluster = instance_cluster(report=lambda text: words.print(f"{text} …"))
    if urls.is_external() or cluster.is_running():
        with needing_migration_told():
            yield
        return
    if cluster.data is None and not made:
        raise NoDatabase(cluster.home)
    cluster.start()
    try:
        with needing_migration_told():
            yield
    finally:
        connections.close_all()
        cluster.stop()
