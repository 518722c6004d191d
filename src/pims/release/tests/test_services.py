"""Discharges against the real database: who walks, who does not, and what is marked."""

from datetime import timedelta

import pytest

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import selectors as custody
from pims.custody.tests.prison import Prison, told
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.release import selectors, services
from pims.release.models import Discharge
from pims.release.services import Voucher
from tests.access.staff import staff


def order_for(prison: Prison, person_id: int, names: list[int] | None = None) -> int:
    return authority_services.record_release_order(
        prison.command,
        establishment_id=prison.establishment_id,
        person_id=person_id,
        kind="bail",
        body_id=prison.court,
        received_at=clock.now(),
        warrant_name_ids=names or (),
        ends_all=names is None,
        reference="Bail 7/26",
    ).release_order_id


def case_for(prison: Prison, officer: Actor, receipt, order_id: int) -> int:
    return services.start_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        basis="order",
        release_order_id=order_id,
    ).case_id


def known(officer: Actor, case_id: int) -> None:
    services.establish_identity(
        Command(officer),
        case_id=case_id,
        how="two_officers",
        vouchers=[Voucher(staff("gate_officer").pk), Voucher(staff("unit_officer").pk)],
    )


def codes(refused: Refused) -> list[str]:
    return [reason.code for reason in refused.reasons()]


@pytest.mark.any_server
def test_bail_with_identity_and_a_second_officer_opens_the_gate(prison, officer, second) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    done = services.discharge_person(Command(officer), case_id=case_id, destination="Home")
    episode = custody.episode_brief(prison.actor, receipt.episode_id)
    assert episode is not None
    assert episode.end_kind == "discharged"
    assert (
        authority.detaining_warrants(receipt.person_id, zone="America/Belize", at=clock.now()) == []
    )
    assert "release.released" in told(receipt.person_id)
    assert "not_countersigned" not in done.marks


@pytest.mark.any_server
def test_nobody_walks_unidentified_and_nothing_is_changed_by_the_try(
    prison, officer, second
) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    services.second_officer_agrees(Command(second), case_id=case_id)
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == ["release.identity_not_established"]
    assert not Discharge.objects.exists()
    assert authority.detaining_warrants(receipt.person_id, zone="America/Belize", at=clock.now())


@pytest.mark.any_server
def test_bail_on_one_of_two_warrants_names_the_other_and_frees_nobody(
    prison, officer, second
) -> None:
    receipt = prison.held()
    first = authority.detaining_warrants(receipt.person_id, zone="America/Belize", at=clock.now())[
        0
    ]
    prison.remand(receipt.person_id)
    order_id = order_for(prison, receipt.person_id, [first.warrant_name_id])
    case_id = case_for(prison, officer, receipt, order_id)
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == ["release.further_warrant"]


@pytest.mark.any_server
def test_one_officer_alone_is_refused_for_fifteen_minutes_and_then_marked(
    prison, officer, second
) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    known(officer, case_id)
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == ["release.second_officer_missing"]
    with clock.at(clock.now() + timedelta(minutes=16)):
        done = services.discharge_person(
            Command(officer), case_id=case_id, second_by_telephone="Supt Staine"
        )
        assert "not_countersigned" in done.marks
        services.countersign(Command(second), discharge_id=done.discharge_id)
    row = Discharge.objects.get()
    assert row.second_officer_id == second.user_id
    assert row.second_how == "telephone"


@pytest.mark.any_server
def test_who_stood_at_the_gate_stays_the_second_officer_whoever_signs_later(
    prison, officer, second, make_actor
) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    done = services.discharge_person(Command(officer), case_id=case_id)
    third = make_actor("release.second_check")
    services.countersign(Command(third), discharge_id=done.discharge_id)
    row = Discharge.objects.get()
    assert (row.second_officer_id, row.second_how) == (second.user_id, "present")
    assert row.countersigned_at is None
    assert "release.countersigned" not in told(receipt.person_id)


@pytest.mark.any_server
def test_the_first_officer_cannot_be_the_second(prison, make_actor) -> None:
    both = make_actor(
        "release.view", "release.prepare", "release.discharge", "release.second_check",
        "authority.record", "custody.view",
    )  # fmt: skip
    receipt = prison.held()
    case_id = case_for(prison, both, receipt, order_for(prison, receipt.person_id))
    known(both, case_id)
    services.second_officer_agrees(Command(both), case_id=case_id)
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(both), case_id=case_id)
    assert codes(refused.value) == ["release.same_officer"]


def test_discharged_twice_is_refused_and_a_double_submit_is_answered_the_same(
    prison, officer, second
) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    command = Command(officer)
    first = services.discharge_person(command, case_id=case_id)
    assert services.discharge_person(command, case_id=case_id) == first
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == ["release.already_discharged"]
    assert Discharge.objects.count() == 1


