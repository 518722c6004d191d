"""From an event of the record to the messages that tell of it, in one transaction.

The person is shelved anew in the same transaction, so that what a message says and what an agency
then reads are of one moment. The same event makes the same messages: a second delivery adds none.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import uuid5

from django.conf import settings

from pims.exchange.feed.publishing import publish
from pims.exchange.feed.retractions import judged_like
from pims.exchange.feed.telling import TOLD, Draft
from pims.exchange.models import FacetsSeen, Message
from pims.exchange.services.breaker import screen
from pims.exchange.shelving import Change, shelve
from pims.exchange.shelving.facts import Names, names
from pims.exchange.shelving.records import told_values
from pims.foundation.access.selectors import system_actor
from pims.foundation.outbox.records import EventRecord
from pims.kernel import clock
from pims.people import selectors as people

# Other people whom an event may name beside the one it is about.
_OTHERS = ("into_person_id", "from_person_id", "was_person_id", "other_person_id")


def follow(event: EventRecord) -> list[int]:
    """Shelve whom the event is about and make and publish its messages; the messages' ids.

    In the caller's transaction, which must mark the event as handled. The breaker holds what looks
    implausible; everything else is published.
    """
    messages = make(event)
    if messages:
        publish([message.pk for message in screen(messages)])
    return [message.pk for message in messages]


def make(event: EventRecord) -> list[Message]:
    """The messages of an event, not published yet. Those that were made of it before are absent."""
    about = persons_of(event)
    before = seen_before(event, about)
    changes = shelve(about)
    telling = TOLD.get(event.kind)
    if telling is None or not changes:
        return []
    view = _View(event, changes, before, names())
    made = [_message(view, draft) for draft in telling(event)]
    return [message for message in made if message is not None]


def persons_of(event: EventRecord) -> set[int]:
    """Everybody whose record the event changes."""
    named = [event.person_id, *(event.payload.get(name) for name in _OTHERS)]
    return {one for one in named if isinstance(one, int) and not isinstance(one, bool)}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person's custody was before the event, as far as the shelf had followed it."""

    facets: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()


def seen_before(event: EventRecord, person_ids: Collection[int]) -> dict[int, Seen]:
    """What was on the shelf when the event had surely not happened yet, by record."""
    rows = (
        FacetsSeen.objects.filter(person_id__in=list(person_ids), seen_at__lt=event.recorded_at)
        .order_by("person_id", "-seen_at", "-pk")
        .distinct("person_id")
    )
    return {r.person_id: Seen(frozenset(r.facets), frozenset(r.labels)) for r in rows}


@dataclass(frozen=True, slots=True)
class _View:
    event: EventRecord
    changes: Mapping[int, Change]
    before: Mapping[int, Seen]
    codes: Names

    def root(self, person_id: int | None) -> int | None:
        if person_id is None or person_id in self.changes:
            return person_id
        root = people.canonical_id(person_id)
        return root if root in self.changes else None

    @property
    def here(self) -> tuple[str, ...]:
        code = self.codes.establishments.get(self.event.establishment_id or 0)
        return (f"establishment:{code}",) if code else ()


def _message(view: _View, draft: Draft) -> Message | None:
    event = view.event
    event_id = uuid5(event.event_id, draft.slot) if draft.slot else event.event_id
    if Message.objects.filter(event_id=event_id, type=draft.type).exists():
        return None
    if draft.takes_back:
        return _retraction(view, draft, event_id)
    if draft.only_after and standing_message(draft.only_after, any_state=True) is None:
        return None
    if draft.unless and standing_message(draft.unless) is not None:
        return None
    person_id = view.root(draft.about_person_id or event.person_id)
    if person_id is None:
        return None  # erased since: there is nobody to tell of
    change = view.changes[person_id]
    concerned = {person_id, draft.other_person_id, draft.about_person_id, event.person_id}
    seen = [one for i, one in sorted(view.before.items()) if i in concerned]
    old = frozenset[str]().union(*(one.facets for one in seen)) if seen else change.facets_before
    labels = change.labels.union(*(one.labels for one in seen))
    before = _with(old or change.facets_after, (*draft.before, *_here(view, draft.here_before)))
    after = _with(change.facets_after, (*draft.after, *_here(view, draft.here_after)))
    return _made(
        view,
        draft,
        event_id=event_id,
        person_id=person_id,
        number=change.number,
        facets_before=sorted(before),
        facets_after=sorted(after),
        labels=sorted(labels),
        facts=_facts(view, draft),
    )


def _retraction(view: _View, draft: Draft, event_id: object) -> Message | None:
    """Takes back the message of that reference; where nobody was told yet, it never will be."""
    told = standing_message(draft.takes_back)
    if told is None:
        return None
    if told.state != Message.State.READY:
        told.state, told.because = Message.State.WITHDRAWN, draft.because
        told.save(update_fields=["state", "because"])
        return None
    return _made(
        view,
        draft,
        event_id=event_id,
        **judged_like(told),
    )


def _made(view: _View, draft: Draft, **values: object) -> Message:
    event = view.event
    person_id = values["person_id"]
    defaults: dict[str, object] = {
        "event_position": event.position,
        "type": draft.type,
        "judged_as": draft.type,
        "establishment_id": event.establishment_id,
        "origin": Message.Origin.TEST if settings.PIMS_TEST_SYSTEM else Message.Origin.LIVE,
        "occurred_at": draft.occurred_at or event.recorded_at,
        "recorded_at": event.recorded_at,
        "made_at": clock.now(),
        "other_number": _number(draft.other_person_id),
        "records": {table: list(which) for table, which in draft.records.items()},
        "reference": draft.reference,
        "because": draft.because,
        "labels_now": sorted(_labels_now(view, person_id if isinstance(person_id, int) else None)),
    }
    return Message.objects.create(**{**defaults, **values})


def standing_message(reference: str, *, any_state: bool = False) -> Message | None:
    """The latest message of that reference that was neither taken back nor withdrawn.

    With `any_state` one that was taken back counts too.
    """
    rows = Message.objects.filter(reference=reference).exclude(state=Message.State.WITHDRAWN)
    last = rows.order_by("-pk").first()
    if last is None or any_state:
        return last
    return None if Message.objects.filter(retracts=last).exists() else last


def _with(facets: frozenset[str], certain: Iterable[str]) -> frozenset[str]:
    """The facets, with what is certain in place of all others of its kind.

    Who was held had no end of custody; who left is nowhere.
    """
    certain = tuple(certain)
    kinds = {facet.partition(":")[0] for facet in certain}
    if "held" in kinds:
        kinds |= {"end"}
    if "held:before" in certain:
        kinds |= {"where"}
    kept = frozenset(f for f in facets if f.partition(":")[0] not in kinds)
    return kept | frozenset(certain)


def _here(view: _View, wanted: bool) -> tuple[str, ...]:
    return view.here if wanted else ()


def _facts(view: _View, draft: Draft) -> dict[str, object]:
    values = dict(draft.facts)
    if draft.here_after and view.here:
        values["establishment"] = view.here[0].partition(":")[2]
    return {f"custody.{name}": value for name, value in told_values(values).items()}


def _labels_now(view: _View, person_id: int | None) -> frozenset[str]:
    change = view.changes.get(person_id or 0)
    return frozenset() if change is None else change.labels_after


def _number(person_id: int | None) -> str:
    if person_id is None:
        return ""
    header = people.person_headers(system_actor(), [person_id], brief=True).get(person_id)
    return "" if header is None else header.number
