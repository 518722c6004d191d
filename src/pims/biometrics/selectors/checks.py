"""Who was verified, when, with what outcome; and the sweeps of the night."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.biometrics.models import Destruction, Sweep, Verification
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import require_held, require_visible, visible_ids
from pims.foundation.access.selectors import user_names
from pims.foundation.vault.persons import same_human
from pims.kernel import clock

VIEW, VERIFY, SWEEP = "biometrics.view", "biometrics.verify", "biometrics.sweep"
DESTROY = "biometrics.destroy"
# Whoever sits there looks back on a shift.
SHIFT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class VerificationView:
    verification_id: int
    person_id: int
    purpose: str
    outcome: str
    position: int
    score: float | None
    problem: str
    milliseconds: int | None
    happened_at: datetime
    officer: str


def verifications(viewer: Actor, person_id: int, *, limit: int = 20) -> list[VerificationView]:
    """The newest first, of all records of the person. Raises NotFound out of reach."""
    if not visible_ids(viewer, VERIFY, [person_id]):
        require_visible(viewer, VIEW, person_id)
    rows = list(
        Verification.objects.filter(person_id__in=same_human(person_id)).order_by("-pk")[:limit]
    )
    names = user_names(row.recorded_by_id for row in rows)
    return [_view(row, names.get(row.recorded_by_id, "")) for row in rows]


def checks_for(
    viewer: Actor, purpose: str, establishment_id: int | None, *, limit: int = 20
) -> list[VerificationView]:
    """The newest checks for this purpose, at most half a day old, of whom the viewer may check.

    Raises NotPermitted.
    """
    require_held(viewer, VERIFY)
    found = Verification.objects.filter(
        purpose=purpose, establishment=establishment_id, happened_at__gte=clock.now() - SHIFT
    ).order_by("-pk")
    rows = list(found[:limit])
    seen = visible_ids(viewer, VERIFY, {row.person_id for row in rows})
    rows = [row for row in rows if row.person_id in seen]
    names = user_names(row.recorded_by_id for row in rows)
    return [_view(row, names.get(row.recorded_by_id, "")) for row in rows]


def _view(row: Verification, officer: str) -> VerificationView:
    return VerificationView(
        row.pk, row.person_id, row.purpose, row.outcome, row.position, row.score, row.problem,
        row.milliseconds, row.happened_at, officer,
    )  # fmt: skip


def recent_verification(
    person_id: int, *, purpose: str, since: datetime
) -> VerificationView | None:
    """The newest for this purpose; for rooms above, no scope."""
    row = (
        Verification.objects.filter(
            person_id__in=same_human(person_id), purpose=purpose, happened_at__gte=since
        )
        .order_by("-pk")
        .first()
    )
    if row is None:
        return None
    return _view(row, "")


def who_verified(verification_id: int) -> str:
    """The officer's name; "—" where the check was destroyed since. For rooms above, no scope."""
    by = Verification.objects.filter(pk=verification_id).values_list("recorded_by_id", flat=True)
    return next(iter(user_names(by).values()), "—")


@dataclass(frozen=True, slots=True)
class SweepView:
    sweep_id: int
    state: str
    started_at: datetime
    finished_at: datetime | None
    done: int
    total: int
    found: int
    threshold: float


def sweeps(viewer: Actor, *, limit: int = 20) -> list[SweepView]:
    """The newest first. Raises NotPermitted."""
    require_held(viewer, SWEEP)
    return [
        SweepView(
            row.pk, row.state, row.started_at, row.finished_at, row.done, row.total, row.found,
            row.threshold,
        )
        for row in Sweep.objects.order_by("-pk")[:limit]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DestructionView:
    destruction_id: int
    person_id: int
    ground: str
    reference: str
    state: str
    ordered_at: datetime
    ordered_by_id: int
    ordered_by: str
    confirmed_by: str
    done_at: datetime | None

    @property
    def open(self) -> bool:
        """It waits for the second officer."""
        return self.state == "ordered"


def destructions(viewer: Actor, person_id: int) -> list[DestructionView]:
    """What was ordered about this person's fingerprints, and not withdrawn, the newest first.

    Raises NotFound out of reach.
    """
    require_visible(viewer, VIEW, person_id)
    rows = Destruction.objects.filter(person_ids__contains=[person_id])
    return _destructions(list(rows.exclude(state="withdrawn").order_by("-pk")))


def destructions_to_confirm(viewer: Actor) -> list[DestructionView]:
    """What waits for a second officer, of whom the viewer may destroy, the oldest first."""
    require_held(viewer, DESTROY)
    rows = list(Destruction.objects.filter(state="ordered").order_by("pk"))
    seen = visible_ids(viewer, DESTROY, [row.person_id for row in rows])
    return _destructions([row for row in rows if row.person_id in seen])


def _destructions(rows: list[Destruction]) -> list[DestructionView]:
    names = user_names(i for r in rows for i in (r.ordered_by_id, r.confirmed_by_id) if i)
    return [
        DestructionView(
            row.pk, row.person_id, row.ground, row.reference, row.state, row.ordered_at,
            row.ordered_by_id, names.get(row.ordered_by_id, ""),
            names.get(row.confirmed_by_id or 0, ""), row.done_at,
        )
        for row in rows
    ]  # fmt: skip


def where(person_id: int) -> int | None:
    """The establishment that the person's record belongs to. For rooms above, no scope."""
    return (
        PersonScope.objects.filter(person_id=person_id)
        .values_list("establishment_id", flat=True)
        .first()
    )
