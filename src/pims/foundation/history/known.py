"""Rows as they were known at an instant: the recorded time of *two times*.

Valid time is the caller's: the rows answered here still carry their periods, to be asked for
the instant T with `held_at`.
"""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

M = TypeVar("M", bound=models.Model)


def as_known(model: type[M], known_at: datetime | None, *, among: Q | None = None) -> QuerySet[Any]:
    """The rows of a `recorded` model as they stood at `known_at`; the table itself for None.

    The queryset has the same columns either way. Ask for ``id``, never for ``pk``: over the
    history ``pk`` is the number of the version. `among` narrows to the rows that ever answered to
    it (of this person, at this establishment) before versions are chosen, which is what keeps a
    look into the past cheap, and then to those that still did: a receipt given to another person
    is found under one of the two. Any other filter goes on the answer. Rows deleted by then are
    left out.
    """
    if known_at is None:
        rows = model._default_manager.all()
        return rows if among is None else rows.filter(among)
    history: type[models.Model] = model._meta.get_field("history").related_model  # type: ignore[assignment]
    versions = history._default_manager.filter(pgh_created_at__lte=known_at)
    if among is not None:
        ever = versions.filter(among)
        versions = versions.filter(pgh_obj_id__in=ever.values("pgh_obj_id"))
    newest = versions.order_by("pgh_obj_id", "-pgh_created_at", "-pgh_id").distinct("pgh_obj_id")
    known = history._default_manager.filter(pk__in=newest.values("pgh_id"))
    known = known.exclude(pgh_label="delete")
    return known if among is None else known.filter(among)


def held_at(
    instant: datetime | None, *, start: str = "starts_at", end: str = "ends_at", prefix: str = ""
) -> Q:
    """The condition that a half-open period contains `instant`, or now for None."""
    when = Now() if instant is None else instant
    open_end = Q(**{f"{prefix}{end}__isnull": True}) | Q(**{f"{prefix}{end}__gt": when})
    return Q(**{f"{prefix}{start}__lte": when}) & open_end
