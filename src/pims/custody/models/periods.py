"""Half-open periods as constraints: what the database itself refuses."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from pims.foundation.ranges import TsTzRange


def never_two(
    what: str, *, of: str, start: str = "starts_at", end: str = "ends_at", unless: Q | None = None
) -> ExclusionConstraint:
    """No two rows of the same `of` whose periods overlap; rows where `unless` holds are free."""
    return ExclusionConstraint(
        name=what,
        expressions=[
            (of, RangeOperators.EQUAL),
            (TsTzRange(start, end), RangeOperators.OVERLAPS),
        ],
        condition=None if unless is None else ~unless,
    )


def ends_after_start(
    what: str, *, start: str = "starts_at", end: str = "ends_at"
) -> models.CheckConstraint:
    """A period ends after it starts, or is open."""
    return models.CheckConstraint(
        name=what, condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": F(start)})
    )
