"""Dates worked out by hand: certified by Records, countersigned by the officer in charge."""

from dataclasses import asdict, dataclass

from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field
from pims.sentences import events
from pims.sentences import law as laws
from pims.sentences.assembling import Assembled, assemble
from pims.sentences.engine import calculate
from pims.sentences.models import HandCalculation
from pims.sentences.rules import HandDates, full_term, may_certify, may_countersign, wrong_dates
from pims.sentences.services.common import PROSE, REASON, end_hand, locked_person

CERTIFY, COUNTERSIGN = "sentences.certify", "sentences.countersign"


@dataclass(frozen=True, slots=True)
class HandResult:
    hand_calculation_id: int


@service
def certify_by_hand(
    tx: Transaction, *, person_id: int, dates: HandDates, reason: str
) -> HandResult:
    """Certify dates worked out by hand; they stand once another officer has countersigned.

    An earlier one gives way. Raises Refused (no sentence stands, or the dates are calculated and
    rest on signed rules), InvalidInput (no reason; no date, dates out of order, a date past the
    full term), NotFound, NotPermitted.
    """
    root = locked_person(tx, CERTIFY, person_id)
    reason = clean_field(
        "reason", reason, limit=PROSE, multiline=True, missing="sentences.reason_missing"
    )
    facts = _facts(root)
    law = laws.law_in_force()
    found = calculate(facts.case, law, signed=laws.signed_rules(law))
    may_certify(found=found).require()
    wrong = wrong_dates(dates, longest=full_term(facts.case, found))
    if wrong:
        raise InvalidInput(wrong)
    for earlier in HandCalculation.objects.filter(person_id__in=facts.records, ended_at=None):
        end_hand(tx, earlier, kind=HandCalculation.EndKind.REPLACED)
    row = HandCalculation.objects.create(
        person_id=root,
        reason=reason,
        facts_hash=facts.facts_hash,
        certified_by_id=tx.actor.user_id,
        certified_at=tx.now,
        **asdict(dates),
    )
    tx.record(
        events.CertifiedByHand(person_id=root, hand_calculation_id=row.pk),
        details={"reason": reason, "edr": str(dates.edr or "")},
    )
    return HandResult(row.pk)


@service
def countersign_hand_calculation(tx: Transaction, *, hand_calculation_id: int) -> HandResult:
    """Another officer stands for the dates: from now on they are the person's.

    Raises Refused (the same officer; other facts than those that the dates were worked out for; no
    longer open; signed already), NotFound, NotPermitted.
    """
    row = _locked(tx, COUNTERSIGN, hand_calculation_id)
    if row.second_at is not None:
        refuse(Reason("sentences.countersigned_already")).require()
    facts = _facts(row.person_id)
    found = calculate(facts.case, laws.law_in_force())
    may_countersign(
        certified_by_id=row.certified_by_id,
        officer_id=tx.actor.user_id,
        same_facts=facts.facts_hash == row.facts_hash,
        longest=full_term(facts.case, found),
        edr=row.edr,
    ).require()
    row.second_by_id, row.second_at = tx.actor.user_id, tx.now
    row.save(update_fields=["second_by_id", "second_at"])
    tx.record(
        events.HandCalculationCountersigned(person_id=row.person_id, hand_calculation_id=row.pk)
    )
    return HandResult(row.pk)


@service
def withdraw_hand_calculation(
    tx: Transaction, *, hand_calculation_id: int, reason: str
) -> HandResult:
    """The dates by hand stand no more. Raises Refused, InvalidInput, NotFound, NotPermitted."""
    row = _locked(tx, CERTIFY, hand_calculation_id)
    reason = clean_field("reason", reason, limit=REASON, missing="sentences.reason_missing")
    end_hand(tx, row, kind=HandCalculation.EndKind.WITHDRAWN, reason=reason)
    return HandResult(row.pk)


def _locked(tx: Transaction, permission: str, hand_calculation_id: int) -> HandCalculation:
    found = HandCalculation.objects.filter(pk=hand_calculation_id)
    owner = found.values_list("person_id", flat=True).first()
    if owner is None:
        raise NotFound("hand_calculation", hand_calculation_id)
    locked_person(tx, permission, owner)
    row = found.get()
    if row.ended_at is not None:
        refuse(Reason("sentences.hand_calculation_over")).require()
    return row


def _facts(person_id: int) -> Assembled:
    for facts in assemble([person_id]).values():
        return facts
    raise Refused(Reason("sentences.nothing_to_certify"))
