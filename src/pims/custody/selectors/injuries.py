"""The picture of an injury."""

from pims.custody.models import Injury
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.ledger.append import append_read
from pims.foundation.vault.files import StoredFile, open_file
from pims.kernel import clock
from pims.kernel.errors import NotFound


def injury_photograph(viewer: Actor, injury_id: int) -> StoredFile:
    """The picture, decrypted for this viewer; that it was looked at is on record.

    Raises NotFound where there is none or the viewer may not see the person.
    """
    injury = Injury.objects.filter(pk=injury_id).first()
    if injury is None or injury.photo_id is None:
        raise NotFound("photograph", injury_id)
    require_visible(viewer, "custody.view", injury.person_id)
    found = open_file(injury.photo_id)
    append_read(
        actor_id=viewer.user_id,
        page="injury.photograph",
        person_ids=[injury.person_id],
        establishment_id=None,
        at=clock.now(),
    )
    return found
