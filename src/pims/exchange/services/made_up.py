"""People who do not exist, for the programs of agencies to be tried out with."""

from collections.abc import Collection

from pims.exchange.events import MadeUpMarked
from pims.exchange.models import MadeUp, Message, ShelfRow
from pims.exchange.services.common import MANAGE
from pims.foundation.access.scope import require_held
from pims.foundation.bulk import any_of
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.people import selectors as people


@service
def mark_made_up(tx: Transaction, *, person_ids: Collection[int]) -> int:
    """These people were made up for trying things out; how many were not marked before.

    From now on nobody is told of them but agencies that only try things out. It is for good, and
    only for whoever nobody could have been told of yet: somebody real would vanish otherwise.
    Raises NotPermitted, Refused (``exchange.known_already``).
    """
    require_held(tx.actor, MANAGE)
    tx.lock_persons(person_ids)
    marked = MadeUp.objects.filter(any_of("person_id", person_ids))
    fresh = sorted(set(person_ids) - set(marked.values_list("person_id", flat=True)))
    rows = (model.objects.filter(any_of("person_id", fresh)) for model in (ShelfRow, Message))
    known = {i for one in rows for i in one.values_list("person_id", flat=True) if i is not None}
    if known:
        header = people.person_headers(tx.actor, [min(known)], brief=True)[min(known)]
        refuse(Reason("exchange.known_already", {"number": header.number})).require()
    for person_id in fresh:
        MadeUp.objects.create(person_id=person_id, marked_at=tx.now, marked_by_id=tx.actor.user_id)
        tx.record(MadeUpMarked(person_id=person_id))
    return len(fresh)
