"""The courier at work: to real receivers, over real connections, killed at any moment."""

import signal
import sys
import time
from pathlib import Path

import pytest

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange.models import Delivery, Endpoint
from pims.exchange.services import endpoints
from pims.exchange.tests.helpers import agency_with, terms_of
from pims.exchange.tests.pushing import (
    courier,
    listening_agency,
    parts_at_work,
    pushed_to,
    told,
)
from pims.exchange.tests.receiver import Got, Receiver, receiving
from pims.exchange.webhooks import secretfiles
from pims.exchange.webhooks.loading import Goal
from pims.exchange.webhooks.signing import parse_secret, verify
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.secrets import secret_path
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase
from tests.fixtures.nursery import Child, Nursery
from tests.fixtures.settling import settle

pytestmark = [pytest.mark.usefixtures("fresh_database"), pytest.mark.any_server]


def _genuine(goal: Goal, got: Got) -> bool:
    secret = secretfiles.newest(goal.secret_name)
    known = secret if secret.scheme == "hmac" else parse_secret(secret.public().text)
    return verify([known], got.headers, got.body, at=clock.now()) == got.message_id


def test_a_release_reaches_its_receiver_whoever_else_is_slow() -> None:
    agencies = [listening_agency(code) for code in ("police", "court", "parole")]
    with (
        receiving() as quick,
        receiving(Receiver(wait=30)) as stuck,
        receiving(Receiver(answer=lambda got: 500)) as broken,
    ):
        goals = [
            pushed_to(agency, receiver.url, scheme=scheme)
            for agency, receiver, scheme in zip(
                agencies, (quick, stuck, broken), ("hmac", "ed25519", "hmac"), strict=True
            )
        ]
        with courier():
            told(1)
            quick.until(1)
            # Both others hang or fail by now; what is new still comes at once.
            for _ in range(3):
                already = len(quick.messages)
                told(4)
                quick.until(already + 4)
        assert len(set(quick.ids())) == len(quick.ids()) == 13
        assert all(_genuine(goals[0], one) for one in quick.messages)
        assert [one.event["sequence"] for one in quick.messages[:1]] == ["000000000001"]
        assert _genuine(goals[1], stuck.got[0])
        assert broken.messages
    assert Delivery.objects.filter(state="delivered").count() == 13
    assert not Delivery.objects.filter(state="dead").exists()


def test_a_release_reaches_the_police_as_it_is_committed() -> None:
    """Through every part: ordered, told, judged by the breaker, rendered, signed, posted."""
    prison = Prison.build(system_actor())
    people = [prison.held(name) for name in ("Juan Perez", "Luis Cal")]
    agency = agency_with(terms_of(events={"released": "fat"}))
    settle()  # an hour in which nothing happened: what was recorded before has been told
    with receiving() as receiver, parts_at_work(), courier():
        goal = pushed_to(agency, receiver.url)
        told(1)
        receiver.until(1)
        for count, held in enumerate(people, start=2):
            custody.record_court_discharge(
                prison.command, episode_id=held.episode_id, order_seen="Order 4/26"
            )
            got = receiver.until(count)[-1]
            assert got.event["type"] == "pims.released"
            assert got.event["data"]["pims:custody"]["pims:endKind"] == "discharged_at_court"
            assert _genuine(goal, got)


def test_everybody_is_sent_a_heartbeat_and_silence_is_not_quiet() -> None:
    agency = listening_agency()
    with receiving() as receiver:
        goal = pushed_to(agency, receiver.url)
        told(3)
        with courier():
            receiver.until(3)
        with courier():
            deadline = time.monotonic() + 10
            while not (beats := [g for g in receiver.got if g not in receiver.messages]):
                assert time.monotonic() < deadline
                time.sleep(0.02)
    beat = beats[0].event
    assert beat["type"] == "pims.heartbeat"
    assert beat["data"]["position"] == 3
    assert beat["data"]["held"] is False
    assert _genuine(goal, beats[0])


def test_a_secret_is_changed_while_messages_go_and_no_one_is_refused() -> None:
    agency = listening_agency()
    with receiving() as receiver:
        goal = pushed_to(agency, receiver.url)
        old = secretfiles.newest(goal.secret_name)
        with courier():
            told(1)
            receiver.until(1)
            endpoints.change_secret(
                Command(agency.officers[0]), endpoint_id=goal.endpoint_id, version=1
            )
            told(1)
            got = receiver.until(2)[-1]
        new = secretfiles.newest(goal.secret_name)
    assert new != old
    for secret in (old, new):
        assert verify([secret], got.headers, got.body, at=clock.now()) == got.message_id


def test_killed_while_it_sends_it_sends_the_same_message_again_under_the_same_id(
    fresh_database: FreshDatabase, nursery: Nursery, tmp_path: Path
) -> None:
    """And killed after that, it sends nothing that was taken."""
    agency = listening_agency()

    def started() -> Child:
        return nursery.start(
            [sys.executable, "-m", "pims.cli.courier"],
            nursery.env | {"PIMS_DB_NAME": fresh_database.name},
            tmp_path / "courier.log",
        )

    with receiving(Receiver(wait=1.5)) as receiver:
        pushed_to(agency, receiver.url)
        told(1)
        first = started()
        receiver.until(1, within=40)
        _kill(first)
        receiver.wait = 0.0
        second = started()
        receiver.until(2, within=40)
        deadline = time.monotonic() + 10
        while Delivery.objects.get().state != "delivered":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        _kill(second)
        with courier():
            told(1)
            receiver.until(3)
    once, again, other = receiver.ids()
    assert once == again != other


def _kill(process: Child) -> None:
    process.signal_all(signal.SIGKILL)
    assert process.has_ended(within=5)


def test_a_copy_of_the_installation_without_its_secrets_sends_nothing() -> None:
    """A restored database, a test machine: what they would tell is not signed, and does not go."""
    here, copied = listening_agency("police"), listening_agency("court")
    with receiving() as receiver, receiving() as other:
        pushed_to(here, receiver.url)
        gone = pushed_to(copied, other.url)
        path = secret_path(gone.secret_name)
        kept = path.read_bytes()
        path.unlink()
        with courier():
            told(2)
            receiver.until(2)
            assert other.got == []
            assert not Delivery.objects.filter(endpoint_id=gone.endpoint_id).exists()
            path.write_bytes(kept)
            other.until(2, within=20)


def test_an_address_that_nothing_can_be_sent_to_any_more_holds_up_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It was stored by an earlier version, or past the services."""
    agencies = [listening_agency(code) for code in ("police", "court")]
    with receiving() as receiver:
        lost, _other = (pushed_to(agency, receiver.url) for agency in agencies)
        Endpoint.objects.filter(pk=lost.endpoint_id).update(url="https://desk..example/hooks")
        with courier():
            told(2)
            assert len(receiver.until(2)) == 2
            # It is looked at again and again, and said once.
            time.sleep(2.5)
            told(1)
            receiver.until(3)
        assert caplog.text.count(f"endpoint {lost.endpoint_id}: exchange.url_form") == 1
        # Nothing of it is lost: mended, it gets everything.
        row = Endpoint.objects.get(pk=lost.endpoint_id)
        endpoints.move_endpoint(
            Command(agencies[0].officers[0]), endpoint_id=row.pk, version=row.version,
            url=receiver.url,
        )  # fmt: skip
        with courier():
            receiver.until(6)
    assert Delivery.objects.filter(endpoint_id=lost.endpoint_id, state="delivered").count() == 3
