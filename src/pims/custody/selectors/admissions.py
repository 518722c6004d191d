"""Reception and admission: vans, body receipts, and the admissions still to complete."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from pims.custody import beginnings
from pims.custody.beginnings import (
    Around,
    around,
    began_at,
    began_with,
    fault_of_start,
    receipt_hours,
    stay_to_join,
)
from pims.custody.models import AdmissionStep, BodyReceipt, Episode, TurnedAway, Van
from pims.custody.reading import READER
from pims.custody.rules import admission as rules
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids, visible_persons
from pims.kernel import clock, minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound, NotPermitted
from pims.people import selectors as people

VIEW = "custody.view"
# So many of the vans entered last are listed beside those of the last days.
LAST_ENTERED = 5


@dataclass(frozen=True, slots=True)
class AdmissionRow:
    """An admission under way. `states` maps every step to todo, done or not_needed."""

    episode_id: int
    person_id: int
    number: str
    name: str
    received_at: datetime
    reception_kind: str
    due_at: datetime
    overdue: bool
    is_juvenile: bool
    states: dict[str, str]
    next_step: str | None
    done: int
    of: int
    version: int


@dataclass(frozen=True, slots=True)
class ReceptionLine:
    """One line of the reception book."""

    receipt_id: int
    episode_id: int
    person_id: int
    number: str
    name: str
    name_as_given: str
    received_at: datetime
    warrant_state: str
    injuries: str
    complaint: bool
    handed_over_by: str
    received_by: str
    found: str
    van_id: int
    age_as_given: int | None


@dataclass(frozen=True, slots=True)
class VanInfo:
    van_id: int
    establishment_id: int
    arrived_at: datetime
    from_where: str
    escorting_officer: str
    vehicle: str
    lines: tuple[ReceptionLine, ...]


@dataclass(frozen=True, slots=True)
class HourApart:
    """A line that has another hour than its van, and why it cannot have the van's.

    `fault` is None where nothing speaks against it; `other_episode_id` is the stay in the way.
    """

    line: ReceptionLine
    fault: Reason | None
    other_episode_id: int | None = None


@dataclass(frozen=True, slots=True)
class TurnedAwayInfo:
    turned_away_id: int
    name_as_given: str
    reason: str
    note: str
    brought_by: str
    decided_by_id: int
    happened_at: datetime


def admissions_open(
    viewer: Actor, establishment_id: int, *, at: datetime | None = None
) -> list[AdmissionRow]:
    """The admissions not complete, first due first. Four queries."""
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    rows = Episode.objects.filter(establishment_id=establishment_id, ends_at=None).exclude(
        admission_state=Episode.AdmissionState.ADMITTED
    )
    if not viewer.system:
        rows = rows.filter(person_id__in=visible_persons(viewer, VIEW).values("person_id"))
    return _admissions(rows.order_by("admission_due_at", "pk"), at or clock.now())


def admission(viewer: Actor, episode_id: int) -> AdmissionRow:
    """The admission of one episode, complete or not. Raises NotFound."""
    found = _admissions(Episode.objects.filter(pk=episode_id), clock.now())
    if not found or not (viewer.system or visible_ids(viewer, VIEW, [found[0].person_id])):
        raise NotFound("episode", episode_id)
    return found[0]


def arrest_of(viewer: Actor, episode_id: int) -> dict[str, Any]:
    """What is recorded of the arrest, by the names that `record_arrest` takes. Raises NotFound."""
    row = Episode.objects.filter(pk=episode_id).first()
    if row is None or not (viewer.system or visible_ids(viewer, VIEW, [row.person_id])):
        raise NotFound("episode", episode_id)
    return {
        "arrested_at": row.arrested_at,
        "place": row.arrest_place,
        "reasons": row.arrest_reasons,
        "officer": row.arresting_officer,
    }


def reception_book(
    viewer: Actor, establishment_id: int, *, since: datetime, until: datetime
) -> list[ReceptionLine]:
    """The body receipts of a period in the order of the hour."""
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    rows = BodyReceipt.objects.filter(
        establishment_id=establishment_id, received_at__gte=since, received_at__lt=until
    )
    return _lines(viewer, rows.order_by("received_at", "pk"))


def receipt(viewer: Actor, receipt_id: int) -> ReceptionLine:
    """One body receipt. Raises NotFound."""
    found = _lines(viewer, BodyReceipt.objects.filter(pk=receipt_id))
    if not found:
        raise NotFound("receipt", receipt_id)
    return found[0]


def receipts_of(viewer: Actor, episode_id: int) -> list[ReceptionLine]:
    """The body receipts of one stay, in the order of the hour."""
    rows = BodyReceipt.objects.filter(episode_id=episode_id)
    return _lines(viewer, rows.order_by("received_at", "pk"))


def van(viewer: Actor, van_id: int) -> VanInfo:
    """One van with those of its people whom the viewer may see. Raises NotFound."""
    row = Van.objects.filter(pk=van_id).first()
    if row is None or not viewer.can_at(VIEW, row.establishment_id):
        raise NotFound("van", van_id)
    return _van(row, _lines(viewer, BodyReceipt.objects.filter(van=row).order_by("pk")))


def hours_apart(found: VanInfo) -> list[HourApart]:
    """The lines of a van whose hour is another than the van's, each with why.

    As many queries for a full van as for one line.
    """
    apart = [line for line in found.lines if not minutes.same(line.received_at, found.arrived_at)]
    episodes = Episode.objects.in_bulk([line.episode_id for line in apart])
    hours, known = receipt_hours(episodes.keys()), around(episodes.values())
    lines = []
    for line in apart:
        episode = episodes[line.episode_id]
        follows = began_at(line.received_at, episode, hours[episode.pk])
        lines.append(_apart(line, episode, found.arrived_at, known[episode.pk], follows=follows))
    return lines


def place_before(receipt_id: int, at: datetime) -> Reason | None:
    """That a receipt cannot have `at` for its hour only because a cell place was taken before."""
    found = BodyReceipt.objects.filter(pk=receipt_id).select_related("episode").first()
    if found is None or not began_with(found, found.episode):
        return None
    fault = fault_of_start(found.episode, at)
    return fault.reason if fault is not None and fault.placed else None


def signs_of_custody(viewer: Actor, episode_id: int) -> list[Reason]:
    """What says, as questions, that an open stay was no slip of the keys. Raises NotFound."""
    row = admission(viewer, episode_id)
    found = Episode.objects.get(pk=row.episode_id)
    return beginnings.signs_of_custody(found, clock.now()) if found.ends_at is None else []


def vans(
    viewer: Actor, establishment_id: int, *, since: datetime, limit: int = 50
) -> list[VanInfo]:
    """The vans since an instant and those entered last, whatever their hour, newest first.

    A van with a mistyped year would else be seen nowhere. Four queries.
    """
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    here = Van.objects.filter(establishment_id=establishment_id)
    last = list(here.order_by("-pk").values_list("pk", flat=True)[:LAST_ENTERED])
    rows = list(here.filter(Q(arrived_at__gte=since) | Q(pk__in=last)).order_by("-arrived_at"))
    rows = rows[:limit]
    receipts = list(BodyReceipt.objects.filter(van__in=rows).order_by("pk"))
    lines = {line.receipt_id: line for line in _lines(viewer, receipts)}
    of_van: dict[int, list[ReceptionLine]] = defaultdict(list)
    for receipt in receipts:
        if receipt.pk in lines:
            of_van[receipt.van_id].append(lines[receipt.pk])
    return [_van(row, of_van[row.pk]) for row in rows]


def turned_away(viewer: Actor, establishment_id: int, *, since: datetime) -> list[TurnedAwayInfo]:
    """Whom the officer in charge did not receive since an instant, newest first."""
    if not viewer.can_at("custody.receive", establishment_id):
        raise NotPermitted("custody.receive")
    rows = TurnedAway.objects.filter(establishment_id=establishment_id, happened_at__gte=since)
    return [
        TurnedAwayInfo(
            r.pk, r.name_as_given, r.reason, r.note, r.brought_by, r.decided_by_id, r.happened_at
        )
        for r in rows.order_by("-happened_at")
    ]


def _admissions(found: Iterable[Episode], at: datetime) -> list[AdmissionRow]:
    episodes = list(found)
    states: dict[int, dict[str, str]] = defaultdict(dict)
    for episode_id, step, state in AdmissionStep.objects.filter(
        episode_id__in=[e.pk for e in episodes]
    ).values_list("episode_id", "step", "state"):
        states[episode_id][step] = state
    headers = people.person_headers(READER, [e.person_id for e in episodes])
    rows = []
    for episode in episodes:
        header = headers[episode.person_id]
        own = {step: states[episode.pk].get(step, "todo") for step in rules.STEPS}
        left = list(rules.remaining(own))
        admitted = episode.admission_state == Episode.AdmissionState.ADMITTED
        rows.append(
            AdmissionRow(
                episode_id=episode.pk,
                person_id=episode.person_id,
                number=header.number,
                name=header.display_name,
                received_at=episode.starts_at,
                reception_kind=episode.reception_kind,
                due_at=episode.admission_due_at,
                overdue=rules.overdue(episode.admission_due_at, admitted=admitted, as_of=at),
                is_juvenile=header.is_juvenile,
                states=own,
                next_step=left[0] if left else None,
                done=len(own) - len(left),
                of=len(own),
                version=episode.version,
            )
        )
    return rows


def _lines(viewer: Actor, receipts: Iterable[BodyReceipt]) -> list[ReceptionLine]:
    rows = list(receipts)
    ids = {row.person_id for row in rows}
    reached = ids if viewer.system else visible_ids(viewer, VIEW, ids)
    headers = people.person_headers(READER, reached)
    return [
        ReceptionLine(
            receipt_id=row.pk,
            episode_id=row.episode_id,
            person_id=row.person_id,
            number=headers[row.person_id].number,
            name=headers[row.person_id].display_name,
            name_as_given=row.name_as_given,
            received_at=row.received_at,
            warrant_state=row.warrant_state,
            injuries=row.injuries,
            complaint=row.complaint,
            handed_over_by=row.handed_over_by,
            received_by=row.received_by,
            found=row.found,
            van_id=row.van_id,
            age_as_given=row.age_as_given,
        )
        for row in rows
        if row.person_id in headers
    ]


def _apart(
    line: ReceptionLine, episode: Episode, at: datetime, known: Around, *, follows: bool
) -> HourApart:
    never = episode.end_kind == Episode.EndKind.NEVER_HELD
    if not follows or never or stay_to_join(episode, at, known) is not None:
        return HourApart(line, None)
    fault = fault_of_start(episode, at, known)
    if fault is None:
        return HourApart(line, None)
    return HourApart(line, fault.reason, fault.other_episode_id)


def _van(row: Van, lines: list[ReceptionLine]) -> VanInfo:
    return VanInfo(
        row.pk, row.establishment_id, row.arrived_at, row.from_where, row.escorting_officer,
        row.vehicle, tuple(lines),
    )  # fmt: skip
