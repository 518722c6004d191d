"""What ended a warrant: the order that was acted on, or a fact at its hour."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from pims.authority.models import WarrantName


def warrants_ended_by(
    release_order_ids: Iterable[int], person_ids: Collection[int], *, acted_at: datetime
) -> set[int]:
    """Ids of the warrant names of these persons that ended as the orders were acted on then."""
    found = names_ended_by(release_order_ids, person_ids, acted_at=acted_at)
    return set(found.values_list("pk", flat=True))


def names_ended_by(
    release_order_ids: Iterable[int], person_ids: Collection[int], *, acted_at: datetime
) -> QuerySet[WarrantName]:
    """The rows of `warrants_ended_by`, for the services of this room."""
    return _ended_at(person_ids, acted_at).filter(ended_by_order_id__in=list(release_order_ids))


def names_ended_by_fact(
    person_ids: Collection[int], *, end_kind: str, at: datetime
) -> QuerySet[WarrantName]:
    """The names that ended so by what happened at `at`, and by no order."""
    return _ended_at(person_ids, at).filter(end_kind=end_kind, ended_by_order=None)


def _ended_at(person_ids: Collection[int], at: datetime) -> QuerySet[WarrantName]:
    """A paper that by its own words began only after what ended it ended as it began."""
    then = Q(ends_at=Greatest(at, F("starts_at")))
    names = WarrantName.objects.select_related("warrant").filter(then, person_id__in=person_ids)
    return names.order_by("pk")
