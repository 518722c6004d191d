"""Who stands for a rule of the law. Dates that rest on an unsigned rule are provisional."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import clock
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field
from pims.sentences import events
from pims.sentences import law as laws
from pims.sentences.assembling import today
from pims.sentences.models import Calculation, RuleSignature
from pims.sentences.services.common import LINE, REASON
from pims.sentences.services.recalculating import recalculated

SIGN = "law.sign"


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """`recalculated` is of how many people the dates were worked out anew."""

    signature_id: int
    recalculated: int = 0


@service
def sign_rule(
    tx: Transaction, *, rule_code: str, signed_by_name: str, office: str, signed_on: date
) -> SignatureResult:
    """Record who signed a rule of the law in force, as it stands today.

    Whoever's dates were provisional by it is recalculated. Raises NotFound (no such rule), Refused
    (signed already, or plain arithmetic), InvalidInput, NotPermitted.
    """
    require_held(tx.actor, SIGN)
    law = laws.law_in_force()
    found = laws.rule_named(law, rule_code)
    if found is None:
        raise NotFound("rule", rule_code)
    version, rule = found
    name = clean_field("signed_by_name", signed_by_name, limit=LINE, required=True)
    office = clean_field("office", office, limit=LINE, required=True)
    if signed_on > today():
        raise InvalidInput({"signed_on": Reason("sentences.signed_in_the_future")})
    if rule.is_arithmetic:
        refuse(Reason("sentences.arithmetic_needs_nobody")).require()
    if rule_code in laws.signed_rules(law):
        refuse(Reason("sentences.signed_already")).require()
    row = RuleSignature.objects.create(
        law=law.code,
        version=version,
        rule_code=rule_code,
        fingerprint=rule.fingerprint,
        signed_by_name=name,
        office=office,
        signed_on=signed_on,
        recorded_at=clock.now(),
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.RuleSigned(
            person_id=None,
            signature_id=row.pk,
            law=law.code,
            rule_code=rule_code,
        ),
        details={"signed_by": name, "office": office, "signed_on": signed_on.isoformat()},
    )
    resting = _resting(law.code).filter(result__provisional__contains=[rule_code])
    return SignatureResult(row.pk, _again(tx, resting))


@service
def withdraw_signature(tx: Transaction, *, signature_id: int, reason: str) -> SignatureResult:
    """Nobody stands for the rule any more: dates that rest on it are provisional again.

    Raises NotFound, Refused (withdrawn already), InvalidInput, NotPermitted.
    """
    require_held(tx.actor, SIGN)
    row = RuleSignature.objects.select_for_update().filter(pk=signature_id).first()
    if row is None:
        raise NotFound("signature", signature_id)
    reason = clean_field("reason", reason, limit=REASON, missing="sentences.reason_missing")
    if row.withdrawn_at is not None:
        refuse(Reason("sentences.withdrawn_already")).require()
    row.withdrawn_at, row.withdrawn_by_id = tx.now, tx.actor.user_id
    row.withdrawn_reason = reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by_id", "withdrawn_reason"])
    tx.record(
        events.SignatureWithdrawn(
            person_id=None,
            signature_id=row.pk,
            law=row.law,
            rule_code=row.rule_code,
        ),
        details={"reason": reason},
    )
    resting = _resting(row.law).filter(result__rules__has_key=row.rule_code)
    return SignatureResult(row.pk, _again(tx, resting))


def _resting(law: str) -> QuerySet[Calculation]:
    return Calculation.objects.filter(law=law, superseded_at=None)


def _again(tx: Transaction, resting: QuerySet[Calculation]) -> int:
    persons = list(resting.values_list("person_id", flat=True))
    return recalculated(tx.beyond_scope(), persons).changed if persons else 0
