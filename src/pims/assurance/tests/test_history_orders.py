"""Papers of the records office alone, as the proof reads them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pims.assurance.history_orders import said_by
from pims.assurance.proof import History, faults, law_of
from pims.assurance.proof.history import Custody
from pims.authority.selectors import Papers, ReleasePaper, WarrantPaper

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
CAME = NOW - timedelta(days=20)
REMAND = WarrantPaper(
    warrant_name_id=1, kind="remand", body_code="MC-BZ", body_kind="magistrates", reference="1/26",
    dated=CAME.date(), received_at=CAME, starts_at=CAME, until=None,
    next_appearance=date(2026, 12, 1), dates=((CAME, date(2026, 12, 1)),), amount_cents=None,
    ends_at=None, end_kind="", state="", decided_at=None,
)  # fmt: skip
PAPER = ReleasePaper(
    release_order_id=7, kind="discharge", body_code="MC-BZ", body_kind="magistrates",
    reference="9/26", dated=(NOW - timedelta(days=3)).date(), received_at=NOW - timedelta(days=3),
    warrant_name_ids=(), fallen=False,
)  # fmt: skip


def told(release: ReleasePaper) -> set[str]:
    papers = Papers(warrants=(REMAND,), releases=(release,))
    said = said_by(papers, (), None, bodies={}, zone="America/Belize")
    history = History(
        person_id="1", zone="America/Belize", orders=said.orders, lawyer="known",
        custody=(Custody(custody_id="C1", begins=CAME),),
    )  # fmt: skip
    kinds = {one.kind for one in faults(history, law_of(), NOW)}
    return kinds & {"held_after_release_order", "release_ends_nothing"}


def test_a_release_order_that_names_no_warrant_is_not_passed_over() -> None:
    assert told(PAPER) == {"held_after_release_order"}
    elsewhere = replace(PAPER, body_code="MC-PG")
    assert told(elsewhere) == {"release_ends_nothing"}
    assert told(replace(elsewhere, fallen=True)) == set()
