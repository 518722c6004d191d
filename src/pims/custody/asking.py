"""What custody asks about on the pages of lower rooms."""

from collections.abc import Mapping
from typing import Any

from pims.custody.selectors.births import receptions_of
from pims.custody.web.doubts import birth_doubts
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.people import selectors as people
from pims.ui.asking import asks
from pims.ui.doubts import Doubt


@asks("people.identity")
def birth_that_fits_no_reception(
    viewer: Actor, person_id: int, given: Mapping[str, Any]
) -> list[Doubt]:
    """Whether a birth that is changed can be that of whoever was received; the last that not."""
    if given["birth_date"] is None or not visible_ids(viewer, "custody.view", [person_id]):
        return []
    born = people.birth_range(given["birth_date"], given["birth_precision"])
    if born is None or people.born_between([person_id]).get(person_id) == born:
        return []
    for received_at, age in receptions_of(person_id):
        doubts = birth_doubts(
            born, received_at=received_at, age_as_given=age, target="id_birth_date_day"
        )
        if doubts:
            return doubts
    return []
