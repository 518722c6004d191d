"""Making sure who stands at the gate: a finger, the photograph, or two officers who know them."""

from collections.abc import Sequence

from pims.biometrics import selectors as fingerprints
from pims.biometrics import services as biometrics
from pims.biometrics.services import TakenFinger
from pims.custody import services as custody
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import StaffBrief, staff_briefs
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.release import events, rules, second
from pims.release.denials import denials
from pims.release.models import DischargeCase, IdentityDecision, Vouching
from pims.release.rules import IdentityFacts, Voucher
from pims.release.services.cases import CaseResult, open_case


@service
def establish_identity(
    tx: Transaction,
    *,
    case_id: int,
    how: str,
    vouchers: Sequence[Voucher] = (),
    matched: bool = True,
    finger: TakenFinger | None = None,
) -> CaseResult:
    """Establish that whoever stands here is the person of this case.

    By a `finger`, which is compared here and says itself whether it `matched`: where nothing can
    be compared it is an input to put right, and the other ways remain. By a stored photograph, or
    by two officers who know the person: each signs with badge and PIN
    (whoever calls this has checked them), or is named and signs later, which an alarm waits for.
    A check that did not match is recorded too, and takes back an earlier one; it stands until it
    is decided (`decide_identity`), whoever says yes later. Raises InvalidInput.
    """
    case = open_case(tx, case_id)
    tx.require_person("release.prepare", case.person_id)
    staff = staff_briefs([voucher.user_id for voucher in vouchers])
    wrong = rules.identity_problems(
        IdentityFacts(
            how=how,
            photographs=people.photographs_to_compare(case.person_id),
            vouchers=vouchers,
            officers={brief.user_id for brief in staff.values() if brief.active},
            of_custody=second.of_custody(case.establishment_id) if staff else (),
            matched=matched,
            fingers=how == "fingerprint" and fingerprints.has_fingers(case.person_id),
        )
    )
    if wrong:
        raise InvalidInput(wrong)
    if how == "fingerprint":
        matched = _compared(tx, case, finger)
    named = [_shown(staff[voucher.user_id]) for voucher in vouchers] or [_shown(tx.actor)]
    _check(tx, case, how=how, officers=named, matched=matched)
    case.identity_how, case.identity_at = (how, tx.now) if matched else ("", None)
    case.save(update_fields=["identity_how", "identity_at"])
    if not matched:
        return CaseResult(case.pk)
    for voucher in vouchers:
        _vouch(tx, case, voucher)
    tx.record(
        events.IdentityEstablished(
            person_id=case.person_id,
            establishment_id=case.establishment_id,
            case_id=case.pk,
            how=how,
        )
    )
    return CaseResult(case.pk)


@service
def answer_for_identity(tx: Transaction, *, vouching_id: int, knows: bool) -> CaseResult:
    """The officer who was named says: yes, I know this person; or no.

    Nobody else can answer. A no takes identity back where the person is still here, and is an
    alarm where the person is not. A repeat changes nothing. Raises Refused, NotFound.
    """
    found = Vouching.objects.select_related("case").filter(pk=vouching_id).first()
    if found is None:
        raise NotFound("vouching", vouching_id)
    case = found.case
    tx.lock_persons([case.person_id])
    if tx.actor.user_id != found.user_id:
        refuse(Reason("release.not_the_named_officer")).require()
    case.refresh_from_db()
    found.refresh_from_db()
    if found.signed_at is not None or found.denied_at is not None:
        return CaseResult(case.pk)
    if knows:
        found.signed_at = tx.now
    else:
        found.denied_at = tx.now
        beyond = tx.beyond_scope()
        _check(beyond, case, how="two_officers", officers=[_shown(tx.actor)], matched=False)
        if case.state == DischargeCase.State.OPEN:
            case.identity_how, case.identity_at = "", None
            case.save(update_fields=["identity_how", "identity_at"])
    found.save(update_fields=["signed_at", "denied_at"])
    tx.record(
        events.IdentityAnswered(
            person_id=case.person_id,
            establishment_id=case.establishment_id,
            case_id=case.pk,
            vouching_id=found.pk,
            knows=knows,
        )
    )
    return CaseResult(case.pk)


@service
def decide_identity(tx: Transaction, *, case_id: int, reason: str) -> CaseResult:
    """It is this person, though somebody said that it is not: decided, with the reason.

    It answers every no that stands in this custody, also one that was said before a transfer.
    Identity must still be established. Raises InvalidInput without a reason, Refused where nobody
    said no, NotFound.
    """
    case = open_case(tx, case_id)
    tx.require_person("release.discharge", case.person_id)
    reason = clean_field(
        "reason", reason, limit=500, multiline=True, missing="release.reason_missing"
    )
    standing = [no.identity_check_id for no in denials(case.episode_id) if no.stands]
    if not standing:
        refuse(Reason("release.nobody_denied")).require()
    IdentityDecision.objects.create(
        case=case,
        answers=standing,
        reason=reason,
        decided_at=tx.now,
        decided_by_id=tx.actor.user_id,
    )
    tx.record(
        events.IdentityDecided(
            person_id=case.person_id, establishment_id=case.establishment_id, case_id=case.pk
        ),
        details={"reason": reason},
    )
    return CaseResult(case.pk)


def _check(
    tx: Transaction, case: DischargeCase, *, how: str, officers: Sequence[str], matched: bool
) -> None:
    custody.record_identity_check(
        tx,
        episode_id=case.episode_id,
        how=how,
        officers=list(officers),
        purpose="discharge",
        matched=matched,
    )


def _compared(tx: Transaction, case: DischargeCase, finger: TakenFinger | None) -> bool:
    """Whether the finger is this person's. Raises InvalidInput where nothing was compared."""
    done = biometrics.verify_identity(
        tx,
        person_id=case.person_id,
        purpose="discharge",
        finger=finger,
        episode_id=case.episode_id,
    )
    if (nothing := biometrics.words_for(done)) is not None:
        raise InvalidInput({"print_image": nothing})
    return done.outcome == "match"


def _vouch(tx: Transaction, case: DischargeCase, voucher: Voucher) -> None:
    """Keep who vouched; what was signed before stays signed."""
    row, fresh = Vouching.objects.get_or_create(
        case=case,
        user_id=voucher.user_id,
        defaults={
            "named_at": tx.now,
            "signed_at": tx.now if voucher.signed else None,
            "recorded_by_id": tx.actor.user_id,
        },
    )
    if not fresh and voucher.signed and row.signed_at is None:
        row.signed_at, row.denied_at = tx.now, None
        row.save(update_fields=["signed_at", "denied_at"])


def _shown(brief: StaffBrief | Actor) -> str:
    return f"{brief.name} ({brief.badge})"
