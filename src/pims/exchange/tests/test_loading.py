"""What is pushed next, and what becomes of what did not arrive: nothing is lost, nothing hidden."""

from datetime import timedelta
from typing import Any

import pytest

from pims.exchange import services
from pims.exchange.models import Delivery, Disclosure, Endpoint, EndpointState
from pims.exchange.services import endpoints, replay
from pims.exchange.tests.helpers import SmallAgency, sign_and_activate, terms_of
from pims.exchange.tests.pushing import (
    AWAY,
    BAD,
    TAKEN,
    listening_agency,
    pushed_to,
    rested,
    send,
    told,
)
from pims.exchange.webhooks import loading, secretfiles
from pims.exchange.webhooks.sending import Answer
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused, Stale


@pytest.fixture
def agency(db: None) -> SmallAgency:
    return listening_agency()


def _states(**more: object) -> list[str]:
    rows = Delivery.objects.filter(**more).order_by("position")
    return list(rows.values_list("state", flat=True))


def test_what_happens_from_now_on_is_pushed_and_each_thing_once(agency: SmallAgency) -> None:
    told(3)
    goal = pushed_to(agency)
    assert send(goal) == ()
    positions = told(2)
    assert [one.position for one in send(goal)] == positions
    assert send(goal) == ()
    assert _states() == ["delivered", "delivered"]


def test_from_the_start_everything_that_the_feed_holds_is_pushed(agency: SmallAgency) -> None:
    positions = told(3)
    goal = pushed_to(agency, from_start=True)
    assert [one.position for one in send(goal)] == positions


def test_what_is_not_for_the_agency_is_passed_over_and_leaves_no_receipt(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency)
    told(2, kind="admitted", person_id=7)
    told(1, facets_before=["held:now"], facets_after=[], person_id=7, labels=["juvenile"])
    assert send(goal) == ()
    assert not Delivery.objects.exists()
    assert not Disclosure.objects.exists()
    last = told(1, person_id=7)
    assert [one.position for one in send(goal)] == last
    assert Disclosure.objects.get().person_id == 7


def test_killed_before_it_was_noted_the_same_message_goes_again_under_its_id(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency)
    told(2)
    first = loading.load(goal).parcels
    again = loading.load(goal).parcels
    assert [p.message_id for p in first] == [p.message_id for p in again]
    loading.settle(goal, [(one, TAKEN) for one in again])
    assert loading.load(goal).parcels == ()
    # What the first run says when it comes back after all changes nothing.
    loading.settle(goal, [(one, AWAY) for one in first])
    assert _states() == ["delivered", "delivered"]


def test_who_does_not_answer_rests_and_gets_all_of_it_when_it_is_back(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency)
    positions = told(5)
    assert len(send(goal, AWAY)) == 5
    later = loading.load(goal)
    assert later.parcels == ()
    assert later.again_at is not None
    told(1)
    rested(goal)
    assert len(send(goal, AWAY)) == 1, "it is asked with one, not with all of them"
    state = EndpointState.objects.get(endpoint_id=goal.endpoint_id)
    assert state.failures == 2
    assert state.failing_since is not None
    rested(goal)
    assert len(send(goal)) == 1
    rest = send(goal)
    assert {p.position for p in rest} | {positions[0]} >= set(positions)
    assert _states() == ["delivered"] * 6


def test_a_heartbeat_that_is_taken_ends_the_rest(agency: SmallAgency) -> None:
    goal = pushed_to(agency)
    told(1)
    send(goal, AWAY)
    assert loading.load(goal).parcels == ()
    loading.note_beat(goal, AWAY)
    assert loading.load(goal).parcels == ()
    loading.note_beat(goal, TAKEN)
    assert len(send(goal)) == 1


