"""The feed as an agency reads it: what is in it, in which order, and what never is."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.catalogue_docs import niem
from pims.exchange.enforcement import InquiryRefused, open_own, reading
from pims.exchange.feed import reading as feed
from pims.exchange.feed.publishing import publish
from pims.exchange.feed.snapshot import UnknownPage, snapshot
from pims.exchange.models import Cursor, Disclosure, Message, Published, ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.feed import Follower, data, delivering, read, types
from pims.exchange.tests.helpers import (
    SmallAgency,
    agency_with,
    inquire,
    sign_and_activate,
    terms_of,
    whole,
)
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.kernel import clock

ROOT = Path(__file__).resolve().parents[4]
SCHEMA = ROOT.parent / "shared" / "data" / "exchange" / "cloudevents.json"
EVERY = ("admitted", "released", "escaped", "recaptured", "order_recorded", "absent", "died")
SNAPSHOT = "feed.snapshot"


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def follower(prison: Prison) -> Follower:
    return Follower()


def _agency(shape: str = "fat", **more: Any) -> SmallAgency:
    return agency_with(terms_of(events=dict.fromkeys(EVERY, shape), **more))


def _rows(table: str, *rows: list[str], columns: tuple[str, ...] = ("held", "number")) -> Any:
    return {table: {"rows": list(rows), "columns": list(columns)}}


def _escape(prison: Prison, episode_id: int) -> None:
    custody.record_escape(
        prison.command, episode_id=episode_id, happened_at=clock.now(), circumstances="Ran"
    )


def _discharge(prison: Prison, episode_id: int) -> None:
    custody.record_court_discharge(prison.command, episode_id=episode_id, order_seen="Order 4/26")


def test_a_thin_message_says_what_happened_to_whom_and_where_to_ask(
    prison: Prison, follower: Follower
) -> None:
    prison.held()
    agency = _agency("thin")
    follower.follow()
    found = read(agency)
    assert types(found) == ["admitted", "order_recorded"]
    event = found.events[0]
    assert data(found, "admitted").keys() == {"@context", "@type", "pims:link"}
    assert event["subject"] in data(found, "admitted")["pims:link"]
    given = Disclosure.objects.get().fields
    assert given == ["custody.number", "event.admitted", "event.order_recorded"]


def test_a_fat_message_brings_what_the_agreement_lists_and_nothing_else(
    prison: Prison, follower: Follower
) -> None:
    prison.held()
    agency = _agency(tables=_rows("custody", ["held:now"], columns=("number", "held", "since")))
    follower.follow()
    content = data(read(agency), "admitted")
    brought = niem.plain("custody", content["pims:custody"])
    assert brought.keys() == {"number", "held", "since"}
    assert niem.plain("custody", content["pims:change"]).keys() == {"since"}
    assert "pims:person" not in content


def test_every_event_is_a_cloudevent(prison: Prison, follower: Follower) -> None:
    if not SCHEMA.is_file():
        pytest.skip("the reference data is not here")
    held = prison.held()
    tables = {t: whole(t) for t in ("person", "custody", "warrant", "photograph")}
    agency = _agency(tables=tables)
    _escape(prison, held.episode_id)
    custody.take_back_escape(prison.command, episode_id=held.episode_id, reason="In the yard")
    follower.follow()
    found = read(agency)
    assert types(found) == ["admitted", "order_recorded", "escaped", "retraction"]
    validator = Draft7Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=FormatChecker()
    )
    for event in found.events:
        validator.validate(event)
        assert {*event} - set(validator.schema["properties"]) <= {"recorded", "sequence", "origin"}
        assert all(name.isalnum() and name.islower() for name in event if name != "data_base64")
    assert len({event["id"] for event in found.events}) == 4
    assert data(found, "retraction")["pims:takesBack"] == found.events[2]["id"]


def test_whoever_knew_of_the_held_is_told_that_one_left_and_no_more_of_him(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    agency = _agency(tables=_rows("custody", ["held:now"], columns=("number", "held", "unit")))
    follower.follow()
    last = read(agency).upto
    _discharge(prison, held.episode_id)
    follower.follow()
    found = read(agency, after=last)
    assert types(found) == ["released"]
    assert data(found, "released")["pims:custody"] is None


def test_a_filter_that_neither_side_of_it_meets_hides_the_message(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    agency = _agency(tables=_rows("custody", ["held:now"], ["legal:convicted"]))
    _discharge(prison, held.episode_id)
    follower.follow()
    assert types(read(agency)) == []


def test_a_type_that_is_not_agreed_is_not_told(prison: Prison, follower: Follower) -> None:
    prison.held()
    agency = agency_with(terms_of(events={"released": "fat"}))
    follower.follow()
    assert types(read(agency)) == []


def test_what_carries_a_label_then_or_now_leaves_only_where_it_is_named(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    plain = _agency()
    named = agency_with(
        terms_of("parole", labels=("ordinary", "sealed"), events={"admitted": "fat"}), kind="parole"
    )
    follower.follow()
    assert types(read(plain)) == ["admitted", "order_recorded"]
    PersonScope.objects.filter(person_id=held.person_id).update(sealed=True)
    shelve([held.person_id])
    assert types(read(plain)) == []
    assert types(read(named)) == ["admitted"]
    PersonScope.objects.filter(person_id=held.person_id).update(sealed=False)
    shelve([held.person_id])
    Message.objects.update(labels=["sealed"])
    assert types(read(plain)) == []


def test_a_number_that_is_not_agreed_is_nowhere_in_the_message(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    agency = _agency(tables=_rows("custody", ["held:now"], columns=("held",)))
    follower.follow()
    number = str(ShelfRow.objects.get(person_id=held.person_id, kind="person").fields["number"])
    found = read(agency)
    assert types(found) == ["admitted", "order_recorded"]
    assert number not in json.dumps(found.events)


def test_each_message_has_a_receipt_of_what_it_said(prison: Prison, follower: Follower) -> None:
    held = prison.held()
    agency = _agency(tables=_rows("custody", ["held:now"]))
    follower.follow()
    read(agency)
    given = Disclosure.objects.get(person_id=held.person_id)
    assert given.fields == [
        "custody.held", "custody.number", "event.admitted", "event.order_recorded",
    ]  # fmt: skip


def test_a_page_is_read_on_after_what_it_ended_with_and_passes_over_what_is_not_ours(
    prison: Prison, follower: Follower
) -> None:
    for n in range(3):
        prison.held(f"Man Number {n}")
    agency = agency_with(terms_of(events={"admitted": "thin"}))
    follower.follow()
    first = read(agency, limit=2)
    assert (len(first.events), first.more) == (2, True)
    second = read(agency, after=first.upto, limit=2)
    assert (len(second.events), second.more) == (1, False)
    assert second.upto == second.newest == Published.objects.count()
    assert [e["sequence"] for e in (*first.events, *second.events)] == [
        "000000000001", "000000000003", "000000000005",
    ]  # fmt: skip
    assert read(agency, after=second.upto).events == []


def test_acknowledging_moves_the_cursor_forward_alone(prison: Prison, follower: Follower) -> None:
    prison.held()
    agency = _agency("thin")
    follower.follow()
    said = []
    for position in (1, 2, 1, 3):
        with delivering(agency) as reader:
            said.append((feed.acknowledge(reader, position=position), feed.cursor(reader)))
    assert said == [("ok", 1), ("ok", 2), ("behind", 2), ("beyond", 2)]
    assert Cursor.objects.get().agreement_id == agency.agreement_id


def test_a_suspended_agency_reads_nothing_and_loses_nothing(
    prison: Prison, follower: Follower
) -> None:
    agency = _agency("thin")
    prison.held()
    follower.follow()
    command = Command(agency.officers[0])
    services.set_agency_state(
        command, agency_id=agency.agency_id, state="suspended", reason="A breach", version=1
    )
    with pytest.raises(InquiryRefused):
        inquire(agency, kind="feed")
    with reading(open_own(version_id=agency.version_id), close=False) as reader:
        assert reader.messages() == []
    prison.held("Jose Chan")
    follower.follow()
    services.set_agency_state(
        Command(agency.officers[0]), agency_id=agency.agency_id, state="active", reason="Mended",
        version=2,
    )  # fmt: skip
    assert types(read(agency)) == ["admitted", "order_recorded"] * 2


def test_what_is_rendered_is_of_the_agreement_in_force_at_that_moment(
    prison: Prison, follower: Follower
) -> None:
    prison.held()
    agency = _agency(tables=_rows("custody", ["held:now"], columns=("number", "held", "unit")))
    follower.follow()
    assert "held" in niem.plain("custody", data(read(agency), "admitted")["pims:custody"])
    narrower = terms_of(
        events={"admitted": "fat"}, tables=_rows("custody", ["held:now"], columns=("number",))
    )
    sign_and_activate(agency, narrower)
    found = read(agency)
    assert types(found) == ["admitted"]
    assert niem.plain("custody", data(found, "admitted")["pims:custody"]).keys() == {"number"}


def test_ninety_days_are_kept_and_who_comes_later_starts_over(
    prison: Prison, follower: Follower
) -> None:
    prison.held()
    agency = _agency("thin")
    follower.follow()
    Published.objects.filter(position=1).update(published_at=clock.now() - timedelta(days=91))
    assert len(read(agency).events) == 2
    Published.objects.filter(position=1).update(published_at=clock.now() - timedelta(days=101))
    with pytest.raises(feed.StartOver) as told:
        read(agency)
    assert told.value.oldest == 2
    assert len(read(agency, after=1).events) == 1


def test_a_snapshot_and_the_feed_after_it_are_all_there_is(
    prison: Prison, follower: Follower
) -> None:
    people = [prison.held(f"Man Number {n}") for n in range(5)]
    follower.follow()
    agency = _agency(
        "thin", tables={"custody": whole("custody"), "warrant": whole("warrant")},
    )  # fmt: skip
    seen: list[str] = []
    page, more, positions = None, True, []
    while more:
        inquired = open_own(version_id=agency.version_id, kind=SNAPSHOT)
        with reading(inquired) as reader:
            part = snapshot(reader, page=page, persons=2)
        seen += [one["pims:custody"]["j:SubjectIdentification"]["nc:IdentificationID"]
                 for one in part.persons]  # fmt: skip
        assert all(len(one["pims:warrant"]) == 1 for one in part.persons)
        positions.append(part.position)
        page, more = inquired.inquiry_id, part.more
        if len(positions) == 1:
            _discharge(prison, people[0].episode_id)
            follower.follow()
    assert len(seen) == len(set(seen)) == 5
    after = read(agency, after=positions[0])
    assert types(after) == ["released"]
    assert after.events[0]["subject"] == seen[0]


def test_of_people_who_are_named_nothing_is_left_out_however_much_there_is(prison: Prison) -> None:
    people = [prison.held(f"Man Number {n}").person_id for n in range(5)]
    shelve(people)
    agency = _agency("thin")
    with delivering(agency) as reader:
        found = reader.read("custody", person_ids=people, limit=2)
        assert [one.person_id for one in found] == sorted(people)


def test_a_snapshot_goes_on_only_from_a_page_of_the_same_agreement(prison: Prison) -> None:
    shelve([prison.held().person_id])
    first, other = _agency("thin"), agency_with(terms_of("parole"), kind="parole")
    inquired = open_own(version_id=first.version_id, kind=SNAPSHOT)
    with reading(inquired) as reader:
        assert len(snapshot(reader).persons) == 1
    with delivering(other) as reader, pytest.raises(UnknownPage):
        snapshot(reader, page=inquired.inquiry_id)


def test_an_answer_about_one_person_is_no_page_to_go_on_from(prison: Prison) -> None:
    people = [prison.held(f"Man Number {n}").person_id for n in range(2)]
    shelve(people)
    agency = _agency("thin")
    answer = open_own(version_id=agency.version_id)
    with reading(answer) as reader:
        assert reader.read("custody", person_ids=people[1:])
    with delivering(agency) as reader, pytest.raises(UnknownPage):
        snapshot(reader, page=answer.inquiry_id)


def test_the_missing_reach_the_police_with_faces_and_descriptions(
    prison: Prison, follower: Follower
) -> None:
    first, second, third = (prison.held(f"Man Number {n}") for n in range(3))
    tables = {t: whole(t) for t in ("person", "custody", "photograph", "alert")}
    police = _agency(tables=tables)
    narrow = agency_with(
        terms_of("parole", events={"escaped": "fat"}, tables=_rows("custody", ["held:now"])),
        kind="parole",
    )
    follower.follow()
    start = read(police).upto
    _escape(prison, first.episode_id)
    _escape(prison, second.episode_id)
    follower.follow()
    found = read(police, after=start)
    assert types(found) == ["escaped", "escaped"]
    listed = found.events[-1]["data"]["pims:missing"]
    numbers = {
        one["pims:custody"]["j:SubjectIdentification"]["nc:IdentificationID"] for one in listed
    }
    assert numbers == {event["subject"] for event in found.events}
    assert all(one["pims:person"]["nc:PersonSurName"] for one in listed)
    assert third.number not in numbers
    told = json.dumps([e["data"] for e in read(narrow, after=start).events])
    assert "Number" not in told  # no name leaves where no column of it is agreed
    assert 'pims:missing": []' in told  # nor who else is gone, where whereabouts are not


def test_what_is_held_has_no_place_until_it_is_let_go(prison: Prison, follower: Follower) -> None:
    prison.held()
    made = follower.follow()
    later = Message.objects.create(
        event_id=uuid4(), event_position=9, type="admitted", judged_as="admitted",
        occurred_at=clock.now(), recorded_at=clock.now(), made_at=clock.now(),
        state=Message.State.HELD,
    )  # fmt: skip
    assert publish([later.pk]) == []
    later.state = Message.State.READY
    later.save()
    assert publish([later.pk]) == [3]
    assert publish([later.pk, made[0].pk]) == []


def test_a_page_ends_after_so_many_places_even_without_an_event(
    prison: Prison, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long feed in which nothing is the agency's own, no answer takes for ever."""
    monkeypatch.setattr(feed, "MOST_PLACES", 3)
    agency = agency_with(terms_of(events={"escaped": "thin"}))
    held = [prison.held(f"Man Number {n}") for n in range(4)]
    _escape(prison, held[3].episode_id)
    follower.follow()
    after, pages = 0, []
    while True:
        found = read(agency, after=after, limit=2)
        pages.append(len(found.events))
        after = found.upto
        if not found.more:
            break
    assert pages == [0, 0, 1]
    assert after == Published.objects.count() == 9


def test_whoever_is_further_than_the_feed_is_told_to_start_over(
    prison: Prison, follower: Follower
) -> None:
    """We were restored from a backup: positions that the agency knows will be given anew."""
    agency = _agency("thin")
    prison.held()
    follower.follow()
    assert read(agency, after=2).events == []
    with pytest.raises(feed.StartOver):
        read(agency, after=3)
