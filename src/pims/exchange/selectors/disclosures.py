"""Who was told what about whom: for officers, and for the prisoner who asks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min

from pims.exchange.models import Disclosure, Inquiry
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, require_visible
from pims.kernel.errors import NotFound
from pims.people import selectors as people

DISCLOSURES = "exchange.disclosures"
SEE_PERSON = "people.view"


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One answer in which something about the person was given. `fields` are ``table.field``.

    `entry_id` is the receipt in the ledger.
    """

    disclosure_id: int
    disclosed_at: datetime
    agency_id: int
    agency: str
    agency_es: str
    purpose: str
    kind: str
    end_user: str
    fields: tuple[str, ...]
    inquiry_id: UUID
    entry_id: UUID

    def agency_in(self, language: str) -> str:
        return self.agency_es if language.startswith("es") and self.agency_es else self.agency

    @property
    def by_table(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.fields:
            table, _, name = one.partition(".")
            found[table].append(name)
        return {table: tuple(names) for table, names in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class ToldTo:
    """How often an agency was told something about a person, for the person who asks: no name of
    an official."""

    agency: str
    agency_es: str
    purpose: str
    times: int
    first_at: datetime
    last_at: datetime
    tables: tuple[str, ...]

    def agency_in(self, language: str) -> str:
        return self.agency_es if language.startswith("es") and self.agency_es else self.agency


def disclosures(
    viewer: Actor, person_id: int, *, limit: int = 100, before: int | None = None
) -> list[DisclosureLine]:
    """What agencies were told about the person and the records joined to them, newest first.

    Raises NotFound, NotPermitted.
    """
    require_visible(viewer, DISCLOSURES, person_id)
    require_visible(viewer, SEE_PERSON, person_id)
    rows = Disclosure.objects.filter(person_id__in=people.persons_of(person_id))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _lines(rows.select_related("inquiry__agency").order_by("-pk")[:limit])


def told_to(viewer: Actor, person_id: int) -> list[ToldTo]:
    """The same summed up: for the copy of the file that the prisoner may have. Two queries.

    Raises NotFound, NotPermitted.
    """
    require_visible(viewer, SEE_PERSON, person_id)
    own = Disclosure.objects.filter(person_id__in=people.persons_of(person_id))
    sums = own.values(
        "inquiry__agency__name", "inquiry__agency__name_es", "inquiry__purpose"
    ).annotate(times=Count("pk"), first=Min("disclosed_at"), last=Max("disclosed_at"))
    tables: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, purpose, fields in own.values_list(
        "inquiry__agency__name", "inquiry__purpose", "fields"
    ):
        tables[name, purpose] |= {field.partition(".")[0] for field in fields}
    return [
        ToldTo(
            agency=row["inquiry__agency__name"],
            agency_es=row["inquiry__agency__name_es"],
            purpose=row["inquiry__purpose"],
            times=row["times"],
            first_at=row["first"],
            last_at=row["last"],
            tables=tuple(sorted(tables[row["inquiry__agency__name"], row["inquiry__purpose"]])),
        )
        for row in sums.order_by("-last")
    ]


@dataclass(frozen=True, slots=True)
class Asking:
    """One question of an agency, answered or not; it names no prisoner."""

    inquiry_id: UUID
    opened_at: datetime
    agency_id: int
    agency: str
    purpose: str
    kind: str
    end_user: str
    outcome: str
    found: int | None


def inquiries(viewer: Actor, agency_id: int, *, limit: int = 50) -> list[Asking]:
    """The last questions of an agency. Raises NotPermitted."""
    require_held(viewer, "exchange.view")
    rows = Inquiry.objects.filter(agency_id=agency_id, token__isnull=False)
    return [
        Asking(
            row.pk, row.opened_at, row.agency_id, row.agency.name, row.purpose, row.kind,
            row.end_user, row.outcome, row.found,
        )
        for row in rows.select_related("agency").order_by("-opened_at")[:limit]
    ]  # fmt: skip


def receipt(viewer: Actor, inquiry_id: UUID) -> UUID:
    """The ledger entry of an inquiry. Raises NotFound, NotPermitted."""
    require_held(viewer, DISCLOSURES)
    found = Inquiry.objects.filter(pk=inquiry_id).values_list("entry_id", flat=True).first()
    if found is None:
        raise NotFound("inquiry", inquiry_id)
    return found


def _lines(rows: Iterable[Disclosure]) -> list[DisclosureLine]:
    return [
        DisclosureLine(
            disclosure_id=row.pk,
            disclosed_at=row.disclosed_at,
            agency_id=row.inquiry.agency_id,
            agency=row.inquiry.agency.name,
            agency_es=row.inquiry.agency.name_es,
            purpose=row.inquiry.purpose,
            kind=row.inquiry.kind,
            end_user=row.inquiry.end_user,
            fields=tuple(row.fields),
            inquiry_id=row.inquiry_id,
            entry_id=row.entry_id,
        )
        for row in rows
    ]
