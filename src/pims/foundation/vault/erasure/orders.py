"""An erasure from the order to the tombstone: two officers, then the eraser.

Ordered by one officer and confirmed by another, each with `people.erase` and their secret given
within the last minutes; then carried out, which any process may do and may do again after an
interruption. Nothing of it is left to the application's own database role, which can delete
no row of a person.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db import connection
from procrastinate.contrib.django import app

from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.database.migrate import acting_as
from pims.foundation.vault import disk, personkeys
from pims.foundation.vault.erasure.destroy import destroy_rows
from pims.foundation.vault.erasure.scrub import Scrubbed, scrub_database
from pims.foundation.vault.erasure.settings import obstacles
from pims.foundation.vault.events import (
    ErasureConfirmed,
    ErasureOrdered,
    ErasureWithdrawn,
    PersonErased,
)
from pims.foundation.vault.models import Erasure
from pims.foundation.vault.persons import same_human
from pims.foundation.vault.rules import ERASE, ErasureFacts, decide_erasure
from pims.foundation.vault.sealing import no_later_than
from pims.kernel import clock
from pims.kernel.decisions import Reason, refuse, refuse_if_any
from pims.kernel.errors import NotFound, PimsError

TASK = "vault.carry_out_erasure"
_SPACE = UUID("0b6f1c52-5f0e-4c57-9a50-9d5c5f1f7a11")


@dataclass(frozen=True, slots=True)
class ErasureStep:
    erasure_id: int
    person_id: int
    state: str


@service
def order_erasure(
    tx: Transaction,
    *,
    person_id: int,
    order_reference: str,
    order_body: str = "",
    order_dated: date | None = None,
) -> ErasureStep:
    """The first officer: what order, of whom, for whom. Destroys nothing.

    Body, reference and date outlive the person, so none of them may say who it was.
    Raises NotPermitted, NotFound, InvalidInput, Refused.
    """
    persons = same_human(person_id)
    tx.lock_persons(persons or [person_id])
    tx.require_person(ERASE, person_id)
    if not persons:
        raise NotFound("person")
    order_reference = " ".join(order_reference.split())[:120]
    no_later_than(tx, order_dated)
    decide_erasure(
        ErasureFacts(
            officer_id=tx.actor.user_id,
            confirmed_at=tx.actor.confirmed_at,
            first_officer_id=None,
            order_reference=order_reference,
            obstacles=obstacles(persons),
        ),
        as_of=tx.now,
    ).require()
    standing = Erasure.objects.filter(person_ids__overlap=persons).exclude(
        state=Erasure.State.WITHDRAWN
    )
    if standing.exists():
        refuse(Reason("vault.erasure_stands", decided_by=ERASE)).require()
    row = Erasure.objects.create(
        person_id=person_id,
        person_ids=persons,
        order_body=" ".join(order_body.split())[:200],
        order_reference=order_reference,
        order_dated=order_dated,
        ordered_at=tx.now,
        ordered_by_id=tx.actor.user_id,
    )
    tx.record(ErasureOrdered(person_id=person_id, erasure_id=row.pk))
    return ErasureStep(row.pk, person_id, row.state)


@service
def confirm_erasure(tx: Transaction, *, erasure_id: int, carry_out: bool = False) -> ErasureStep:
    """The second officer, another than the first. Destroys nothing yet.

    With `carry_out` the worker is told, in the same transaction, to go on from there by itself.
    Raises NotPermitted, NotFound, Refused.
    """
    row = _row(erasure_id)
    tx.lock_persons(row.person_ids)
    row.refresh_from_db()
    tx.require_person(ERASE, row.person_id)
    decide_erasure(
        ErasureFacts(
            officer_id=tx.actor.user_id,
            confirmed_at=tx.actor.confirmed_at,
            first_officer_id=row.ordered_by_id,
            order_reference=row.order_reference,
            obstacles=obstacles(row.person_ids),
        ),
        as_of=tx.now,
    ).require()
    if row.state != Erasure.State.ORDERED:
        refuse(Reason("vault.erasure_not_open")).require()
    row.state, row.confirmed_at = Erasure.State.CONFIRMED, tx.now
    row.confirmed_by_id = tx.actor.user_id
    row.save(update_fields=["state", "confirmed_at", "confirmed_by_id"])
    tx.record(ErasureConfirmed(person_id=row.person_id, erasure_id=row.pk))
    if carry_out:
        carry_out_later(erasure_id)
    return ErasureStep(row.pk, row.person_id, row.state)


@service
def withdraw_erasure(tx: Transaction, *, erasure_id: int) -> ErasureStep:
    """Stop an erasure that was not carried out. Raises NotPermitted, NotFound, Refused."""
    row = _row(erasure_id)
    tx.lock_persons(row.person_ids)
    row.refresh_from_db()
    tx.require_person(ERASE, row.person_id)
    if row.state not in (Erasure.State.ORDERED, Erasure.State.CONFIRMED):
        refuse(Reason("vault.erasure_not_open")).require()
    row.state, row.withdrawn_at = Erasure.State.WITHDRAWN, tx.now
    row.withdrawn_by_id = tx.actor.user_id
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by_id"])
    tx.record(ErasureWithdrawn(person_id=row.person_id, erasure_id=row.pk))
    return ErasureStep(row.pk, row.person_id, row.state)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """`scrubbed` is None where rewriting the database's files was put off."""

    erasure_id: int
    person_id: int
    counts: dict[str, int]
    by_hand: tuple[str, ...]
    files_removed: int
    scrubbed: Scrubbed | None


