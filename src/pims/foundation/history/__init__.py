"""Recorded time: every version of every row, kept by database triggers.

``@recorded`` on a model makes the table ``<table>_history`` (django-pghistory) and the triggers
that fill it on insert, update and delete, so that bulk writes and hand-written SQL are caught
too. `pgh_created_at` is when the version was recorded, from the database's `pims_recorded_at()`.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=type[models.Model])


def recorded(model: M) -> M:
    """Keep every version of this model's rows; the related name is ``history``."""
    return _tracked(model, exclude=None)


def recorded_without(*fields: str) -> Callable[[M], M]:
    """As `recorded`, but the named fields (secrets) are left out of the history."""

    def decorate(model: M) -> M:
        return _tracked(model, exclude=list(fields))

    return decorate


def _tracked(model: M, *, exclude: list[str] | None) -> M:
    tracked = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        model_name=f"{model.__name__}History",
        obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="history"),
        # None leaves the context out, which the library's own types do not know.
        context_field=None,  # type: ignore[arg-type]
        append_only=True,
        meta={
            "db_table": f"{model._meta.db_table}_history",
            "indexes": [models.Index(fields=["pgh_obj", "pgh_created_at"])],
        },
    )
    done: M = tracked(model)
    return done
