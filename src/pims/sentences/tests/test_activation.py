"""A law is put in force by two people who have seen whose dates move, never by a file."""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from pims.authority.models import WarrantName
from pims.courts.models import CourtOrder
from pims.courts.services import SentenceInput
from pims.courts.services.order_warrants import warrants_of
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.jurisdictions.sentence_law import LawText, law_from, sentence_law, shipped_text
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused
from pims.sentences import law as laws
from pims.sentences import selectors, services, tasks
from pims.sentences.models import LawInForce, LawMove, LawProposal
from pims.sentences.services import activating
from pims.sentences.tests.bench import Bench
from pims.sentences.tests.test_pages import command, officer
from tests.fixtures.actors import ActorMaker

BELIZE = Path(laws.__file__).parents[1] / "jurisdictions" / "belize" / "sentences.toml"
SHORT = BELIZE.read_text("utf-8").replace('"last_of_month"', '"day_before_last"')
HALF = BELIZE.read_text("utf-8").replace('fraction = "1/3"', 'fraction = "1/2"')


@pytest.fixture
def proposer(make_actor: ActorMaker) -> Actor:
    return make_actor("law.view", "law.propose")


@pytest.fixture
def deciders(make_actor: ActorMaker) -> tuple[Actor, Actor]:
    both = ("law.view", "law.put_in_force")
    return make_actor(*both), make_actor(*both)


@pytest.fixture
def sentenced(bench: Bench) -> Bench:
    """Ana has 300 days, of which a third is remitted; Ben has too few for remission."""
    bench.sentence(SentenceInput(days=300))
    bench.sentence(SentenceInput(days=20), person_id=bench.ben)
    bench.work_out(bench.ana, bench.ben)
    return bench


def proposed(actor: Actor, rules: str | None = HALF) -> services.ProposalResult:
    return services.propose_law(Command(actor), reason="S.I. 12 of 2026", rules=rules)


def agreed(actor: Actor, made: services.ProposalResult, number: int = 1) -> str:
    said = services.agree_to_law(Command(actor), proposal_id=made.proposal_id, comparison=number)
    return said.state


def work() -> None:
    (row,) = LawInForce.objects.filter(ended_at=None)
    tasks.work_out_by_new_law(law_in_force_id=row.pk)


@pytest.mark.any_server
def test_what_a_new_version_of_the_program_brings_moves_nobody(
    sentenced: Bench, monkeypatch: pytest.MonkeyPatch, proposer: Actor
) -> None:
    before = sentenced.dates().edr
    assert not selectors.law_standing(sentenced.lawyer).files_differ
    brought = LawText(HALF, shipped_text("belize").holidays)
    monkeypatch.setattr(laws, "text_shipped", lambda: brought)
    monkeypatch.setattr(laws, "sentence_law", lambda _name: law_from(brought))

    sentenced.work_out(force=True)
    assert sentenced.dates().edr == before
    assert selectors.law_standing(sentenced.lawyer).files_differ
    assert proposed(proposer, None).moved == 1, "it is proposed from the files as they are"


@pytest.mark.any_server
def test_a_holiday_that_a_file_brings_opens_no_gate_sooner(
    sentenced: Bench, monkeypatch: pytest.MonkeyPatch, proposer: Actor
) -> None:
    edr = sentenced.dates().edr
    assert edr is not None
    old = shipped_text("belize")
    names = f'[[once]]\non = {edr.isoformat()}\nen = "Day of mourning"\nes = "Duelo"\n'
    brought = LawText(
        old.rules, old.holidays + "\n" + names + 'citation = "Gazette"\nconfidence = "read"\n'
    )
    monkeypatch.setattr(laws, "text_shipped", lambda: brought)
    sentenced.work_out(force=True)
    before = sentenced.dates().release_day
    made = proposed(proposer, None)
    found = selectors.law_proposal(sentenced.lawyer, made.proposal_id)
    assert (found.holidays_differ, found.rules) == (True, ())
    if before == edr:  # else it was closed on that day before
        (ana,), _hidden = selectors.law_moves(sentenced.records, made.proposal_id)
        (gate,) = ana.dates
        assert (gate.name, gate.days is not None and gate.days < 0) == ("release_day", True)


