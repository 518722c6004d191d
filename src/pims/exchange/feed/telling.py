"""Which events of the record other agencies are told, and as what.

Each kind of event of every room stands either in `TOLD`, with what is made of it, or in `NOT_TOLD`.
A draft says what the event itself makes certain of the person's custody before and after it: the
record may have moved on by the time it is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.foundation.access.selectors import system_actor
from pims.foundation.outbox.records import EventRecord

HELD_BEFORE, HELD_NOW = "held:before", "held:now"


@dataclass(frozen=True, slots=True)
class Draft:
    """One message to be made of an event.

    `reference` is what of the record it tells, so that it can be found again: ``in:17`` is the
    reception that opened episode 17. `before` and `after` are facets that were certainly so, each
    in place of all others of its kind; where `establishment` is among their kinds it is the
    event's. With `takes_back` it is a retraction of the message of that reference, if there is one.
    `only_after` and `unless` name references that must, or must not, have been told. `slot` tells
    two messages of one type apart that one event makes.
    """

    type: str
    reference: str = ""
    occurred_at: datetime | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    here_before: bool = False
    here_after: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    takes_back: str = ""
    because: str = ""
    only_after: str = ""
    unless: str = ""
    other_person_id: int | None = None
    about_person_id: int | None = None
    slot: str = ""


Telling = Callable[[EventRecord], Iterable[Draft]]

_END_TYPES = {
    "discharged": "released",
    "discharged_at_court": "released",
    "removed": "released",
    "not_recorded": "released",
    "died": "died",
    "released_in_error": "released_in_error",
}


def _id(event: EventRecord, name: str) -> int:
    found = event.payload[name]
    assert isinstance(found, int)
    return found


def _when(event: EventRecord, name: str = "happened_at") -> datetime | None:
    text = event.payload.get(name)
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _taken_back(reference: str, because: str, *, slot: str = "") -> Draft:
    return Draft("retraction", takes_back=reference, because=because, slot=slot)


def _received(event: EventRecord) -> Iterable[Draft]:
    kind = event.payload.get("reception_kind")
    # A transfer is told by what ended at the other place, a return by the error that it ends.
    if kind in ("transfer", "return_from_error"):
        return
    yield _admitted(_id(event, "episode_id"), _when(event))


def _admitted(episode_id: int, at: datetime | None) -> Draft:
    return Draft(
        "admitted",
        reference=f"in:{episode_id}",
        unless=f"in:{episode_id}",
        occurred_at=at,
        after=(HELD_NOW,),
        here_after=True,
        facts={"since": at},
    )


def _ended(event: EventRecord) -> Iterable[Draft]:
    episode_id, kind = _id(event, "episode_id"), str(event.payload["end_kind"])
    if kind == "never_held":
        yield _taken_back(f"in:{episode_id}", "never_was")
        yield _taken_back(f"out:{episode_id}", "never_was", slot="out")
        return
    yield _left(episode_id, kind, _when(event))


def _left(episode_id: int, kind: str, at: datetime | None) -> Draft:
    """Once: where an end is put right, custody ends anew, and the correction is told after it."""
    if kind == "transferred":
        return Draft(
            "transferred",
            reference=f"out:{episode_id}",
            unless=f"out:{episode_id}",
            occurred_at=at,
            before=(HELD_NOW,),
            here_before=True,
            after=(HELD_NOW,),
        )
    return Draft(
        _END_TYPES[kind],
        reference=f"out:{episode_id}",
        unless=f"out:{episode_id}",
        occurred_at=at,
        before=(HELD_NOW,),
        here_before=True,
        after=(HELD_BEFORE, f"end:{kind}"),
        here_after=True,
        facts={"ended_at": at, "end_kind": kind},
    )


def _end_taken_back(event: EventRecord) -> Iterable[Draft]:
    yield _taken_back(f"out:{_id(event, 'episode_id')}", "never_was")


def _corrected(event: EventRecord) -> Iterable[Draft]:
    """An hour, or a kind of end, that stands otherwise now is taken back and told again."""
    changed = str(event.payload["fields"]).split()
    episode_id = _id(event, "episode_id")
    now = custody.episode_brief(system_actor(), episode_id)
    if now is None or now.end_kind == "never_held":
        return
    if "starts_at" in changed:
        yield _taken_back(f"in:{episode_id}", "corrected", slot="in")
        again = _admitted(episode_id, now.starts_at)
        yield _again(again, f"in:{episode_id}")
    if {"ends_at", "end_kind"} & set(changed) and now.ends_at is not None:
        if now.end_kind == "released_in_error":
            return  # what was released stays so; that it was an error is told by itself
        yield _taken_back(f"out:{episode_id}", "corrected", slot="out")
        yield _again(_left(episode_id, now.end_kind, now.ends_at), f"out:{episode_id}")


def _again(draft: Draft, reference: str) -> Draft:
    """Told anew only where it was told before: what nobody heard of needs no correction."""
    values = {name: getattr(draft, name) for name in Draft.__slots__}
    return Draft(**{**values, "only_after": reference})


def _escaped(event: EventRecord) -> Iterable[Draft]:
    at = _when(event)
    yield Draft(
        "escaped",
        reference=f"gone:{_id(event, 'absence_id')}",
        occurred_at=at,
        before=(HELD_NOW,),
        here_before=True,
        after=(HELD_NOW, "where:at_large"),
        here_after=True,
        facts={"at_large_since": at},
    )


def _escape_taken_back(event: EventRecord) -> Iterable[Draft]:
    yield _taken_back(f"gone:{_id(event, 'absence_id')}", "never_was")


def _recaptured(event: EventRecord) -> Iterable[Draft]:
    if event.payload.get("end_kind") == "custody_ended":
        return  # told by how it ended
    yield Draft(
        "recaptured",
        reference=f"back:{_id(event, 'absence_id')}",
        occurred_at=_when(event),
        before=(HELD_NOW, "where:at_large"),
        here_before=True,
        after=(HELD_NOW, "where:in"),
        here_after=True,
    )


def _not_returned(event: EventRecord) -> Iterable[Draft]:
    yield Draft(
        "absent",
        reference=f"absent:{_id(event, 'escort_id')}",
        occurred_at=_when(event),
        before=(HELD_NOW, "where:out"),
        here_before=True,
        after=(HELD_NOW,),
        here_after=True,
    )


# Ends of an escort after which nobody is back: an escape, or custody that ended out there.
_GONE = frozenset({"escaped", "went_on", "never_held", *_END_TYPES})


def _escort_returned(event: EventRecord) -> Iterable[Draft]:
    """Only where it was told that the person had not come back."""
    if event.payload.get("outcome") in _GONE:
        return
    escort_id = _id(event, "escort_id")
    yield Draft(
        "returned",
        reference=f"returned:{escort_id}",
        occurred_at=_when(event),
        before=(HELD_NOW, "where:out"),
        here_before=True,
        after=(HELD_NOW, "where:in"),
        here_after=True,
        only_after=f"absent:{escort_id}",
    )


def _error_found(event: EventRecord) -> Iterable[Draft]:
    yield Draft(
        "released_in_error",
        reference=f"error:{_id(event, 'episode_id')}",
        before=(HELD_BEFORE,),
        here_before=True,
        after=(HELD_BEFORE, "end:released_in_error"),
        here_after=True,
        facts={"end_kind": "released_in_error"},
    )


def _returned_from_error(event: EventRecord) -> Iterable[Draft]:
    yield Draft(
        "returned",
        reference=f"in:{_id(event, 'episode_id')}",
        before=(HELD_BEFORE, "end:released_in_error"),
        here_before=True,
        after=(HELD_NOW,),
        here_after=True,
    )


def _discharge_taken_back(event: EventRecord) -> Iterable[Draft]:
    # That custody goes on is told by the end that was taken back.
    yield _taken_back(f"error:{_id(event, 'episode_id')}", "never_was")


def _warrant(event: EventRecord) -> Iterable[Draft]:
    yield _order(("warrant", str(event.payload["warrant_name_id"])))


def _release_order(event: EventRecord) -> Iterable[Draft]:
    yield _order(("order", str(event.payload["release_order_id"])))


def _court_order(event: EventRecord) -> Iterable[Draft]:
    """What it made of itself, a warrant or a release order, may have been told already."""
    for table, name in (("warrant", "warrant_name_id"), ("order", "release_order_id")):
        if event.payload.get(name) is not None:
            yield _order((table, str(event.payload[name])))
            return
    yield _order(("", str(event.payload["order_id"])))


def _order(what: tuple[str, str]) -> Draft:
    table, record = what
    reference = f"{table or 'court_order'}:{record}"
    return Draft(
        "order_recorded",
        reference=reference,
        unless=reference,
        records={table: (record,)} if table else {},
    )


def _order_gone(because: str) -> Telling:
    def tell(event: EventRecord) -> Iterable[Draft]:
        yield _taken_back(f"order:{event.payload['release_order_id']}", because)

    return tell


def _court_order_fell(event: EventRecord) -> Iterable[Draft]:
    yield _taken_back(_as_told(event).reference, "fell")


def _court_order_again(event: EventRecord) -> Iterable[Draft]:
    yield _as_told(event)


def _as_told(event: EventRecord) -> Draft:
    """A court's order as it was told of: by what it made of itself, where it made something."""
    order = courts.order(system_actor(), _id(event, "order_id"))
    if order.warrant_name_id is not None:
        return _order(("warrant", str(order.warrant_name_id)))
    if order.release_order_id is not None:
        return _order(("order", str(order.release_order_id)))
    return _order(("", str(order.order_id)))


