"""What was recorded as somebody came in: receipts, injuries, admission steps, identity checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pims.custody.models import AdmissionStep, IdentityCheck
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.bulk import any_of
from pims.foundation.history.known import as_known
from pims.kernel.asof import AsOf
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class ReceiptInfo:
    receipt_id: int
    van_id: int
    received_at: datetime
    name_as_given: str
    warrant_state: str
    injuries: str
    complaint: bool
    handed_over_by: str
    received_by: str
    found: str


@dataclass(frozen=True, slots=True)
class InjuryInfo:
    injury_id: int
    seen_at: datetime
    body_area: str
    description: str
    complaint_of_ill_treatment: bool
    complaint: str
    by_whom: str
    photographed: bool


@dataclass(frozen=True, slots=True)
class StepInfo:
    step: str
    state: str
    done_by_id: int | None
    done_at: datetime | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IdentityCheckInfo:
    identity_check_id: int
    how: str
    officers: tuple[str, ...]
    matched: bool
    at: datetime
    purpose: str


def identity_checks(
    viewer: Actor, person_id: int, as_of: AsOf | None = None
) -> list[IdentityCheckInfo]:
    """The checks of a person's identity, under whatever number, newest first. Raises NotFound.

    With `as_of` those made by then, as they were known then.
    """
    require_visible(viewer, "custody.view", person_id)
    known_at = None if as_of is None else as_of.known_at
    own = people.persons_of(person_id, known_at=known_at)
    rows = as_known(IdentityCheck, known_at, among=any_of("person_id", sorted(own)))
    if as_of is not None:
        rows = rows.filter(at__lte=as_of.valid_at)
    return [
        IdentityCheckInfo(c.id, c.how, tuple(c.officers), c.matched, c.at, c.purpose)
        for c in rows.order_by("-at", "-id")
    ]


def identity_denials(episode_ids: Iterable[int]) -> list[IdentityCheckInfo]:
    """The checks before a discharge from these stays that said "somebody else", oldest first, for
    the room above."""
    said = IdentityCheck.objects.filter(
        episode_id__in=list(episode_ids), matched=False, purpose="discharge"
    )
    return [
        IdentityCheckInfo(c.pk, c.how, tuple(c.officers), c.matched, c.at, c.purpose)
        for c in said.order_by("at", "pk")
    ]


def receipt_info(row: Any) -> ReceiptInfo:
    return ReceiptInfo(
        row.id, row.van_id, row.received_at, row.name_as_given, row.warrant_state, row.injuries,
        row.complaint, row.handed_over_by, row.received_by, row.found,
    )  # fmt: skip


def injury_info(row: Any) -> InjuryInfo:
    return InjuryInfo(
        row.id, row.seen_at, row.body_area, row.description, row.complaint_of_ill_treatment,
        row.complaint, row.by_whom, row.photo_id is not None,
    )  # fmt: skip


def step_info(row: Any, upto: datetime | None = None) -> StepInfo:
    """`upto` hides what was not done by then."""
    if upto is not None and (row.done_at is None or row.done_at > upto):
        return StepInfo(row.step, AdmissionStep.State.TODO, None, None, {})
    return StepInfo(row.step, row.state, row.done_by_id, row.done_at, row.data)