def carry_out_erasure(command: Command, *, erasure_id: int, scrub: bool = True) -> CarriedOut:
    """Destroy, unlink, rewrite; to be run again where it was interrupted.

    Runs as the database role `eraser` and, for the rewriting, as the owner: never inside another
    transaction. Rewriting locks each table for as long as it takes to copy it; `scrub` False puts
    it off to a quiet hour (`scrub_pending`).
    Raises NotFound, Refused (not confirmed, or custody began meanwhile), PlanIncomplete,
    WouldHarmAnother, ScrubUnfinished.
    """
    if connection.in_atomic_block:
        raise RuntimeError("an erasure is carried out in transactions of its own")
    row = _row(erasure_id)
    if row.state != Erasure.State.ERASED:
        # The same command for every attempt: two processes can't do it twice.
        once = Command(command.actor, uuid5(_SPACE, str(erasure_id)))
        with acting_as("eraser"):
            _destroy(once, erasure_id=erasure_id)
        row.refresh_from_db()
    personkeys.cache.forget(row.person_ids)
    removed = disk.remove(row.files_left)
    if row.files_left:
        Erasure.objects.filter(pk=erasure_id).update(files_left=[])
    scrubbed = scrub_pending() if scrub and row.scrubbed_at is None else None
    return CarriedOut(erasure_id, row.person_id, row.counts, tuple(row.by_hand), removed, scrubbed)


@service
def _destroy(tx: Transaction, *, erasure_id: int) -> int:
    row = _row(erasure_id)
    tx.lock_persons(row.person_ids)
    row.refresh_from_db()
    if row.state != Erasure.State.CONFIRMED:
        refuse(Reason("vault.erasure_not_open")).require()
    found = obstacles(row.person_ids)
    refuse_if_any((Reason("vault.nobody_asked"),) if found is None else found).require()
    if sorted(row.person_ids) != same_human(row.person_id):
        refuse(Reason("vault.merged_since")).require()
    tx.record(PersonErased(person_id=row.person_id, erasure_id=row.pk))
    done = destroy_rows(person_ids=row.person_ids, at=tx.now)
    row.state, row.erased_at = Erasure.State.ERASED, tx.now
    row.counts, row.by_hand, row.files_left = done.counts, done.by_hand, done.files
    row.problem = ""
    row.save(update_fields=["state", "erased_at", "counts", "by_hand", "files_left", "problem"])
    return erasure_id


def carry_out_later(erasure_id: int) -> None:
    """Leave it to the worker: the process that answers pages never acts as the eraser."""
    app.configure_task(TASK).defer(erasure_id=erasure_id)


@service
def carry_out_again(tx: Transaction, *, erasure_id: int) -> ErasureStep:
    """Tell the worker to try once more, where carrying it out had stopped.

    Raises NotPermitted, NotFound, Refused.
    """
    row = _row(erasure_id)
    tx.lock_persons(row.person_ids)
    row.refresh_from_db()
    tx.require_person(ERASE, row.person_id)
    if row.state != Erasure.State.CONFIRMED:
        refuse(Reason("vault.erasure_not_open")).require()
    Erasure.objects.filter(pk=erasure_id).update(problem="")
    carry_out_later(erasure_id)
    return ErasureStep(row.pk, row.person_id, row.state)


def note_problem(erasure_id: int, code: str) -> None:
    """Why it stopped, for whoever looks at the order; a code, never a value of the person."""
    Erasure.objects.filter(pk=erasure_id, state=Erasure.State.CONFIRMED).update(problem=code[:80])


def scrub_pending() -> Scrubbed | None:
    """Rewrite the database's files for every erasure that waits for it; None where none does.

    Raises ScrubUnfinished; the erasures then still wait.
    """
    waiting = list(
        Erasure.objects.filter(state=Erasure.State.ERASED, scrubbed_at=None).values_list(
            "pk", flat=True
        )
    )
    if not waiting:
        return None
    scrubbed = scrub_database()
    Erasure.objects.filter(pk__in=waiting).update(scrubbed_at=clock.now())
    return scrubbed


def erase_person(
    first: Command, second: Command, *, person_id: int, order_reference: str, scrub: bool = True
) -> CarriedOut:
    """Order, confirm and carry out, for two officers at one desk.

    Where the second is refused, the order is withdrawn. Raises as its three parts.
    """
    ordered = order_erasure(first, person_id=person_id, order_reference=order_reference)
    try:
        confirm_erasure(second, erasure_id=ordered.erasure_id)
    except PimsError:
        withdraw_erasure(Command(first.actor), erasure_id=ordered.erasure_id)
        raise
    return carry_out_erasure(second, erasure_id=ordered.erasure_id, scrub=scrub)


def _row(erasure_id: int) -> Erasure:
    row = Erasure.objects.filter(pk=erasure_id).first()
    if row is None:
        raise NotFound("erasure", erasure_id)
    return row
