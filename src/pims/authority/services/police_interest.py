"""Police interest: the police are told before and at discharge; the hour does not move."""

from dataclasses import dataclass

from pims.authority import events
from pims.authority.models import PoliceInterest
from pims.authority.services.words import NAME, REFERENCE, TELEPHONE, line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.errors import NotFound
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class PoliceInterestResult:
    police_interest_id: int


@service
def record_police_interest(
    tx: Transaction,
    *,
    person_id: int,
    agency: str,
    reference: str = "",
    note: str = "",
    telephone: str = "",
) -> PoliceInterestResult:
    """Record who wants to know. Raises InvalidInput where no agency is named, and for a text that
    is too long."""
    tx.require_person("authority.record", person_id)
    row = PoliceInterest.objects.create(
        person_id=person_id,
        agency=line("agency", agency, NAME, missing="authority.agency_missing"),
        reference=line("reference", reference, REFERENCE),
        note=prose("note", note),
        telephone=line("telephone", telephone, TELEPHONE),
        raised_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.PoliceInterestRecorded(person_id=person_id, police_interest_id=row.pk),
        details={"agency": row.agency, "reference": row.reference},
    )
    return PoliceInterestResult(row.pk)


@service
def withdraw_police_interest(tx: Transaction, *, police_interest_id: int) -> PoliceInterestResult:
    row = _row(police_interest_id)
    tx.require_person("authority.record", people.canonical_id(row.person_id))
    row.withdrawn_at = tx.now
    row.save(update_fields=["withdrawn_at"])
    tx.record(events.PoliceInterestEnded(person_id=row.person_id, police_interest_id=row.pk))
    return PoliceInterestResult(row.pk)


@service
def inform_police(tx: Transaction, *, police_interest_id: int) -> PoliceInterestResult:
    """The agency was told that this person is leaving."""
    row = _row(police_interest_id)
    tx.require_person("release.prepare", people.canonical_id(row.person_id))
    row.informed_at, row.informed_by_id = tx.now, tx.actor.user_id
    row.save(update_fields=["informed_at", "informed_by_id"])
    tx.record(events.PoliceInformed(person_id=row.person_id, police_interest_id=row.pk))
    return PoliceInterestResult(row.pk)


def _row(police_interest_id: int) -> PoliceInterest:
    row = PoliceInterest.objects.filter(pk=police_interest_id).first()
    if row is None:
        raise NotFound("police_interest", police_interest_id)
    return row
