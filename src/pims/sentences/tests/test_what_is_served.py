"""What a person serves is what the papers say and the gate saw: no more, no less, no guess."""

from datetime import timedelta

import pytest

from pims.courts.services import OrderName, SentenceInput
from pims.custody import selectors as custody_selectors
from pims.custody import services as custody
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.release.dated import opens_on
from pims.sentences import selectors, services
from pims.sentences.rules import HandDates
from pims.sentences.tests.bench import Bench


def began(bench: Bench, days: int, *terms: SentenceInput, **more: object) -> list[int]:
    """Sentences passed so many days ago, on a paper that came with the prisoner."""
    day = bench.today - timedelta(days=days)
    came = clock.now() - timedelta(days=9)
    return bench.sentence(*terms, dated=day, received_at=came, **more)


@pytest.mark.any_server
def test_a_term_changed_on_appeal_without_a_first_day_is_asked_about_not_guessed(
    bench: Bench,
) -> None:
    first = bench.court.order(
        "commitment_sentence", body="HC", dated=bench.today - timedelta(days=550),
        received_at=clock.now() - timedelta(days=9), sentences=[SentenceInput(years=4)],
    )  # fmt: skip
    changed = {"body": "CA", "changes_order_id": first.order_ids[0], "change": "varies"}
    bench.court.order(
        "appeal_varied", reference="CA 2", sentences=[SentenceInput(years=2)], **changed
    )
    bench.work_out()
    found = bench.dates()
    assert (found.status, found.edr) == ("needs_person", None)
    assert [one.code for one in found.reasons] == ["sentences.varied_without_first_day"]


@pytest.mark.any_server
def test_a_term_changed_on_appeal_runs_from_the_day_that_the_paper_names(bench: Bench) -> None:
    day = bench.today - timedelta(days=550)
    first = bench.court.order(
        "commitment_sentence", body="HC", dated=day, received_at=clock.now() - timedelta(days=9),
        sentences=[SentenceInput(years=4)],
    )  # fmt: skip
    bench.adjust("remand_credit", days=100, for_pronounced_on=day)
    bench.court.order(
        "appeal_varied", body="CA", reference="CA 2", changes_order_id=first.order_ids[0],
        change="varies", sentences=[SentenceInput(years=2, effective_from=day)],
    )  # fmt: skip
    bench.work_out()
    found = bench.dates()
    assert found.status == "calculated"
    assert found.full_term_end is not None
    assert found.full_term_end < day + timedelta(days=732)
    assert found.expiry == found.full_term_end - timedelta(days=100), "the credit went along"


@pytest.mark.any_server
def test_time_that_a_court_took_as_served_is_not_served_again(bench: Bench) -> None:
    court = bench.court
    court.order(
        "time_served", OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)),
        sentences=[SentenceInput(years=2)],
    )  # fmt: skip
    bench.sentence(SentenceInput(months=3), reference="S 2")
    bench.work_out()
    last = bench.dates().full_term_end
    assert last is not None
    assert last < bench.today + timedelta(days=100)


@pytest.mark.any_server
def test_days_at_large_never_let_the_gate_open_at_the_full_term_as_pronounced(
    bench: Bench,
) -> None:
    began(bench, 40, SentenceInput(days=30))
    bench.adjust("at_large", days=25, first_day=bench.today - timedelta(days=38))
    bench.work_out()
    found = bench.dates()
    assert found.full_term_end is not None
    assert found.release_day is not None
    assert found.full_term_end < bench.today
    assert opens_on(found) == found.release_day > found.full_term_end


@pytest.mark.any_server
def test_an_escape_recorded_at_the_gate_moves_the_dates_by_the_whole_days_away(
    bench: Bench,
) -> None:
    began(bench, 9, SentenceInput(months=12))
    bench.work_out()
    before = bench.dates().expiry
    court = bench.court
    (row,) = custody_selectors.standing(person_ids=[court.ana])
    now = clock.now()
    custody.record_escape(
        court.prison.command, episode_id=row.episode_id, happened_at=now - timedelta(days=8)
    )
    custody.record_recapture(
        court.prison.command, episode_id=row.episode_id, happened_at=now - timedelta(days=2)
    )
    bench.work_out()
    after = bench.dates().expiry
    assert before is not None
    assert after == before + timedelta(days=5)
    # Once Records have certified the days of that absence theirs count, and alone.
    bench.adjust("at_large", days=6, first_day=bench.today - timedelta(days=8))
    bench.work_out()
    assert bench.dates().expiry == before + timedelta(days=6)


@pytest.mark.any_server
def test_a_fine_paid_on_a_day_that_nobody_wrote_down_takes_no_other_date_away(
    bench: Bench,
) -> None:
    (fine,) = bench.sentences_on(
        bench.court.order(
            "fine_default", amount_cents=50_000, sentences=[SentenceInput(months=3)]
        ).order_ids[0]
    )
    bench.sentence(SentenceInput(months=2), reference="Q 1")
    bench.adjust("fine_paid", sentence_id=fine)
    bench.work_out()
    found = bench.dates()
    assert found.status == "calculated"
    assert found.edr is not None


@pytest.mark.any_server
def test_dates_by_hand_give_way_once_the_engine_has_dates_that_need_nobody(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=12))
    bench.work_out()
    late = bench.dates().edr
    assert late is not None
    late += timedelta(days=60)
    made = services.certify_by_hand(
        Command(bench.records), person_id=bench.ana,
        dates=HandDates(edr=late, ldr=late, sentence_expiry=late), reason="A rule is unsigned",
    ).hand_calculation_id  # fmt: skip
    services.countersign_hand_calculation(Command(bench.in_charge), hand_calculation_id=made)
    assert bench.dates().edr == late
    for rule in selectors.unsigned_rules(bench.lawyer):
        services.sign_rule(
            Command(bench.lawyer), rule_code=rule.rule.code, signed_by_name="A. Pech",
            office="Legal officer", signed_on=bench.today,
        )  # fmt: skip
    found = bench.dates()
    assert (found.status, found.by_hand, found.provisional) == ("calculated", False, False)
    assert found.edr == late - timedelta(days=60)
