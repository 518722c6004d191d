"""What the release room does with events: an order that frees opens its case by itself."""

from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

from pims.custody.selectors.standing import standing
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.kernel import clock
from pims.people import selectors as people
from pims.release import selectors, services
from pims.release.facts import orders_that_ground
from pims.release.services.cases import CUSTODY_ENDED, ORDER_STRUCK_OUT, ORDER_WITHDRAWN

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
    person_id = _about(event)
    if event.kind != "authority.release_order_recorded":
        case_id = selectors.open_case_of_order(order_id)
        if case_id is not None:
            services.close_case(
                _command(event, "release"),
                case_id=case_id,
                reason=ORDER_STRUCK_OUT if event.kind.endswith("struck_out") else ORDER_WITHDRAWN,
            )
            _start_on_orders(event, person_id)
        return
    for row in standing(person_ids=[person_id]):
        if any(o.release_order_id == order_id for o in orders_that_ground(row.episode_id)):
            _start(event, person_id, basis="order", release_order_id=order_id)


@subscriber(
    "release.taken_back",
    kinds=[
        "release.discharge_taken_back",
        "custody.end_taken_back",
        "authority.release_order_stands_again",
    ],
)
def follow_taken_back(event: EventRecord) -> None:
    """Whoever did not leave after all, and whose order stands, is to be let go: the clock runs."""
    _start_on_orders(event, _about(event))


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
    services.follow_clock(_command(event, "clock"), person_id=_about(event))


@subscriber(
    "release.custody",
    kinds=["custody.received", "custody.ended", "custody.release_waits"],
    only=is_recent,
)
def follow_custody(event: EventRecord) -> None:
    """An order that came before the person, a case whose custody ended, a fine paid at court."""
    episode_id = event.payload["episode_id"]
    assert isinstance(episode_id, int)
    person_id = _about(event)
    ground = selectors.open_ground(episode_id)
    if event.kind == "custody.received" and ground is None:
        _start_on_orders(event, person_id)
    elif event.kind == "custody.release_waits" and ground is None:
        if event.payload.get("basis") == "fine":
            _start(event, person_id, basis="no_authority", ground="Fine settled at court")
    elif event.kind == "custody.ended" and ground is not None:
        services.close_case(
            _command(event, "release"), case_id=ground.case_id, reason=CUSTODY_ENDED
        )
        if event.payload.get("end_kind") == "transferred":
            _start(
                event,
                person_id,
                basis=ground.basis,
                release_order_id=ground.release_order_id,
                final_date=ground.final_date,
                ground=ground.ground,
            )


def _start_on_orders(event: EventRecord, person_id: int) -> None:
    """Start on the newest order that is a ground to let the person go from this custody."""
    for row in standing(person_ids=[person_id]):
        for order in orders_that_ground(row.episode_id)[:1]:
            _start(event, person_id, basis="order", release_order_id=order.release_order_id)


def _start(event: EventRecord, person_id: int, **ground: object) -> None:
    for row in standing(person_ids=[person_id]):
        services.start_discharge(
            _command(event, "start"),
            episode_id=row.episode_id,
            **ground,  # type: ignore[arg-type]
        )


def _about(event: EventRecord) -> int:
    """The person, under the number that counts now: papers may come under a joined one."""
    assert event.person_id is not None
    return people.canonical_id(event.person_id)


def _command(event: EventRecord, step: str) -> Command:
    """The same event gives the same command, so that a second delivery changes nothing."""
    return Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/{step}"))


@subscriber(
    "release.preparing",
    kinds=[
        "sentences.calculated",
        "sentences.nothing_to_calculate",
        "sentences.hand_calculation_countersigned",
        "sentences.hand_calculation_ended",
        "authority.warrant_recorded",
        "authority.warrant_amended",
        "authority.warrant_ended",
        "custody.received",
        "custody.recaptured",
        "release.discharge_taken_back",
        "release.parole_decided",
    ],
    only=is_recent,
)
def follow_dates(event: EventRecord) -> None:
    """A day that came nearer, went further or moved: what is prepared goes with it."""
    services.follow_dates(_command(event, "preparing"), person_id=_about(event))


@subscriber("release.prepared", kinds=["release.released", "custody.ended"], only=is_recent)
def end_preparing(event: EventRecord) -> None:
    """Whoever has left is prepared for no more."""
    released = event.kind == "release.released" or event.payload.get("end_kind") == "discharged"
    services.end_preparations(
        _command(event, "prepared"), person_id=_about(event), released=released
    )
    services.close_paroles(_command(event, "paroles"), person_id=_about(event))
