"""What was learnt of one person, and when, for the timeline of the prisoner page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.history.known import as_known
from pims.kernel.asof import AsOf
from pims.people.models import (
    ConsularNotice,
    Contact,
    Identifier,
    Infant,
    Mark,
    Person,
    PersonMerge,
    PersonName,
    Photograph,
)
from pims.people.search import index
from pims.people.selectors.headers import display_name, persons_of


@dataclass(frozen=True, slots=True)
class PersonFact:
    """`code` has its words in the wording of this room; `params` are what they need."""

    at: datetime
    code: str
    params: dict[str, object] = field(default_factory=dict)


def timeline(viewer: Actor, person_id: int, as_of: AsOf | None = None) -> list[PersonFact]:
    """Everything of this room about the person and merged records, newest first.

    Children are confidential and are left out. Raises NotFound, NotPermitted.
    """
    if not viewer.system:
        require_visible(viewer, "people.view", person_id)
    known_at = as_of.known_at if as_of else None
    ids = sorted(
        index.merged_into([person_id])
        if known_at is None
        else persons_of(person_id, known_at=known_at)
    )
    found = [*_persons(ids, as_of), *_parts(ids, as_of), *_merges(ids, known_at)]
    return sorted(found, key=lambda fact: fact.at, reverse=True)


def _persons(ids: list[int], as_of: AsOf | None) -> Iterator[PersonFact]:
    known_at = as_of.known_at if as_of else None
    for person in as_known(Person, known_at, among=Q(id__in=ids)):
        yield _fact(person.created_at, "number_given", number=person.number)


def _parts(ids: list[int], as_of: AsOf | None) -> Iterator[PersonFact]:
    known_at, of = as_of.known_at if as_of else None, Q(person_id__in=ids)
    for name in as_known(PersonName, known_at, among=of):
        shown = display_name(name.given, name.family)
        yield _fact(name.recorded_at, f"name_{name.kind}", name=shown)
        if name.withdrawn_at is not None:
            yield _fact(name.withdrawn_at, "name_withdrawn", name=shown)
    for paper in as_known(Identifier, known_at, among=of):
        yield _fact(paper.recorded_at, "document", number=paper.number)
    for mark in as_known(Mark, known_at, among=of):
        yield _fact(mark.recorded_at, "mark", text=mark.text, where=mark.body_part)
    for contact in as_known(Contact, known_at, among=of):
        at = contact.asked_at or contact.recorded_at
        yield _fact(at, f"contact_{contact.kind}", name=contact.name)
    for photograph in as_known(Photograph, known_at, among=of):
        yield _fact(photograph.taken_at, f"photograph_{photograph.kind}")
    for notice in as_known(ConsularNotice, known_at, among=of):
        yield _fact(notice.told_at or notice.recorded_at, f"consular_{notice.answer}")
        if notice.consulate_told_at is not None:
            yield _fact(notice.consulate_told_at, "consulate_told")
    for baby in as_known(Infant, known_at, among=of):
        yield _fact(baby.entered_at, "infant_entered", name=baby.name)
        if baby.left_at is not None:
            yield _fact(baby.left_at, "infant_left", name=baby.name, with_whom=baby.left_with)


def _merges(ids: list[int], known_at: datetime | None) -> Iterator[PersonFact]:
    """What was joined and taken apart, as far as it was by `known_at`."""
    rows = PersonMerge.objects.filter(Q(person_id__in=ids) | Q(into_id__in=ids)).select_related(
        "person", "into"
    )
    for merge in rows:
        if known_at is not None and merge.merged_at > known_at:
            continue
        numbers: dict[str, object] = {"number": merge.person.number, "into": merge.into.number}
        yield _fact(merge.merged_at, "merged", **numbers)
        if merge.unmade_at is not None and (known_at is None or merge.unmade_at <= known_at):
            yield _fact(merge.unmade_at, "unmerged", **numbers)


def _fact(at: datetime, code: str, **params: object) -> PersonFact:
    return PersonFact(at, f"people.timeline_{code}", params)
