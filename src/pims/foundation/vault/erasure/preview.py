"""What an erasure would destroy and what would stay, counted before anybody decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.vault.erasure.plan import (
    HISTORY,
    HISTORY_OF,
    ROOT,
    Plan,
    PlanIncomplete,
    make_plan,
)
from pims.foundation.vault.erasure.rows import (
    Doomed,
    WouldHarmAnother,
    find_rows,
    references_of_others,
)
from pims.foundation.vault.erasure.settings import obstacles
from pims.foundation.vault.models import Blob, Erasure
from pims.foundation.vault.persons import same_human
from pims.foundation.vault.rules import ERASE
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """`goes`: table -> rows as they are now; `earlier`: rows of their histories.

    `files` and `bytes` are of the encrypted files; `details` are salted details beside the ledger.
    `stays_entries` are the ledger's entries that name the person by id; `shared` are papers that
    stay because they also name others (table, key). `against` is what refuses an order now,
    whoever gives it.
    """

    person_ids: tuple[int, ...]
    goes: Mapping[str, int]
    earlier: int
    files: int
    bytes: int
    stays_entries: int
    shared: tuple[tuple[str, str], ...]
    against: tuple[Reason, ...]

    @property
    def rows(self) -> int:
        return sum(self.goes.values())


def preview_erasure(viewer: Actor, person_id: int) -> ErasurePreview:
    """Raises NotPermitted, NotFound."""
    require_visible(viewer, ERASE, person_id)
    persons = same_human(person_id)
    if not persons:
        raise NotFound("person")
    against = list(_against(persons))
    goes: dict[str, int] = {}
    earlier, shared = 0, []
    try:
        plan = make_plan()
        doomed = find_rows(plan, persons)
        references_of_others(plan, doomed)
        goes = {table: len(keys) for table, keys in doomed.keys.items() if keys}
        goes |= {"ledger_detail": found} if (found := _details(persons)) else {}
        earlier = _earlier(plan, doomed) + _one(
            f'SELECT count(*) FROM "{ROOT}{HISTORY}" WHERE "{HISTORY_OF}" = ANY(%s)', [persons]
        )
        shared = [(paper, str(key)) for paper, key, _ in doomed.shared]
    except PlanIncomplete:
        against.append(Reason("vault.plan_incomplete"))
    except WouldHarmAnother:
        against.append(Reason("vault.would_harm_another"))
    files = Blob.objects.filter(person_id__in=persons)
    return ErasurePreview(
        person_ids=tuple(persons),
        goes=goes,
        earlier=earlier,
        files=files.count(),
        bytes=files.aggregate(n=Sum("size"))["n"] or 0,
        stays_entries=_one(
            "SELECT count(*) FROM ledger_entry WHERE person_ids && %s::bigint[]", [persons]
        ),
        shared=tuple(shared),
        against=tuple(against),
    )


def _against(persons: list[int]) -> tuple[Reason, ...]:
    found = obstacles(persons)
    reasons = (Reason("vault.nobody_asked"),) if found is None else found
    standing = Erasure.objects.filter(person_ids__overlap=persons).exclude(
        state=Erasure.State.WITHDRAWN
    )
    if standing.exists():
        reasons = (*reasons, Reason("vault.erasure_stands", decided_by=ERASE))
    return reasons


def _details(persons: list[int]) -> int:
    return _one(
        "SELECT count(*) FROM ledger_detail WHERE entry_id IN"
        " (SELECT id FROM ledger_entry WHERE person_ids && %s::bigint[])",
        [persons],
    )


def _earlier(plan: Plan, doomed: Doomed) -> int:
    """Rows of the histories of what goes."""
    counted = 0
    for name, keys in doomed.keys.items():
        history = plan.tables[name].history
        if history and keys:
            counted += _one(
                f'SELECT count(*) FROM "{history}" WHERE "{HISTORY_OF}" = ANY(%s)', [list(keys)]
            )
    return counted


def _one(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])