def test_one_message_that_is_refused_holds_up_no_other(agency: SmallAgency) -> None:
    goal = pushed_to(agency)
    first, second = told(2)
    found = loading.load(goal).parcels
    loading.settle(goal, [(found[0], BAD), (found[1], TAKEN)])
    assert _states() == ["pending", "delivered"]
    told(1)
    assert len(send(goal)) == 1
    row = Delivery.objects.get(position=first)
    assert (row.attempts, row.last_status, row.state) == (1, 400, "pending")
    assert second != first


def test_after_three_days_it_is_a_dead_letter_and_can_be_sent_again_with_a_reason(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency)
    told(1)
    (parcel,) = send(goal, BAD)
    Delivery.objects.update(first_at=clock.now() - timedelta(hours=72))
    rested(goal)
    send(goal, BAD)
    assert _states() == ["dead"]
    assert send(goal) == ()
    row = Delivery.objects.get()
    chosen: dict[str, Any] = {"endpoint_id": goal.endpoint_id, "delivery_ids": [row.pk]}
    officer = Command(agency.officers[0])
    with pytest.raises(InvalidInput):
        replay.replay_dead(officer, reason=" ", **chosen)
    replayed = replay.replay_dead(
        Command(agency.officers[0]), reason="Their disk was full", **chosen
    )
    assert replayed.count == 1
    (again,) = send(goal)
    assert again.message_id == parcel.message_id
    assert _states() == ["delivered"]
    with pytest.raises(Refused, match="no_dead_letters"):
        replay.replay_dead(Command(agency.officers[0]), reason="Once more", **chosen)


def test_a_receiver_that_lost_its_store_is_sent_a_part_of_the_feed_again(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency)
    first, *_, last = told(4)
    ids = [one.message_id for one in send(goal)]
    done = replay.replay_from(
        Command(agency.officers[0]), endpoint_id=goal.endpoint_id, first=first + 1, last=last + 9,
        reason="Restored from a backup",
    )  # fmt: skip
    assert done.count == 3
    assert [one.message_id for one in send(goal)] == ids[1:]
    for first, last in ((5, 4), (0, 3), (1, 20_000)):
        with pytest.raises(InvalidInput):
            replay.replay_from(
                Command(agency.officers[0]), endpoint_id=goal.endpoint_id, first=first, last=last,
                reason="x",
            )  # fmt: skip


def test_a_paused_endpoint_and_a_suspended_agency_lose_nothing(agency: SmallAgency) -> None:
    goal = pushed_to(agency)
    officer = agency.officers[0]
    endpoints.set_endpoint_state(
        Command(officer), endpoint_id=goal.endpoint_id, version=1, state="paused", reason="Works"
    )
    before = told(2)
    assert loading.goals() == []
    with pytest.raises(Stale):
        endpoints.set_endpoint_state(
            Command(officer), endpoint_id=goal.endpoint_id, version=1, state="active", reason="x"
        )
    endpoints.set_endpoint_state(
        Command(officer), endpoint_id=goal.endpoint_id, version=2, state="active", reason="Done"
    )
    assert [one.position for one in send(goal)] == before
    services.set_agency_state(
        Command(officer), agency_id=agency.agency_id, version=1, state="suspended", reason="Keys"
    )
    meanwhile = told(3)
    assert loading.goals() == []
    assert loading.load(goal).parcels == ()
    services.set_agency_state(
        Command(officer), agency_id=agency.agency_id, version=2, state="active", reason="New keys"
    )
    assert [one.position for one in send(goal)] == meanwhile


def test_what_is_pushed_is_what_the_agreement_of_that_moment_says(agency: SmallAgency) -> None:
    goal = pushed_to(agency)
    told(2)
    found = loading.load(goal).parcels
    loading.settle(goal, [(one, BAD) for one in found])
    narrower = terms_of(events={"escaped": "thin"})
    sign_and_activate(agency, narrower)
    rested(goal)
    assert send(goal) == ()
    assert _states() == ["skipped", "skipped"]


