"""What the alarms do with events: look again at the person, and raise what an event itself says."""

from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from pims.assurance import judging, sealing, services, transfers
from pims.assurance.rules import DueAlarm
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.last import is_followed
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.kernel import clock

# Event kind to the alarm that it raises; the key is the event's own, so that two are two.
RAISED_BY = {
    "custody.identity_in_doubt": "identity_in_doubt",
    "custody.wrong_person_produced": "identity_in_doubt",
    "custody.episode_was_open": "episode_was_open",
    "custody.stay_put_before": "stay_put_before",
    "custody.received_long_ago": "received_long_ago",
    "custody.ill_treatment_complained": "ill_treatment_complained",
    "custody.freed_against_paper": "released_in_error",
    "custody.removed_without_order": "removed_without_order",
    "custody.taken_off_the_books": "taken_off_the_books",
    "custody.clock_went_back": "clock_went_back",
    "custody.place_taken_since": "place_taken_since",
    "ledger.clock_went_back": "clock_went_back",
    "ledger.tree_differs": "ledger_differs",
}
# Marks of a discharge by which somebody left who perhaps should not have.
STOPPED = {
    "release.no_order_or_final_date",
    "release.further_warrant",
    "release.further_warrant_keyed_later",
    "release.further_warrant_follows",
    "release.further_warrant_undecided",
    "was_at_large",
}


# The facts that end an alarm about somebody taken off the books: custody goes on, or another
# officer has looked and stands for it.
SETTLES = {"custody.end_countersigned": "countersigned", "custody.end_taken_back": "taken_back"}

# An event older than this was looked at by a whole sweep since: one runs every minute.
FRESH = timedelta(minutes=10)


def is_fresh(event: EventRecord) -> bool:
    return event.person_id is not None and clock.now() - event.recorded_at < FRESH


# The rooms whose every event has the person looked at.
LOOKED_AT = ("custody", "authority", "release")


@subscriber(
    "assurance.facts",
    kinds=[
        *(f"{room}.*" for room in LOOKED_AT),
        "courts.hearing_outcome_recorded",
        "courts.order_recorded",
        "courts.order_fell",
        "courts.order_confirmed",
        "courts.order_stands_again",
        "people.amended",
        "people.age_decided",
        "people.merged",
        "people.unmerged",
    ],
    only=is_fresh,
)
def look_again(event: EventRecord) -> None:
    """Raise and end what the change made due or over, for this person alone.

    Of several changes at once the last one has the person looked at: it finds what all have made.
    """
    person_id, seq = event.person_id, event.event_seq
    if person_id is None or (seq is not None and is_followed(person_id, seq, rooms=LOOKED_AT)):
        return
    services.sweep(_command(event, "facts"), person_ids=[person_id])


# The rooms whose events can change what custody rests on.
JUDGED = ("custody", "authority", "courts", "sentences", "release", "people")


@subscriber("assurance.proof", kinds=[f"{room}.*" for room in JUDGED], only=is_fresh)
def judge_again(event: EventRecord) -> None:
    """Judge the custody of whom the change is about, and of whose record it joined or parted.

    Of several changes at once the last one has the person judged. What is older was judged since:
    everybody is, every hour.
    """
    persons = {event.payload.get("into_person_id"), event.payload.get("from_person_id")}
    about = sorted({one for one in (event.person_id, *persons) if isinstance(one, int)})
    alone, seq = about == [event.person_id], event.event_seq
    if alone and seq is not None and is_followed(about[0], seq, rooms=JUDGED):
        return
    judging.judge_custody(_command(event, "proof"), person_ids=about)


