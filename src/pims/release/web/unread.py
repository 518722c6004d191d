"""Days that come from orders which the viewer could still read again: not told before that."""

from collections.abc import Iterable

from django.urls import reverse

from pims.courts import selectors as courts
from pims.foundation.access.actor import Actor


def to_read_first(viewer: Actor, person_ids: Iterable[int]) -> dict[int, str]:
    """Person -> the page of the order, which tells its days to whoever reads it again or asks."""
    found = courts.unread_of(viewer, person_ids)
    return {
        person_id: reverse("courts:order", args=[order_id]) for person_id, order_id in found.items()
    }
