"""Beginning a custody episode."""

from datetime import datetime

from pims.custody import events
from pims.custody.models import Episode
from pims.custody.rules import admission as admission_rules
from pims.custody.services import steps
from pims.custody.services.about import about
from pims.custody.services.common import scope_to
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction


def open_episode(
    tx: Transaction,
    *,
    person_id: int,
    establishment_id: int,
    starts_at: datetime,
    reception_kind: str,
    continues: Episode | None = None,
) -> Episode:
    """Begin custody.

    An episode that begins later bounds it, marked as an end not recorded: a fact, and one that
    tells an alarm, since more often it is a slip of the keys.
    """
    tx.lock_persons([person_id])
    later = (
        Episode.objects.filter(person_id=person_id, starts_at__gt=starts_at)
        .exclude(end_kind=Episode.EndKind.NEVER_HELD)
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    episode = Episode.objects.create(
        person_id=person_id,
        establishment_id=establishment_id,
        starts_at=starts_at,
        ends_at=later,
        end_kind=Episode.EndKind.NONE if later is None else Episode.EndKind.NOT_RECORDED,
        reception_kind=reception_kind,
        admission_due_at=admission_rules.due_at(starts_at),
        continues=continues,
        recorded_by_id=tx.actor.user_id,
    )
    steps.open_steps(episode, by=tx.actor.user_id)
    if later is None:
        scope_to(episode, facilities.reception_unit(establishment_id).unit_id)
    else:
        tx.record(
            events.StayPutBefore(**about(episode, starts_at), next_starts_at=later.isoformat())
        )
    return episode
