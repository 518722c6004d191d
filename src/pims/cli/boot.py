"""What a command needs before it can run: the framework set up, the database answering."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pims.foundation.console import words


def framework() -> None:
    """Set Django up, once."""
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.settings")
        import django

        django.setup()


@contextmanager
def database_running(*, made: bool = False) -> Iterator[None]:
    """Within the block the database answers: ours is started where it is not, and stopped after.
    Only a command that fills one has it `made` where there is none: whoever asks something in the
    wrong folder is told so.

    Raises DatabaseUnavailable where there is none or it can't be started, DatabaseBehind where it
    is to be migrated.
    """
    from pims.foundation.database import urls
    from pims.foundation.database.errors import NoDatabase
    from pims.foundation.database.launcher import instance_cluster
    from pims.foundation.database.migrate import needing_migration_told

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
        from django.db import connections

        connections.close_all()
        cluster.stop()