def _warrant_ended(event: EventRecord) -> Iterable[Draft]:
    """Most end because they are over; one that was entered by mistake never was."""
    if event.payload.get("end_kind") == "void":
        yield _taken_back(f"warrant:{event.payload['warrant_name_id']}", "never_was")


def _dates(event: EventRecord) -> Iterable[Draft]:
    yield Draft("dates_changed")


_MISSED = frozenset({"not_produced", "refused"})


def _hearing(event: EventRecord) -> Iterable[Draft]:
    reference = f"hearing:{_id(event, 'hearing_id')}"
    if event.payload.get("outcome") in _MISSED:
        yield Draft(
            "hearing_missed",
            reference=reference,
            unless=reference,
            records={"hearing": (f"h{event.payload['hearing_id']}",)},
        )
    else:
        yield _taken_back(reference, "corrected")


def _merged(event: EventRecord) -> Iterable[Draft]:
    yield Draft(
        "identity_merged",
        reference=f"merge:{_id(event, 'merge_id')}",
        about_person_id=_id(event, "into_person_id"),
        other_person_id=event.person_id,
    )


def _unmerged(event: EventRecord) -> Iterable[Draft]:
    yield Draft(
        "identity_unmerged",
        reference=f"unmerge:{_id(event, 'merge_id')}",
        about_person_id=_id(event, "from_person_id"),
        other_person_id=event.person_id,
    )


