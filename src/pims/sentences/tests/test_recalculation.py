"""Dates are worked out from what stands, kept with their reasons, and written only when new."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pims.courts.services import SentenceInput
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotPermitted
from pims.people import services as people
from pims.sentences import selectors, tasks
from pims.sentences.models import Calculation
from pims.sentences.tests.bench import Bench, told


@pytest.mark.any_server
def test_a_sentence_has_dates_with_an_explanation_in_both_languages(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=12))
    assert bench.work_out().changed == 1
    found = bench.dates()
    assert (found.status, found.provisional, found.outdated) == ("calculated", True, False)
    assert found.full_term_end == found.expiry
    assert found.edr is not None
    assert found.expiry is not None
    assert found.edr < found.expiry
    told_en = selectors.calculation(bench.records, bench.ana, language="en")
    told_es = selectors.calculation(bench.records, bench.ana, language="es")
    assert told_en is not None
    assert told_es is not None
    assert len(told_en.explanation) == len(told_es.explanation) > 3
    assert any("remission" in line.text for line in told_en.explanation)
    assert any("remisión" in line.text for line in told_es.explanation)
    assert "belize-2017.remission" in told_en.provisional_rules
    assert told(bench.ana) == ["sentences.calculated"]


@pytest.mark.any_server
def test_nothing_new_writes_nothing(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    again = bench.work_out()
    assert (again.looked_at, again.changed) == (1, 0)
    assert len(bench.rows()) == 1
    assert bench.work_out(force=True).changed == 1
    first, second = bench.rows()
    assert first.superseded_at == second.made_at
    assert told(bench.ana) == ["sentences.calculated"], "the same dates were told twice"


@pytest.mark.any_server
def test_whoever_is_unsentenced_has_no_dates(bench: Bench) -> None:
    assert bench.work_out().looked_at == 0
    assert selectors.release_dates(bench.records, [bench.ana]) == {}
    assert selectors.calculation(bench.records, bench.ana) is None


@pytest.mark.any_server
def test_a_date_that_the_facts_have_left_behind_says_so_until_it_is_worked_out(
    bench: Bench,
) -> None:
    bench.sentence()
    assert bench.dates().status == "pending"
    bench.work_out()
    before = bench.dates()
    bench.sentence(SentenceInput(years=3))
    assert bench.dates().outdated
    bench.work_out()
    later = bench.dates()
    assert not later.outdated
    assert later.edr is not None
    assert before.edr is not None
    assert later.edr > before.edr


@pytest.mark.any_server
def test_a_sentence_that_falls_takes_its_dates_along(bench: Bench) -> None:
    order = bench.order()
    bench.work_out()
    bench.set_aside(order)
    assert bench.work_out().changed == 1
    assert selectors.release_dates(bench.records, [bench.ana]) == {}
    assert told(bench.ana)[-1] == "sentences.nothing_to_calculate"


@pytest.mark.any_server
def test_joined_numbers_are_one_person(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=6))
    bench.sentence(SentenceInput(months=18), person_id=bench.ben)
    bench.work_out(bench.ana, bench.ben)
    short, long = bench.dates(bench.ana), bench.dates(bench.ben)
    assert short.edr is not None
    assert long.edr is not None
    assert short.edr < long.edr
    people.merge_persons(
        Command(system_actor()),
        person_id=bench.ben,
        into_person_id=bench.ana,
        reason="One man",
        overlapping=False,
    )
    assert bench.work_out(bench.ben).looked_at == 1
    assert bench.dates(bench.ana).edr == bench.dates(bench.ben).edr == long.edr
    assert bench.rows(bench.ben)[-1].superseded_at is not None
    info = selectors.calculation(bench.records, bench.ana)
    assert info is not None
    assert sorted(info.numbers.values()) == [1, 2]


@pytest.mark.any_server
def test_a_sentence_that_follows_one_that_fell_needs_a_person(bench: Bench) -> None:
    order = bench.order()
    (first,) = bench.sentences_on(order)
    bench.sentence(SentenceInput(months=6, link="consecutive", consecutive_to_id=first))
    bench.work_out()
    assert bench.dates().status == "calculated"
    bench.set_aside(order)
    bench.work_out()
    found = bench.dates()
    assert found.status == "needs_person"
    assert [one.code for one in found.reasons] == ["sentences.follows_fallen"]


@pytest.mark.any_server
def test_a_sentence_that_follows_another_persons_is_refused(bench: Bench) -> None:
    (other,) = bench.sentence(person_id=bench.ben)
    bench.sentence(SentenceInput(months=6, link="consecutive", consecutive_to_id=other))
    bench.work_out()
    found = bench.dates()
    assert (found.status, found.edr) == ("invalid", None)
    assert [one.code for one in found.reasons] == ["sentences.follows_another_persons"]


@pytest.mark.any_server
def test_a_consecutive_sentence_that_names_no_other_needs_a_person(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=6, link="consecutive"))
    bench.work_out()
    assert bench.dates().status == "needs_person"


@pytest.mark.any_server
def test_the_queue_has_first_whom_nobody_can_tell_anything_about(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=6, link="consecutive"))
    bench.sentence(SentenceInput(), person_id=bench.ben)
    bench.work_out(bench.ana, bench.ben)
    rows = selectors.not_calculable(bench.records, bench.court.prison.establishment_id)
    assert [one.person_id for one in rows] == [bench.ben, bench.ana]
    assert rows[0].earliest_arguable is None or (
        rows[1].earliest_arguable is not None
        and rows[0].earliest_arguable <= rows[1].earliest_arguable
    )


@pytest.mark.any_server
def test_the_night_works_out_everybody_in_custody(bench: Bench) -> None:
    bench.sentence()
    bench.sentence(person_id=bench.ben)
    tasks.work_everything_out(timestamp=0)
    assert bench.dates(bench.ana).status == bench.dates(bench.ben).status == "calculated"


@pytest.mark.any_server
def test_the_number_of_queries_does_not_grow_with_the_people(bench: Bench) -> None:
    bench.sentence()
    bench.sentence(person_id=bench.ben)

    def count(*people_: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            bench.work_out(*people_, force=True)
        return len(seen)

    count(bench.ana, bench.ben)
    assert count(bench.ana) == count(bench.ana, bench.ben)
    asked = [bench.ana, bench.ben]
    with CaptureQueriesContext(connection) as one:
        selectors.release_dates(bench.records, asked[:1])
    with CaptureQueriesContext(connection) as two:
        selectors.release_dates(bench.records, asked)
    assert len(one) == len(two)


@pytest.mark.any_server
def test_dates_are_told_only_to_who_may_see_them(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    with pytest.raises(NotPermitted):
        selectors.release_dates(bench.lawyer, [bench.ana])


@pytest.mark.any_server
def test_an_absence_that_is_not_over_grows_by_a_day_each_night(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sentence()
    bench.adjust("at_large", first_day=bench.today)
    before = bench.dates()
    later = bench.today + timedelta(days=1)
    monkeypatch.setattr("pims.sentences.assembling.today", lambda: later)
    assert bench.work_out().changed == 1
    after = bench.dates()
    assert before.expiry is not None
    assert after.expiry == before.expiry + timedelta(days=1)


@pytest.mark.any_server
def test_a_payment_is_over_and_is_not_worked_out_anew_each_night(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (default,) = bench.sentence(SentenceInput(kind="fine_default", months=3, amount_cents=90_000))
    bench.adjust("fine_paid", sentence_id=default, amount_cents=45_000, first_day=bench.today)
    later = bench.today + timedelta(days=1)
    monkeypatch.setattr("pims.sentences.assembling.today", lambda: later)
    assert bench.work_out().changed == 0


def test_many_rows_are_stored_as_one_is(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.sentence()
    bench.work_out()
    monkeypatch.setattr("pims.sentences.services.storing._MANY", 1)
    bench.work_out(force=True)
    one, many = bench.rows()
    names = [field.attname for field in Calculation._meta.concrete_fields]
    own = {"id", "made_at", "superseded_at"}
    assert many.pk > one.pk
    assert many.superseded_at is None
    assert [getattr(many, name) for name in names if name not in own] == [
        getattr(one, name) for name in names if name not in own
    ]


def test_what_was_known_at_an_instant_is_told_as_it_was(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    first = bench.dates()
    then = AsOf(clock.now(), clock.now())
    bench.sentence(SentenceInput(years=5))
    bench.work_out()
    known = selectors.release_dates(bench.records, [bench.ana], as_of=then)[bench.ana]
    assert known == first
    assert bench.dates().edr != first.edr
