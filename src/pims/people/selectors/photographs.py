"""A photograph's bytes, for the one view that sends them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.vault.files import file_refs, open_file
from pims.kernel.errors import NotFound
from pims.people.models import Photograph
from pims.people.search import index


@dataclass(frozen=True, slots=True)
class PhotographFile:
    person_id: int
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhotographView:
    """A photograph for a page: `url` gives the picture, `small_url` its thumbnail."""

    photograph_id: int
    kind: str
    blob_id: UUID
    taken_at: datetime
    mark_id: int | None
    url: str
    small_url: str


def photographs(viewer: Actor, person_id: int) -> list[PhotographView]:
    """All photographs of the person and of merged records, the newest first."""
    if not viewer.system:
        require_visible(viewer, "people.view", person_id)
    rows = Photograph.objects.filter(
        person_id__in=index.merged_into([person_id]), withdrawn_at__isnull=True
    ).order_by("-taken_at", "-id")
    return [
        PhotographView(
            row.pk,
            row.kind,
            row.blob_id,
            row.taken_at,
            row.mark_id,
            reverse("people:photograph", args=[row.blob_id]),
            reverse("people:photograph_small", args=[row.blob_id]),
        )
        for row in rows
    ]


def photographs_to_compare(person_id: int) -> int:
    """How many photographs of the face stand, of the person and of records joined to it."""
    own = Photograph.objects.filter(
        person_id__in=index.merged_into([person_id]), withdrawn_at__isnull=True
    )
    return own.exclude(kind=Photograph.Kind.MARK).count()


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
