"""A photograph's bytes, for the one view that sends them."""

from dataclasses import dataclass, field
from uuid import UUID

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.vault.files import file_refs, open_file
from pims.kernel.errors import NotFound
from pims.people.models import Photograph


@dataclass(frozen=True, slots=True)
class PhotographFile:
    person_id: int
    media_type: str
    content: bytes = field(repr=False)


def photograph_file(viewer: Actor, blob_id: UUID, *, small: bool = False) -> PhotographFile:
    """The picture, or its thumbnail. Raises NotFound where the viewer may not know of it."""
    person_id = (
        Photograph.objects.filter(blob_id=blob_id).values_list("person_id", flat=True).first()
    )
    if person_id is None:
        raise NotFound("photograph")
    if not viewer.system:
        require_visible(viewer, "people.view", person_id)
    wanted = blob_id
    if small:
        ref = file_refs([blob_id]).get(blob_id)
        wanted = (ref.thumbnail_id if ref else None) or blob_id
    stored = open_file(wanted)
    return PhotographFile(person_id, stored.ref.media_type, stored.text)
