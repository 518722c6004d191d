"""Records that may be one person's, for whoever has to decide."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.people import near, rules
from pims.people.models import PossibleMatch
from pims.people.search.documents import document_key
from pims.people.selectors.headers import PersonHeader, person_headers
from pims.people.services.names import NameInput


@dataclass(frozen=True, slots=True)
class PossibleMatchLine:
    """`match_id` 0 where nothing is noted yet; `score` from 0 to 100; `reasons` are codes.

    `person` is the record asked about, None while it is still to be made; `other` the one found.
    """

    match_id: int
    person: PersonHeader | None
    other: PersonHeader
    score: int
    reasons: tuple[str, ...]
    state: str
    found_at: datetime | None = None
    decision_reason: str = ""


def possible_matches(
    viewer: Actor, person_id: int | None = None, *, state: str = "open", limit: int = 200
) -> list[PossibleMatchLine]:
    """Noted pairs, of one person or of all, of which the viewer may see both."""
    if person_id is not None and not viewer.system:
        require_visible(viewer, "people.view", person_id)
    rows = PossibleMatch.objects.order_by("-score", "id")
    if state:
        rows = rows.filter(state=state)
    if person_id is not None:
        rows = rows.filter(Q(person_id=person_id) | Q(other_id=person_id))
    found = list(rows[:limit])
    headers = person_headers(viewer, {i for row in found for i in (row.person_id, row.other_id)})
    lines = []
    for row in found:
        one, two = row.person_id, row.other_id
        if person_id == two:
            one, two = two, one
        if one in headers and two in headers:
            lines.append(_line(row, headers[one], headers[two]))
    return lines


def possible_match(viewer: Actor, match_id: int) -> PossibleMatchLine | None:
    """One pair, decided or not; None where there is none of which the viewer may see both."""
    row = PossibleMatch.objects.filter(pk=match_id).first()
    if row is None:
        return None
    headers = person_headers(viewer, [row.person_id, row.other_id])
    if row.person_id not in headers or row.other_id not in headers:
        return None
    return _line(row, headers[row.person_id], headers[row.other_id])


def matches_of(viewer: Actor, person_ids: Collection[int]) -> dict[int, list[PossibleMatchLine]]:
    """Person's id -> open pairs, of which the viewer may see both; without any is absent."""
    asked = set(person_ids)
    rows = list(
        PossibleMatch.objects.filter(
            Q(person_id__in=asked) | Q(other_id__in=asked), state=PossibleMatch.State.OPEN
        ).order_by("-score", "id")
    )
    headers = person_headers(viewer, {i for row in rows for i in (row.person_id, row.other_id)})
    found: dict[int, list[PossibleMatchLine]] = defaultdict(list)
    for row in rows:
        for one, two in ((row.person_id, row.other_id), (row.other_id, row.person_id)):
            if one in asked and one in headers and two in headers:
                found[one].append(_line(row, headers[one], headers[two]))
    return dict(found)


def _line(row: PossibleMatch, one: PersonHeader, two: PersonHeader) -> PossibleMatchLine:
    return PossibleMatchLine(
        row.pk,
        one,
        two,
        row.score,
        tuple(row.reasons),
        row.state,
        row.found_at,
        row.decision_reason,
    )


def near_persons(
    viewer: Actor,
    *,
    names: Sequence[NameInput],
    birth_date: date | None = None,
    birth_precision: str = "day",
    sex: str = "unknown",
    nationalities: Sequence[str] = (),
    documents: Sequence[tuple[str, str]] = (),
    without: Sequence[int] = (),
    limit: int = 8,
) -> list[PossibleMatchLine]:
    """Who is near to somebody about to be entered, of those the viewer may see.

    `documents` are (kind, number as written).
    """
    precision = birth_precision if birth_date else "unknown"
    found = near.near_to(
        viewer,
        names=[(name.given, name.family) for name in names],
        born=rules.birth(birth_date, precision),
        sex=sex,
        nationalities=frozenset(nationalities),
        documents=frozenset((kind, document_key(number)) for kind, number in documents if number),
        without=without,
        least=rules.SHOWN_FROM,
    )[:limit]
    headers = person_headers(viewer, [one.person_id for one in found])
    return [
        PossibleMatchLine(0, None, headers[one.person_id], one.score, one.reasons, "open")
        for one in found
        if one.person_id in headers
    ]