def test_two_people_who_saw_the_moves_put_a_law_in_force_and_everybody_is_worked_out_by_it(
    sentenced: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    before = sentenced.dates()
    ben = sentenced.dates(sentenced.ben)
    made = proposed(proposer)
    assert (made.looked_at, made.moved) == (2, 1)
    (ana,), hidden = selectors.law_moves(sentenced.records, made.proposal_id)
    assert (ana.person_id, hidden) == (sentenced.ana, 0)
    moves = {one.name: one.days for one in ana.dates}
    assert moves["edr"] == -50
    assert "sentence_expiry" not in moves

    assert agreed(deciders[0], made) == "open"
    sentenced.work_out(force=True)
    assert sentenced.dates().edr == before.edr, "until both have agreed the old law computes"
    assert agreed(deciders[1], made) == "in_force"
    standing = selectors.law_standing(sentenced.lawyer)
    assert (standing.to_do, standing.done, standing.is_finished) == (2, 0, False)

    work()
    after = sentenced.dates()
    assert before.edr is not None
    assert after.edr == before.edr - timedelta(days=50)
    assert after.provisional, "the rule that changed is signed by nobody"
    assert sentenced.dates(sentenced.ben).edr == ben.edr
    standing = selectors.law_standing(sentenced.lawyer)
    assert (standing.done, standing.is_finished) == (2, True)
    assert LawInForce.objects.filter(ended_at=None).get().proposal_id == made.proposal_id
    told = OutboxEvent.objects.filter(kind__startswith="sentences.law_").order_by("serial")
    assert list(told.values_list("kind", flat=True)) == [
        "sentences.law_put_in_force", "sentences.law_proposed", "sentences.law_agreed_to",
        "sentences.law_agreed_to", "sentences.law_put_in_force", "sentences.law_worked_out",
    ]  # fmt: skip


def test_a_paper_reaches_to_the_day_that_the_law_in_force_counts(
    bench: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    begins = date(bench.today.year + 1, 1, 31)
    month = SentenceInput(months=1, effective_from=begins)
    usual = begins + timedelta(days=28 if begins.year % 4 else 29)

    def reaches_to() -> date | None:
        order = CourtOrder.objects.get(pk=bench.order(month))
        return warrants_of(order.person_id)[order.warrant_name_id or 0].until

    assert reaches_to() == usual
    made = proposed(proposer, SHORT)
    for one in deciders:
        agreed(one, made)
    assert reaches_to() == usual - timedelta(days=1), "no file of this version says so"
    bench.work_out()
    assert bench.dates().full_term_end == usual - timedelta(days=1)


def test_what_a_killed_worker_left_is_done_by_morning(
    sentenced: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    made = proposed(proposer)
    for one in deciders:
        agreed(one, made)
    tasks.work_everything_out(timestamp=0)
    assert selectors.unfinished_laws() == []
    assert sentenced.rows()[-1].edr == sentenced.dates().edr


def test_a_comparison_begins_with_the_law_that_is_in_force(
    sentenced: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    made = proposed(proposer)
    for one in deciders:
        agreed(one, made)
    found = selectors.compare_laws(
        system_actor(), laws.law_asked_for("belize"), laws.law_written(HALF.encode())
    )
    assert found.moved == ()


def test_one_whose_dates_cannot_be_worked_out_leaves_nobody_else_without(
    sentenced: Bench,
    proposer: Actor,
    deciders: tuple[Actor, Actor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = proposed(proposer)
    for one in deciders:
        agreed(one, made)
    whole = services.recalculate

    def failing(command: Command, *, person_ids: Collection[int]) -> services.Recalculated:
        if sentenced.ben in person_ids:
            raise ValueError("an engine that has a fault")
        return whole(command, person_ids=person_ids)

    monkeypatch.setattr(tasks.services, "recalculate", failing)
    with pytest.raises(ExceptionGroup, match="not everybody"):
        work()
    assert sentenced.rows()[-1].edr == sentenced.dates().edr, "kept, by the new law"
    standing = selectors.law_standing(sentenced.lawyer)
    assert (standing.done, standing.to_do, standing.is_finished) == (1, 2, False)
    monkeypatch.undo()
    tasks.work_everything_out(timestamp=0)
    assert selectors.law_standing(sentenced.lawyer).is_finished


def test_what_is_proposed_is_compared_with_the_law_that_is_in_force_by_then(
    sentenced: Bench,
    proposer: Actor,
    deciders: tuple[Actor, Actor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = LawInForce.objects.get(ended_at=None)
    made = proposed(proposer)
    for one in deciders:
        agreed(one, made)
    # As it is for whoever asked a moment earlier and waited for the second of two.
    seen = iter([before])
    real = activating.standing
    monkeypatch.setattr(activating, "standing", lambda tx: next(seen, None) or real(tx))
    again = proposed(proposer, rules=None)
    standing = LawInForce.objects.get(ended_at=None)
    assert LawProposal.objects.get(pk=again.proposal_id).replaces_id == standing.pk != before.pk


def test_nobody_decides_twice_alone_too_late_or_on_other_dates(
    sentenced: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    made = proposed(proposer)
    first, second = deciders
    agreed(first, made)
    with pytest.raises(Refused, match="second_person_decides"):
        agreed(first, made)
    with (
        clock.at(clock.now() + timedelta(hours=25)),
        pytest.raises(Refused, match="comparison_too_old"),
    ):
        agreed(second, made)
    sentenced.sentence(SentenceInput(days=400), person_id=sentenced.ben)
    again = services.compare_proposal_again(Command(proposer), proposal_id=made.proposal_id)
    assert again.moved == 2
    with pytest.raises(Refused, match="compared_anew"):
        agreed(second, made)
    assert agreed(second, made, 2) == "open", "who had agreed agreed to other dates"
    assert agreed(first, made, 2) == "in_force"
    with pytest.raises(Refused, match="proposal_closed"):
        agreed(first, made, 2)
    assert LawMove.objects.filter(proposal_id=made.proposal_id, round=1).count() == 1, "kept"


def test_one_who_declines_closes_it_and_another_may_be_proposed(
    sentenced: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    made = proposed(proposer)
    with pytest.raises(Refused, match="proposal_open_already"):
        proposed(proposer)
    agreed(deciders[0], made)
    with pytest.raises(InvalidInput):
        services.decline_law(Command(deciders[1]), proposal_id=made.proposal_id, reason=" ")
    services.decline_law(
        Command(deciders[1]), proposal_id=made.proposal_id, reason="Not commenced yet"
    )
    found = selectors.law_proposal(sentenced.lawyer, made.proposal_id)
    assert (found.state, found.declined_reason) == ("declined", "Not commenced yet")
    assert proposed(proposer).proposal_id != made.proposal_id


@pytest.mark.any_server
def test_what_is_no_other_law_of_this_place_is_not_proposed(
    sentenced: Bench, proposer: Actor, make_actor: ActorMaker
) -> None:
    testland = BELIZE.parents[1] / "testland" / "sentences.toml"
    for rules, code in (
        (None, "law_in_force_already"),
        (BELIZE.read_text("utf-8") + "\n# a remark is no law\n", "law_in_force_already"),
        (testland.read_text("utf-8"), "law_of_elsewhere"),
        ("law = 3", "no_law_in_file"),
    ):
        with pytest.raises(Refused, match=code):
            proposed(proposer, rules)
    with pytest.raises(NotPermitted):
        proposed(make_actor("law.view", "law.put_in_force"))
    made = proposed(proposer)
    with pytest.raises(NotPermitted):
        agreed(proposer, made)
    with pytest.raises(NotFound):
        services.compare_proposal_again(Command(proposer), proposal_id=987_654)


def test_the_database_holds_two_people_and_one_law(
    sentenced: Bench, proposer: Actor, deciders: tuple[Actor, Actor]
) -> None:
    made = proposed(proposer)
    rows = LawProposal.objects.filter(pk=made.proposal_id)
    for values in (
        {"state": "in_force"},
        {"first_by_id": 7, "second_by_id": 7},
        {"second_by_id": 7},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    current = LawInForce.objects.get(ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        LawInForce.objects.create(law=current.law, text=current.text, since=clock.now())


def test_a_kept_text_is_the_law_that_it_was_read_from() -> None:
    for name in ("belize", "plain", "testland"):
        shipped, kept = sentence_law(name), law_from(shipped_text(name))
        assert laws.fingerprint(kept) == laws.fingerprint(shipped)
        for old, new in zip(shipped.versions, kept.versions, strict=True):
            assert old == new
            if old.release_day is not None and new.release_day is not None:
                first = clock.today("America/Belize").replace(day=1)
                days = [first + timedelta(days=n) for n in range(800)]
                assert [d for d in days if old.release_day.is_closed(d)] == [
                    d for d in days if new.release_day.is_closed(d)
                ]


def test_records_proposes_and_the_superintendent_and_the_controller_decide(
    sentenced: Bench,
) -> None:
    records = officer(sentenced, "records_officer")
    draft = SimpleUploadedFile("half.toml", HALF.encode())
    address = reverse("sentences:propose")
    assert records.post(address, command(reason="", draft=draft)).status_code == 422
    draft = SimpleUploadedFile("half.toml", HALF.encode())
    answer = records.post(address, command(reason="S.I. 12 of 2026", draft=draft))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    page = records.get(answer["Location"]).content.decode()
    assert "1 of 2 people with a sentence moves" in page
    assert "belize-2017.remission" in page
    assert "I agree" not in page
    number = LawProposal.objects.get().pk
    agree = reverse("sentences:agree_to_law", args=[number])
    assert records.post(agree, command(comparison=1)).status_code == 403
    for role in ("superintendent", "controller"):
        client = officer(sentenced, role)
        assert "I agree" in client.get(answer["Location"]).content.decode()
        assert client.post(agree, command(comparison=1)).status_code == 302
    page = records.get(reverse("sentences:laws")).content.decode()
    assert "Dates are being worked out by the new law" in page
    assert "another text of the law" in page, "the files are not what is in force"
    work()
    page = records.get(reverse("sentences:laws")).content.decode()
    assert "Dates are being worked out" not in page


@pytest.mark.any_server
def test_the_system_alone_notes_progress(bench: Bench) -> None:
    with pytest.raises(NotPermitted):
        services.note_progress(Command(bench.records), law_in_force_id=1, done=5)
    assert services.note_progress(Command(system_actor()), law_in_force_id=987, done=5) == 0


@pytest.mark.any_server
def test_who_decides_sees_the_papers_whose_day_the_new_law_counts_otherwise(
    bench: Bench, proposer: Actor
) -> None:
    spoken = date(2025, 1, 31)
    bench.order(SentenceInput(months=1, pronounced_on=spoken), dated=spoken)
    made = proposed(proposer, SHORT)
    assert made.papers == 1
    bench.read_twice()
    (paper,), hidden = selectors.law_papers(bench.records, made.proposal_id)
    assert (paper.before, paper.after, hidden) == (date(2025, 2, 28), date(2025, 2, 27), 0)
    found = selectors.law_proposal(bench.lawyer, made.proposal_id)
    assert found.with_papers == 1
    assert selectors.law_papers(bench.records, proposed_nothing(proposer, made)) == ([], 0)


def proposed_nothing(proposer: Actor, made: services.ProposalResult) -> int:
    """Compared again once nobody is held on the paper."""
    WarrantName.objects.update(ends_at=clock.now(), end_kind="withdrawn")
    again = services.compare_proposal_again(Command(proposer), proposal_id=made.proposal_id)
    assert again.papers == 0
    return again.proposal_id
