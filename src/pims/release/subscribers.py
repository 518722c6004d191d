"""What the release room does with events: an order that frees opens its case by itself."""

from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

from pims.authority import selectors as authority
from pims.authority.selectors import ReleaseOrderInfo
from pims.custody import selectors as custody
from pims.custody.selectors.standing import standing
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.kernel import clock
from pims.people import selectors as people
from pims.release import selectors, services

# What was recorded longer ago than this has long been seen: a history that is loaded.
RECENT = timedelta(days=2)


def is_recent(event: EventRecord) -> bool:
    return event.person_id is not None and clock.now() - event.recorded_at < RECENT


@subscriber(
    "release.orders",
    kinds=[
        "authority.release_order_recorded",
        "authority.release_order_withdrawn",
        "authority.release_order_struck_out",
    ],
)
def follow_orders(event: EventRecord) -> None:
    """Start the clock of an order for someone in custody; close its case where it is withdrawn."""
    order_id = event.payload["release_order_id"]
    assert isinstance(order_id, int)
    assert event.person_id is not None
    if event.kind != "authority.release_order_recorded":
        case_id = selectors.open_case_of_order(order_id)
        if case_id is not None:
            services.close_case(
                _command(event, "release"),
                case_id=case_id,
                reason="release order " + event.kind.rpartition("_order_")[2].replace("_", " "),
            )
            _start_on_orders(event, event.person_id)
        return
    orders = authority.release_orders([event.person_id]).get(event.person_id, [])
    if any(o.release_order_id == order_id and o.is_open for o in orders):
        _start(event, event.person_id, basis="order", release_order_id=order_id)


@subscriber("release.taken_back", kinds=["release.discharge_taken_back"])
def follow_taken_back(event: EventRecord) -> None:
    """Whoever did not leave after all, and whose order stands, is to be let go: the clock runs."""
    assert event.person_id is not None
    _start_on_orders(event, people.canonical_id(event.person_id))


@subscriber(
    "release.clocks",
    kinds=[
        "authority.release_order_withdrawn",
        "authority.release_order_struck_out",
        "authority.release_order_extended",
        "authority.warrant_recorded",
        "authority.warrant_amended",
        "authority.warrant_ended",
        "authority.next_appearance_set",
        "authority.warrant_decided",
    ],
    only=is_recent,
)
def follow_papers(event: EventRecord) -> None:
    """What ends or begins to detain, or no longer frees, may move the clock of an open case."""
    assert event.person_id is not None
    services.follow_clock(_command(event, "clock"), person_id=people.canonical_id(event.person_id))


@subscriber(
    "release.custody",
    kinds=["custody.received", "custody.ended", "custody.release_waits"],
    only=is_recent,
)
def follow_custody(event: EventRecord) -> None:
    """An order that came before the person, a case whose custody ended, a fine paid at court."""
    episode_id = event.payload["episode_id"]
    assert isinstance(episode_id, int)
    assert event.person_id is not None
    ground = selectors.open_ground(episode_id)
    if event.kind == "custody.received" and ground is None:
        _start_on_orders(event, event.person_id)
    elif event.kind == "custody.release_waits" and ground is None:
        if event.payload.get("basis") == "fine":
            _start(event, event.person_id, basis="no_authority", ground="Fine settled at court")
    elif event.kind == "custody.ended" and ground is not None:
        services.close_case(
            _command(event, "release"), case_id=ground.case_id, reason="custody ended otherwise"
        )
        if event.payload.get("end_kind") == "transferred":
            _start(
                event,
                event.person_id,
                basis=ground.basis,
                release_order_id=ground.release_order_id,
                final_date=ground.final_date,
                ground=ground.ground,
            )


def _start_on_orders(event: EventRecord, person_id: int) -> None:
    """Start on the newest order that stands and that came after custody last ended."""
    ended = [
        brief.ends_at
        for brief in custody.episode_briefs([person_id]).get(person_id, [])
        if brief.ends_at is not None and brief.end_kind != "transferred"
    ]
    orders: list[ReleaseOrderInfo] = authority.release_orders([person_id]).get(person_id, [])
    for order in orders:
        if order.is_open and all(order.received_at > end for end in ended):
            _start(event, person_id, basis="order", release_order_id=order.release_order_id)
            return


def _start(event: EventRecord, person_id: int, **ground: object) -> None:
    for row in standing(person_ids=[person_id]):
        services.start_discharge(
            _command(event, "start"),
            episode_id=row.episode_id,
            **ground,  # type: ignore[arg-type]
        )


def _command(event: EventRecord, step: str) -> Command:
    """The same event gives the same command, so that a second delivery changes nothing."""
    return Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/{step}"))
