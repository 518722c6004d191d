"""Every read of the safety room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known, held_at
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.safety import rules
from pims.safety.models import FirstRisk, Flag, KeepApart


@dataclass(frozen=True, slots=True)
class FlagInfo:
    flag_id: int
    person_id: int
    kind: str
    note: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class KeepApartInfo:
    keep_apart_id: int
    person_id: int
    other_person_id: int
    level: str
    reason: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class FirstRiskInfo:
    episode_id: int
    answers: dict[str, str]
    asked_at: datetime
    asked_by_id: int


def flags(
    viewer: Actor, person_ids: Iterable[int], *, as_of: AsOf | None = None
) -> dict[int, list[FlagInfo]]:
    """The flags that are up and that this viewer may see; ids are trusted in scope.

    Two queries, and one for each label that hides any of them. What was raised under a record that
    was joined counts for the person asked for.
    """
    ids = set(person_ids)
    known_at = None if as_of is None else as_of.known_at
    joined = people.joined_records(ids, known_at=known_at)
    at = clock.now() if as_of is None else as_of.valid_at
    up = [
        FlagInfo(row.id, joined.get(whose, whose), row.kind, row.note, row.starts_at)
        for row in _flags(ids | joined.keys(), at, known_at=known_at)
        for whose in (row.person_id,)
    ]
    seen = _seen(viewer, ((rules.LABEL_OF.get(flag.kind), flag.person_id) for flag in up))
    found: dict[int, list[FlagInfo]] = defaultdict(list)
    for flag in up:
        label = rules.LABEL_OF.get(flag.kind)
        if label is None or flag.person_id in seen[label]:
            found[flag.person_id].append(flag)
    return dict(found)


@compiled
def _flags(ids: Any, at: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return (
        as_known(Flag, known_at, among=any_of("person_id", ids))
        .filter(held_at(at))
        .order_by("kind")
        .values_list("id", "person_id", "kind", "note", "starts_at", named=True)
    )


def _seen(viewer: Actor, asked: Iterable[tuple[str | None, int]]) -> dict[str, set[int]]:
    """Label -> those of the persons whose entries with that label the viewer may see.

    One query a label that any of them carries; none where the viewer holds its permission nowhere.
    """
    persons: dict[str, set[int]] = defaultdict(set)
    for label, person_id in asked:
        if label is not None:
            persons[label].add(person_id)
    return {label: visible_ids(viewer, rules.MAY_SEE[label], ids) for label, ids in persons.items()}


def questions() -> tuple[str, ...]:
    """The codes of the first risk questions, in their order."""
    return tuple(rules.QUESTIONS)


def keep_aparts(person_ids: Iterable[int], *, at: datetime) -> dict[int, dict[int, str]]:
    """For rules above, unfiltered: person to those they are kept apart from, with the level.

    What was recorded of a record that was joined holds for the record that counts, on both sides.
    """
    ids = set(person_ids)
    own = {**people.joined_records(ids), **{i: i for i in ids}}
    rows = list(
        KeepApart.objects.filter(Q(person_a_id__in=own.keys()) | Q(person_b_id__in=own.keys()))
        .filter(held_at(at))
        .values_list("person_a_id", "person_b_id", "level")
    )
    roots = people.ids_canonical({i for a, b, _ in rows for i in (a, b)}) if rows else {}
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for a, b, level in rows:
        for mine, theirs in ((a, b), (b, a)):
            if mine in own:
                pairs = found[own[mine]]
                other = own.get(theirs, roots.get(theirs, theirs))
                pairs[other] = "absolute" if "absolute" in (level, pairs.get(other)) else level
    return dict(found)


def keep_aparts_of(
    viewer: Actor, person_id: int, *, as_of: AsOf | None = None
) -> list[KeepApartInfo]:
    """The standing keep-aparts of one person that this viewer may see."""
    if not visible_ids(viewer, "safety.view", [person_id]):
        return []
    known_at = None if as_of is None else as_of.known_at
    at = clock.now() if as_of is None else as_of.valid_at
    own = people.persons_of(person_id, known_at=known_at) | {person_id}
    protected = bool(visible_ids(viewer, rules.MAY_SEE["protected"], [person_id]))
    rows = _kept_apart(own, at, known_at=known_at, protected=protected)
    return [
        KeepApartInfo(
            row.id,
            person_id,
            row.person_b_id if row.person_a_id in own else row.person_a_id,
            row.level,
            row.reason,
            row.starts_at,
        )
        for row in rows
    ]


@compiled
def _kept_apart(
    ids: Any, at: Any, *, known_at: datetime | None, protected: bool
) -> QuerySet[Any, Any]:
    either = any_of("person_a_id", ids) | any_of("person_b_id", ids)
    rows = as_known(KeepApart, known_at, among=either).filter(held_at(at)).order_by("-starts_at")
    return rows if protected else rows.filter(protected=False)


def person_of_flag(viewer: Actor, flag_id: int) -> int:
    """Whose flag it is. Raises NotFound, also out of the viewer's reach."""
    found = Flag.objects.filter(pk=flag_id).values_list("person_id", "kind").first()
    if found is None:
        raise NotFound("person")
    person_id, kind = found
    return _person_of(viewer, person_id, rules.LABEL_OF.get(kind))


def person_of_keep_apart(viewer: Actor, keep_apart_id: int) -> int:
    """The first of the pair. Raises NotFound, also out of the viewer's reach."""
    found = KeepApart.objects.filter(pk=keep_apart_id).values_list("person_a_id", "protected")
    for person_id, protected in found:
        return _person_of(viewer, person_id, "protected" if protected else None)
    raise NotFound("person")


def _person_of(viewer: Actor, person_id: int, label: str | None) -> int:
    asked = ["safety.view"] if label is None else ["safety.view", rules.MAY_SEE[label]]
    if not all(visible_ids(viewer, permission, [person_id]) for permission in asked):
        raise NotFound("person")
    return person_id


def first_risk(viewer: Actor, episode_id: int) -> FirstRiskInfo | None:
    """The newest first-risk answers of an admission, where the viewer may see the person."""
    row = FirstRisk.objects.filter(episode_id=episode_id).order_by("-asked_at").first()
    if row is None or not visible_ids(viewer, "safety.view", [row.person_id]):
        return None
    return FirstRiskInfo(episode_id, row.answers, row.asked_at, row.asked_by_id)
