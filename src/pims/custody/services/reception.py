"""The van at the gate: a body receipt for everyone on it, whoever they are, whatever the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.custody import events
from pims.custody.models import BodyReceipt, Episode, TurnedAway, Van
from pims.custody.reading import READER
from pims.custody.services.closing import local_day
from pims.custody.services.common import moment
from pims.custody.services.receiving import (
    RECEIPT_TEXTS,
    Arrival,
    BodyReceiptInput,
    ReceiptRecorded,
    names_of,
    receive_one,
)
from pims.custody.services.words import cleaned, line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.limits import RECEIVED_LONG_AGO
from pims.people import selectors as people
from pims.people import services as people_services

MOST_ON_ONE_VAN = 500
ATTACH = ("auto", "same", "new")
SEXES = ("male", "female", "intersex", "unknown")
TURNED_AWAY_FOR = (
    "no_warrant",
    "defective_warrant",
    "wrong_establishment",
    "needs_hospital",
    "other",
)


@dataclass(frozen=True, slots=True)
class ReceiptsRecorded:
    van_id: int
    receipts: tuple[ReceiptRecorded, ...] = ()


@dataclass(frozen=True, slots=True)
class VanOpened:
    van_id: int


@dataclass(frozen=True, slots=True)
class TurnedAwayRecorded:
    turned_away_id: int


@service
def open_van(
    tx: Transaction,
    *,
    establishment_id: int,
    arrived_at: datetime | None = None,
    from_where: str = "",
    escorting_officer: str = "",
    vehicle: str = "",
) -> VanOpened:
    """Record that a van stands at the gate. Raises InvalidInput for a time in the future."""
    tx.require("custody.receive", establishment_id=establishment_id)
    when = moment(tx, arrived_at, "arrived_at")
    van = Van.objects.create(
        establishment_id=establishment_id,
        arrived_at=when.at,
        from_where=line("from_where", from_where, 200),
        escorting_officer=line("escorting_officer", escorting_officer, 200),
        vehicle=line("vehicle", vehicle, 60),
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.VanArrived(
            establishment_id=establishment_id, van_id=van.pk, happened_at=when.at.isoformat()
        ),
        details={"from": van.from_where, "officer": van.escorting_officer},
    )
    return VanOpened(van.pk)


@service
def record_body_receipts(
    tx: Transaction,
    *,
    establishment_id: int,
    receipts: Sequence[BodyReceiptInput],
    van_id: int | None = None,
    from_where: str = "",
    vehicle: str = "",
    handed_over_by: str = "",
    received_by: str = "",
    received_at: datetime | None = None,
    reception_kind: str = "court",
) -> ReceiptsRecorded:
    """Receive everyone on the van at once: each a person, a body receipt and an episode.

    Never refused for what the paper or the books say. Someone whom the books hold as at large or
    out is received back into the open episode; someone whom they hold as inside is received as a
    new person with a possible match, because the one at the gate cannot be the one in the cell
    (unless `attach` says otherwise); each tells an alarm, as does a van entered a week after its
    hour. Raises InvalidInput for what cannot be (nobody on the van, a time in the future, a birth
    still to come), by ``receipts.<n>.<field>``.
    """
    tx.require("custody.receive", establishment_id=establishment_id)
    when = moment(tx, received_at, "received_at")
    receipts = [cleaned(r, RECEIPT_TEXTS, f"receipts.{n}.") for n, r in enumerate(receipts)]
    handed_over_by = line("handed_over_by", handed_over_by)
    received_by = line("received_by", received_by)
    named = _check(receipts, local_day(tx.now, establishment_id))
    if reception_kind not in Episode.ReceptionKind.values:
        raise InvalidInput({"reception_kind": Reason("custody.reception_kind_unknown")})
    if van_id is None:
        van_id = open_van(
            tx,
            establishment_id=establishment_id,
            arrived_at=received_at,
            from_where=from_where,
            escorting_officer=handed_over_by,
            vehicle=vehicle,
        ).van_id
    van = Van.objects.filter(pk=van_id, establishment_id=establishment_id).first()
    if van is None:
        raise NotFound("van", van_id)
    tx.lock_persons(named.values())
    if tx.now - when.at > RECEIVED_LONG_AGO and reception_kind != Episode.ReceptionKind.INHERITED:
        tx.record(
            events.ReceivedLongAgo(
                establishment_id=establishment_id,
                van_id=van.pk,
                happened_at=when.at.isoformat(),
                days=(tx.now - when.at).days,
                people=len(receipts),
            )
        )
    arrival = Arrival(van, when, handed_over_by, received_by or tx.actor.name, reception_kind)
    return ReceiptsRecorded(
        van.pk,
        tuple(receive_one(tx, arrival, row, named.get(n)) for n, row in enumerate(receipts)),
    )


@service
def turn_away(
    tx: Transaction,
    *,
    establishment_id: int,
    name_as_given: str,
    reason: str,
    note: str = "",
    van_id: int | None = None,
    brought_by: str = "",
    happened_at: datetime | None = None,
) -> TurnedAwayRecorded:
    """Record whom the officer in charge did not receive, and why (Mandela Rule 7).

    Raises InvalidInput for an unknown reason or a time in the future.
    """
    tx.require("custody.receive", establishment_id=establishment_id)
    when = moment(tx, happened_at)
    if (
        van_id is not None
        and not Van.objects.filter(pk=van_id, establishment_id=establishment_id).exists()
    ):
        raise NotFound("van", van_id)
    if reason not in TURNED_AWAY_FOR:
        raise InvalidInput({"reason": Reason("custody.turn_away_reason_unknown")})
    row = TurnedAway.objects.create(
        van_id=van_id,
        establishment_id=establishment_id,
        name_as_given=line("name_as_given", name_as_given, 300),
        reason=reason,
        note=prose("note", note),
        brought_by=line("brought_by", brought_by, 200),
        decided_by_id=tx.actor.user_id,
        happened_at=when.at,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.TurnedAway(
            establishment_id=establishment_id,
            turned_away_id=row.pk,
            reason=reason,
            happened_at=when.at.isoformat(),
        ),
        details={"name_as_given": row.name_as_given, "note": row.note},
    )
    return TurnedAwayRecorded(row.pk)


def _check(receipts: Sequence[BodyReceiptInput], today: date) -> dict[int, int]:
    """Raise InvalidInput for impossible lines; give line number to the canonical person named.

    `today` is the day where the establishment is.
    """
    wrong: dict[str, Reason] = {}
    if not receipts:
        wrong["receipts"] = Reason("custody.nobody_on_the_van")
    if len(receipts) > MOST_ON_ONE_VAN:
        wrong["receipts"] = Reason("custody.too_many_on_one_van", {"most": MOST_ON_ONE_VAN})
    for n, row in enumerate(receipts):
        wrong |= {f"receipts.{n}.{name}": why for name, why in _faults(row, today).items()}
        if row.warrant_state not in BodyReceipt.WarrantState.values:
            wrong[f"receipts.{n}.warrant_state"] = Reason("custody.warrant_state_unknown")
        if row.sex not in SEXES:
            wrong[f"receipts.{n}.sex"] = Reason("custody.sex_unknown_code")
        if row.attach not in ATTACH:
            wrong[f"receipts.{n}.attach"] = Reason("custody.attach_unknown")
        if row.birth_date is not None and row.birth_date > today:
            wrong[f"receipts.{n}.birth_date"] = Reason("custody.born_after_reception")
        if row.age_as_given is not None and not 0 <= row.age_as_given <= 120:
            wrong[f"receipts.{n}.age_as_given"] = Reason("custody.age_impossible")
    asked = {n: row.person_id for n, row in enumerate(receipts) if row.person_id is not None}
    canonical = people.ids_canonical(asked.values())
    headers = people.person_headers(READER, set(canonical.values()), brief=True)
    named: dict[int, int] = {}
    for n, person_id in asked.items():
        found = canonical.get(person_id)
        if found is None or found not in headers or headers[found].erased:
            wrong[f"receipts.{n}.person_id"] = Reason("custody.person_unknown")
            continue
        named[n] = found
    if wrong:
        raise InvalidInput(wrong)
    return named


def _faults(row: BodyReceiptInput, today: date) -> dict[str, Reason]:
    """Field of the line -> why nobody can be entered so, as the people room decides it."""
    found = people_services.faults_of_person(
        names=names_of(row),
        sex=row.sex,
        gender=row.gender,
        birth_date=row.birth_date,
        birth_precision=row.birth_precision if row.birth_date else "unknown",
        nationalities=row.nationalities,
        today=today,
    )
    split = bool(row.given.strip() or row.family.strip())
    return {
        "name_as_given" if name in ("given", "family") and not split else name: why
        for name, why in found.items()
    }
