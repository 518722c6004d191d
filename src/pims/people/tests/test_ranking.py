import random

from hypothesis import assume, given
from hypothesis import strategies as st

from pims.people.search import keys, ranking
from pims.people.search.keys import word_variants

letters = "abcdefghijklmnopqrstuvwxyz"
word = st.text(alphabet=letters, min_size=2, max_size=12)
name = st.lists(word, min_size=1, max_size=4, unique=True)


@given(name)
def test_a_name_is_most_like_itself_in_any_order(words):
    assert ranking.name_likeness(words, words).score == 1
    assert ranking.name_likeness(words, words[::-1]).score > 0.95


@given(name, name)
def test_likeness_is_between_nothing_and_everything(asked, found):
    assert 0 <= ranking.name_likeness(asked, found).score <= 1


@given(name)
def test_a_space_left_out_hardly_matters(words):
    assume(len(words) > 1)

    joined = [words[0] + words[1], *words[2:]]
    assert ranking.name_likeness(joined, words).score > 0.9


@given(st.text(alphabet=letters, min_size=4, max_size=14), st.integers(0, 10_000))
def test_two_words_two_errors_apart_share_a_spelling(text, seed):
    rng = random.Random(seed)
    changed = text
    for _ in range(2):
        at = rng.randrange(len(changed))
        kind = rng.choice("odw")
        letter = rng.choice(letters)
        changed = (
            changed[:at]
            + {"o": "", "d": letter + changed[at], "w": letter}[kind]
            + changed[at + 1 :]
        )
    assume(len(changed) >= 4)
    # The start is compared: errors that push letters over its end may need one more.
    assume(max(len(text), len(changed)) <= 9)

    assert set(word_variants(text)) & set(word_variants(changed))


@given(name, st.integers(1930, 2010), st.integers(0, 20))
def test_a_row_is_held_under_each_year_that_is_possible(words, first, span):
    years = keys.years_of(first, first + span)
    row = keys.row_keys(words, years)

    for each in words:
        assert keys.word_key(each) in row
        asked_years = [first, keys.UNKNOWN_YEAR]
        assert any(keys.word_key(each, year) in row for year in asked_years)
