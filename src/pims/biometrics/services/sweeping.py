"""The whole gallery against itself: begun once, kept as it goes, gone on with where it stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pims.biometrics import events
from pims.biometrics.models import Search, Subject, Sweep
from pims.biometrics.services.searching import Found, keep_candidates
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.errors import NotFound

SWEEP = "biometrics.sweep"


@dataclass(frozen=True, slots=True)
class SweepResult:
    sweep_id: int
    done_upto: int
    last_subject: int
    done: int
    total: int
    found: int
    finished: bool


@service
def start_sweep(tx: Transaction, *, threshold: float, engine: str) -> SweepResult:
    """Begin a sweep, or give the one that was begun and not finished. Raises NotPermitted."""
    tx.require(SWEEP)
    row = Sweep.objects.filter(state=Sweep.State.RUNNING).first()
    if row is None:
        last = Subject.objects.order_by("-pk").values_list("pk", flat=True).first()
        row = Sweep.objects.create(
            started_at=tx.now,
            threshold=threshold,
            engine=engine,
            total=Subject.objects.count(),
            last_subject=last or 0,
            asked_by_id=tx.actor.user_id,
        )
        tx.record(events.SweepStarted(sweep_id=row.pk, subjects=row.total))
    return _result(row)


@service
def keep_sweep(
    tx: Transaction,
    *,
    sweep_id: int,
    done_upto: int,
    subjects: int,
    found: Mapping[int, Sequence[Found]],
    finished: bool = False,
) -> SweepResult:
    """Keep how far a sweep is and what it found on the way: person -> whom else they may be.

    Both in one transaction: what was found once is not found again by one that goes on.
    """
    tx.require(SWEEP)
    tx.lock_persons({*found, *(one.person_id for many in found.values() for one in many)})
    row = Sweep.objects.select_for_update().filter(pk=sweep_id).first()
    if row is None:
        raise NotFound("sweep", sweep_id)
    if row.state == Sweep.State.DONE or done_upto < row.done_upto:
        return _result(row)
    alive = set(
        Subject.objects.filter(person_id__in=list(found)).values_list("person_id", flat=True)
    )
    for person_id, others in sorted(found.items()):
        if person_id not in alive or not others:
            continue
        search = Search(
            person_id=person_id,
            sweep=row,
            purpose=Search.Purpose.SWEEP,
            state=Search.State.DONE,
            asked_at=tx.now,
            answered_at=tx.now,
            engine=row.engine,
            recorded_by_id=tx.actor.user_id,
        )
        search.save()
        row.found += keep_candidates(tx, search, others)
    row.done_upto = done_upto
    row.done = min(row.total, row.done + subjects)
    if finished:
        row.state, row.finished_at, row.done = Sweep.State.DONE, tx.now, row.total
        tx.record(events.SweepFinished(sweep_id=row.pk, found=row.found))
    row.save()
    return _result(row)


def _result(row: Sweep) -> SweepResult:
    return SweepResult(
        row.pk, row.done_upto, row.last_subject, row.done, row.total, row.found,
        row.state == Sweep.State.DONE,
    )  # fmt: skip
