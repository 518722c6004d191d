"""The ID card: photograph, number and name, and the number as a square code, on 85.6 x 54 mm."""

from pathlib import Path

from django.utils.translation import gettext as _

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.ui.printing import Paper, require_printing_of, smaller

TEMPLATE = Path(__file__).with_name("id_card.typ")


def id_card(viewer: Actor, person_id: int) -> Paper:
    """The card of one prisoner, in or out of custody. Raises NotFound, NotPermitted.

    A record that was joined to another gets the card of that one: one person, one number.
    """
    person_id = people.canonical_id(person_id)
    require_printing_of(viewer, person_id)
    if not viewer.system:
        require_visible(viewer, "custody.view", person_id)
    header = people.person_headers(viewer, [person_id]).get(person_id)
    if header is None:
        raise NotFound("person")
    pictures = {}
    if header.photo_blob_id is not None:
        pictures["front"] = smaller(people.photograph_file(viewer, header.photo_blob_id).content)
    name = header.display_name or _("Name not known")
    return Paper(
        code="id_card",
        template=TEMPLATE,
        title=_("ID card"),
        file_name=f"{header.number}-id-card",
        data={
            "number": header.number,
            "name": name,
            "photograph": _("Photograph"),
            "no_photograph": _("No photograph"),
            "number_code": _("Code of the number"),
            "prisoner": _("Prisoner"),
        },
        person_ids=[person_id],
        subject=header.number,
        pictures=pictures,
        codes={"number": header.number},
    )
