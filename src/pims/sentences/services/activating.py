"""Another law put in force: compared first, person by person, then decided by two people.

Until then dates are worked out by the law that is in force, whatever files this version brings.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from procrastinate.contrib.django import app

from pims.courts.selectors import PaperDay
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.here import HERE
from pims.jurisdictions.sentence_law import LawText, law_from
from pims.kernel.decisions import refuse
from pims.kernel.errors import NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field
from pims.sentences import events
from pims.sentences import law as laws
from pims.sentences.models import LawInForce, LawMove, LawProposal
from pims.sentences.selectors.activation import FRESH
from pims.sentences.selectors.comparison import Comparison, MovedPerson, compare_laws, everybody
from pims.sentences.services.common import REASON
from pims.sentences.services.first_law import keep_text, standing

PROPOSE, PUT_IN_FORCE = "law.propose", "law.put_in_force"
TASK = "sentences.work_out_by_new_law"


@dataclass(frozen=True, slots=True)
class ProposalResult:
    """`moved` of `looked_at` people with a sentence have another answer under the proposed law, and
    so many `papers` another day."""

    proposal_id: int
    looked_at: int
    moved: int
    papers: int = 0


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """`law_in_force_id` is None until the second of two has agreed."""

    proposal_id: int
    state: str
    law_in_force_id: int | None = None


@service
def propose_law(tx: Transaction, *, reason: str, rules: str | None = None) -> ProposalResult:
    """Ask that another text of the law be put in force: that of this version's files, or `rules`
    (TOML as `sentences.toml` has it, with the holidays of the files).

    Whose dates would move is worked out for everybody and kept with it. Raises Refused (another is
    open, it says what the law in force says, is no law, or one of elsewhere), InvalidInput,
    NotPermitted.
    """
    require_held(tx.actor, PROPOSE)
    reason = clean_field("reason", reason, limit=REASON, missing="sentences.reason_missing")
    shipped = laws.text_shipped()
    text = shipped if rules is None else LawText(rules, shipped.holidays)
    if laws.law_written(text.rules.encode()).code != HERE:
        refuse(Reason("sentences.law_of_elsewhere", {"law": HERE})).require()
    current = _standing_locked(tx)
    if LawProposal.objects.filter(replaces=current, state=LawProposal.State.OPEN).exists():
        refuse(Reason("sentences.proposal_open_already")).require()
    if laws.says_the_same(text, LawText(current.text.rules, current.text.holidays)):
        refuse(Reason("sentences.law_in_force_already")).require()
    found = _compared(tx, current.text.fingerprint, text)
    row = LawProposal.objects.create(
        text=keep_text(tx, text),
        replaces=current,
        reason=reason,
        proposed_at=tx.now,
        proposed_by_id=tx.actor.user_id,
        compared_at=tx.now,
        looked_at=found.looked_at,
    )
    _keep(row, found)
    tx.record(
        events.LawProposed(person_id=None, proposal_id=row.pk, law=HERE, moved=len(found.moved)),
        details={"reason": reason},
    )
    return ProposalResult(row.pk, found.looked_at, len(found.moved), len(found.papers))


@service
def compare_proposal_again(tx: Transaction, *, proposal_id: int) -> ProposalResult:
    """Work out anew whose dates would move. Who had agreed agreed to other dates: nobody has then.

    Raises NotFound, Refused (no longer open), NotPermitted.
    """
    require_held(tx.actor, PROPOSE)
    row = _open(proposal_id)
    text = LawText(row.text.rules, row.text.holidays)
    found = _compared(tx, row.replaces.text.fingerprint, text)
    row.round, row.compared_at, row.looked_at = row.round + 1, tx.now, found.looked_at
    row.first_at = row.first_by_id = None
    row.save(update_fields=["round", "compared_at", "looked_at", "first_at", "first_by_id"])
    _keep(row, found)
    tx.record(
        events.LawCompared(person_id=None, proposal_id=row.pk, law=HERE, moved=len(found.moved))
    )
    return ProposalResult(row.pk, found.looked_at, len(found.moved), len(found.papers))


@service
def agree_to_law(tx: Transaction, *, proposal_id: int, comparison: int) -> DecisionResult:
    """Agree to what a comparison showed (its number). The second of two puts the law in force:
    everybody's dates are then worked out anew by the worker.

    Raises NotFound, Refused (no longer open, compared anew meanwhile, compared too long ago, agreed
    already), NotPermitted.
    """
    require_held(tx.actor, PUT_IN_FORCE)
    row = _open(proposal_id)
    if row.round != comparison:
        refuse(Reason("sentences.compared_anew")).require()
    if tx.now - row.compared_at > FRESH:
        refuse(Reason("sentences.comparison_too_old")).require()
    if row.first_by_id == tx.actor.user_id:
        refuse(Reason("sentences.second_person_decides")).require()
    tx.record(events.LawAgreedTo(person_id=None, proposal_id=row.pk, law=HERE))
    if row.first_by_id is None:
        row.first_at, row.first_by_id = tx.now, tx.actor.user_id
        row.save(update_fields=["first_at", "first_by_id"])
        return DecisionResult(row.pk, row.state)
    row.second_at, row.second_by_id = tx.now, tx.actor.user_id
    row.state = LawProposal.State.IN_FORCE
    row.save(update_fields=["second_at", "second_by_id", "state"])
    return DecisionResult(row.pk, row.state, _put_in_force(tx, row).pk)


@service
def decline_law(tx: Transaction, *, proposal_id: int, reason: str) -> DecisionResult:
    """The proposed law is not put in force; nobody's dates move.

    Raises NotFound, Refused (no longer open), InvalidInput, NotPermitted.
    """
    require_held(tx.actor, PUT_IN_FORCE)
    reason = clean_field("reason", reason, limit=REASON, missing="sentences.reason_missing")
    row = _open(proposal_id)
    row.state = LawProposal.State.DECLINED
    row.declined_at, row.declined_by_id = tx.now, tx.actor.user_id
    row.declined_reason = reason
    row.save(update_fields=["state", "declined_at", "declined_by_id", "declined_reason"])
    tx.record(
        events.LawDeclined(person_id=None, proposal_id=row.pk, law=HERE),
        details={"reason": reason},
    )
    return DecisionResult(row.pk, row.state)


def _standing_locked(tx: Transaction) -> LawInForce:
    """The row of the law in force, which nobody else replaces until the transaction ends."""
    while True:
        current = standing(tx)
        rows = LawInForce.objects.select_for_update().filter(pk=current.pk, ended_at=None)
        # Another may have been put in force while we waited.
        if rows.first() is not None:
            return current


def _put_in_force(tx: Transaction, row: LawProposal) -> LawInForce:
    LawInForce.objects.filter(pk=row.replaces_id).update(ended_at=tx.now)
    made = LawInForce.objects.create(
        law=HERE, text=row.text, proposal=row, since=tx.now, to_do=len(everybody())
    )
    tx.record(events.LawPutInForce(person_id=None, law_in_force_id=made.pk, law=HERE))
    app.configure_task(TASK).defer(law_in_force_id=made.pk)
    return made


def _open(proposal_id: int) -> LawProposal:
    rows = LawProposal.objects.select_for_update(of=("self",)).select_related(
        "text", "replaces__text"
    )
    row = rows.filter(pk=proposal_id).first()
    if row is None:
        raise NotFound("proposal", proposal_id)
    if row.state != LawProposal.State.OPEN:
        refuse(Reason("sentences.proposal_closed")).require()
    return row


def _compared(tx: Transaction, old: str, new: LawText) -> Comparison:
    """Of everybody, also of those whom who asks may not see: the law is the same for all."""
    return compare_laws(tx.beyond_scope().actor, laws.law_kept(old), law_from(new))


def _keep(row: LawProposal, found: Comparison) -> None:
    papers: dict[int, list[PaperDay]] = defaultdict(list)
    for paper in found.papers:
        papers[paper.person_id].append(paper)
    dated = {one.person_id for one in found.moved}
    moved = [
        *found.moved,
        *(MovedPerson(person_id, "", "", ()) for person_id in papers if person_id not in dated),
    ]
    LawMove.objects.bulk_create(
        [
            LawMove(
                proposal=row,
                round=row.round,
                person_id=one.person_id,
                status_before=one.status_before,
                status_after=one.status_after,
                dates=[_date(moves) for moves in one.dates],
                papers=[_paper(paper) for paper in papers[one.person_id]],
                position=position,
            )
            for position, one in enumerate(moved, 1)
        ]
    )


def _paper(one: PaperDay) -> dict[str, object]:
    said = asdict(one)
    del said["person_id"]
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in said.items()}


def _date(moved: Any) -> dict[str, str | None]:
    return {
        "name": moved.name,
        "before": moved.before and moved.before.isoformat(),
        "after": moved.after and moved.after.isoformat(),
    }


@service
def note_progress(
    tx: Transaction, *, law_in_force_id: int, done: int, finished: bool = False
) -> int:
    """How many people's dates have been worked out by a new law so far. Raises NotPermitted."""
    require_held(tx.actor, PUT_IN_FORCE)
    rows = LawInForce.objects.filter(pk=law_in_force_id, finished_at=None)
    noted = rows.update(done=done, finished_at=tx.now if finished else None)
    if noted and finished:
        tx.record(
            events.LawWorkedOut(
                person_id=None, law_in_force_id=law_in_force_id, law=HERE, people=done
            )
        )
    return noted