@pytest.mark.any_server
def test_a_gate_officer_cannot_discharge(prison, officer, make_actor) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    gate = make_actor("release.view", "custody.view")
    with pytest.raises(NotPermitted):
        services.discharge_person(Command(gate), case_id=case_id)


@pytest.mark.any_server
def test_a_discharge_made_on_paper_is_recorded_marked_and_alarmed(prison, officer) -> None:
    receipt = prison.held()
    left = clock.now() - timedelta(minutes=20)
    done = services.record_paper_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        happened_at=left,
        order_seen="A slip without seal",
        first_officer="Gate",
    )
    assert {"release.no_order_or_final_date", "release.further_warrant", "from_paper"} <= set(
        done.marks
    )
    episode = custody.episode_brief(prison.actor, receipt.episode_id)
    assert episode is not None
    assert episode.ends_at == left


@pytest.mark.any_server
def test_a_paper_discharge_in_the_future_or_before_reception_is_refused(prison, officer) -> None:
    receipt = prison.held(hours=2)
    for when, code in (
        (clock.now() + timedelta(hours=1), "release.in_the_future"),
        (clock.now() - timedelta(hours=3), "release.before_reception"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            services.record_paper_discharge(
                Command(officer),
                episode_id=receipt.episode_id,
                happened_at=when,
                order_seen="x",
                first_officer="Gate",
            )
        assert wrong.value.fields["happened_at"].code == code


@pytest.mark.any_server
def test_released_in_error_is_recorded_and_the_return_carries_custody_on(prison, officer) -> None:
    receipt = prison.held()
    left = clock.now() - timedelta(hours=5)
    done = services.record_paper_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        happened_at=left,
        order_seen="Wrong man",
        first_officer="Gate",
    )
    error = services.record_release_in_error(
        Command(officer),
        discharge_id=done.discharge_id,
        discovered_at=left + timedelta(hours=1),
        how="Same family name",
    )
    services.record_return_from_error(
        Command(officer), error_id=error.error_id, returned_at=clock.now()
    )
    current = custody.current_episode(receipt.person_id)
    assert current is not None
    assert current.reception_kind == "return_from_error"
    old = custody.episode_brief(prison.actor, receipt.episode_id)
    assert old is not None
    assert old.end_kind == "released_in_error"


@pytest.mark.any_server
def test_whoever_nothing_detains_leaves_only_by_the_officer_in_charge(
    prison, officer, make_actor
) -> None:
    receipt = prison.one(at=clock.now() - timedelta(hours=3))
    with pytest.raises(NotPermitted):
        services.start_discharge(
            Command(officer),
            episode_id=receipt.episode_id,
            basis="no_authority",
            ground="No paper ever came",
        )
    in_charge = make_actor("release.prepare", "authority.decide", "release.view")
    case = services.start_discharge(
        Command(in_charge),
        episode_id=receipt.episode_id,
        basis="no_authority",
        ground="No paper ever came",
    )
    detail = selectors.case_detail(in_charge, case.case_id)
    assert detail.check is not None
    assert [r.code for r in detail.check.stops] == ["release.identity_not_established"]


@pytest.mark.any_server
def test_a_sentence_that_ends_today_opens_its_own_case(prison) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=40))
    prison.remand(
        receipt.person_id,
        at=clock.now() - timedelta(days=40),
        kind="committal_sentence",
        until=clock.today("America/Belize"),
    )
    opened = services.start_due_discharges(prison.command, establishment_id=prison.establishment_id)
    again = services.start_due_discharges(prison.command, establishment_id=prison.establishment_id)
    assert (opened, again) == (1, 0)


def test_an_order_sounds_climbs_and_falls_silent_when_the_person_walks(
    prison, officer, second
) -> None:
    receipt = prison.held()
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    start = clock.now()
    where = prison.establishment_id

    def alarms() -> list[tuple[str, str]]:
        assurance.sweep(Command(prison.actor), establishment_id=where)
        return [
            (a.kind.code, a.owner_role)
            for a in open_alarms(prison.actor, where)
            if a.kind.code == "freedom_overdue"
        ]

    assert alarms() == [("freedom_overdue", "reception_officer")]
    with clock.at(start + timedelta(minutes=16)):
        assert alarms() == [("freedom_overdue", "duty_senior_officer")]
    with clock.at(start + timedelta(minutes=31)):
        assert alarms() == [("freedom_overdue", "superintendent")]
        known(officer, case_id)
        services.second_officer_agrees(Command(second), case_id=case_id)
        services.discharge_person(Command(officer), case_id=case_id)
        assert alarms() == []
