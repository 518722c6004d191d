"""What follows for custody from what other rooms record: checks of identity, steps of admission."""

from uuid import NAMESPACE_OID, uuid5

from pims.biometrics import selectors as fingerprints
from pims.custody import selectors, services
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber

# The discharge check keeps its own.
HERE = frozenset({"departure", "return", "gate", "roll", "visit"})


def _compared(event: EventRecord) -> bool:
    told = event.payload
    return told.get("purpose") in HERE and told.get("outcome") in ("match", "no_match")


@subscriber("custody.fingerprints", kinds=["biometrics.verified"], only=_compared)
def keep_identity_checks(event: EventRecord) -> None:
    """A match is on record beside photographs and officers; a finger that is somebody else's (a
    swapped card or wristband) is an alarm. Who is in no custody has no check of it."""
    person_id = event.person_id
    episode = selectors.current_episodes([person_id]).get(person_id) if person_id else None
    if episode is None:
        return
    services.record_identity_check(
        Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/identity")),
        episode_id=episode.episode_id,
        how="fingerprint",
        officers=[fingerprints.who_verified(int(str(event.payload["verification_id"])))],
        purpose=str(event.payload["purpose"]),
        matched=event.payload["outcome"] == "match",
        happened_at=event.recorded_at,
    )


@subscriber("custody.warrant_step", kinds=["authority.warrant_recorded"])
def mark_the_warrant_step(event: EventRecord) -> None:
    """A paper that was recorded at whatever desk is no longer to do in the admission: nobody says
    the same a second time."""
    person_id = event.person_id
    episode = selectors.current_episodes([person_id]).get(person_id) if person_id else None
    if episode is None:
        return
    row = selectors.admission(system_actor(), episode.episode_id)
    if row.states["warrant"] == "todo":
        services.complete_step(
            Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/warrant_step")),
            episode_id=episode.episode_id,
            step="warrant",
        )


def _named(event: EventRecord) -> bool:
    return event.payload.get("other_person_id") is not None


@subscriber("custody.somebody_else", kinds=["biometrics.identified"], only=_named)
def alarm_about_somebody_else(event: EventRecord) -> None:
    """The finger is another's: an alarm that names both, about whoever of the two is in custody."""
    claimed, other = event.person_id, int(str(event.payload["other_person_id"]))
    if claimed is None:
        return
    held = selectors.current_episodes([claimed, other])
    about, named = (claimed, other) if claimed in held else (other, claimed)
    if about not in held:
        return
    services.record_somebody_else(
        Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/somebody-else")),
        episode_id=held[about].episode_id,
        other_person_id=named,
        happened_at=event.recorded_at,
    )
