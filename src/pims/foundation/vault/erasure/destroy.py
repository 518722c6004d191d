"""Destroying the rows, in the caller's one transaction, as the eraser role."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from pims.foundation.vault import files
from pims.foundation.vault.erasure.plan import HISTORY, HISTORY_OF, ROOT, Plan, make_plan
from pims.foundation.vault.erasure.rows import Doomed, find_rows, references_of_others
from pims.foundation.vault.erasure.settings import helpers
from pims.foundation.vault.models import Blob

# What of the person row outlives the person.
_STAYS = frozenset({"id", "number", "recorded_by_id"})


@dataclass(slots=True)
class Destroyed:
    """`counts`: table -> rows; `files`: addresses to unlink once committed; `by_hand`: papers
    that also name others and so were left, for somebody to redact."""

    counts: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    def count(self, table: str, rows: int) -> None:
        if rows:
            self.counts[table] = self.counts.get(table, 0) + rows


def destroy_rows(*, person_ids: Sequence[int], at: datetime) -> Destroyed:
    """Destroy everything of these records of one human being; leave their bare numbers.

    Raises PlanIncomplete, WouldHarmAnother; then nothing was destroyed.
    """
    plan = make_plan()
    doomed = find_rows(plan, person_ids)
    done = Destroyed()
    afterwards = helpers(person_ids)
    _leave_shared_papers(plan, doomed, person_ids, done)
    done.files += Blob.objects.filter(person_id__in=person_ids).values_list("address", flat=True)
    with without_history_triggers():
        for table, link in references_of_others(plan, doomed):
            _run(
                f'UPDATE "{table.name}" SET "{link.column}" = NULL'
                f' WHERE "{link.column}" = ANY(%s) AND NOT "{table.key}" = ANY(%s)',
                [list(doomed.keys[link.parent]), list(doomed.keys[table.name])],
            )
        for name, keys in doomed.keys.items():
            if not keys:
                continue
            table = plan.tables[name]
            gone = list(keys)
            done.count(name, _run(f'DELETE FROM "{name}" WHERE "{table.key}" = ANY(%s)', [gone]))
            if table.history:
                done.count(
                    table.history,
                    _run(f'DELETE FROM "{table.history}" WHERE "{HISTORY_OF}" = ANY(%s)', [gone]),
                )
        _clear_shared_tables(person_ids, done)
        _bare_person(plan, person_ids, at, done)
    for finish in afterwards:
        finish()
    return done


def _leave_shared_papers(
    plan: Plan, doomed: Doomed, person_ids: Sequence[int], done: Destroyed
) -> None:
    """A scan that also shows others is sealed anew under the key of one of them."""
    for paper, key, other in doomed.shared:
        done.by_hand.append(f"{paper} {key}")
        table = plan.tables[paper]
        for column in sorted(c for c in table.columns if c.endswith("blob_id")):
            row = _one(f'SELECT "{column}" FROM "{paper}" WHERE "{table.key}" = %s', [key])
            if (
                isinstance(row, UUID)
                and Blob.objects.filter(pk=row, person_id__in=person_ids).exists()
            ):
                moved, left = files.move_file(blob_id=row, to_person_id=other)
                if left is not None:
                    done.files.append(left)
                    doomed.keys["vault_blob"].discard(row)
                else:
                    _run(
                        f'UPDATE "{paper}" SET "{column}" = %s WHERE "{table.key}" = %s',
                        [moved, key],
                    )


def _clear_shared_tables(person_ids: Sequence[int], done: Destroyed) -> None:
    """Tables that serve everybody and may hold a value of the person in passing."""
    persons = list(person_ids)
    about = "SELECT {} FROM ledger_entry WHERE person_ids && %s::bigint[]"
    done.count(
        "ledger_detail",
        _run(f"DELETE FROM ledger_detail WHERE entry_id IN ({about.format('id')})", [persons]),
    )
    # The row stays, so that a repeat is not carried out again; it is refused instead.
    done.count(
        "command_result",
        _run(
            "UPDATE command_result SET result = NULL, digest = %s"
            f" WHERE (actor_id, command_id) IN ({about.format('actor_id, command_id')})",
            [os.urandom(32), persons],
        ),
    )
    for person_id in persons:
        concerns = (
            "(jsonb_path_exists(args, '$.**.person_id ? (@ == $person)', %s)"
            " OR jsonb_path_exists(args, '$.**.person_ids[*] ? (@ == $person)', %s))"
        )
        variables = [f'{{"person": {int(person_id)}}}'] * 2
        done.count(
            "procrastinate_jobs",
            _run(
                "UPDATE procrastinate_jobs SET args = '{}'::jsonb, lock = NULL,"
                " queueing_lock = NULL, status = CASE WHEN status = 'todo'"
                " THEN 'cancelled'::procrastinate_job_status ELSE status END"
                f" WHERE status <> 'doing' AND {concerns}",
                variables,
            ),
        )
    done.count(
        "outbox_parked",
        _run(
            "UPDATE outbox_parked SET error = '' WHERE lane = ANY(%s)",
            [[f"person:{person_id}" for person_id in persons]],
        ),
    )


def _bare_person(plan: Plan, person_ids: Sequence[int], at: datetime, done: Destroyed) -> None:
    """Every column back to what a person is of whom nothing is known."""
    model = apps.get_model("people", "Person")
    changes: list[str] = []
    values: list[object] = []
    for column in plan.person_columns:
        if column.name in _STAYS:
            continue
        changes.append(f'"{column.name}" = %s')
        values.append(_bare(model, column.name, nullable=column.nullable, at=at))
    persons = list(person_ids)
    _run(f'UPDATE "{ROOT}" SET {", ".join(changes)} WHERE id = ANY(%s)', [*values, persons])
    done.count(
        ROOT + HISTORY,
        _run(f'DELETE FROM "{ROOT}{HISTORY}" WHERE "{HISTORY_OF}" = ANY(%s)', [persons]),
    )


def _bare(model: type[models.Model], column: str, *, nullable: bool, at: datetime) -> object:
    if column in ("erased_at", "created_at"):
        return at
    if nullable:
        return None
    field_ = next(f for f in model._meta.concrete_fields if f.column == column)
    return field_.get_db_prep_save(field_.get_default(), connection)


class without_history_triggers:  # noqa: N801 - reads as a block
    """Within the block no trigger of the history tool fires: a deleted row would be kept there,
    and the history would refuse to be deleted."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s",
                ["pgtrigger\\_%"],
            )
            names = ",".join(str(row[0]) for row in cursor.fetchall())
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{names}}}"])

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def _run(sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _one(sql: str, params: Sequence[Any]) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
        return None if row is None else row[0]
