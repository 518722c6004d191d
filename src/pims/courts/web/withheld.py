"""The warrants that the viewer could still read again, blind, as the orders that they are."""

from collections.abc import Sequence

from django.urls import reverse

from pims.authority.selectors import WarrantBrief
from pims.authority.web.withheld import withholds
from pims.courts import selectors
from pims.foundation.access.actor import Actor


@withholds
def papers_to_read_again(viewer: Actor, papers: Sequence[WarrantBrief]) -> dict[int, str]:
    """Warrant name -> the page of its order, which shows what was keyed to whoever asks for it."""
    unread = selectors.unread_papers(viewer, {paper.person_id for paper in papers})
    return {
        paper.warrant_name_id: reverse("courts:order", args=[unread[paper.warrant_name_id]])
        for paper in papers
        if paper.warrant_name_id in unread
    }
