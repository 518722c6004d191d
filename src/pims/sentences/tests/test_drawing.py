"""The drawing is to scale and stays on its paper; what if changes what it says and nothing else."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Case, Sentence, Term, calculate
from pims.sentences.web.drawing import Mark, Stretch, draw
from pims.sentences.what_if import Change, changed

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
STRETCHES = st.builds(
    lambda first, days: Stretch("x", first, None if days is None else first + timedelta(days=days)),
    DAYS,
    st.none() | st.integers(0, 30_000),
)


@given(
    stretches=st.lists(STRETCHES, min_size=1, max_size=8),
    marks=st.lists(st.builds(Mark, st.just("m"), DAYS), max_size=6),
)
def test_everything_is_on_the_paper_and_to_scale(
    stretches: list[Stretch], marks: list[Mark]
) -> None:
    found = draw(stretches, marks, TODAY)
    assert found is not None
    assert [bar.stretch for bar in found.bars] == stretches
    for bar in found.bars:
        assert 0 <= bar.x <= 100
        assert bar.right <= 100.51
        assert bar.y < found.bars_end <= found.height
    assert sorted(pole.mark.day for pole in found.marks) == sorted(m.day for m in marks)
    assert all(0 <= pole.x <= 100 and pole.y <= found.height for pole in found.marks)
    places = [pole.x for pole in found.marks]
    assert places == sorted(places), "an earlier day stands further left"
    long = [bar for bar in found.bars if bar.stretch.last is not None and bar.width > 5]
    for one in long:
        for other in long:
            assert one.stretch.length is not None
            assert other.stretch.length is not None
            ratio = one.stretch.length / other.stretch.length
            assert abs(one.width / other.width - ratio) < 0.02 * max(ratio, 1)


def test_the_drawing_of_nothing_is_none() -> None:
    assert draw([], [Mark("m", TODAY)], TODAY) is None


def case(*months: int) -> Case:
    """Sentences that follow one another."""
    return Case(
        "a",
        tuple(
            Sentence(n, date(2026, 1, 5), Term(months=m), n - 1 if n > 1 else None)
            for n, m in enumerate(months, 1)
        ),
        as_of=TODAY,
    )


TERMS = st.lists(st.integers(1, 60), min_size=1, max_size=5)


@given(months=TERMS)
def test_nothing_changed_is_the_same_case(months: list[int]) -> None:
    assert Change().is_nothing
    assert changed(case(*months), Change()) == case(*months)


@given(months=TERMS, more=st.integers(1, 60))
def test_a_further_sentence_is_the_case_that_has_it(months: list[int], more: int) -> None:
    law = sentence_law("plain")
    change = Change(term=Term(months=more), passed_on=date(2026, 1, 5), follows=len(months))
    tried = calculate(changed(case(*months), change), law)
    assert tried.dates == calculate(case(*months, more), law).dates


@given(months=st.lists(st.integers(1, 60), min_size=2, max_size=5), data=st.data())
def test_what_follows_one_left_out_follows_what_that_followed(
    months: list[int], data: st.DataObject
) -> None:
    law = sentence_law("plain")
    gone = data.draw(st.sets(st.integers(1, len(months)), max_size=len(months) - 1))
    left = [m for n, m in enumerate(months, 1) if n not in gone]
    tried = calculate(changed(case(*months), Change(without=gone)), law)
    assert tried.status == "calculated"
    assert tried.dates == calculate(case(*left), law).dates
