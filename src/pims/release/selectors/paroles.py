"""Reads about parole: who may ask for it and when, and one case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from pims.custody.selectors.standing import standing
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.release.models import Parole
from pims.release.rules import parole as rules
from pims.sentences import selectors as sentences

VIEW, DATES = "release.view", "sentences.view"


@dataclass(frozen=True, slots=True)
class ParoleRow:
    """One prisoner whose date for parole is near or past, or whose case is open or was decided.

    `eligibility` as `rules.eligibility`. `parole_id` and `state` are of the newest case, None and
    "" where there is none; `again_on` is until when it was deferred.
    """

    person_id: int
    ped: date | None
    eligibility: str
    provisional: bool
    parole_id: int | None
    state: str
    again_on: date | None

    @property
    def may_be_opened(self) -> bool:
        """Whether there is somebody to consider: in custody, no case before the board, none won."""
        return bool(self.eligibility) and self.state not in ("open", "granted")


@dataclass(frozen=True, slots=True)
class ParoleDetail:
    """`holds_until` is the hearing of a revocation: it holds nobody beyond without a new order;
    `hearing_passed` says that it is past."""

    parole_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    ped: date | None
    state: str
    opened_at: datetime
    opened_by_id: int
    decided_on: date | None
    decided_by_id: int | None
    reference: str
    reasons: str
    conditions: str
    deferred_to: date | None
    from_day: date | None
    order_id: int | None
    revoked_on: date | None
    revoked_by_id: int | None
    revocation_reasons: str
    hearing_on: date | None
    hearing_passed: bool
    revocation_order_id: int | None


def parole_list(viewer: Actor, establishment_id: int) -> list[ParoleRow]:
    """Whose date is past first, then by date; those who were granted it and have left are last.

    A constant number of queries. Dates are shown to whoever may see releases there.
    """
    held = {row.person_id for row in standing(establishment_id=establishment_id)}
    cases: dict[int, Parole] = {}
    for case in Parole.objects.filter(establishment_id=establishment_id).order_by("pk"):
        cases[case.person_id] = case
    kept = held | {i for i, case in cases.items() if case.state in ("granted", "revoked")}
    seen = visible_ids(viewer, VIEW, kept)
    dates = (
        sentences.release_dates(viewer, seen & held)
        if viewer.can_at(DATES, establishment_id)
        else {}
    )
    today = clock.today(facilities.time_zone(establishment_id))
    rows = []
    for person_id in seen:
        one, case_of = dates.get(person_id), cases.get(person_id)
        ped = one.ped if one is not None else None if case_of is None else case_of.ped
        state = rules.eligibility(ped, as_of=today)
        if case_of is None and state not in ("passed", "soon"):
            continue
        rows.append(
            ParoleRow(
                person_id=person_id,
                ped=ped,
                eligibility=state if person_id in held else "",
                provisional=one is not None and one.provisional,
                parole_id=None if case_of is None else case_of.pk,
                state="" if case_of is None else case_of.state,
                again_on=None if case_of is None else case_of.deferred_to,
            )
        )
    return sorted(rows, key=lambda r: (not r.eligibility, r.ped or date.max, r.person_id))


def parole(viewer: Actor, parole_id: int) -> ParoleDetail:
    """One case. Raises NotFound."""
    row = Parole.objects.filter(pk=parole_id).first()
    if row is None:
        raise NotFound("parole", parole_id)
    require_visible(viewer, VIEW, row.person_id)
    today = clock.today(facilities.time_zone(row.establishment_id))
    return ParoleDetail(
        parole_id=row.pk,
        person_id=row.person_id,
        episode_id=row.episode_id,
        establishment_id=row.establishment_id,
        ped=row.ped,
        state=row.state,
        opened_at=row.opened_at,
        opened_by_id=row.opened_by_id,
        decided_on=row.decided_on,
        decided_by_id=row.decided_by_id,
        reference=row.reference,
        reasons=row.reasons,
        conditions=row.conditions,
        deferred_to=row.deferred_to,
        from_day=row.from_day,
        order_id=row.order_id,
        revoked_on=row.revoked_on,
        revoked_by_id=row.revoked_by_id,
        revocation_reasons=row.revocation_reasons,
        hearing_on=row.hearing_on,
        hearing_passed=row.hearing_on is not None and row.hearing_on < today,
        revocation_order_id=row.revocation_order_id,
    )


def granted_from(person_ids: Collection[int]) -> dict[int, date]:
    """Person -> the day on which a parole that was granted begins, while it is no order yet.

    No scope, one query.
    """
    rows = Parole.objects.filter(
        person_id__in=list(person_ids), state=Parole.State.GRANTED, order_id=None,
        from_day__isnull=False,
    )  # fmt: skip
    return {i: day for i, day in rows.values_list("person_id", "from_day") if day is not None}
