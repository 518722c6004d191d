"""When custody is judged: whom an event concerns at once, everybody every hour, each thing once."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pims.assurance import judging, services, subscribers, tasks
from pims.assurance.histories import everyone, histories
from pims.assurance.models import Alarm
from pims.assurance.proof.reading import Unreadable, person_data, person_from
from pims.assurance.selectors import open_alarms
from pims.assurance.tests.planting import PLANTS
from pims.assurance.web.remedies import other_remedy, remedy
from pims.courts.models import CourtOrder, Hearing, Sentence
from pims.custody import services as custody
from pims.custody.models import Absence, Episode
from pims.custody.tests.prison import man
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.kernel import clock
from pims.people import services as people
from pims.release import services as release
from pims.release.models import Preparation
from pims.sentences import services as sentences
from pims.sentences.models import Adjustment


def test_what_still_is_so_keeps_its_alarm_and_what_is_mended_ends_by_the_fact(lawful) -> None:
    PLANTS["order_expired"](lawful)
    assert lawful.judge().raised == 1
    first = Alarm.objects.get()
    order = lawful.order_row("foreigner")
    assert first.since.date() == lawful.today  # the day after its last
    with clock.at(clock.now() + timedelta(hours=5)):
        done = lawful.judge()
        assert (done.raised, done.ended) == (0, 0)
    assert Alarm.objects.get().since == first.since
    CourtOrder.objects.filter(pk=order.pk).update(until=lawful.today + timedelta(days=40))
    assert lawful.judge().ended == 1
    assert Alarm.objects.get().end_kind == "fact"


def test_the_minutes_look_and_the_proof_tell_of_the_same_once_whoever_comes_first(prison) -> None:
    nobody = prison.one(at=clock.now() - timedelta(hours=2)).person_id
    judging.judge_custody(prison.command, person_ids=[nobody])
    assert services.sweep(prison.command).raised == 0
    other = prison.one("Other One", at=clock.now() - timedelta(hours=2)).person_id
    services.sweep(prison.command)
    assert judging.judge_custody(prison.command, person_ids=[nobody, other]).raised == 0
    alarms = Alarm.objects.filter(ended_at=None)
    assert sorted(alarms.values_list("person_id", "kind")) == sorted(
        [(nobody, "no_valid_warrant"), (other, "no_valid_warrant")]
    )
    for person_id in (nobody, other):
        prison.remand(person_id, at=clock.now() - timedelta(hours=3))
    services.sweep(prison.command)
    judging.judge_custody(prison.command, person_ids=[nobody, other])
    assert not alarms.exists()


def test_an_event_has_the_person_judged_and_an_old_one_is_passed_over(lawful) -> None:
    PLANTS["no_lawyer"](lawful)
    row = OutboxEvent.objects.filter(person_id=lawful.persons["remand"]).latest("serial")
    event = EventRecord(
        position=1, event_id=row.id, entry_id=row.entry_id, kind="people.amended", schema_version=1,
        person_id=row.person_id, event_seq=row.event_seq,
        establishment_id=row.establishment_id, payload={}, recorded_at=clock.now(),
    )  # fmt: skip
    assert subscribers.is_fresh(event)
    subscribers.judge_again(
        replace(event, event_seq=1)
    )  # others came after it, and have him judged
    assert lawful.alarms() == {}
    subscribers.judge_again(event)
    subscribers.judge_again(event)  # delivered twice
    assert lawful.alarms() == {"remand": ["no_lawyer"]}


def test_of_several_changes_at_once_the_last_has_the_person_looked_at(prison) -> None:
    nobody = prison.one(at=clock.now() - timedelta(hours=2)).person_id
    row = OutboxEvent.objects.filter(person_id=nobody, kind__startswith="custody.").latest("serial")
    last = EventRecord(
        position=2, event_id=row.id, entry_id=row.entry_id, kind=row.kind, schema_version=1,
        person_id=row.person_id, event_seq=row.event_seq,
        establishment_id=row.establishment_id, payload=row.payload, recorded_at=clock.now(),
    )  # fmt: skip
    alarms = Alarm.objects.filter(ended_at=None, person_id=nobody)
    subscribers.look_again(replace(last, position=1, event_seq=row.event_seq - 1))
    assert not alarms.exists()
    subscribers.look_again(last)
    subscribers.look_again(last)  # delivered twice
    assert [alarm.kind for alarm in alarms] == ["no_valid_warrant"]


def test_everybody_is_judged_by_the_clock(lawful) -> None:
    PLANTS["order_expired"](lawful)
    PLANTS["consul_not_told"](lawful)
    tasks.judge_everyone(timestamp=0)
    assert lawful.alarms() == {"foreigner": ["consul_not_told", "no_valid_warrant"]}


def test_joined_records_are_one_person_and_their_papers_are_together(lawful) -> None:
    with clock.at(lawful.now - timedelta(days=2)):
        lawful.receive("twin", place="REM A-3/1")
    lawful.admitted()
    lawful.judge()
    assert lawful.alarms() == {"twin": ["no_valid_warrant"]}
    before = lawful.persons["twin"]
    receipt = lawful.prison.receive(man("Same Man"), at=lawful.now - timedelta(days=300))[0]
    custody.end_episode(
        lawful.prison.command, episode_id=receipt.episode_id, kind="discharged",
        ended_at=lawful.now - timedelta(days=200),
    )  # fmt: skip
    lawful.prison.remand(
        receipt.person_id, at=lawful.now - timedelta(days=3), kind="committed_for_trial"
    )
    people.merge_persons(
        lawful.prison.command, person_id=receipt.person_id, into_person_id=before,
        reason="Same fingerprints", overlapping=False,
    )  # fmt: skip
    lawful.judge("twin")
    assert "twin" not in lawful.alarms()
    (known,) = histories([before]).values()
    assert len(known.history.custody) == 2


def test_days_at_large_are_no_custody(lawful) -> None:
    person_id = lawful.persons["sentenced"]
    gone = lawful.now - timedelta(days=10)
    (known,) = histories([person_id]).values()
    Absence.objects.create(
        episode_id=known.episode_id, person_id=person_id, establishment_id=known.establishment_id,
        starts_at=gone, ends_at=gone + timedelta(days=4), end_kind="recaptured", recorded_by_id=1,
    )  # fmt: skip
    (known,) = histories([person_id]).values()
    first, second = known.history.custody
    assert (first.ends, first.end_kind, second.ends) == (gone, "escaped", None)
    assert second.begins == gone + timedelta(days=4)


def test_a_history_is_what_was_recorded(lawful) -> None:
    (known,) = histories([lawful.persons["twice"]]).values()
    history = known.history
    (order,) = history.orders
    first, second = history.sentences
    rows = Sentence.objects.filter(order_id=lawful.orders["twice"]).order_by("position")
    assert (history.zone, order.kind, order.court) == (
        "America/Belize", "commitment_sentence", "MC-BZ",
    )  # fmt: skip
    assert order.reading is not None
    assert order.reading.read_at is not None
    assert [s.months for s in history.sentences] == [12, 6]
    assert second.follows == first.sentence_id == f"S{rows[0].pk}"
    assert first.final
    assert first.release_date is not None
    assert second.release_date is not None
    assert first.release_date < second.release_date < (second.expiry or second.release_date)
    assert [p.unit_kind for p in history.placements] == ["adults"]
    assert history.lawyer == "known"
    assert history.nationalities == ("BZ",)
    assert history.last_recorded_at == lawful.now - timedelta(days=3)


def test_however_many_are_judged_the_queries_are_as_many(lawful) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            histories(everyone())
        return len(made)

    queries()
    few = queries()
    with clock.at(lawful.came):
        for number in range(6):
            lawful.receive(f"man {number}")
            lawful.order(f"man {number}", "remand", next_date=lawful.today + timedelta(days=20))
    assert queries() == few < 80


def test_what_no_calendar_reaches_is_judged_and_exported_all_the_same(lawful) -> None:
    most = 2**31 - 1
    far, past = date(9999, 12, 31), date(206, 2, 28)
    orders = CourtOrder.objects.all()
    orders.filter(pk=lawful.orders["foreigner"]).update(until=far)
    orders.filter(pk=lawful.orders["boy"]).update(dated=past, until=far, review_months=most)
    orders.filter(pk=lawful.orders["fined"]).update(amount_cents=2**62)
    orders.filter(pk=lawful.orders["remand"]).update(next_date=far, changes_as_written="x" * 80)
    Hearing.objects.update(on=far)
    rows = Sentence.objects.filter(order_id=lawful.orders["sentenced"])
    rows.update(years=most, months=most, pronounced_on=far, effective_from=past)
    Adjustment.objects.create(
        person_id=lawful.persons["twice"], kind="at_large", days=most, basis="Slip of the keys",
        recorded_at=lawful.now, recorded_by_id=1,
    )  # fmt: skip
    Adjustment.objects.create(
        person_id=lawful.persons["fined"], kind="fine_paid", first_day=far, basis="Slip",
        sentence=Sentence.objects.get(order_id=lawful.orders["fined"]), amount_cents=2**62,
        recorded_at=lawful.now, recorded_by_id=1,
    )  # fmt: skip
    tasks.judge_everyone(timestamp=0)
    found = histories(everyone(), by_number=True).values()
    assert [
        read
        for known in found
        if isinstance(
            read := person_from(json.loads(json.dumps(person_data(known.history)))), Unreadable
        )
    ] == []


def test_one_whom_nobody_can_judge_leaves_nobody_else_unjudged(lawful, monkeypatch) -> None:
    PLANTS["order_expired"](lawful)
    real, broken = judging.judge, str(lawful.persons["boy"])

    def judge(history, *more):
        if history.person_id == broken:
            raise ZeroDivisionError
        return real(history, *more)

    monkeypatch.setattr(judging, "judge", judge)
    with pytest.raises(ExceptionGroup) as failed:
        tasks.judge_everyone(timestamp=0)
    assert len(failed.value.exceptions) == 1
    assert lawful.alarms() == {"foreigner": ["no_valid_warrant"]}


def test_an_alarm_that_others_raised_first_says_why_and_leads_to_the_way_out(lawful) -> None:
    PLANTS["full_term_passed"](lawful)
    lawful.sweep()
    viewer = lawful.prison.actor
    (alarm,) = open_alarms(viewer, lawful.prison.establishment_id)
    discharge = reverse("release:start", args=[alarm.episode_id])
    new_order = reverse("courts:record_order", args=[lawful.persons["old"]])
    assert "fault" not in alarm.params
    assert (remedy(viewer, alarm), other_remedy(viewer, alarm)[0]) == (discharge, new_order)
    for _again in range(2):
        lawful.judge()
        (alarm,) = open_alarms(viewer, lawful.prison.establishment_id)
        assert alarm.params["fault"] == "full_term_passed"
        assert len(alarm.params["orders"]) == 1
        assert remedy(viewer, alarm) == discharge
        lawful.sweep()
    assert lawful.judge() == judging.Judged(len(judging.to_judge()), 0, 0)


def test_an_alarm_dismissed_in_one_custody_sounds_in_the_next(lawful) -> None:
    PLANTS["no_lawyer"](lawful)
    lawful.judge("remand")
    alarm = Alarm.objects.get(ended_at=None)
    until = lawful.today + timedelta(days=60)
    services.end_alarm(
        lawful.prison.command, alarm_id=alarm.pk, reason="Has asked for none", until=until
    )
    lawful.judge("remand")
    assert lawful.alarms() == {}
    Episode.objects.filter(person_id=lawful.persons["remand"]).update(
        starts_at=lawful.now - timedelta(days=20)
    )
    lawful.judge("remand")
    assert lawful.alarms()["remand"] == ["no_lawyer"]


def test_a_release_that_opened_by_itself_and_that_nobody_touched_is_alarmed(lawful) -> None:
    PLANTS["release_not_prepared"](lawful)
    sentences.recalculate(lawful.prison.command, person_ids=list(lawful.persons.values()))
    release.open_due_preparations(
        lawful.prison.command, establishment_id=lawful.prison.establishment_id
    )
    assert Preparation.objects.filter(person_id=lawful.persons["sentenced"]).exists()
    lawful.judge("sentenced")
    assert "release_not_prepared" in lawful.alarms()["sentenced"]
