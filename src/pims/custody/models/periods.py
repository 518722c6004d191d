"""Half-open periods as constraints: what the database itself refuses."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan

from pims.foundation.ranges import TsTzRange
from pims.kernel.minutes import INSTANT


def never_two(
    what: str,
    *,
    of: str,
    start: str = "starts_at",
    end: str = "ends_at",
    only: Q | None = None,
) -> ExclusionConstraint:
    """No two rows of the same `of` whose periods overlap, among those where `only` holds."""
    return ExclusionConstraint(
        name=what,
        expressions=[
            (of, RangeOperators.EQUAL),
            (TsTzRange(start, end), RangeOperators.OVERLAPS),
        ],
        condition=only,
    )


def lasted(*, start: str = "starts_at", end: str = "ends_at") -> Q:
    """The condition that a period is open or lasted more than an instant.

    What lasted an instant held nothing. Where an earlier end cut a row off it stands after that
    end, and must be in the way of no later stay.
    """
    return Q(**{f"{end}__isnull": True}) | Q(GreaterThan(F(end) - F(start), INSTANT))


def ends_after_start(
    what: str, *, start: str = "starts_at", end: str = "ends_at"
) -> models.CheckConstraint:
    """A period ends after it starts, or is open."""
    return models.CheckConstraint(
        name=what, condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": F(start)})
    )
