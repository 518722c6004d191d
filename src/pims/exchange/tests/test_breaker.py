"""A burst is held, a person looks, and nobody's freedom waits for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from pims.assurance.models import Alarm
from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange import limits
from pims.exchange.catalogue import TEST_LABEL
from pims.exchange.feed import reading as feed
from pims.exchange.feed.publishing import publish
from pims.exchange.models import Hold, Message, Published
from pims.exchange.selectors import traffic
from pims.exchange.selectors.taken_back import not_known_yet
from pims.exchange.services import breaker
from pims.exchange.tests.feed import Follower, delivering
from pims.exchange.tests.helpers import agency_with, terms_of
from pims.exchange.tests.pushing import LEFT, listening_agency, made, pushed_to, send
from pims.facilities.layout import BUNDLED, read_layout
from pims.facilities.services import load_layout
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused
from pims.live import selectors as live
from pims.live.web.figures import written
from tests.fixtures.actors import ActorMaker

MOST = next(one.most for one in limits.limits() if one.code == "releases")


@pytest.fixture
def officers(make_actor: ActorMaker) -> tuple[Actor, Actor]:
    held = ("exchange.breaker", "exchange.view")
    return make_actor(*held), make_actor(*held)


def screened(count: int = 1, **more: Any) -> list[Message]:
    """Messages made one after another as the worker makes them; those that left."""
    left = []
    for _ in range(count):
        with transaction.atomic():
            passing = breaker.screen(made(1, **more))
            publish([one.pk for one in passing])
            left += passing
    return left


def _states(**more: object) -> list[str]:
    return list(Message.objects.filter(**more).order_by("pk").values_list("state", flat=True))


def test_a_friday_leaves_and_a_burst_is_held_with_an_alarm(db: None) -> None:
    assert len(screened(12)) == 12
    assert not Hold.objects.exists()
    assert len(screened(MOST - 12)) == MOST - 12
    assert screened(5) == []
    hold = Hold.objects.get()
    assert (hold.kind, hold.params["limit"], hold.decision) == ("burst", "releases", "")
    assert traffic.held_count() == 5
    alarm = Alarm.objects.get(kind="messages_held")
    assert alarm.ended_at is None
    assert LedgerEntry.objects.filter(kind="exchange.messages_held").count() == 1
    # What has nothing to do with it goes on.
    assert len(screened(3, kind="escaped")) == 3


@pytest.mark.any_server
def test_a_real_release_is_made_whatever_becomes_of_its_message(prison: Prison) -> None:
    """The breaker stands in the way of messages: the person is out, and the record says so."""
    follower = Follower()
    screened(MOST)
    held = prison.held()
    custody.record_court_discharge(
        prison.command, episode_id=held.episode_id, order_seen="Order 4/26"
    )
    (message,) = [one for one in follower.follow() if one.type == "released"]
    assert message.state == "held"
    assert message.person_id is not None
    assert not Published.objects.filter(message=message).exists()


def test_let_go_they_leave_in_their_order_and_the_alarm_ends(
    officers: tuple[Actor, Actor],
) -> None:
    screened(MOST + 4)
    hold = Hold.objects.get()
    before = Published.objects.count()
    with pytest.raises(InvalidInput):
        breaker.let_go(Command(officers[0]), hold_id=hold.pk, reason=" ")
    done = breaker.let_go(Command(officers[0]), hold_id=hold.pk, reason="The court freed them all")
    assert done.count == 4
    order = Published.objects.filter(position__gt=before).order_by("position")
    ids = list(order.values_list("message_id", flat=True))
    assert ids == sorted(ids)
    assert len(ids) == 4
    assert Alarm.objects.get(kind="messages_held").ended_at is not None
    hold.refresh_from_db()
    assert (hold.decision, hold.decided_by_id) == ("let_go", officers[0].user_id)
    with pytest.raises(Refused, match="hold_decided"):
        breaker.withdraw(Command(officers[1]), hold_id=hold.pk, reason="No")
    with pytest.raises(NotFound):
        breaker.let_go(Command(officers[0]), hold_id=hold.pk + 1, reason="x")


def test_withdrawn_they_are_never_sent_and_those_that_had_left_are_taken_back(
    officers: tuple[Actor, Actor],
) -> None:
    left = screened(MOST, person_id=None)
    screened(3)
    other = screened(1, kind="escaped")
    hold = Hold.objects.get()
    breaker.withdraw(
        Command(officers[0]), hold_id=hold.pk, reason="A list was read in twice", retract=True
    )
    assert _states(hold=hold) == ["withdrawn"] * 3
    taken = Message.objects.filter(type="retraction")
    assert {one.retracts_id for one in taken} == {one.pk for one in left}
    assert not {one.pk for one in other} & {one.retracts_id for one in taken}
    assert Published.objects.filter(message__in=taken).count() == MOST
    # What was withdrawn never was: it does not stand in the way of what is true.
    Message.objects.filter(pk__in=[one.pk for one in left]).update(
        made_at=clock.now() - timedelta(hours=2)
    )
    assert len(screened(1)) == 1


def test_what_stands_behind_a_held_message_waits_with_it_and_leaves_alone(
    officers: tuple[Actor, Actor],
) -> None:
    screened(MOST)
    assert screened(1, person_id=17) == []
    assert screened(1, kind="recaptured", person_id=17) == []
    assert len(screened(1, kind="recaptured", person_id=18)) == 1
    hold = Hold.objects.get()
    behind = Message.objects.get(person_id=17, type="recaptured")
    assert (behind.held_as, behind.hold_id) == ("behind", hold.pk)
    breaker.withdraw(Command(officers[0]), hold_id=hold.pk, reason="Entered by mistake")
    assert _states(person_id=17) == ["withdrawn", "ready"]
    assert Published.objects.filter(message=behind).exists()


def test_what_takes_a_held_message_back_goes_with_it(officers: tuple[Actor, Actor]) -> None:
    screened(MOST)
    screened(1, person_id=17)
    (told,) = Message.objects.filter(person_id=17)
    screened(1, kind="retraction", person_id=17, retracts=told, judged_as="released")
    breaker.withdraw(Command(officers[0]), hold_id=Hold.objects.get().pk, reason="By mistake")
    assert _states(person_id=17) == ["withdrawn", "withdrawn"]


def test_messages_of_a_test_and_a_batch_that_was_told_before_are_held(
    officers: tuple[Actor, Actor],
) -> None:
    assert screened(2, origin="test") == []
    assert screened(2, origin="replay") == []
    old = clock.now() - timedelta(days=2)
    most = limits.lateness().most
    assert len(screened(most, kind="admitted", recorded_at=old)) == most
    assert screened(2, kind="admitted", recorded_at=old) == []
    kinds = Hold.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["test", "replay"]
    assert traffic.held_count() == 6


def test_an_amnesty_that_two_officers_announced_passes(officers: tuple[Actor, Actor]) -> None:
    first, second = officers
    now = clock.now()
    announced = breaker.announce_amnesty(
        Command(first), starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(days=1),
        expected=MOST + 10, reason="Independence Day",
    )  # fmt: skip
    screened(MOST)
    assert screened(1) == [], "one officer's word is not enough"
    with pytest.raises(Refused, match="another_officer"):
        breaker.second_amnesty(Command(first), announcement_id=announced.announcement_id)
    breaker.second_amnesty(Command(second), announcement_id=announced.announcement_id)
    assert len(screened(9)) == 9
    assert screened(1) == [], "more than were announced"
    breaker.withdraw_amnesty(Command(first), announcement_id=announced.announcement_id)
    with pytest.raises(Refused, match="amnesty_over"):
        breaker.second_amnesty(Command(second), announcement_id=announced.announcement_id)


@pytest.mark.any_server
def test_an_amnesty_is_for_days_and_for_some_number(officers: tuple[Actor, Actor]) -> None:
    now = clock.now()
    for starts, ends, expected in (
        (now, now, 10), (now, now + timedelta(days=15), 10), (now, now + timedelta(days=1), 0),
        (now - timedelta(days=2), now - timedelta(days=1), 10),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            breaker.announce_amnesty(
                Command(officers[0]), starts_at=starts, ends_at=ends, expected=expected, reason="x"
            )


def test_who_may_not_decide_is_refused_and_sees_no_name(make_actor: ActorMaker) -> None:
    screened(MOST)
    screened(1, facets_after=LEFT)
    hold = Hold.objects.get()
    viewer = make_actor("exchange.view")
    for act in (breaker.let_go, breaker.withdraw):
        with pytest.raises(NotPermitted):
            act(Command(viewer), hold_id=hold.pk, reason="x")
    (line,) = traffic.held_messages(viewer, hold.pk)
    assert (line.name, line.number) == ("", "")
    assert traffic.hold(viewer, hold.pk).count == 1


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.mark.any_server
def test_the_board_says_that_messages_are_held_and_nothing_where_none_is(prison: Prison) -> None:
    def shown() -> str:
        board = live.board(prison.actor, prison.establishment_id)
        return written(board)

    assert "Messages held" not in shown()
    screened(2, origin="test")
    assert "Messages held, not people" in shown()


def test_what_is_told_of_test_prisoners_counts_for_nobody_real_and_is_never_held(db: None) -> None:
    made_up = {"labels": [TEST_LABEL]}
    assert len(screened(MOST + 5, **made_up)) == MOST + 5
    assert not Hold.objects.exists()
    # A try-out before it makes no burst of what is real, nor does one in the midst of it.
    assert len(screened(MOST)) == MOST
    assert screened(1) == []
    assert len(screened(2, **made_up)) == 2
    hold = Hold.objects.get()
    assert [one.labels for one in hold.messages.all()] == [[]]
    # What a person withdraws of a burst leaves those that only tried alone.
    told = breaker._left_before(hold)
    assert told.count() == MOST
    assert not any(TEST_LABEL in one.labels for one in told)


def test_an_amnesty_is_used_up_by_nobody_who_was_made_up(officers: tuple[Actor, Actor]) -> None:
    first, second = officers
    now = clock.now()
    announced = breaker.announce_amnesty(
        Command(first), starts_at=now, ends_at=now + timedelta(hours=2), expected=MOST + 2,
        reason="Independence Day",
    )  # fmt: skip
    breaker.second_amnesty(Command(second), announcement_id=announced.announcement_id)
    screened(5, labels=[TEST_LABEL])
    assert len(screened(MOST + 2)) == MOST + 2
    assert screened(1) == []


def test_every_establishment_whose_messages_are_held_is_told(system_actor: Actor) -> None:
    here, there = _two(system_actor)
    screened(MOST)
    screened(1, establishment_id=here)
    screened(3, establishment_id=there)
    hold = Hold.objects.get()
    alarms = Alarm.objects.filter(kind="messages_held", ended_at=None)
    assert sorted(alarms.values_list("establishment_id", flat=True)) == sorted((here, there))
    breaker.let_go(Command(system_actor), hold_id=hold.pk, reason="The court freed them all")
    assert not alarms.exists()


def _two(actor: Actor) -> tuple[int, int]:
    """A prison and a lock-up elsewhere."""
    first, second = (load_layout(Command(actor), layout=read_layout(name)) for name in BUNDLED[:2])
    return first.establishment_id, second.establishment_id


def test_an_officer_sees_who_does_not_know_yet_that_what_they_were_told_was_wrong(
    officers: tuple[Actor, Actor],
) -> None:
    police, court, social = (listening_agency(code) for code in ("police", "court", "social"))
    only_escapes = agency_with(terms_of("parole", events={"escaped": "thin"}), kind="parole")
    viewer = officers[0]
    left = screened(MOST)
    assert len(left) == MOST
    screened(1)
    goal = pushed_to(court)
    assert not_known_yet(viewer) == {}
    breaker.withdraw(
        Command(viewer), hold_id=Hold.objects.get().pk, reason="A list read in twice", retract=True
    )
    late = listening_agency("late")  # agreed with since: it was told nothing wrong
    due = {one.agreement_id: MOST for one in (police, court, social)}
    assert not_known_yet(viewer) == due
    # What is pushed and taken is known; so is what the feed was acknowledged up to.
    assert len(send(goal)) == MOST
    rows = Published.objects.filter(message__type="retraction").order_by("position")
    taken = list(rows.values_list("position", flat=True))
    half = taken[MOST // 2 - 1]
    with delivering(police) as reader:
        assert feed.acknowledge(reader, position=half) == "ok"
    left_over = {police.agreement_id: MOST - MOST // 2, social.agreement_id: MOST}
    assert not_known_yet(viewer) == left_over
    for agency in (police, social):
        with delivering(agency) as reader:
            feed.acknowledge(reader, position=taken[-1])
    assert not_known_yet(viewer) == {}
    assert late.agreement_id != only_escapes.agreement_id