def test_a_receiver_that_is_no_more_is_not_bothered_again(agency: SmallAgency) -> None:
    goal = pushed_to(agency)
    told(1)
    send(goal, Answer(410))
    row = Endpoint.objects.get()
    assert (row.state, row.state_reason) == ("paused", "410")
    assert loading.goals() == []
    endpoints.set_endpoint_state(
        Command(agency.officers[0]), endpoint_id=row.pk, version=row.version, state="active",
        reason="It moved back",
    )  # fmt: skip
    assert len(send(goal)) == 1


def test_an_endpoint_is_https_to_the_outside_unless_an_administrator_says_otherwise(
    agency: SmallAgency,
) -> None:
    def add(url: str) -> None:
        endpoints.add_endpoint(
            Command(agency.officers[0]), agreement_id=agency.agreement_id, url=url, scheme="hmac"
        )

    for url in ("http://desk.example/", "https://10.0.0.1/", "https://127.0.0.1/", "desk"):
        with pytest.raises(InvalidInput):
            add(url)
    for network, plain in (("10.0.0.0/4", False), ("10.0.0.0/8", True), ("10.0.0.1/8", False)):
        with pytest.raises(InvalidInput):
            endpoints.allow_address(
                Command(agency.officers[0]), network=network, plain=plain, reason="x"
            )
    allowed = endpoints.allow_address(
        Command(agency.officers[0]), network="10.20.0.0/16", plain=False, reason="The bus"
    )
    add("https://10.20.0.1/")
    with pytest.raises(Refused, match="endpoint_there"):
        add("https://10.20.0.1/")
    endpoints.end_allowed(Command(agency.officers[0]), allowed_id=allowed.allowed_id)
    assert endpoints.allowed_networks() == ()


def test_an_endpoint_that_ended_is_ended_for_good_and_its_secret_gone(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency)
    assert len(goal.secrets()) == 1
    endpoints.change_secret(Command(agency.officers[0]), endpoint_id=goal.endpoint_id, version=1)
    assert len(goal.secrets()) == 2
    told(1)
    send(goal, BAD)
    endpoints.set_endpoint_state(
        Command(agency.officers[0]), endpoint_id=goal.endpoint_id, version=2, state="ended",
        reason="They moved",
    )  # fmt: skip
    assert _states() == ["skipped"]
    with pytest.raises(Refused, match="endpoint_ended"):
        endpoints.set_endpoint_state(
            Command(agency.officers[0]), endpoint_id=goal.endpoint_id, version=3, state="active",
            reason="x",
        )  # fmt: skip
    # Another may take its place, and is signed with our own key where nothing is shared.
    other = pushed_to(agency, "http://127.0.0.1:10/", scheme="ed25519")
    assert other.secret_name == secretfiles.OWN_KEY
    with pytest.raises(Refused, match="signed_with_own_key"):
        endpoints.change_secret(
            Command(agency.officers[0]), endpoint_id=other.endpoint_id, version=1
        )


def test_nobody_without_the_permission_changes_where_messages_go(
    agency: SmallAgency, make_actor: object
) -> None:
    from pims.foundation.access.actor import Actor

    assert callable(make_actor)
    outsider = make_actor("exchange.view")
    assert isinstance(outsider, Actor)
    with pytest.raises(NotPermitted):
        endpoints.add_endpoint(
            Command(outsider), agreement_id=agency.agreement_id, url="https://a.example/",
            scheme="hmac",
        )  # fmt: skip
    with pytest.raises(NotPermitted):
        replay.replay_from(Command(outsider), endpoint_id=1, first=1, last=1, reason="x")
    with pytest.raises(NotPermitted):
        endpoints.allow_address(Command(outsider), network="10.0.0.0/8", plain=False, reason="x")


def test_our_own_key_is_changed_and_both_public_halves_are_given_meanwhile(
    agency: SmallAgency,
) -> None:
    goal = pushed_to(agency, scheme="ed25519")
    before = secretfiles.public_halves(at=clock.now())[0]
    endpoints.change_own_key(Command(agency.officers[0]))
    new, old, *_ = secretfiles.public_halves(at=clock.now())
    assert old == before != new
    assert len(goal.secrets()) >= 2
