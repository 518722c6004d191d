"""An agency that only tries things out reaches nobody who is real, whatever was signed; and nobody
else reaches a test prisoner."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.enforcement import Inquired, reading
from pims.exchange.inbound.kinds.parts import Subject
from pims.exchange.inbound.matching import match_subject
from pims.exchange.models import EndpointState, Inbound, Message, StatisticCell
from pims.exchange.preview import preview
from pims.exchange.rules import terms as terms_rules
from pims.exchange.shelving import shelve
from pims.exchange.statistics import make_month
from pims.exchange.tests.calling import Program, serving
from pims.exchange.tests.feed import Follower, read, types
from pims.exchange.tests.helpers import (
    SmallAgency,
    inquire,
    sign_and_activate,
    small_agency,
    terms_of,
    whole,
)
from pims.exchange.tests.pushing import pushed_to, send
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_inbound_orders import apply
from pims.exchange.tests.test_statistics import last_month
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, Refused
from pims.people import selectors as people

pytestmark = pytest.mark.django_db
EVENTS = dict.fromkeys(("admitted", "escaped", "order_recorded"), "fat")


@dataclass(frozen=True, slots=True)
class World:
    """One who is real and one who was made up, both held; an agency of each sort."""

    prison: Prison
    real: int
    made_up: int
    live: SmallAgency
    sandbox: SmallAgency

    def number(self, person_id: int) -> str:
        found = people.person_headers(self.prison.command.actor, [person_id])
        return found[person_id].number


def _agency(code: str, *, sandbox: bool) -> SmallAgency:
    agency = small_agency(code, kind="other", sandbox=sandbox)
    tables = {one: whole(one) for one in ("person", "custody")}
    sign_and_activate(agency, terms_of(code, tables=tables, events=EVENTS))
    return agency


@pytest.fixture
def world(system_actor: Actor) -> World:
    prison = Prison.build(system_actor)
    follower = Follower()
    real, made_up = (prison.held(name) for name in ("Real Man", "Made Man"))
    services.mark_made_up(Command(system_actor), person_ids=[made_up.person_id])
    live, sandbox = _agency("live", sandbox=False), _agency("trying", sandbox=True)
    for held in (real, made_up):
        custody.record_escape(
            prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
        )
    follower.follow()
    assert Message.objects.count() == 6
    return World(prison, real.person_id, made_up.person_id, live, sandbox)


@pytest.fixture
def client() -> Iterator[Client]:
    with serving() as found:
        yield found


def _seen(inquired: Inquired) -> list[int]:
    with reading(inquired) as reader:
        return [row.person_id for row in reader.read("custody")]


def test_each_reads_of_its_own_and_of_nobody_else(world: World) -> None:
    assert _seen(inquire(world.live)) == [world.real]
    assert _seen(inquire(world.sandbox)) == [world.made_up]


def test_each_asks_by_number_and_is_answered_of_its_own_alone(world: World, client: Client) -> None:
    for agency, own, other in (
        (world.live, world.real, world.made_up),
        (world.sandbox, world.made_up, world.real),
    ):
        program = Program.of(agency)
        found = program.get(client, f"/v1/persons/{world.number(own)}")
        assert found.status_code == 200, found.content
        hidden = program.get(client, f"/v1/persons/{world.number(other)}")
        unknown = program.get(client, "/v1/persons/P999999-9")
        assert hidden.status_code == unknown.status_code == 404
        assert world.number(other) not in program.get(client, "/v1/feed").content.decode()


def test_each_is_told_of_its_own_in_the_feed_and_in_what_is_pushed(world: World) -> None:
    expected = ["admitted", "order_recorded", "escaped"]
    for agency, own, other in (
        (world.live, world.real, world.made_up),
        (world.sandbox, world.made_up, world.real),
    ):
        page = read(agency)
        assert sorted(types(page)) == sorted(expected)
        assert {event["subject"] for event in page.events} == {
            event["subject"] for event in page.events if world.number(own) in event["subject"]
        }
        goal = pushed_to(agency)
        EndpointState.objects.filter(endpoint_id=goal.endpoint_id).update(queued_upto=0)
        pushed = send(goal)
        assert len(pushed) == len(expected)
        assert not [one for one in pushed if world.number(other).encode() in one.body]


def test_what_is_sent_finds_test_prisoners_for_a_sandbox_and_for_nobody_else(world: World) -> None:
    def found(person_id: int, *, sandbox: bool) -> int | None:
        subject = Subject(number=world.number(person_id))
        return match_subject(subject, sandbox=sandbox).person_id

    assert found(world.real, sandbox=False) == world.real
    assert found(world.made_up, sandbox=True) == world.made_up
    assert found(world.made_up, sandbox=False) is None
    assert found(world.real, sandbox=True) is None


def test_an_officer_binds_a_try_out_to_nobody_real_and_makes_nobody_of_it(
    world: World, system_actor: Actor
) -> None:
    refusals = []
    for sandbox, other, own in (
        (True, world.real, world.made_up), (False, world.made_up, world.real),
    ):  # fmt: skip
        police = Sender(f"police{sandbox:d}", "police", sandbox=sandbox)
        content = {
            "subject": {"given_names": "No", "family_name": "Body", "sex": "male"},
            "arrested_at": clock.now().isoformat(), "reference": "OCR 78",
        }  # fmt: skip
        row = police.send("arrest", content)
        with pytest.raises(Refused) as refused:
            match(world, row, other)
        refusals += [one.code for one in refused.value.reasons()]
        if sandbox:
            with pytest.raises(Refused) as refused:
                apply(system_actor, row, new_person=True)
            refusals += [one.code for one in refused.value.reasons()]
        match(world, row, own)
        row.refresh_from_db()
        assert row.person_id == own
    assert refusals == [
        "exchange.sandbox_of_test_prisoners", "exchange.sandbox_of_test_prisoners",
        "exchange.test_prisoner_of_sandboxes",
    ]  # fmt: skip


def match(world: World, row: Inbound, person_id: int) -> None:
    services.match_inbound(
        world.prison.command, inbound_id=row.pk, version=row.version,
        number=world.number(person_id),
    )  # fmt: skip


def test_nobody_becomes_a_test_prisoner_of_whom_somebody_was_told(world: World) -> None:
    with pytest.raises(Refused) as refused:
        services.mark_made_up(world.prison.command, person_ids=[world.real])
    assert [one.code for one in refused.value.reasons()] == ["exchange.known_already"]
    assert services.mark_made_up(world.prison.command, person_ids=[world.made_up]) == 0
    assert _seen(inquire(world.live)) == [world.real]


def test_a_preview_for_a_sandbox_shows_what_it_would_see(world: World) -> None:
    viewer = world.prison.command.actor
    for person_id, rows in ((world.made_up, 2), (world.real, 0)):
        shown = preview(viewer, world.sandbox.version_id, person_id)
        assert shown.agree
        assert len(shown.rows) == rows


def test_no_agreement_can_name_the_label_of_test_prisoners(world: World) -> None:
    terms = terms_rules.parse(terms_of("live", labels=("ordinary", "test")))
    assert "exchange.unknown_label" in {
        one.code for one in terms_rules.faults(terms, aggregate_only=False)
    }


def test_whoever_is_made_up_is_counted_in_no_table(system_actor: Actor) -> None:
    prison = Prison.build(system_actor)
    held = [prison.held(f"Man Number {n}", hours=24 * 45).person_id for n in range(7)]
    services.mark_made_up(Command(system_actor), person_ids=held[:1])
    make_month(last_month())
    total = StatisticCell.objects.get(
        indicator="held_by_status", dimensions={"status": "total", "sex": "male"}
    )
    assert total.count == 6


@pytest.mark.any_server
def test_a_sandbox_with_a_filter_that_excludes_test_prisoners_reaches_nobody(
    system_actor: Actor,
) -> None:
    prison = Prison.build(system_actor)
    held = prison.held("Test Man").person_id
    services.mark_made_up(Command(system_actor), person_ids=[held])
    shelve([held])
    agency = small_agency("other", kind="other", sandbox=True)
    terms = terms_of(
        "other", tables={"custody": {"rows": [["legal:convicted"]], "columns": ["held"]}}
    )
    sign_and_activate(agency, terms)
    assert _seen(inquire(agency)) == []


def test_a_table_without_a_filter_goes_on_reaching_nobody(db: None) -> None:
    for rows, tried in (([], []), ([["everyone:yes"]], [["everyone:yes"], ["test:yes"]])):
        terms = terms_of(tables={"custody": {"rows": rows, "columns": ["held"]}})
        with connection.cursor() as cursor:
            cursor.execute("SELECT exchange_tried_out(%s)", [json.dumps(terms)])
            found = json.loads(cursor.fetchone()[0])
        assert found["tables"]["custody"]["rows"] == tried
        # The policy says the same, written apart.
        assert terms_rules.tried_out(terms_rules.parse(terms)) == terms_rules.parse(found)


def test_a_sandbox_sends_what_the_kinds_that_were_named_may_and_nothing_else(
    system_actor: Actor,
) -> None:
    prison = Prison.build(system_actor)
    held = prison.held("Test Man").person_id
    services.mark_made_up(Command(system_actor), person_ids=[held])
    number = people.person_headers(system_actor, [held])[held].number
    order = {
        "issued_by": "MC-BZ", "order": "discharge", "reference": "1/26", "ends_all": True,
        "subject": {"number": number},
    }  # fmt: skip
    interest = {"subject": {"number": number}, "reference": "OCR 1", "telephone": "555-0100"}

    def states(code: str, kind: str, *tries: str) -> list[tuple[str, list[str]]]:
        sender = Sender(code, kind, sandbox=True, tries_as=tries)
        rows = [sender.send("release_order", order), sender.send("police_interest", interest)]
        return [(row.state, row.problems) for row in rows]

    refused = ("refused", ["kind_not_yours"])
    assert states("nothing", "other") == [refused, refused]
    court, police = states("as_court", "other", "court")
    assert (court[0], police) == ("waiting", refused)
    court, police = states("as_both", "court", "police")
    assert (court[0], police[0]) == ("waiting", "waiting")
    # An agency that is real is what it is, and nobody names it anything else beside.
    with pytest.raises(InvalidInput) as wrong:
        small_agency("real", kind="other", tries_as=("court",))
    assert [one.code for one in wrong.value.reasons()] == ["exchange.tries_as_sandbox"]
    with pytest.raises(InvalidInput):
        small_agency("odd", kind="other", sandbox=True, tries_as=("everybody",))