TOLD: Mapping[str, Telling] = {
    "custody.received": _received,
    "custody.ended": _ended,
    "custody.end_taken_back": _end_taken_back,
    "custody.episode_corrected": _corrected,
    "custody.escaped": _escaped,
    "custody.escape_taken_back": _escape_taken_back,
    "custody.recaptured": _recaptured,
    "custody.not_returned": _not_returned,
    "custody.escort_returned": _escort_returned,
    "release.released_in_error": _error_found,
    "release.returned_from_error": _returned_from_error,
    "release.discharge_taken_back": _discharge_taken_back,
    "authority.warrant_recorded": _warrant,
    "authority.warrant_ended": _warrant_ended,
    "authority.release_order_recorded": _release_order,
    "authority.release_order_withdrawn": _order_gone("withdrawn"),
    "authority.release_order_struck_out": _order_gone("never_was"),
    "courts.order_recorded": _court_order,
    "courts.order_fell": _court_order_fell,
    "courts.order_stands_again": _court_order_again,
    "courts.hearing_outcome_recorded": _hearing,
    "sentences.calculated": _dates,
    "sentences.nothing_to_calculate": _dates,
    "sentences.hand_calculation_countersigned": _dates,
    "sentences.hand_calculation_ended": _dates,
    "people.merged": _merged,
    "people.unmerged": _unmerged,
}
