"""What the viewer could still read again, blind: the warrants that are such orders, and the
prisoners whom they are about."""

from django.urls import reverse

from pims.authority.web.withheld import withholds
from pims.courts import selectors
from pims.foundation.access.actor import Actor


def papers_to_read_again(viewer: Actor, person_ids: frozenset[int]) -> dict[int, str]:
    """Warrant name -> the page of its order, which shows what was keyed to whoever asks for it."""
    return _pages(selectors.unread_papers(viewer, person_ids))


def persons_to_read_again(viewer: Actor, person_ids: frozenset[int]) -> dict[int, str]:
    """Person -> the page of the order, which tells its days to whoever reads it again or asks."""
    return _pages(selectors.unread_of(viewer, person_ids))


def _pages(orders: dict[int, int]) -> dict[int, str]:
    return {key: reverse("courts:order", args=[order_id]) for key, order_id in orders.items()}


withholds(papers=papers_to_read_again, persons=persons_to_read_again)
