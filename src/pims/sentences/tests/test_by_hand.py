"""What the engine refuses two officers may work out, and nobody is held past the full term."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.courts.services import SentenceInput
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.sentence_law import sentence_law
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.sentences import law as laws
from pims.sentences import selectors, services
from pims.sentences.engine import Case, Sentence, Term, calculate
from pims.sentences.rules import HandDates, full_term, wrong_dates
from pims.sentences.tests.bench import IN_CHARGE, RECORDS, Bench, told
from tests.fixtures.actors import ActorMaker


@pytest.fixture
def stuck(bench: Bench) -> Bench:
    """Ana's second sentence follows nothing that the order names."""
    bench.sentence(SentenceInput(months=6), SentenceInput(months=6, link="consecutive"))
    bench.work_out()
    assert bench.dates().status == "needs_person"
    return bench


def certify(bench: Bench, *, days: int = 200, actor: Actor | None = None) -> int:
    edr = bench.today + timedelta(days=days)
    return services.certify_by_hand(
        Command(actor or bench.records),
        person_id=bench.ana,
        dates=HandDates(edr=edr, ldr=edr, sentence_expiry=edr),
        reason="The clerk says that the second follows the first",
    ).hand_calculation_id


def countersign(bench: Bench, made: int, actor: Actor | None = None) -> None:
    services.countersign_hand_calculation(
        Command(actor or bench.in_charge), hand_calculation_id=made
    )


@pytest.mark.any_server
def test_dates_by_hand_stand_once_the_officer_in_charge_has_countersigned(stuck: Bench) -> None:
    made = certify(stuck)
    assert stuck.dates().status == "needs_person", "one officer is not enough"
    (waiting,) = selectors.not_calculable(stuck.records, stuck.court.prison.establishment_id)
    assert waiting.hand_calculation_id == made
    countersign(stuck, made)
    found = stuck.dates()
    assert (found.status, found.by_hand) == ("by_hand", True)
    assert found.edr == stuck.today + timedelta(days=200)
    assert selectors.not_calculable(stuck.records, stuck.court.prison.establishment_id) == []


@pytest.mark.any_server
def test_the_officer_who_certified_never_countersigns(stuck: Bench, make_actor: ActorMaker) -> None:
    both = make_actor(*RECORDS, *IN_CHARGE, establishment_id=stuck.court.prison.establishment_id)
    made = certify(stuck, actor=both)
    with pytest.raises(Refused, match="second_is_first"):
        countersign(stuck, made, actor=both)


@pytest.mark.any_server
def test_records_alone_may_not_countersign(stuck: Bench) -> None:
    with pytest.raises(NotPermitted):
        countersign(stuck, certify(stuck), actor=stuck.records)


@pytest.mark.any_server
def test_nobody_is_certified_past_the_full_term(stuck: Bench) -> None:
    with pytest.raises(InvalidInput) as wrong:
        certify(stuck, days=500)
    assert wrong.value.fields["edr"].code == "sentences.hand_date_past_full_term"


@pytest.mark.any_server
def test_a_new_sentence_ends_what_was_worked_out_without_it(stuck: Bench) -> None:
    countersign(stuck, certify(stuck))
    stuck.sentence(SentenceInput(years=2))
    assert stuck.dates().status == "needs_person", "it stood for other facts"
    stuck.work_out()
    assert stuck.dates().status == "needs_person"
    assert "sentences.hand_calculation_ended" in told(stuck.ana)
    info = selectors.calculation(stuck.records, stuck.ana)
    assert info is not None
    assert info.hand is None
    assert [one.end_kind for one in info.hands] == ["facts_changed"]


@pytest.mark.any_server
def test_it_can_not_be_countersigned_after_the_facts_have_changed(stuck: Bench) -> None:
    made = certify(stuck)
    stuck.sentence(SentenceInput(years=2))
    with pytest.raises(Refused, match="facts_changed"):
        countersign(stuck, made)


@pytest.mark.any_server
def test_a_second_certificate_takes_the_place_of_the_first(stuck: Bench) -> None:
    countersign(stuck, certify(stuck))
    certify(stuck, days=150)
    assert stuck.dates().status == "needs_person"


def test_dates_by_hand_can_be_withdrawn_with_a_reason(stuck: Bench) -> None:
    made = certify(stuck)
    countersign(stuck, made)
    services.withdraw_hand_calculation(
        Command(stuck.records), hand_calculation_id=made, reason="The clerk was wrong"
    )
    assert stuck.dates().status == "needs_person"
    with pytest.raises(Refused, match="hand_calculation_over"):
        countersign(stuck, made)


@pytest.mark.any_server
def test_what_is_calculated_on_signed_rules_is_not_certified_by_hand(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    certify(bench, days=100)  # provisional as yet
    for rule in laws.rules_of(laws.law_in_force()):
        services.sign_rule(
            Command(bench.lawyer), rule_code=rule.code, signed_by_name="A. Pech",
            office="Legal officer", signed_on=bench.today,
        )  # fmt: skip
    assert not bench.dates().provisional
    with pytest.raises(Refused, match="calculated_already"):
        certify(bench, days=100)


@pytest.mark.any_server
def test_nothing_is_certified_of_somebody_without_a_sentence(bench: Bench) -> None:
    with pytest.raises(Refused, match="nothing_to_certify"):
        certify(bench)


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
TERMS = st.builds(
    Term, st.integers(0, 5), st.integers(0, 30), st.integers(0, 9), st.integers(1, 90)
)


@given(
    days=st.lists(DAYS, min_size=1, max_size=4),
    terms=st.lists(TERMS, min_size=4, max_size=4),
    chained=st.booleans(),
)
def test_no_reading_of_the_sentences_ends_after_the_full_term(
    days: list[date], terms: list[Term], chained: bool
) -> None:
    """The bound for a case that is refused holds for the same case when it can be worked out."""
    days.sort()
    sentences = tuple(
        Sentence(n, day, terms[n - 1], consecutive_to=n - 1 if chained and n > 1 else None)
        for n, day in enumerate(days, 1)
    )
    law = sentence_law("plain")
    found = calculate(Case("a", sentences), law)
    refused = calculate(Case("a", (*sentences, Sentence(9, days[-1], Term(days=1), 8))), law)
    assert refused.status == "invalid"
    bound = full_term(Case("a", sentences), refused)
    if found.status == "calculated":
        assert bound is not None
        assert found.dates.full_term_end is not None
        assert found.dates.full_term_end <= bound


@given(edr=DAYS, ldr=DAYS, expiry=DAYS, longest=DAYS)
def test_dates_by_hand_are_in_order_and_within_the_full_term(
    edr: date, ldr: date, expiry: date, longest: date
) -> None:
    wrong = wrong_dates(HandDates(edr=edr, ldr=ldr, sentence_expiry=expiry), longest=longest)
    assert (not wrong) == (edr <= ldr <= expiry <= longest)
