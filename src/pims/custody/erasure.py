"""What custody says against the erasure of a person, by order."""

from collections.abc import Sequence

from pims.custody.models import Episode
from pims.kernel.decisions import Reason


def obstacles_to_erasure(person_ids: Sequence[int]) -> tuple[Reason, ...]:
    """Whoever is on the books is not erased, whatever the order says: the books must balance."""
    held = Episode.objects.filter(person_id__in=person_ids, ends_at=None).order_by("pk")
    return tuple(
        Reason("vault.in_custody", {"since": episode.starts_at.isoformat()}) for episode in held
    )
