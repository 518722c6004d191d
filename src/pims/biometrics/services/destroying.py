"""Destroying fingerprints and faces, and nothing else, after an acquittal or by order.

Ordered by an officer with the decision's reference and confirmed by another; carried out by the
worker as the eraser: the rows with their histories, the files, and, told by the event, what the
gallery holds in memory. Afterwards the database's own files are rewritten, as for an erasure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from pims.biometrics import events, rules
from pims.biometrics.erasure import shown_as_others, take_out
from pims.biometrics.gallery.client import GalleryAway, gallery
from pims.biometrics.models import Destruction, Subject
from pims.biometrics.services.searching import establishment_of
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.database.migrate import acting_as
from pims.foundation.vault import disk
from pims.foundation.vault.erasure.destroy import without_history_triggers
from pims.foundation.vault.erasure.scrub import scrub_database
from pims.foundation.vault.models import Blob
from pims.foundation.vault.persons import lock_same_human, same_human
from pims.kernel import clock
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field

DESTROY = "biometrics.destroy"
TASK = "biometrics.destroy_by_order"
KINDS = ("fingerprint_scan", "face_scan")
LEFT_BEHIND = timedelta(minutes=1)
_SPACE = UUID("4d1f5c0e-93f7-4c0b-8a5b-6f2f6f0f3b52")

# Children before parents. Each table by its columns that name a person, or by its parent.
_OF_PERSONS = (
    ("biometrics_candidate", ("person_id", "other_id")),
    ("biometrics_identified", ("person_id",)),
    ("biometrics_identification", ("person_id",)),
    ("biometrics_verification", ("person_id",)),
    ("biometrics_search", ("person_id",)),
    ("biometrics_finger", ("person_id",)),
    ("biometrics_face", ("person_id",)),
    ("biometrics_enrolment", ("person_id",)),
    ("biometrics_subject", ("person_id",)),
)
STANDING = (Destruction.State.ORDERED, Destruction.State.CONFIRMED)
_WITHOUT_HISTORY = {"biometrics_subject"}


@dataclass(frozen=True, slots=True)
class DestructionResult:
    destruction_id: int
    state: str


@service
def order_destruction(
    tx: Transaction, *, person_id: int, ground: str, reference: str
) -> DestructionResult:
    """The first officer: that all fingerprints and faces of the person go. Destroys nothing.

    `reference` (of the judgment, the order) outlives them and must not say who it was. Raises
    NotFound, NotPermitted, InvalidInput, Refused where nothing is kept or one is ordered already.
    """
    persons = sorted(lock_same_human(tx, [person_id]))
    tx.require_person(DESTROY, person_id)
    if ground not in rules.GROUNDS:
        raise InvalidInput({"ground": Reason("biometrics.no_such_ground")})
    reference = clean_field("reference", reference, limit=120, required=True)
    if not _anything(persons):
        refuse(Reason("biometrics.nothing_kept")).require()
    standing = Destruction.objects.filter(person_ids__overlap=persons, state__in=STANDING)
    if standing.exists():
        refuse(Reason("biometrics.destruction_stands", decided_by=DESTROY)).require()
    row = Destruction.objects.create(
        person_id=person_id,
        person_ids=persons,
        ground=ground,
        reference=reference,
        ordered_at=tx.now,
        ordered_by_id=tx.actor.user_id,
    )
    tx.record(
        events.DestructionOrdered(
            person_id=person_id,
            establishment_id=establishment_of(person_id),
            destruction_id=row.pk,
            ground=ground,
        )
    )
    return DestructionResult(row.pk, row.state)


@service
def confirm_destruction(tx: Transaction, *, destruction_id: int) -> DestructionResult:
    """The second officer, another than the first: from here the worker carries it out.

    Raises NotFound, NotPermitted, Refused.
    """
    row = _locked(tx, destruction_id)
    rules.may_confirm(
        rules.DestructionFacts(row.state, row.ordered_by_id, tx.actor.user_id)
    ).require()
    row.state, row.confirmed_at = Destruction.State.CONFIRMED, tx.now
    row.confirmed_by_id = tx.actor.user_id
    row.save(update_fields=["state", "confirmed_at", "confirmed_by_id"])
    tx.record(
        events.DestructionConfirmed(
            person_id=row.person_id,
            establishment_id=establishment_of(row.person_id),
            destruction_id=row.pk,
        )
    )
    app.configure_task(TASK).defer(destruction_id=row.pk)
    return DestructionResult(row.pk, row.state)


@service
def withdraw_destruction(tx: Transaction, *, destruction_id: int) -> DestructionResult:
    """Either officer, before the second has confirmed. Raises NotFound, NotPermitted, Refused."""
    row = _locked(tx, destruction_id)
    if row.state != Destruction.State.ORDERED:
        refuse(Reason("biometrics.destruction_not_open")).require()
    row.state, row.withdrawn_at = Destruction.State.WITHDRAWN, tx.now
    row.withdrawn_by_id = tx.actor.user_id
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by_id"])
    tx.record(
        events.DestructionWithdrawn(
            person_id=row.person_id,
            establishment_id=establishment_of(row.person_id),
            destruction_id=row.pk,
        )
    )
    return DestructionResult(row.pk, row.state)


def _locked(tx: Transaction, destruction_id: int) -> Destruction:
    row = Destruction.objects.filter(pk=destruction_id).first()
    if row is None:
        raise NotFound("destruction", destruction_id)
    tx.lock_persons(row.person_ids)
    tx.require_person(DESTROY, row.person_id)
    row.refresh_from_db()
    return row


def carry_out_destruction(destruction_id: int) -> None:
    """Rows, files, memory; to be run again where it was interrupted. Never in a transaction."""
    if connection.in_atomic_block:
        raise RuntimeError("a destruction is carried out in transactions of its own")
    row = Destruction.objects.filter(pk=destruction_id).first()
    if row is None:
        raise NotFound("destruction", destruction_id)
    keys: list[UUID] = []
    if row.state != Destruction.State.DONE:
        keys = list(
            Subject.objects.filter(person_id__in=row.person_ids).values_list("key", flat=True)
        )
        once = Command(system_actor(), uuid5(_SPACE, str(destruction_id)))
        with acting_as("eraser"):
            destroy_by_order(once, destruction_id=destruction_id)
        row.refresh_from_db()
    for key in keys:
        try:
            gallery.delete(key)
        except GalleryAway:
            break  # it hears of it by the event, or reads the database at its start
    disk.remove(row.files_left)
    if row.files_left:
        Destruction.objects.filter(pk=destruction_id).update(files_left=[])


@service
def destroy_by_order(tx: Transaction, *, destruction_id: int) -> int:
    """The rows, in one transaction, as the eraser. Raises NotFound, NotPermitted, Refused where
    the second officer has not confirmed."""
    row = _locked(tx, destruction_id)
    if row.state == Destruction.State.DONE:
        return destruction_id
    if row.state != Destruction.State.CONFIRMED:
        refuse(Reason("biometrics.destruction_not_open")).require()
    # Records that were joined with the person's since the order are the same fingers.
    persons = sorted({*row.person_ids, *same_human(row.person_id)})
    tx.lock_persons(persons)
    files = list(
        Blob.objects.filter(person_id__in=persons, kind__in=KINDS).values_list("address", flat=True)
    )
    with without_history_triggers():
        counts, more = _destroy(persons)
    tx.record(events.Destroyed(person_id=row.person_id, destruction_id=row.pk))
    for other in persons:
        if other != row.person_id:
            tx.record(events.Destroyed(person_id=other, destruction_id=row.pk))
    row.state, row.done_at, row.person_ids = Destruction.State.DONE, tx.now, persons
    row.files_left, row.counts = files + more, counts
    row.save()
    return destruction_id


def interrupted_destructions() -> list[int]:
    """Those that were confirmed a while ago and are not carried out, or whose files still lie
    there: the worker was killed, or the database went away."""
    before = clock.now() - LEFT_BEHIND
    rows = Destruction.objects.filter(
        Q(state=Destruction.State.CONFIRMED, confirmed_at__lt=before)
        | Q(state=Destruction.State.DONE, done_at__lt=before) & ~Q(files_left=[])
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def scrub_destroyed() -> int:
    """Rewrite the database's files for every destruction that waits for it; give how many.

    Raises ScrubUnfinished; they then still wait.
    """
    with transaction.atomic():
        waiting = list(
            Destruction.objects.filter(state=Destruction.State.DONE, scrubbed_at=None).values_list(
                "pk", flat=True
            )
        )
    if waiting:
        scrub_database()
        Destruction.objects.filter(pk__in=waiting).update(scrubbed_at=clock.now())
    return len(waiting)


def _anything(persons: Sequence[int]) -> bool:
    return (
        Subject.objects.filter(person_id__in=persons).exists()
        or Blob.objects.filter(person_id__in=persons, kind__in=KINDS).exists()
    )


def _destroy(persons: list[int]) -> tuple[dict[str, int], list[str]]:
    """Table -> rows gone, histories included; and files of the person in others' records."""
    counts: dict[str, int] = {}
    candidates = (
        "SELECT id FROM biometrics_candidate WHERE person_id = ANY(%s) OR other_id = ANY(%s)"
    )
    history = (
        "SELECT pgh_obj_id FROM biometrics_candidate_history"
        " WHERE person_id = ANY(%s) OR other_id = ANY(%s)"
    )
    for table in ("biometrics_examination_history", "biometrics_examination"):
        _run(
            counts,
            table,
            f"DELETE FROM {table} WHERE candidate_id IN ({candidates})"
            f" OR candidate_id IN ({history})",
            [persons] * 4,
        )
    files, rows = take_out(shown_as_others(persons))
    if rows:
        counts["biometrics_verification.image"] = rows
    # Whom the person's own failed checks were thought to be.
    for table in ("biometrics_identified_history", "biometrics_identified"):
        _run(
            counts,
            table,
            f"DELETE FROM {table} WHERE identification_id IN"
            " (SELECT id FROM biometrics_identification WHERE person_id = ANY(%s))"
            " OR identification_id IN"
            " (SELECT pgh_obj_id FROM biometrics_identification_history WHERE person_id = ANY(%s))",
            [persons] * 2,
        )
    for table, columns in _OF_PERSONS:
        where = " OR ".join(f"{column} = ANY(%s)" for column in columns)
        tables = (table,) if table in _WITHOUT_HISTORY else (f"{table}_history", table)
        for name in tables:
            _run(counts, name, f"DELETE FROM {name} WHERE {where}", [persons] * len(columns))
    _run(
        counts,
        "vault_blob",
        "DELETE FROM vault_blob WHERE person_id = ANY(%s) AND kind = ANY(%s)",
        [persons, list(KINDS)],
    )
    return counts, files


def _run(counts: dict[str, int], table: str, sql: str, params: Sequence[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.rowcount:
            counts[table] = counts.get(table, 0) + cursor.rowcount
