"""Recording warrants as written, with whatever is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pims.authority import rules
from pims.authority.models import Body, ClerkQuery, Warrant, WarrantName
from pims.authority.selectors.reading import read_off
from pims.authority.services.warrant_rows import (
    WarrantNameInput,
    add_name,
    begins_wrongly,
    close_name,
    zone_of,
)
from pims.authority.services.words import REFERENCE, line, prose
from pims.authority.wording import query_text
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class WarrantResult:
    warrant_id: int
    warrant_name_ids: tuple[int, ...]
    defects: tuple[str, ...]


@service
def record_warrant(
    tx: Transaction,
    *,
    establishment_id: int,
    kind: str,
    body_id: int,
    names: Sequence[WarrantNameInput],
    received_at: datetime,
    reference: str = "",
    dated: date | None = None,
    as_written: str = "",
    defects: Sequence[str] = (),
    remarks: Sequence[str] = (),
    scan: bytes | None = None,
) -> WarrantResult:
    """Record the paper as written, with its defects: those marked and those its dates show.

    A defect never stops the record, dates in the wrong order included; a query to the clerk of
    court is drafted for each paper that has one. `remarks` are lines of it beside the defects, in
    the actor's language, from a service that read more of the paper. Raises InvalidInput (unknown
    kind or defect, no one named, received in the future, a scan that is none) and NotFound (body);
    NotPermitted for a person out of reach.
    """
    tx.require("authority.record", establishment_id=establishment_id)
    for name in names:
        tx.require_person("authority.record", people.canonical_id(name.person_id))
    tx.lock_persons(name.person_id for name in names)
    body = Body.objects.filter(pk=body_id).first()
    if body is None:
        raise NotFound("body", body_id)
    _check_warrant(tx, kind=kind, names=names, received_at=received_at, defects=defects)
    reference = line("reference", reference, REFERENCE)
    as_written = prose("as_written", as_written)
    names = [
        replace(
            name,
            name_as_written=line("name_as_written", name.name_as_written, 200),
            charges=prose("charges", name.charges),
        )
        for name in names
    ]
    found = set(defects) | read_off(
        kind=kind,
        body_kind=body.kind,
        dated=dated,
        received_at=received_at,
        names=names,
        zone=zone_of(establishment_id),
    )
    ordered = tuple(code for code in rules.DEFECTS if code in found)
    warrant = Warrant.objects.create(
        kind=kind,
        body=body,
        establishment_id=establishment_id,
        reference=reference,
        dated=dated,
        as_written=as_written,
        defects=list(ordered),
        received_at=received_at,
        state=Warrant.State.AS_RECEIVED if ordered else Warrant.State.ACTED_ON,
        recorded_by_id=tx.actor.user_id,
    )
    if scan is not None:
        # A scan that names several people is sealed with the key of the first of them.
        blob = store_file(
            tx,
            person_id=names[0].person_id,
            kind="warrant_scan",
            data=scan,
            media_type=None,
            name="scan",
        )
        warrant.scan_blob_id = blob.blob_id
        warrant.save(update_fields=["scan_blob_id"])
    held = set(
        WarrantName.objects.filter(
            person_id__in=[n.person_id for n in names], ends_at=None
        ).values_list("person_id", flat=True)
    )
    rows = [add_name(tx, warrant, name, further=name.person_id in held) for name in names]
    if rules.AWAITED not in ordered:
        for row in rows:
            _take_the_place(tx, row)
    if ordered and rules.AWAITED not in ordered:
        ClerkQuery.objects.create(
            warrant=warrant,
            text=query_text(
                body=body.name,
                reference=warrant.reference,
                defects=ordered,
                language=tx.actor.language,
                remarks=remarks,
            ),
            drafted_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
    return WarrantResult(warrant.pk, tuple(row.pk for row in rows), ordered)


def _take_the_place(tx: Transaction, name: WarrantName) -> None:
    """The paper came: what was told of it at the hand-over need hold nobody any more."""
    kinds = warrant_kinds()
    told = WarrantName.objects.select_related("warrant").filter(
        person_id__in=people.persons_of(name.person_id),
        ends_at=None,
        warrant__defects__contains=[rules.AWAITED],
    )
    for one in told.exclude(pk=name.pk):
        if kinds[one.warrant.kind].legal_status == kinds[name.warrant.kind].legal_status:
            at = max(name.starts_at, one.starts_at)
            close_name(tx, one, end_kind="replaced", ended_at=at, basis=name.warrant.reference)


def _check_warrant(
    tx: Transaction,
    *,
    kind: str,
    names: Sequence[WarrantNameInput],
    received_at: datetime,
    defects: Sequence[str],
) -> None:
    wrong: dict[str, Reason] = {}
    if kind not in warrant_kinds():
        wrong["kind"] = Reason("authority.unknown_kind", {"kind": kind})
    if not names:
        wrong["names"] = Reason("authority.nobody_named")
    if len({name.person_id for name in names}) != len(names):
        wrong["names"] = Reason("authority.named_twice")
    if unknown := set(defects) - set(rules.DEFECTS):
        wrong["defects"] = Reason("authority.unknown_defect", {"code": min(unknown)})
    if minutes.is_to_come(received_at, tx.now):
        wrong["received_at"] = Reason("authority.in_the_future")
    for name in names:
        if (wrongly := begins_wrongly(name.starts_at)) is not None:
            wrong["starts_at"] = wrongly
    if wrong:
        raise InvalidInput(wrong)
