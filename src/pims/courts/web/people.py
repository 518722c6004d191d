"""Whom the pages of this room are about: heads of lists, and numbers that were typed."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext

from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.selectors import PersonHeader


def heads_of(viewer: Actor, person_ids: Iterable[int]) -> dict[int, PersonHeader]:
    """By person, in the order asked for; those whom the viewer may not see are not there."""
    ids = list(dict.fromkeys(person_ids))
    found = people.person_headers(viewer, ids, brief=True)
    return {i: found[i] for i in ids if i in found}


def numbers_in(viewer: Actor, form: forms.Form, name: str) -> list[int]:
    """The prisoners whose numbers stand in a box, one a line; a number of nobody is told there."""
    ids = []
    for number, text in enumerate(form.cleaned_data.get(name, "").splitlines(), 1):
        if not text.strip():
            continue
        try:
            ids.append(people.resolve_number(viewer, text.strip()))
        except NotFound:
            form.add_error(
                name,
                gettext("Line %(line)s: no prisoner has the number %(number)s.")
                % {"line": number, "number": text.strip()[:40]},
            )
    return list(dict.fromkeys(ids))
