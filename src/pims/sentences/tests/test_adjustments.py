"""What a paper certifies is recorded as it says, and moves the dates at once."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pims.courts.services import SentenceInput
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.sentences import selectors, services
from pims.sentences.tests.bench import Bench, told


@pytest.mark.any_server
def test_credit_brings_the_end_nearer_by_its_days(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    before = bench.dates()
    bench.adjust("remand_credit", days=40, for_pronounced_on=bench.today)
    after = bench.dates()
    assert before.expiry is not None
    assert after.expiry == before.expiry - timedelta(days=40)
    assert after.full_term_end == before.full_term_end
    assert not after.outdated


@pytest.mark.any_server
def test_what_is_struck_out_counts_no_more_and_stays_on_record(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    before = bench.dates()
    made = bench.adjust("at_large", first_day=bench.today, last_day=bench.today)
    assert bench.dates().expiry != before.expiry
    services.strike_out_adjustment(
        Command(bench.records), adjustment_id=made, reason="Another man's paper"
    )
    assert bench.dates().expiry == before.expiry
    info = selectors.calculation(bench.records, bench.ana)
    assert info is not None
    assert [one.struck_out_reason for one in info.adjustments] == ["Another man's paper"]
    with pytest.raises(Refused, match="struck_out_already"):
        services.strike_out_adjustment(
            Command(bench.records), adjustment_id=made, reason="Once more"
        )


@pytest.mark.any_server
def test_a_payment_in_full_ends_the_default_on_its_day(bench: Bench) -> None:
    (default,) = bench.sentence(SentenceInput(kind="fine_default", months=3, amount_cents=90_000))
    bench.work_out()
    paid_on = bench.today + timedelta(days=9)
    bench.adjust("fine_paid", sentence_id=default, amount_cents=90_000, first_day=paid_on)
    assert bench.dates().expiry == paid_on


@pytest.mark.any_server
def test_a_payment_is_for_a_sentence_of_this_person(bench: Bench) -> None:
    (other,) = bench.sentence(person_id=bench.ben)
    bench.sentence()
    for sentence in (None, other):
        with pytest.raises(InvalidInput) as wrong:
            bench.adjust("fine_paid", sentence_id=sentence, first_day=bench.today)
        assert wrong.value.fields["sentence"].code == "sentences.sentence_not_chosen"


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("kind", {"kind": "luck", "days": 1}),
        ("basis", {"kind": "forfeited", "days": 1, "basis": "  "}),
        ("days", {"kind": "forfeited"}),
        ("days", {"kind": "forfeited", "days": -1}),
        ("days", {"kind": "forfeited", "days": 2**31}),
    ],
)
def test_what_no_paper_could_say_is_sent_back(
    bench: Bench, field: str, more: dict[str, object]
) -> None:
    bench.sentence()
    kind = str(more.pop("kind"))
    with pytest.raises(InvalidInput) as wrong:
        bench.adjust(kind, **more)
    assert set(wrong.value.fields) == {field}


@pytest.mark.any_server
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["remand_credit", "bail_credit", "at_large", "forfeited", "restored"]),
    days=st.none() | st.integers(0, 2**31 - 1),
    begins=st.integers(-4000, 4000),
    lasts=st.none() | st.integers(-500, 4000),
)
def test_whatever_a_paper_certifies_is_recorded_and_gets_an_answer(
    bench: Bench, kind: str, days: int | None, begins: int, lasts: int | None
) -> None:
    """Credit longer than the sentence, an end before its beginning: the answer says so."""
    first = bench.today + timedelta(days=begins)
    if selectors.calculation(bench.records, bench.ana) is None:
        bench.sentence()
    made = bench.adjust(
        kind,
        days=days,
        first_day=first,
        last_day=None if lasts is None else first + timedelta(days=lasts),
        for_pronounced_on=bench.today,
    )
    found = bench.dates()
    assert found.status in ("calculated", "invalid", "needs_person", "unsupported")
    assert (found.edr is None) == (found.status != "calculated")
    if found.edr is not None and found.expiry is not None:
        assert found.edr <= found.expiry
    services.strike_out_adjustment(
        Command(bench.records), adjustment_id=made, reason="For the next one"
    )


def test_only_who_may_adjust_adjusts(bench: Bench) -> None:
    bench.sentence()
    with pytest.raises(NotPermitted):
        services.record_adjustment(
            Command(bench.court.clerk), person_id=bench.ana, kind="forfeited", days=3, basis="x"
        )
    assert "sentences.adjustment_recorded" not in told(bench.ana)
