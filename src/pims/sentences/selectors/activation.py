"""The law in force since when, what was proposed instead, and whose dates that would move."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from pims.courts.selectors import PaperDay, unread_by
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.jurisdictions.here import HERE
from pims.jurisdictions.sentence_law import LawText, Rule
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.sentences import law as laws
from pims.sentences.models import LawInForce, LawMove, LawProposal
from pims.sentences.models import LawText as KeptText
from pims.sentences.selectors.comparison import Moved, MovedPerson
from pims.sentences.selectors.dates import VIEW
from pims.sentences.selectors.signatures import VIEW_LAW

# Nobody decides on dates that were compared longer ago: people come and go, and days are served.
FRESH = timedelta(hours=24)
LATEST = 20
PAPER_DAYS = frozenset({"recorded", "before", "after"})


@dataclass(frozen=True, slots=True)
class LawStanding:
    """`since` None: nothing was worked out here yet. `files_differ`: this version of the program
    brings another text. Of `to_do` people `done` have been worked out by it; None where no other
    law was in force before."""

    since: datetime | None
    proposal_id: int | None
    files_differ: bool
    to_do: int
    done: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule before and after; None where there was none, or is none any more."""

    code: str
    before: Rule | None
    after: Rule | None


@dataclass(frozen=True, slots=True)
class ProposalInfo:
    """A proposed law; `moved` of `looked_at` people have another answer under it, and the papers of
    `with_papers` people another day.

    `rules` are those that differ. `is_fresh`: its comparison may still be decided on.
    """

    proposal_id: int
    state: str
    reason: str
    proposed_at: datetime
    proposed_by_id: int
    round: int
    compared_at: datetime
    looked_at: int
    moved: int
    with_papers: int
    first_at: datetime | None
    first_by_id: int | None
    second_at: datetime | None
    second_by_id: int | None
    declined_at: datetime | None
    declined_by_id: int | None
    declined_reason: str
    is_fresh: bool
    rules: tuple[RuleChange, ...] = ()
    holidays_differ: bool = False


def law_standing(viewer: Actor) -> LawStanding:
    """Raises NotPermitted."""
    require_held(viewer, VIEW_LAW)
    rows = LawInForce.objects.select_related("text").filter(law=HERE, ended_at=None)
    row = rows.first()
    if row is None:
        return LawStanding(None, None, False, 0, 0, True)
    return LawStanding(
        since=row.since,
        proposal_id=row.proposal_id,
        files_differ=not laws.says_the_same(_text(row.text), laws.text_shipped()),
        to_do=row.to_do,
        done=min(row.done, row.to_do),
        is_finished=row.proposal_id is None or row.finished_at is not None,
    )


def unfinished_laws() -> list[int]:
    """Those put in force by which not everybody's dates have been worked out yet."""
    rows = LawInForce.objects.filter(finished_at=None).exclude(proposal=None)
    return list(rows.values_list("pk", flat=True))


def law_proposals(viewer: Actor) -> list[ProposalInfo]:
    """The latest, newest first. Raises NotPermitted."""
    require_held(viewer, VIEW_LAW)
    return [_info(row) for row in _rows().order_by("-proposed_at", "-pk")[:LATEST]]


def law_proposal(viewer: Actor, proposal_id: int) -> ProposalInfo:
    """One, with what it changes. Raises NotPermitted, NotFound."""
    require_held(viewer, VIEW_LAW)
    row = _rows().select_related("text", "replaces__text").filter(pk=proposal_id).first()
    if row is None:
        raise NotFound("proposal", proposal_id)
    old, new = row.replaces.text, row.text
    return _info(row, rules=_changes(old, new), holidays_differ=old.holidays != new.holidays)


def law_moves(viewer: Actor, proposal_id: int) -> tuple[list[MovedPerson], int]:
    """Whose answer its last comparison changes, the earliest release first; and of how many the
    viewer may not know. Raises NotPermitted."""
    rows, seen = _moves(viewer, proposal_id)
    rows = [row for row in rows if row.status_before]
    found = [
        MovedPerson(
            row.person_id,
            row.status_before,
            row.status_after,
            tuple(Moved(one["name"], _day(one["before"]), _day(one["after"])) for one in row.dates),
        )
        for row in rows
        if row.person_id in seen
    ]
    return found, len(rows) - len(found)


def law_papers(viewer: Actor, proposal_id: int) -> tuple[list[PaperDay], int]:
    """The papers whose day its last comparison showed to be another one; and how many the viewer
    may not know, or may still read again blind. Raises NotPermitted."""
    rows, seen = _moves(viewer, proposal_id)
    found = [
        _paper_day(row.person_id, one)
        for row in rows
        for one in row.papers
        if row.person_id in seen
    ]
    unread = unread_by(viewer, {one.person_id for one in found}).order_ids
    shown = [one for one in found if one.order_id not in unread]
    return shown, sum(len(row.papers) for row in rows) - len(shown)


def _paper_day(person_id: int, kept: Mapping[str, Any]) -> PaperDay:
    said: dict[str, Any] = {n: _day(v) if n in PAPER_DAYS else v for n, v in kept.items()}
    return PaperDay(person_id=person_id, **said)


def _moves(viewer: Actor, proposal_id: int) -> tuple[list[LawMove], set[int]]:
    """What the last comparison kept, and whom of those the viewer may see."""
    require_held(viewer, VIEW_LAW)
    require_held(viewer, VIEW)
    kept = LawMove.objects.filter(proposal_id=proposal_id, round=F("proposal__round"))
    rows = list(kept.order_by("position"))
    asked = {row.person_id for row in rows}
    return rows, asked if viewer.system else visible_ids(viewer, VIEW, asked)


def _rows() -> QuerySet[LawProposal]:
    ours = Q(moves__round=F("round"))
    return LawProposal.objects.filter(text__law=HERE).annotate(
        moved=Count("moves", filter=ours & ~Q(moves__status_before="")),
        with_papers=Count("moves", filter=ours & ~Q(moves__papers=[])),
    )


def _info(
    row: LawProposal, *, rules: tuple[RuleChange, ...] = (), holidays_differ: bool = False
) -> ProposalInfo:
    return ProposalInfo(
        proposal_id=row.pk,
        state=row.state,
        reason=row.reason,
        proposed_at=row.proposed_at,
        proposed_by_id=row.proposed_by_id,
        round=row.round,
        compared_at=row.compared_at,
        looked_at=row.looked_at,
        moved=row.moved,  # type: ignore[attr-defined]
        with_papers=row.with_papers,  # type: ignore[attr-defined]
        first_at=row.first_at,
        first_by_id=row.first_by_id,
        second_at=row.second_at,
        second_by_id=row.second_by_id,
        declined_at=row.declined_at,
        declined_by_id=row.declined_by_id,
        declined_reason=row.declined_reason,
        is_fresh=clock.now() - row.compared_at <= FRESH,
        rules=rules,
        holidays_differ=holidays_differ,
    )


def _changes(old: KeptText, new: KeptText) -> tuple[RuleChange, ...]:
    before = {rule.code: rule for rule in laws.rules_of(laws.law_kept(old.fingerprint))}
    after = {rule.code: rule for rule in laws.rules_of(laws.law_kept(new.fingerprint))}
    codes = [*before, *(code for code in after if code not in before)]
    return tuple(
        RuleChange(code, before.get(code), after.get(code))
        for code in codes
        if _wording(before.get(code)) != _wording(after.get(code))
    )


def _wording(rule: Rule | None) -> str:
    return "" if rule is None else rule.fingerprint


def _text(row: KeptText) -> LawText:
    return LawText(row.rules, row.holidays)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
