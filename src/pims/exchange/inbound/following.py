"""What follows by itself: a message that came is looked at, and its sender is told what became of
whom it was about."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from pims.exchange.models import Inbound
from pims.exchange.rules import inbound as rules
from pims.exchange.services.following import follow_person
from pims.exchange.services.inbound import judge_inbound
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.kernel import clock

# How custody ended, or did not after all -> the step that the sender is told.
FREED = "freed"
# A message that waits longer than this was passed by: its event is lost, or the worker was away.
LEFT_BEHIND = timedelta(seconds=20)


@subscriber("exchange.inbound", kinds=["exchange.message_received"])
def look_at(event: EventRecord) -> None:
    """Judge a message within a second of its coming."""
    inbound_id = str(event.payload["inbound_id"])
    judge_inbound(_command(f"{inbound_id}/judge"), inbound_id=UUID(inbound_id))


@subscriber(
    "exchange.followed",
    kinds=[
        "release.discharge_started",
        "release.released",
        "release.discharge_taken_back",
        "release.discharge_corrected",
        "custody.ended",
    ],
    only=lambda event: event.person_id is not None,
)
def tell_senders(event: EventRecord) -> None:
    """The clock from order to freedom, and whoever wished to know when somebody leaves."""
    person_id = event.person_id
    if person_id is None:
        return
    at, what = event.recorded_at, ""
    if event.kind == "release.discharge_started":
        what = "told_before"
    elif event.kind in ("release.released", "release.discharge_corrected"):
        what = FREED
        said = event.payload.get("happened_at")
        at = datetime.fromisoformat(str(said)) if said else at
    elif event.kind == "release.discharge_taken_back":
        what = "not_freed"
    elif event.kind == "custody.ended" and event.payload.get("end_kind") != "discharged":
        what = str(event.payload.get("end_kind"))
    if what:
        follow_person(
            _command(f"{event.event_id}/{person_id}/follow"), person_id=person_id, what=what, at=at
        )


def judge_left_behind() -> int:
    """Look at whatever nobody looked at when it came; give how many there were.

    Raises ExceptionGroup of those that could not be looked at: they keep no other waiting.
    """
    waiting = Inbound.objects.filter(
        state=rules.RECEIVED, received_at__lt=clock.now() - LEFT_BEHIND
    ).order_by("received_at")
    ids = list(waiting.values_list("pk", flat=True)[:500])
    failed: list[Exception] = []
    for inbound_id in ids:
        try:
            judge_inbound(_command(f"{inbound_id}/judge"), inbound_id=inbound_id)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("not every message was looked at", failed)
    return len(ids)


def _command(name: str) -> Command:
    """The same matter gives the same command, so that a second delivery changes nothing."""
    return Command(system_actor(), uuid5(NAMESPACE_OID, name))
