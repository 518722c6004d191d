from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.people import rules
from pims.people.rules import AgeFacts, Birth, Identity

days = st.dates(date(1930, 1, 1), date(2030, 12, 31))
precisions = st.sampled_from(["day", "month", "year", "estimated"])


@given(days, precisions)
def test_the_true_birth_lies_within_what_is_possible(born, precision):
    possible = rules.birth(born, precision)

    assert possible.earliest <= born <= possible.latest
    assert possible.earliest <= possible.given <= possible.latest


@given(days, precisions, days)
def test_nobody_is_older_than_certain(born, precision, on):
    possible = rules.birth(born, precision)
    facts = AgeFacts(possible.earliest, possible.latest)

    assert rules.age(facts, on) <= max(0, rules.whole_years(born, on))


@given(days, precisions, days)
def test_a_child_is_never_taken_for_an_adult(born, precision, on):
    possible = rules.birth(born, precision)

    if rules.whole_years(born, on) < 18:
        assert rules.is_juvenile(AgeFacts(possible.earliest, possible.latest), on)


@given(days, st.booleans())
def test_a_juvenile_becomes_an_adult_once_and_stays_one(born, decided):
    facts = AgeFacts(born, born, decision="juvenile" if decided else "")
    eighteen = [rules.is_juvenile(facts, born + timedelta(days=d)) for d in range(6560, 6600)]

    assert eighteen == sorted(eighteen, reverse=True)
    assert eighteen[0]
    assert not eighteen[-1]


def test_who_disputes_and_has_no_birth_is_a_juvenile_until_decided():
    on = date(2026, 1, 1)

    assert rules.is_juvenile(AgeFacts(None, None, disputed=True), on)
    assert rules.is_juvenile(AgeFacts(None, None, disputed=True, decision="juvenile"), on)
    assert not rules.is_juvenile(AgeFacts(None, None, disputed=True, decision="adult"), on)
    assert not rules.is_juvenile(AgeFacts(None, None), on)


def test_a_birthday_on_a_leap_day_is_kept_on_the_first_of_march():
    born = date(2008, 2, 29)

    assert rules.whole_years(born, date(2026, 2, 28)) == 17
    assert rules.whole_years(born, date(2026, 3, 1)) == 18


identities = st.builds(
    Identity,
    name_score=st.floats(0, 1),
    by_sound=st.booleans(),
    birth=st.builds(rules.birth, days, precisions),
    sex=st.sampled_from(["male", "female", "unknown"]),
    documents=st.frozensets(st.tuples(st.just("passport"), st.sampled_from("ABC")), max_size=2),
)


@given(identities, identities)
def test_nearness_is_a_percentage_with_reasons(new, old):
    found = rules.nearness(new, old)

    assert 0 <= found.score <= 100
    assert found.reasons or found.score < rules.MATCH_FROM


@given(identities)
def test_a_shared_document_is_always_worth_a_look(person):
    shared = frozenset({("passport", "P1")})
    one = Identity(0, False, person.birth, person.sex, shared)
    two = Identity(0, False, Birth(), "unknown", shared)

    assert rules.nearness(one, two).score >= rules.MATCH_FROM


@given(identities)
def test_a_name_alone_is_not_enough_against_birth_and_sex(person):
    born = rules.birth(date(1980, 1, 1), "day")
    one = Identity(1, False, born, "male")
    two = Identity(person.name_score, False, rules.birth(date(1999, 5, 5), "day"), "female")

    assert rules.nearness(one, two).score < rules.MATCH_FROM
