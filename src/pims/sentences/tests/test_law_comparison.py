"""Before a law changes, each prisoner whose dates would move is known."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pims.courts.services import SentenceInput
from pims.courts.tests.court import ALL
from pims.kernel.errors import Refused
from pims.sentences import law as laws
from pims.sentences import selectors
from pims.sentences.tests.bench import Bench
from tests.fixtures.actors import ActorMaker

BELIZE = Path(laws.__file__).parents[1] / "jurisdictions" / "belize" / "sentences.toml"


def half(tmp_path: Path) -> str:
    """The law of Belize with half instead of a third remitted."""
    text = BELIZE.read_text("utf-8").replace('fraction = "1/3"', 'fraction = "1/2"')
    file = tmp_path / "half.toml"
    file.write_text(text, "utf-8")
    return str(file)


@pytest.mark.any_server
def test_whose_dates_move_is_listed_with_before_after_and_days(
    bench: Bench, tmp_path: Path
) -> None:
    bench.sentence(SentenceInput(days=300))
    bench.sentence(SentenceInput(days=20), person_id=bench.ben)  # too short for remission
    seen: list[tuple[int, int]] = []
    found = selectors.compare_laws(
        bench.records,
        laws.law_asked_for("belize"),
        laws.law_asked_for(half(tmp_path)),
        progress=lambda done, of: seen.append((done, of)),
    )
    assert found.looked_at == 2
    assert seen[-1] == (2, 2)
    (ana,) = found.moved
    assert ana.person_id == bench.ana
    edr = next(one for one in ana.dates if one.name == "edr")
    assert edr.days == -50
    assert not any(one.name == "sentence_expiry" for one in ana.dates)


@pytest.mark.any_server
def test_a_law_moves_nobody_against_itself(bench: Bench) -> None:
    bench.sentence()
    belize = laws.law_asked_for("belize")
    assert selectors.compare_laws(bench.records, belize, belize).moved == ()


@pytest.mark.any_server
def test_somebody_for_whom_a_law_has_no_rule_is_listed_too(bench: Bench) -> None:
    bench.sentence(
        SentenceInput(
            kind="fine_default",
            months=3,
            amount_cents=90_000,
            pronounced_on=bench.today,
            offence_class="lesser",
        )
    )
    found = selectors.compare_laws(
        bench.records, laws.law_asked_for("plain"), laws.law_asked_for("belize")
    )
    (moved,) = found.moved
    assert moved.status_before == moved.status_after == "calculated"
    assert {one.name for one in moved.dates} >= {"edr"}


@pytest.mark.any_server
def test_the_number_of_queries_does_not_grow_with_the_people(bench: Bench) -> None:
    bench.sentence()
    bench.sentence(person_id=bench.ben)
    old, new = laws.law_asked_for("plain"), laws.law_asked_for("belize")

    def count(*people: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            selectors.compare_laws(bench.records, old, new, person_ids=people)
        return len(seen)

    assert count(bench.ana) == count(bench.ana, bench.ben)


def test_one_version_alone_can_be_asked_for() -> None:
    law = laws.law_asked_for("belize-2017")
    assert [(v.version, v.begins, v.ends) for v in law.versions] == [("belize-2017", None, None)]


@pytest.mark.parametrize("text", ["atlantis", "../etc", "none.toml"])
def test_a_law_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        laws.law_asked_for(text)


@pytest.mark.parametrize("content", [b"", b"law = 1", b"\xff", b"[[version]]\nversion = 1"])
def test_a_file_without_a_law_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        laws.law_written(content)


def short(tmp_path: Path) -> str:
    """The law of Belize with another rule where a month lacks the day."""
    text = BELIZE.read_text("utf-8").replace('"last_of_month"', '"day_before_last"')
    file = tmp_path / "short.toml"
    file.write_text(text, "utf-8")
    return str(file)


# A month from this day ends on 28 February, or a day sooner where the law says so.
LAST_OF_JANUARY = date(2025, 1, 31)


def monthly(bench: Bench, **more: object) -> int:
    term = SentenceInput(months=1, pronounced_on=LAST_OF_JANUARY, **more)
    return bench.order(term, dated=LAST_OF_JANUARY)


@pytest.mark.any_server
def test_a_paper_stated_in_months_is_listed_where_the_new_law_counts_months_otherwise(
    bench: Bench, tmp_path: Path
) -> None:
    order_id = monthly(bench)
    bench.sentence(SentenceInput(days=40), person_id=bench.ben)  # no months, nothing to count
    bench.read_twice()
    old, new = laws.law_asked_for("belize"), laws.law_asked_for(short(tmp_path))
    (paper,) = selectors.compare_laws(bench.records, old, new).papers
    assert (paper.person_id, paper.order_id, paper.what) == (bench.ana, order_id, "last_day")
    assert (paper.before, paper.after) == (date(2025, 2, 28), date(2025, 2, 27))
    assert (paper.recorded, paper.days) == (paper.before, -1)
    assert selectors.compare_laws(bench.records, old, old).papers == ()


@pytest.mark.any_server
def test_a_review_of_so_many_months_is_listed_until_the_court_names_a_day(
    bench: Bench, tmp_path: Path
) -> None:
    made = bench.court.order("unfit_to_plead", bench.ana, dated=LAST_OF_JANUARY, review_months=1)
    bench.sentence(person_id=bench.ben)
    bench.read_twice()
    old, new = laws.law_asked_for("belize"), laws.law_asked_for(short(tmp_path))
    (paper,) = selectors.compare_laws(bench.records, old, new).papers
    assert (paper.order_id, paper.what) == (made.order_ids[0], "review")
    assert (paper.before, paper.after) == (date(2025, 2, 28), date(2025, 2, 27))


@pytest.mark.any_server
def test_who_may_still_read_a_paper_again_blind_is_not_shown_its_day(
    bench: Bench, tmp_path: Path, make_actor: ActorMaker
) -> None:
    monthly(bench)
    reader = make_actor(*ALL, "sentences.view", "law.view",
                        establishment_id=bench.court.prison.establishment_id)  # fmt: skip
    old, new = laws.law_asked_for("belize"), laws.law_asked_for(short(tmp_path))
    found = selectors.compare_laws(reader, old, new)
    assert (found.papers, found.papers_hidden) == ((), 1)
    bench.read_twice()
    assert selectors.compare_laws(reader, old, new).papers
