"""What a command needs before it can run: the framework set up, the database answering."""

import os
from contextlib import AbstractContextManager


def framework() -> None:
    """Set Django up, once."""
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.settings")
        import django

        django.setup()


def database_running(*, made: bool = False) -> AbstractContextManager[None]:
    """`foundation.database.answering.database_running`, imported when it is needed."""
    from pims.foundation.database import answering

    return answering.database_running(made=made)
