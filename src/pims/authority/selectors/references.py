"""Whom the papers of one court reference name."""

import re

from pims.authority.models import Body, ReleaseOrder, WarrantName
from pims.people import selectors as people

# What cannot be a reference alone: a year of birth beside a name, a prisoner's number.
_NO_REFERENCE = re.compile(r"\d{4}|[\d\s.\-/]{9,}")


def persons_by_reference(text: str, *, limit: int = 50) -> list[int]:
    """The people named by warrants and orders with this very reference, as typed or in capitals.

    No scope: whoever shows them asks for it. The body's code before the reference, as pages
    write it (``MC-BZ 688/26``), may be left in.
    """
    asked = " ".join(text.split())[:80]
    code, _space, rest = asked.partition(" ")
    bodies = dict(Body.objects.values_list("code", "pk"))
    where = list(bodies.values())
    if code.upper() in bodies and rest:
        asked, where = rest, [bodies[code.upper()]]
    numbered = [part for part in asked.split() if any(sign.isdigit() for sign in part)]
    if all(_NO_REFERENCE.fullmatch(part) for part in numbered):
        return []
    forms = [asked, asked.upper()]
    named = WarrantName.objects.filter(
        warrant__body_id__in=where, warrant__reference__in=forms
    ).order_by("-pk")
    ordered = ReleaseOrder.objects.filter(body_id__in=where, reference__in=forms).order_by("-pk")
    found = [
        *named.values_list("person_id", flat=True)[:limit],
        *ordered.values_list("person_id", flat=True)[:limit],
    ]
    roots = people.ids_canonical(found)
    return list(dict.fromkeys(roots[i] for i in found if i in roots))
