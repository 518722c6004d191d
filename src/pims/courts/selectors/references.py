"""Whom the papers of one case number or reference name."""

from pims.courts.models import CaseParty, CourtOrder
from pims.courts.selectors.cases import VIEW
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.people import selectors as people

SHORTEST = 3


def persons_by_case(viewer: Actor, text: str, *, limit: int = 50) -> list[int]:
    """Those in the case with this very number, or named by an order with this reference, as typed
    or in capitals, whom the viewer may see at court.

    Figures alone find nobody: a year of birth and a prisoner's number are such too.
    """
    asked = " ".join(text.split())[:80]
    if len(asked) < SHORTEST or all(sign.isdigit() or not sign.isalnum() for sign in asked):
        return []
    forms = [asked, asked.upper()]
    parties = CaseParty.objects.filter(case__number__in=forms).order_by("-pk")
    named = CourtOrder.objects.filter(reference__in=forms).order_by("-pk")
    found = [
        *parties.values_list("person_id", flat=True)[:limit],
        *named.values_list("person_id", flat=True)[:limit],
    ]
    roots = people.ids_canonical(found)
    named_there = dict.fromkeys(roots[i] for i in found if i in roots)
    seen = named_there.keys() if viewer.system else visible_ids(viewer, VIEW, named_there)
    return [i for i in named_there if i in seen]