@subscriber(
    "assurance.events",
    kinds=[
        *RAISED_BY,
        *SETTLES,
        "release.released",
        "release.released_in_error",
        "release.returned_from_error",
        "release.discharge_taken_back",
        "release.discharge_corrected",
        "authority.release_order_withdrawn",
    ],
)
def raise_what_it_says(event: EventRecord) -> None:
    command = _command(event, "events")
    if event.kind in SETTLES:
        _settle_off_the_books(command, event)
        return
    if event.kind in ("release.returned_from_error", "release.discharge_taken_back"):
        left = event.payload.get("left_episode_id", event.payload.get("episode_id"))
        services.end_alarm_by_fact(command, kind="released_in_error", key=f"episode-{left}")
        return
    if event.kind in ("release.released", "release.discharge_corrected"):
        marks = event.payload.get("marks")
        stopped = isinstance(marks, list) and bool(STOPPED & set(marks))
        if event.kind == "release.discharge_corrected":
            if not event.payload.get("from_paper") or event.payload.get("in_error"):
                return
            if not stopped:
                services.end_alarm_by_fact(
                    command, kind="released_in_error", key=_episode_key(event)
                )
        if not stopped:
            return
    if event.kind == "authority.release_order_withdrawn" and not event.payload.get("freed_wrongly"):
        return
    kind = RAISED_BY.get(event.kind, "released_in_error")
    episode_id = event.payload.get("episode_id")
    about_episode = kind == "released_in_error" and episode_id is not None
    key = _episode_key(event) if about_episode else str(event.event_id)
    services.raise_alarm(
        command,
        alarm=DueAlarm(
            kind=kind,
            key=key,
            since=event.recorded_at,
            establishment_id=event.establishment_id,
            person_id=event.person_id,
            episode_id=episode_id if isinstance(episode_id, int) else None,
            params={"event": event.kind} | _of_van(event) | _why(event),
        ),
    )


def _settle_off_the_books(command: Command, event: EventRecord) -> None:
    episode_id = event.payload.get("episode_id")
    if isinstance(episode_id, int):
        services.end_alarms_of_stay(
            command, kind="taken_off_the_books", episode_id=episode_id, by=SETTLES[event.kind]
        )


@subscriber(
    "assurance.sealing",
    kinds=["vault.person_sealed", "vault.person_unsealed", "people.merged", "people.unmerged"],
)
def own_anew(event: EventRecord) -> None:
    """Whoever sealed or opened it, and by what way: the alarms belong to who can see them.

    Joining hides records alike, and parting may open one of them.
    """
    if event.person_id is not None:
        sealing.own_anew(_command(event, "sealing"), person_id=event.person_id)
    other = event.payload.get("from_person_id")
    if isinstance(other, int):
        sealing.own_anew(_command(event, "sealing/other"), person_id=other)


@subscriber("assurance.transfers", kinds=["custody.ended", "custody.end_taken_back"])
def follow_transfers(event: EventRecord) -> None:
    """Whoever was transferred, or was not after all: the alarms go where the person is held."""
    if event.payload.get("end_kind") != "transferred" or event.person_id is None:
        return
    transfers.follow_person(_command(event, "transfers"), person_id=event.person_id)


@subscriber("assurance.doubts", kinds=["release.released", "release.discharge_taken_back"])
def raise_released_in_doubt(event: EventRecord) -> None:
    """Who left on an odd order that nobody had verified: the registry is called all the same."""
    if event.kind == "release.discharge_taken_back":
        services.end_alarm_by_fact(
            _command(event, "doubts"), kind="released_in_doubt", key=_episode_key(event)
        )
        return
    marks = event.payload.get("marks")
    if not isinstance(marks, list) or "order_in_doubt" not in marks:
        return
    episode_id = event.payload.get("episode_id")
    services.raise_alarm(
        _command(event, "doubts"),
        alarm=DueAlarm(
            kind="released_in_doubt",
            key=_episode_key(event),
            since=event.recorded_at,
            establishment_id=event.establishment_id,
            person_id=event.person_id,
            episode_id=episode_id if isinstance(episode_id, int) else None,
            params={"event": event.kind},
        ),
    )


def _of_van(event: EventRecord) -> dict[str, object]:
    """Which van an alarm about nobody alone is about."""
    van_id = event.payload.get("van_id")
    return {} if van_id is None else {"van_id": van_id, "people": event.payload.get("people")}


def _why(event: EventRecord) -> dict[str, object]:
    """What was amiss, in codes of `web.particulars.WHY`, for whoever has the alarm to deal with."""
    found: list[str] = []
    if event.kind in ("release.released", "release.discharge_corrected"):
        marks = event.payload.get("marks")
        found = sorted(STOPPED & set(marks)) if isinstance(marks, list) else []
    elif event.kind == "custody.freed_against_paper":
        found += ["no_order_seen"] * (not event.payload.get("order_seen"))
        found += ["release.further_warrant"] * bool(event.payload.get("warrants"))
    elif event.kind == "custody.removed_without_order":
        found = ["no_order_seen"]
    return {"why": found} if found else {}


def _episode_key(event: EventRecord) -> str:
    return f"episode-{event.payload.get('episode_id')}"


def _command(event: EventRecord, lane: str) -> Command:
    """The same event gives the same command, so that a second delivery changes nothing."""
    return Command(system_actor(), _twin(event.event_id, lane))


def _twin(event_id: UUID, lane: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"{event_id}/{lane}")
