"""The injuries seen in stays, and the picture of one."""

from collections import defaultdict
from collections.abc import Iterable

from pims.custody.models import Injury
from pims.custody.selectors.receptions import InjuryInfo, injury_info
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.ledger.append import append_read
from pims.foundation.vault.files import StoredFile, open_file
from pims.kernel import clock
from pims.kernel.errors import NotFound


def injuries_of(viewer: Actor, episode_ids: Iterable[int]) -> dict[int, list[InjuryInfo]]:
    """Episode -> what was seen or said in it, oldest first; none is absent. Two queries.

    Of people whom the viewer may not see nothing is told.
    """
    rows = list(Injury.objects.filter(any_of("episode_id", set(episode_ids))).order_by("seen_at"))
    persons = {row.person_id for row in rows}
    seen = persons if viewer.system else visible_ids(viewer, "custody.view", persons)
    found: dict[int, list[InjuryInfo]] = defaultdict(list)
    for row in rows:
        if row.person_id in seen:
            found[row.episode_id].append(injury_info(row))
    return dict(found)


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
