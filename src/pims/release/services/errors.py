"""A release that should not have been: found, told, and the return from it."""

from dataclasses import dataclass
from datetime import datetime

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import services as custody
from pims.custody.selectors.standing import standing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.limits import CLOCK_SLACK
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.release import events
from pims.release.dated import SERVED
from pims.release.models import ReleaseInError
from pims.release.selectors.released_in_error import orders_of, warrants_ended
from pims.release.services.discharges import locked_discharge

# Why a warrant that a release had ended detains again, as its history says.
HELD_AGAIN = "returned after a release in error"


@dataclass(frozen=True, slots=True)
class ErrorResult:
    """`warrant_name_ids` are the warrants that a return let detain again."""

    error_id: int
    warrant_name_ids: tuple[int, ...] = ()


@service
def record_release_in_error(
    tx: Transaction,
    *,
    discharge_id: int,
    discovered_at: datetime,
    how: str,
    police_told_at: datetime | None = None,
) -> ErrorResult:
    """It was found that this person should not have left. Custody stays ended: it is a fact.

    Raises Refused where the error is recorded already, InvalidInput, NotFound.
    """
    discharge, person_id = locked_discharge(tx, discharge_id)
    tx.require_person("release.discharge", people.canonical_id(person_id))
    if discharge.taken_back_at is not None:
        refuse(Reason("release.discharge_taken_back")).require()
    if ReleaseInError.objects.filter(discharge=discharge).exists():
        refuse(Reason("release.error_already_recorded")).require()
    wrong: dict[str, Reason] = {}
    if discovered_at > tx.now + CLOCK_SLACK:
        wrong["discovered_at"] = Reason("release.in_the_future")
    discovered_at = minutes.not_before(discovered_at, discharge.at)
    if discovered_at < discharge.at:
        wrong["discovered_at"] = Reason("release.found_before_release")
    if police_told_at is not None:
        police_told_at = minutes.not_before(police_told_at, discharge.at)
        if police_told_at > tx.now + CLOCK_SLACK:
            wrong["police_told_at"] = Reason("release.in_the_future")
        elif police_told_at < discharge.at:
            wrong["police_told_at"] = Reason(
                "release.told_before_release", {"at": discharge.at.isoformat()}
            )
    try:
        how = clean_field("how", how, limit=5000, multiline=True, missing="release.reason_missing")
    except InvalidInput as problem:
        wrong |= problem.fields
    if wrong:
        raise InvalidInput(wrong)
    error = ReleaseInError.objects.create(
        discharge=discharge,
        person_id=discharge.person_id,
        episode_id=discharge.episode_id,
        establishment_id=discharge.establishment_id,
        left_at=discharge.at,
        discovered_at=discovered_at,
        how=how,
        police_told_at=police_told_at,
        recorded_by_id=tx.actor.user_id,
    )
    custody.change_end_kind(
        tx, episode_id=discharge.episode_id, kind="released_in_error", reason=how[:500]
    )
    tx.record(
        events.ReleasedInErrorFound(
            person_id=discharge.person_id,
            establishment_id=discharge.establishment_id,
            error_id=error.pk,
            episode_id=discharge.episode_id,
        ),
        details={"how": how},
    )
    return ErrorResult(error.pk)


@service
def record_return_from_error(
    tx: Transaction,
    *,
    error_id: int,
    returned_at: datetime,
    warrants_again: bool | None = None,
) -> ErrorResult:
    """The person is back: received again as a new custody episode that carries the old one on.

    With `warrants_again` the warrants that the release had ended detain again, from their
    beginning: they were ended by mistake. None lets them where no other warrant detains.
    Whoever was received at the gate since, like anyone else, is not received a second time.
    Raises InvalidInput (in the future, before leaving), NotFound. A repeat changes nothing.
    """
    error = ReleaseInError.objects.filter(pk=error_id).first()
    if error is None:
        raise NotFound("release_in_error", error_id)
    person_id = people.canonical_id(error.person_id)
    tx.lock_persons([error.person_id, person_id])
    tx.require_person("custody.receive", person_id)
    error.refresh_from_db()
    if error.withdrawn_at is not None:
        refuse(Reason("release.discharge_taken_back")).require()
    if error.returned_at is not None:
        return ErrorResult(error.pk)
    if returned_at > tx.now + CLOCK_SLACK:
        raise InvalidInput({"returned_at": Reason("release.in_the_future")})
    returned_at = minutes.after(returned_at, error.left_at)
    if returned_at <= error.left_at:
        raise InvalidInput({"returned_at": Reason("release.return_before_release")})
    here = next(iter(standing(person_ids=[person_id])), None)
    if here is not None and here.starts_at >= error.left_at:
        episode_id = here.episode_id
    else:
        received = custody.record_body_receipts(
            tx,
            establishment_id=error.establishment_id,
            receipts=[custody.BodyReceiptInput(person_id=person_id, warrant_state="no")],
            received_at=returned_at,
            reception_kind="return_from_error",
        )
        episode_id = received.receipts[0].episode_id
    opened = _hold_again(tx, error, person_id, returned_at, warrants_again)
    error.returned_at = returned_at
    error.save(update_fields=["returned_at"])
    tx.record(
        events.ReturnedFromError(
            person_id=error.person_id,
            establishment_id=error.establishment_id,
            error_id=error.pk,
            episode_id=episode_id,
            left_episode_id=error.episode_id,
            warrant_name_ids=opened,
        )
    )
    return ErrorResult(error.pk, opened)


def _hold_again(
    tx: Transaction, error: ReleaseInError, person_id: int, at: datetime, again: bool | None
) -> tuple[int, ...]:
    """Let what the release ended by mistake detain again, and give which."""
    if error.discharge is None:
        return ()
    if again is None:
        zone = facilities.time_zone(error.establishment_id)
        again = not authority.detaining_warrants(person_id, zone=zone, at=at)
    if not again:
        return ()
    zone = facilities.time_zone(error.establishment_id)
    papers = authority.warrants_of([person_id], zone=zone).get(person_id, [])
    served = [p for p in warrants_ended(error.discharge, papers) if p.end_basis == SERVED]
    opened = authority_services.let_warrants_hold_again(
        tx,
        person_id=person_id,
        release_order_ids=orders_of(error.discharge),
        acted_at=error.discharge.at,
        reason=HELD_AGAIN,
    )
    return opened + authority_services.reopen_warrants(
        tx.beyond_scope(),
        person_id=person_id,
        warrant_name_ids=[paper.warrant_name_id for paper in served],
        at=error.discharge.at,
        basis=HELD_AGAIN,
    )
