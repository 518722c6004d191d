"""Orders and warrants that agencies send: put before an officer, done once, and what follows."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from pims.assurance.models import Alarm
from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.custody.tests.prison import Prison
from pims.exchange import selectors, services
from pims.exchange.inbound import following
from pims.exchange.inbound.applying import Choices
from pims.exchange.models import Inbound, OrderClock
from pims.exchange.selectors.inbox import doubts_of
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_inbound import number_of, release
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import NotFound, NotPermitted, Refused, Stale
from pims.people.services import NameInput, create_person
from pims.release import selectors as release_room
from pims.release import services as release_services
from pims.release.subscribers import follow_orders
from pims.release.tests.test_orders_and_clocks import hear
from pims.release.tests.test_services import known

ZONE = "America/Belize"


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def court(prison: Prison) -> Sender:
    return Sender("mc_bz", "court", bodies=(prison.court,))


@pytest.fixture
def officer(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(
        "exchange.inbox", "courts.record", "courts.view", "authority.record", "authority.view",
        "people.view", "people.edit", "release.view", "release.prepare", "release.discharge",
        "custody.view",
    )  # fmt: skip


def today() -> date:
    return clock.now().astimezone(ZoneInfo(ZONE)).date()


def apply(officer: Actor, row: Inbound, **chosen: object) -> services.AppliedResult:
    choices = Choices(**chosen) if chosen else None  # type: ignore[arg-type]
    return services.apply_inbound(
        Command(officer), inbound_id=row.pk, version=row.version, choices=choices
    )


def notes(officer: Actor, row: Inbound) -> list[str]:
    return [one.what for one in selectors.message(officer, row.pk).plan.remarks]


def remand(number: str, **more: object) -> dict[str, object]:
    return {
        "issued_by": "MC-BZ",
        "subject": {"number": number},
        "order": "remand",
        "reference": "C 12/26",
        "next_date": (today() + timedelta(days=7)).isoformat(),
        **more,
    }


def test_a_court_frees_somebody_and_the_board_shows_it(
    prison: Prison, court: Sender, officer: Actor, second: Actor
) -> None:
    held = prison.held()
    row = court.send(
        "release_order", release(number_of(prison, held.person_id)), message_id="free-1"
    )
    assert Alarm.objects.filter(kind="order_unacknowledged", ended_at=None).count() == 1
    services.acknowledge_inbound(Command(officer), inbound_id=row.pk)
    assert court.status("free-1")["clock"]["acknowledged_at"] is not None
    done = apply(officer, row)
    (order,) = courts.orders(prison.actor, [held.person_id])[held.person_id]
    assert (order.order_id, order.kind, order.reference) == (
        done.made["orders"][0], "discharge", "R 7/26",
    )  # fmt: skip
    assert order.received_at == row.received_at
    assert not Alarm.objects.filter(kind="order_unacknowledged", ended_at=None).exists()

    hear(follow_orders, "authority.release_order_recorded", held.person_id)
    case_id = release_room.open_case_of(prison.actor, held.episode_id)
    assert case_id is not None
    hear(following.tell_senders, "release.discharge_started", held.person_id)
    known(officer, case_id)
    check = release_room.case_detail(prison.actor, case_id).check
    assert check is not None
    assert check.stops == ()
    release_services.second_officer_agrees(Command(second), case_id=case_id)
    release_services.discharge_person(Command(officer), case_id=case_id, destination="Home")
    hear(following.tell_senders, "release.released", held.person_id)
    status = court.status("free-1")
    assert status["state"] == "applied"
    assert status["clock"]["freed_at"] is not None
    assert [one["state"] for one in status["steps"]] == [
        "received", "waiting", "acknowledged", "applied", "told_freed",
    ]  # fmt: skip


@pytest.fixture
def second(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor("release.view", "release.second_check")


def test_police_interest_moves_no_hour_and_a_further_warrant_holds(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    police = Sender("police", "police")
    interest = police.send(
        "police_interest",
        {"subject": {"number": number}, "reference": "CR 9", "telephone": "501-555-0111"},
        message_id="tell-us",
    )
    apply(officer, interest)
    apply(officer, court.send("release_order", release(number)))
    hear(follow_orders, "authority.release_order_recorded", held.person_id)
    case_id = release_room.open_case_of(prison.actor, held.episode_id)
    assert case_id is not None
    hear(following.tell_senders, "release.discharge_started", held.person_id)
    assert [one["state"] for one in police.status("tell-us")["steps"]][-1] == "told_before"
    known(officer, case_id)

    def stops() -> list[str]:
        check = release_room.case_detail(prison.actor, case_id or 0).check
        assert check is not None
        return [reason.code for reason in check.stops]

    started = release_room.case_detail(prison.actor, case_id).clock_started_at
    assert stops() == []
    warrant = police.send(
        "further_warrant",
        {
            "issued_by": "HC", "subject": {"number": number}, "warrant": "remand",
            "reference": "HC 4/26", "next_appearance": (today() + timedelta(days=5)).isoformat(),
        },
    )  # fmt: skip
    assert "court_not_heard" in notes(officer, warrant)
    assert "contradicts" in notes(officer, warrant)
    apply(officer, warrant)
    assert stops()
    assert all(code.startswith("release.further_warrant") for code in stops())
    assert release_room.case_detail(prison.actor, case_id).clock_started_at == started
    # The interest is taken back by the message that corrects it.
    back = police.send(
        "police_interest",
        {"subject": {"number": number}, "withdrawn": True},
        corrects="tell-us",
    )
    apply(officer, back)
    assert authority.police_interests([held.person_id]) == {}


def test_a_remand_a_sentence_bail_and_a_detention_are_what_their_papers_would_be(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    done = apply(
        officer,
        court.send(
            "remand_order",
            remand(
                number, case_number="12 of 2026",
                charges=[{"words": "Theft of a bicycle"}, {"words": "Assault"}],
            ),
        ),
    )  # fmt: skip
    (case,) = courts.cases(prison.actor, [held.person_id])[held.person_id]
    assert case.number == "12 of 2026"
    assert {one.as_written for one in case.charges} == {"Theft of a bicycle", "Assault"}
    hearings = courts.hearings(prison.actor, [held.person_id])[held.person_id]
    assert [one.on for one in hearings if one.stands] == [today() + timedelta(days=7)]
    sentence = court.send(
        "sentence",
        {
            "issued_by": "MC-BZ", "subject": {"number": number}, "order": "commitment_sentence",
            "case_number": "12 OF 2026", "reference": "S 1/26",
            "charges": [{"words": "theft of a bicycle"}],
            "sentences": [{"years": 1, "months": 6, "charge": 1}],
        },
    )  # fmt: skip
    apply(officer, sentence)
    (case,) = courts.cases(prison.actor, [held.person_id])[held.person_id]
    assert len(case.charges) == 2
    orders = courts.orders(prison.actor, [held.person_id])[held.person_id]
    passed = next(one for one in orders if one.kind == "commitment_sentence")
    assert [(s.term.years, s.term.months) for s in passed.sentences] == [(1, 6)]
    assert done.made["warrant_names"]

    bail = court.send(
        "bail",
        {
            "issued_by": "MC-BZ", "subject": {"number": number}, "order": "bail_granted",
            "amount_cents": 100_000, "sureties": "Two", "case_number": "12 of 2026",
        },
    )  # fmt: skip
    assert not OrderClock.objects.filter(inbound=bail).exists()
    assert apply(officer, bail).made.keys() == {"orders"}

    immigration = Sender("immigration", "immigration", bodies=(prison.bodies["IMM"],))
    detention = immigration.send(
        "detention_order",
        {
            "issued_by": "IMM", "subject": {"number": number}, "order": "immigration_detention",
            "reference": "I 3", "until": (today() + timedelta(days=20)).isoformat(),
        },
    )  # fmt: skip
    apply(officer, detention)
    kinds = {
        w.kind for w in authority.detaining_warrants(held.person_id, zone=ZONE, at=clock.now())
    }
    assert "immigration" in kinds


@pytest.mark.any_server
def test_nobody_applies_a_message_twice(prison: Prison, court: Sender, officer: Actor) -> None:
    held = prison.held()
    row = court.send("remand_order", remand(number_of(prison, held.person_id)))
    command = Command(officer)
    first = services.apply_inbound(command, inbound_id=row.pk, version=row.version)
    again = services.apply_inbound(command, inbound_id=row.pk, version=row.version)
    assert first == again
    with pytest.raises(Stale):
        services.apply_inbound(Command(officer), inbound_id=row.pk, version=row.version)
    row.refresh_from_db()
    with pytest.raises(Refused):
        services.apply_inbound(Command(officer), inbound_id=row.pk, version=row.version)
    with pytest.raises(Refused):
        services.reject_inbound(
            Command(officer), inbound_id=row.pk, version=row.version, reason="Too late"
        )
    assert len(courts.orders(prison.actor, [held.person_id])[held.person_id]) == 1


@pytest.mark.any_server
def test_what_the_rooms_refuse_is_refused_here_and_the_message_goes_on_waiting(
    prison: Prison, court: Sender, make_actor: Callable[..., Actor]
) -> None:
    held = prison.held()
    row = court.send("remand_order", remand(number_of(prison, held.person_id)))
    reader = make_actor("exchange.inbox", "people.view")
    with pytest.raises(NotPermitted):
        services.apply_inbound(Command(reader), inbound_id=row.pk, version=row.version)
    row.refresh_from_db()
    assert row.state == "waiting"
    assert courts.orders(prison.actor, [held.person_id]) == {}


def test_a_name_alone_finds_nobody_and_shows_who_may_be_meant(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held("Lucretia Mortensen")
    content = release()
    content["subject"] = {
        "family_name": "Mortensen", "given_names": "Lucretia", "birth_date": "1990-05-04",
    }  # fmt: skip
    row = court.send("release_order", content)
    assert (row.state, row.person_id) == ("unmatched", None)
    assert "name_alone" in doubts_of(row)
    found = selectors.message(officer, row.pk)
    assert found.matched is not None
    ((head, hows),) = found.matched.candidates
    assert (head.person_id, hows) == (held.person_id, ("name",))
    with pytest.raises(Refused):
        apply(officer, row)
    services.match_inbound(
        Command(officer), inbound_id=row.pk, version=row.version, number=head.number
    )
    row.refresh_from_db()
    assert (row.state, row.person_id, row.matched_how) == ("waiting", held.person_id, "officer")
    apply(officer, row)
    assert OrderClock.objects.get(inbound=row).person_id == held.person_id


@pytest.mark.any_server
def test_a_number_that_is_somebody_elses_by_name_and_birth_finds_nobody(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held("Juan Perez")
    content = release(number_of(prison, held.person_id))
    content["subject"] = {
        "number": number_of(prison, held.person_id), "family_name": "Nakamura",
        "given_names": "Sophie", "birth_date": "1971-01-01",
    }  # fmt: skip
    row = court.send("release_order", content)
    assert row.state == "unmatched"
    assert "another_by_name_and_birth" in doubts_of(row)
    content["subject"] = {
        "number": number_of(prison, held.person_id), "family_name": "Nakamura",
        "given_names": "Sophie",
    }  # fmt: skip
    # The sender is not told in what its words differ from our record.
    status = court.status(row.message_id)
    assert status["problems"] == [code for one in status["steps"] for code in one["codes"]] == []
    near = court.send("release_order", content)
    assert (near.state, near.person_id) == ("waiting", held.person_id)
    assert "name_differs" in doubts_of(near)
    differs = {
        one.what for one in selectors.message(officer, near.pk).plan.differences if one.differs
    }
    assert differs == {"name"}


def test_a_correction_takes_the_place_of_what_it_corrects_whenever_it_comes(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    later = (today() + timedelta(days=9)).isoformat()
    # Before anybody decided.
    first = court.send("remand_order", remand(number), message_id="r-1")
    second = court.send("remand_order", remand(number, next_date=later), corrects="r-1")
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "waiting")
    assert "corrects_undecided" in second.problems
    # Before the one that it corrects.
    early = court.send(
        "remand_order", remand(number, next_date=later, reference="C 13/26"), corrects="r-9"
    )
    assert "corrects_unknown" in early.problems
    late = court.send("remand_order", remand(number, reference="C 13/26"), message_id="r-9")
    assert late.state == "superseded"
    assert court.status("r-9")["state"] == "superseded"
    # After it was done: the earlier order falls with the new one, as an order that replaces it.
    apply(officer, second)
    third = court.send("remand_order", remand(number), corrects=second.message_id)
    assert "corrects_applied" in third.problems
    apply(officer, third)
    orders = courts.orders(prison.actor, [held.person_id])[held.person_id]
    assert [one.state for one in orders if one.stands] == ["stands"]
    assert {one.state for one in orders} == {"stands", "replaced"}
    # Of another kind it corrects nothing.
    other = court.send("release_order", release(number), corrects="r-1")
    assert (other.state, other.problems) == ("refused", ["corrects_other_kind"])


@pytest.mark.any_server
def test_an_order_that_contradicts_another_is_shown_beside_it(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    frees = court.send("release_order", release(number))
    holds = court.send("remand_order", remand(number))
    assert "contradicts" in notes(officer, frees)
    assert "contradicts" in notes(officer, holds)
    services.reject_inbound(
        Command(officer), inbound_id=holds.pk, version=holds.version, reason="The court says no"
    )
    assert "contradicts" not in notes(officer, frees)
    assert court.status(holds.message_id)["reason"] == "The court says no"


@pytest.mark.any_server
def test_an_order_about_somebody_who_is_not_here_or_names_papers_we_do_not_have_says_so(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    made = create_person(
        prison.command, names=[NameInput(given="Ana", family="Tun")], sex="female",
        establishment_id=prison.establishment_id,
    )  # fmt: skip
    gone = court.send("release_order", release(made.number, subject={"number": made.number}))
    assert {"is_not_in_custody", "nothing_to_free_from"} <= set(notes(officer, gone))
    held = prison.held()
    row = court.send(
        "release_order",
        release(
            number_of(prison, held.person_id), ends_all=False, frees_from=["12/2026", "99/2001"]
        ),
    )
    found = selectors.message(officer, row.pk).plan
    assert [one.about["reference"] for one in found.remarks if one.what == "reference_unknown"] == [
        "99/2001"
    ]
    assert len(found.named) == 1
    result = apply(officer, row)
    (order,) = authority.release_orders([held.person_id])[held.person_id]
    assert order.release_order_id == result.made["release_orders"][0]
    assert order.warrant_name_ids == tuple(found.named)


@pytest.mark.any_server
def test_a_paper_that_the_gate_keyed_already_is_not_made_again(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    held = prison.held()
    number = number_of(prison, held.person_id)
    row = court.send("remand_order", remand(number, reference="12/2026"))
    (same,) = selectors.message(officer, row.pk).plan.same_warrants
    apply(officer, row, keyed_warrant_name_id=same.warrant_name_id)
    papers = authority.warrants_of([held.person_id], zone=ZONE)[held.person_id]
    assert [one.warrant_name_id for one in papers if one.ends_at is None] == [same.warrant_name_id]


def test_an_agency_that_only_tries_things_out_moves_nobody(prison: Prison, officer: Actor) -> None:
    held = prison.held()
    court = Sender("mc_try", "court", bodies=(prison.court,), sandbox=True)
    row = court.send("release_order", release(number_of(prison, held.person_id)))
    assert (row.state, row.person_id) == ("unmatched", None)
    assert "sandbox" in row.problems
    made_up = prison.held("Made Up").person_id
    services.mark_made_up(prison.command, person_ids=[made_up])
    tried = court.send("release_order", release(number_of(prison, made_up)))
    assert (tried.state, tried.person_id) == ("waiting", made_up)
    assert not Alarm.objects.exists()


@pytest.mark.any_server
def test_the_sender_is_asked_and_the_officer_waits(
    prison: Prison, court: Sender, officer: Actor
) -> None:
    row = court.send("release_order", release("0000019-17"), message_id="q-1")
    services.ask_sender(
        Command(officer), inbound_id=row.pk, version=row.version, question="Who is this?"
    )
    status = court.status("q-1")
    assert (status["state"], status["reason"]) == ("unmatched", "Who is this?")
    assert status["steps"][-1]["state"] == "asked"


@pytest.mark.any_server
def test_whoever_may_not_see_a_person_sees_no_message_about_them(
    prison: Prison, court: Sender, make_actor: Callable[..., Actor]
) -> None:
    held = prison.held()
    row = court.send("release_order", release(number_of(prison, held.person_id)))
    unknown = court.send("release_order", release("0000019-17"))
    elsewhere = make_actor("exchange.inbox", "people.view", establishment_id=10**6)
    with pytest.raises(NotFound):
        selectors.message(elsewhere, row.pk)
    here = make_actor("exchange.inbox", "people.view")
    found = {one.inbound_id for one in selectors.inbox(here, prison.establishment_id)}
    assert found == {row.pk, unknown.pk}
