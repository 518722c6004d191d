"""What an outcome at court does to the papers that hold someone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody import events
from pims.custody.models import Episode
from pims.custody.reading import READER
from pims.custody.rules.returns import MAY_ADJOURN
from pims.custody.services.about import about
from pims.custody.services.closing import end_warrants
from pims.custody.services.return_rows import ReturnRow
from pims.foundation.commands.transaction import Transaction
from pims.people import selectors as people

# What each outcome commits on, where the desk was not told otherwise.
COMMITS = {"sentenced": "committal_sentence", "fined": "fine_default"}
PAPER_TO_COME = "paper_to_come"


@dataclass(frozen=True, slots=True)
class Consequence:
    warrant_id: int | None = None
    release_order_id: int | None = None
    release_waits: bool = False


def carry_out(
    tx: Transaction,
    episode: Episode,
    row: ReturnRow,
    *,
    at: datetime,
    concerned: Sequence[int],
    detains: Sequence[int],
) -> Consequence:
    """Record the papers of the outcome: `concerned` are the warrants it is about, `detains` all
    in force. Of a commitment that came without its paper see `_committed`.
    """
    if row.outcome in MAY_ADJOURN:
        if row.next_appearance is None:
            return Consequence()
        for warrant_name_id in concerned:
            authority.set_next_appearance(
                tx.beyond_scope(),
                warrant_name_id=warrant_name_id,
                next_appearance=row.next_appearance,
                happened_at=at,
                basis=row.reference or row.note or "court",
            )
        return Consequence()
    alone = not set(detains) - set(concerned)
    if row.outcome == "bailed":
        order_id = _bail(tx, episode, row, at, concerned)
        return _free(tx, episode, at, "bail", order_id, waits=alone)
    if row.outcome == "fined" and row.frees:
        end_warrants(tx, concerned, at=at, end_kind="fine_paid", basis=row.reference or "court")
        return _free(tx, episode, at, "fine", None, waits=alone)
    if row.outcome in ("sentenced", "fined"):
        return _committed(tx, episode, row, at, concerned)
    return Consequence()


def _committed(
    tx: Transaction, episode: Episode, row: ReturnRow, at: datetime, concerned: Sequence[int]
) -> Consequence:
    """A commitment warrant takes the place of the remand, as it was told where no paper came.

    What the court said is the fact, and the status follows it; the paper is then to come, which
    an alarm waits for. Only where not even the court is known does the remand stand.
    """
    kind = row.warrant_kind or COMMITS[row.outcome]
    if row.body_id is None:
        tx.record(
            events.NoWarrantSeen(
                **about(episode, at),
                warrant_state="no",
            )
        )
        return Consequence()
    header = people.person_headers(READER, [episode.person_id], brief=True)[episode.person_id]
    paper = authority.record_warrant(
        tx.beyond_scope(),
        establishment_id=episode.establishment_id,
        kind=kind,
        defects=() if row.warrant_kind else (PAPER_TO_COME,),
        body_id=row.body_id,
        reference=row.reference,
        dated=row.dated,
        received_at=at,
        names=[
            WarrantNameInput(
                person_id=episode.person_id,
                name_as_written=header.display_name,
                starts_at=at,
                until=row.until,
                next_appearance=row.next_appearance,
                charges=row.charges,
                amount_cents=row.amount_cents,
            )
        ],
    )
    end_warrants(tx, concerned, at=at, end_kind="sentenced", basis=row.reference or "court")
    return Consequence(warrant_id=paper.warrant_id)


def _bail(
    tx: Transaction, episode: Episode, row: ReturnRow, at: datetime, concerned: Sequence[int]
) -> int | None:
    """The order of bail, to be verified and acted on by the release room; None without paper."""
    if row.body_id is None:
        return None
    order = authority.record_release_order(
        tx.beyond_scope(),
        establishment_id=episode.establishment_id,
        person_id=episode.person_id,
        kind="bail",
        body_id=row.body_id,
        received_at=at,
        warrant_name_ids=tuple(concerned),
        ends_all=not concerned,
        reference=row.reference,
        dated=row.dated,
        conditions=row.conditions,
    )
    return order.release_order_id


def _free(
    tx: Transaction,
    episode: Episode,
    at: datetime,
    basis: str,
    order_id: int | None,
    *,
    waits: bool,
) -> Consequence:
    """The court freed someone from these warrants; only if no other holds does release wait."""
    if waits:
        tx.record(
            events.ReleaseWaits(
                **about(episode, at),
                basis=basis,
                release_order_id=order_id,
            )
        )
    return Consequence(release_order_id=order_id, release_waits=waits)
