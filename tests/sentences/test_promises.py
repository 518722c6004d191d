"""What holds for every case whatever: nobody stays past the days of the term."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pims.jurisdictions.sentence_law import Law, laws, sentence_law
from pims.sentences.engine import (
    Adjustment,
    Case,
    Dates,
    Sentence,
    Term,
    calculate,
    case_from,
)
from tests.sentences import generator

_DAYS = st.dates(date(2010, 1, 1), date(2024, 12, 31))
_TERMS = st.builds(
    Term,
    years=st.integers(0, 12),
    months=st.integers(0, 30),
    weeks=st.integers(0, 20),
    days=st.integers(0, 90),
)
_KINDS = st.sampled_from(
    ["imprisonment", "imprisonment", "imprisonment", "fine_default", "life", "pleasure"]
)


@st.composite
def cases(draw: Any) -> Case:
    base = draw(_DAYS)
    near = st.integers(-30, 60).map(lambda n: base + timedelta(days=n))
    sentences = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        kind = draw(_KINDS)
        link = st.none() if kind in ("life", "pleasure") else st.none() | st.integers(1, number)
        sentences.append(
            Sentence(
                number=number,
                pronounced_on=draw(st.just(base) | near),
                term=draw(_TERMS),
                consecutive_to=draw(link),
                effective_from=draw(st.none() | st.none() | near),
                offence_on=draw(st.none() | st.just(base - timedelta(days=400))),
                kind=kind,
                offence_class=draw(st.sampled_from(["serious", "lesser", ""])),
                amount_cents=draw(st.none() | st.integers(1, 10_000)),
            )
        )
    adjustments = draw(
        st.lists(
            st.builds(
                Adjustment,
                kind=st.sampled_from([
                    "remand", "tagged_bail", "unlawfully_at_large", "additional_days",
                    "restored_days", "fine_part_paid", "fine_paid",
                ]),
                days=st.none() | st.integers(0, 400),
                starts=st.none() | near,
                ends=st.none(),
                applies_from=st.just(base) | near,
                sentence=st.integers(1, 4),
                paid_cents=st.none() | st.integers(1, 5000),
            ),
            max_size=5,
        )
    )  # fmt: skip
    return Case("made", tuple(sentences), tuple(adjustments), as_of=draw(st.none() | near))


SEEDS = st.integers(0, 10**9)


def made(seed: int) -> tuple[Case, Law]:
    """A case such as courts make, nearly always one that can be calculated."""
    data, law = generator.case(seed)
    return case_from(data), sentence_law(law)


def ordered(dates: Dates, first: date) -> None:
    """Parole, earliest release, latest release and expiry come in that order, and all lie between
    the first day and the last."""
    assert dates.edr is not None
    assert dates.ldr is not None
    assert dates.sentence_expiry is not None
    assert first <= dates.edr <= dates.ldr <= dates.sentence_expiry
    assert dates.ped is None or first <= dates.ped < dates.edr
    assert dates.release_day is not None
    assert dates.edr - timedelta(days=15) <= dates.release_day <= dates.edr
    assert dates.remission_days >= 0


@settings(max_examples=400)
@given(cases(), st.sampled_from(laws()))
def test_every_case_has_an_answer_and_the_dates_come_in_their_order(case: Case, law: str) -> None:
    found = calculate(case, sentence_law(law))

    if found.status != "calculated":
        assert found.dates == Dates()
        assert any(one.outcome == found.status for one in found.findings)
        return
    assert [one.number for one in found.sentences] == [s.number for s in case.sentences]
    for one in found.sentences:
        if one.dates.full_term_end is not None:
            ordered(one.dates, _begins(case, one.number))
    if found.dates.full_term_end is not None:
        ordered(found.dates, min(one.first_day for one in found.sentences))
        assert found.earliest_arguable is not None
        assert found.dates.release_day is not None
        assert found.earliest_arguable <= found.dates.release_day


@settings(max_examples=400)
@given(SEEDS)
def test_nobody_stays_past_full_term_but_for_days_at_large(seed: int) -> None:
    case, law = made(seed)
    found = calculate(case, law)
    away = sum(_days_away(one, case) for one in case.adjustments)

    for dates in (found.dates, *(one.dates for one in found.sentences)):
        if dates.full_term_end is not None:
            assert dates.sentence_expiry is not None
            assert dates.sentence_expiry <= dates.full_term_end + timedelta(days=away)


@settings(max_examples=300)
@given(SEEDS, st.integers(1, 60))
def test_more_credit_never_keeps_anybody_longer(seed: int, more: int) -> None:
    case, law = made(seed)
    credit = Adjustment("tagged_bail", more, applies_from=case.sentences[0].pronounced_on)
    found, sooner = calculate(case, law), calculate(_with(case, credit), law)

    if found.status == sooner.status == "calculated":
        for what in ("sentence_expiry", "edr", "ldr"):
            assert getattr(sooner.dates, what) <= getattr(found.dates, what), what


@settings(max_examples=300)
@given(SEEDS)
def test_awards_move_the_earliest_release_alone(seed: int) -> None:
    case, law = made(seed)
    kept = tuple(a for a in case.adjustments if a.kind not in ("additional_days", "restored_days"))
    found = calculate(case, law)
    without = calculate(Case(case.case_id, case.sentences, kept), law)

    assert calculate(case, law) == found
    if found.status == without.status == "calculated":
        assert without.dates.edr is not None
        assert found.dates.edr is not None
        assert without.dates.edr <= found.dates.edr
        assert without.dates.sentence_expiry == found.dates.sentence_expiry


@settings(max_examples=200)
@given(SEEDS)
def test_a_longer_term_never_ends_sooner(seed: int) -> None:
    case, law = made(seed)
    last = case.sentences[-1]
    longer = replace(last, term=replace(last.term, days=last.term.days + 1))
    found = calculate(case, law)
    more = calculate(replace(case, sentences=(*case.sentences[:-1], longer)), law)

    if found.status == more.status == "calculated":
        for what in ("full_term_end", "sentence_expiry", "ldr"):
            assert getattr(found.dates, what) <= getattr(more.dates, what), what


def _with(case: Case, more: Adjustment) -> Case:
    return Case(case.case_id, case.sentences, (*case.adjustments, more), as_of=case.as_of)


def _begins(case: Case, number: int) -> date:
    """The first day of the chain that a sentence is in."""
    by_number = {s.number: s for s in case.sentences}
    at = by_number[number]
    while at.consecutive_to is not None:
        at = by_number[at.consecutive_to]
    return at.first_day


def _days_away(adjustment: Adjustment, case: Case) -> int:
    if adjustment.kind != "unlawfully_at_large":
        return 0
    if adjustment.days is not None:
        return adjustment.days
    assert adjustment.starts is not None
    ends = adjustment.ends or case.as_of
    assert ends is not None
    return (ends - adjustment.starts).days + 1
