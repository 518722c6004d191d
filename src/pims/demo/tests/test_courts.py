"""The simulated prison has its courts: cases, orders, terms, hearings, and no alarm of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from pims.assurance import selectors as assurance
from pims.assurance.histories import everyone, histories
from pims.assurance.judging import due_of, judge_custody
from pims.assurance.proof import law_of
from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.demo import services
from pims.demo.plan import ON_VAN
from pims.facilities.selectors import establishments
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database.ephemeral import database_from_template
from pims.kernel import clock
from pims.release.selectors import preparations
from pims.sentences import selectors as sentences
from tests.fixtures.database import default_database

pytestmark = pytest.mark.any_server

# A Wednesday afternoon, with all of the state of that minute.
NOW = datetime(2026, 11, 18, 20, 20, tzinfo=UTC)
TODAY = NOW.date()
ZONE = "America/Belize"


@dataclass(frozen=True)
class Made:
    """A prison in which all is lawful and in time; `held` is everybody."""

    viewer: Actor
    establishment_id: int
    loaded: services.Loaded
    held: frozenset[int]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Made]:
    with pytest.MonkeyPatch.context() as patch, database_from_template() as name:
        patch.setenv("PIMS_DB_NAME", name)
        with default_database(name, django_db_blocker), django_db_blocker.unblock(), clock.at(NOW):
            loaded = services.load(
                prisoners=50, years=0.3, seed=2, report=lambda _: None, processes=1
            )
            viewer = system_actor()
            where = establishments(viewer)[0].establishment_id
            held = frozenset(row.person_id for row in custody.roll(viewer, where))
            yield Made(viewer, where, loaded, held)


def test_the_published_share_is_unsentenced(made: Made) -> None:
    assert made.loaded.held == 50
    assert made.loaded.unsentenced == round(407 * 50 / 1114)


def test_everyone_has_a_case_with_charges_and_is_held_on_an_order(made: Made) -> None:
    cases = courts.cases(made.viewer, made.held)
    orders = courts.orders(made.viewer, made.held)
    warrants = authority.warrants_of(made.held, zone=ZONE)
    for person_id in made.held:
        assert all(case.number and case.body_name for case in cases[person_id])
        charges = [one for case in cases[person_id] for one in case.charges]
        assert 1 <= len(charges) <= 6
        keyed = {one.warrant_name_id for one in orders[person_id]}
        held_on = [w for w in warrants[person_id] if w.detains_at(NOW)]
        assert held_on
        assert {w.warrant_name_id for w in held_on} <= keyed
    assert courts.papers_not_keyed(made.viewer, made.establishment_id) == []


def test_no_paper_is_two_warrants(made: Made) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT (w.body_id, w.reference, n.person_id))"
            " FROM authority_warrant_name n JOIN authority_warrant w ON w.id = n.warrant_id"
        )
        names, papers = cursor.fetchone()
        assert names == papers > 40
        cursor.execute(
            "SELECT count(*) FROM authority_warrant_name n WHERE NOT EXISTS"
            " (SELECT FROM courts_order o WHERE o.warrant_name_id = n.id)"
        )
        assert cursor.fetchone() == (0,)


def test_every_order_was_read_again_by_another_officer_in_time(made: Made) -> None:
    assert courts.readings_due(made.viewer, made.establishment_id) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE r.read_at <= r.due_at"
            " AND r.read_by_id <> o.recorded_by_id AND r.differences = '{}')"
            " FROM courts_order o LEFT JOIN courts_second_reading r ON r.order_id = o.id"
        )
        every, in_time = cursor.fetchone()
    assert every == in_time > 50


def test_whoever_serves_a_term_has_dates_that_the_paper_does_not_contradict(made: Made) -> None:
    serving = {
        person_id
        for person_id, found in courts.sentences_of(made.held).items()
        if any(one.stands for one in found)
    }
    dates = sentences.release_dates(made.viewer, serving)
    warrants = authority.warrants_of(serving, zone=ZONE)
    assert len(serving) > 15
    for person_id in serving:
        found = dates[person_id]
        assert found.status in ("calculated", "by_hand"), found
        (paper,) = [w for w in warrants[person_id] if w.detains_at(NOW)]
        assert found.full_term_end == paper.until
        opens = found.release_day or found.edr
        if opens is not None:
            assert paper.until is not None
            assert TODAY < opens <= paper.until
        else:
            assert found.ped is not None
            assert found.ped > TODAY


def test_whoever_waits_for_a_court_has_a_day_on_which_it_sits(made: Made) -> None:
    hearings = courts.hearings(made.viewer, made.held)
    warrants = authority.warrants_of(made.held, zone=ZONE)
    waiting = 0
    for person_id in made.held:
        for paper in warrants[person_id]:
            if paper.kind != "remand" or not paper.detains_at(NOW):
                continue
            waiting += 1
            ahead = [one for one in hearings[person_id] if one.on == paper.next_appearance]
            assert len(ahead) == 1
            assert ahead[0].on >= TODAY
            assert ahead[0].defects == ()
        past = [one for one in hearings.get(person_id, ()) if one.on < TODAY]
        assert all(one.outcome for one in past)
    assert waiting == made.loaded.unsentenced
    assert courts.no_next_hearing(made.viewer, made.establishment_id) == []


def test_nothing_alarms(made: Made) -> None:
    judge_custody(Command(system_actor()), person_ids=everyone())
    open_ones = assurance.open_alarms(made.viewer, made.establishment_id)
    assert [(alarm.kind.code, alarm.person_id) for alarm in open_ones] == []


def test_the_proof_of_custody_finds_nothing_about_anybody(made: Made) -> None:
    law, judged = law_of(), histories(everyone())
    assert len(judged) == made.loaded.people
    found = {
        (alarm.params["fault"], known.person_id)
        for known in judged.values()
        for alarm in due_of(known, law, NOW)
    }
    assert found == set()


def test_releases_of_the_next_two_weeks_are_prepared(made: Made) -> None:
    rows = preparations.open_preparations(made.viewer, made.establishment_id)
    assert all(row.ready for row in rows)


def test_an_evening_of_troubles_alarms_of_what_was_planted_and_of_nothing_else(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with pytest.MonkeyPatch.context() as patch, database_from_template() as name:
        patch.setenv("PIMS_DB_NAME", name)
        with default_database(name, django_db_blocker), django_db_blocker.unblock(), clock.at(NOW):
            loaded = services.load(
                prisoners=50, years=0.1, seed=2, report=lambda _: None, troubles=True, processes=1
            )
            viewer = system_actor()
            where = establishments(viewer)[0].establishment_id
            kinds = {one.kind.code for one in assurance.open_alarms(viewer, where)}
            late = {r.person_id for r in custody.roll(viewer, where) if not r.admitted}
    assert loaded.held == 50
    assert len(late) == ON_VAN
    assert {"no_valid_warrant", "escort_overdue"} <= kinds


def test_no_rule_is_signed_by_anybody_who_could_be_taken_for_real(made: Made) -> None:
    rules = [one for one in sentences.law_rules(made.viewer) if not one.rule.is_arithmetic]
    assert rules
    for one in rules:
        assert one.signature is not None
        assert one.signature.signed_by_name.startswith("Simulated")
