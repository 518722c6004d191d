"""Papers as courts really write them: no date that is wrong, no answer that does not say why."""

from datetime import date, timedelta

import pytest

from pims.courts.models import CourtOrder
from pims.courts.services import CourtOrderResult, SentenceInput
from pims.courts.services.order_warrants import warrants_of
from pims.kernel import clock
from pims.sentences.selectors.each import dates_of_each
from pims.sentences.tests.bench import Bench

pytestmark = pytest.mark.any_server

DAY = timedelta(days=1)


def paper(bench: Bench, reference: str, *terms: SentenceInput, **more: object) -> CourtOrderResult:
    """A commitment of 90 days ago, received at the gate since."""
    return bench.court.order(
        "commitment_sentence", reference=reference, sentences=terms,
        **{
            "dated": bench.today - timedelta(days=90),
            "received_at": clock.now() - timedelta(days=9),
            **more,
        },
    )  # fmt: skip


def until(bench: Bench, made: CourtOrderResult) -> date | None:
    row = CourtOrder.objects.get(pk=made.order_ids[0])
    return warrants_of(row.person_id)[row.warrant_name_id or 0].until


def full_term(bench: Bench) -> date | None:
    bench.work_out()
    return bench.dates().full_term_end


@pytest.fixture
def two(bench: Bench) -> tuple[CourtOrderResult, CourtOrderResult]:
    """Two years, and a year of another paper that follows them."""
    first = paper(bench, "A 1", SentenceInput(years=2))
    (head,) = bench.sentences_on(first.order_ids[0])
    follows = SentenceInput(years=1, link="consecutive", consecutive_to_id=head)
    return first, paper(bench, "A 2", follows)


@pytest.mark.parametrize("years", [1, 3])
def test_what_follows_a_sentence_follows_it_as_the_court_amended_it(
    bench: Bench, two: tuple[CourtOrderResult, CourtOrderResult], years: int
) -> None:
    first, second = two
    before = full_term(bench)
    assert until(bench, second) == before
    amended = paper(
        bench, "A 1", SentenceInput(years=years), received_at=clock.now(),
        changes_order_id=first.order_ids[0], change="replaces",
    )  # fmt: skip
    last = until(bench, amended)
    assert last is not None
    assert before is not None
    year = last + timedelta(days=365)
    assert full_term(bench) in {year, year + DAY}
    assert until(bench, second) == bench.dates().full_term_end, "its paper holds as long"
    bench.court.void(amended)
    assert full_term(bench) == until(bench, second) == before


def test_nobody_guesses_which_of_two_new_sentences_the_old_one_became(
    bench: Bench, two: tuple[CourtOrderResult, CourtOrderResult]
) -> None:
    first, second = two
    amended = paper(
        bench, "A 1", SentenceInput(years=2), SentenceInput(months=3), received_at=clock.now(),
        changes_order_id=first.order_ids[0], change="replaces",
    )  # fmt: skip
    assert full_term(bench) is None
    found = bench.dates()
    assert found.status == "needs_person"
    assert [one.code for one in found.reasons] == ["sentences.follows_fallen"]
    last, follows = until(bench, amended), until(bench, second)
    assert last is not None
    assert follows is not None
    assert follows > last, "it holds all the same"


def test_a_second_amendment_is_followed_too(
    bench: Bench, two: tuple[CourtOrderResult, CourtOrderResult]
) -> None:
    at, second = two
    for number, months in enumerate((30, 18), 2):
        at = paper(
            bench, f"A 1/{number}", SentenceInput(months=months), received_at=clock.now(),
            changes_order_id=at.order_ids[0], change="replaces",
        )  # fmt: skip
    last = until(bench, at)
    assert last is not None
    assert full_term(bench) == until(bench, second)
    assert full_term(bench) in {last + timedelta(days=365), last + timedelta(days=366)}


def test_an_amended_warrant_of_a_later_day_does_not_begin_the_term_anew(bench: Bench) -> None:
    first = paper(bench, "A 1", SentenceInput(years=2))
    begins, changed = bench.today - timedelta(days=90), bench.today - DAY
    change = {"changes_order_id": first.order_ids[0], "change": "replaces", "dated": changed}
    silent = paper(
        bench, "A 1", SentenceInput(years=2), received_at=clock.now(), **change
    )  # fmt: skip
    assert full_term(bench) is None
    assert [one.code for one in bench.dates().reasons] == ["sentences.varied_without_first_day"]
    bench.court.void(silent)
    last = until(bench, first)
    told = SentenceInput(years=2, effective_from=begins)
    paper(bench, "A 1", told, received_at=clock.now(), **change)
    assert full_term(bench) == last


def test_a_sentence_of_no_known_day_is_not_worked_out_from_the_day_on_which_the_paper_came(
    bench: Bench,
) -> None:
    """Until the court has said when it was passed, a person decides; and the alarm says so."""
    bench.order(SentenceInput(months=3), dated=None, dates_as_written={"dated": "30 Feb 2026"})
    bench.work_out()
    found = bench.dates()
    assert found.status == "needs_person"
    assert [one.code for one in found.reasons] == ["sentences.sentence_undated"]
    (refused,) = [one.refused for one in dates_of_each([bench.ana]).values()]
    assert refused is not None


def test_an_undated_paper_that_names_the_first_day_is_worked_out(bench: Bench) -> None:
    first = bench.today - DAY * 40
    bench.order(SentenceInput(months=3, effective_from=first), dated=None)
    bench.work_out()
    found = bench.dates()
    assert found.status == "calculated"
    assert [one.refused for one in dates_of_each([bench.ana]).values()] == [None]
