"""A no about an identity stands until somebody answers that very no, wherever the person is."""

from datetime import timedelta

import pytest

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.release import selectors, services
from pims.release.denials import denials
from pims.release.models import IdentityDecision
from pims.release.services import Voucher
from pims.release.tests.test_identity import establish, stops
from pims.release.tests.test_services import case_for, codes, order_for
from tests.access.staff import staff


@pytest.fixture
def said_no(prison: Prison, officer):
    """The case of somebody of whom an officer said that it is somebody else."""
    receipt = prison.held("Ana Chan")
    order_id = order_for(prison, receipt.person_id)
    case = selectors.case_detail(prison.actor, case_for(prison, officer, receipt, order_id))
    say_no(officer, case)
    return case


def say_no(officer, case) -> None:
    who = staff("gate_officer")
    establish(officer, case, how="two_officers", vouchers=[Voucher(who.pk)], matched=False)


def moved_on(prison: Prison, officer, case, there: Prison):
    """The same person at the other establishment, with a case on the same order."""
    new = custody.record_transfer(
        prison.command, episode_id=case.episode_id, to_establishment_id=there.establishment_id
    )
    if (standing := selectors.open_case_of(prison.actor, case.episode_id)) is not None:
        services.close_case(prison.command, case_id=standing, reason="Transferred")
    made = services.start_discharge(
        prison.command, episode_id=new.episode_id, basis="order",
        release_order_id=case.release_order_id,
    )  # fmt: skip
    return selectors.case_detail(prison.actor, made.case_id)


def identified(prison: Prison, case) -> None:
    who = [staff("gate_officer", establishment_id=case.establishment_id) for _ in range(2)]
    establish(prison.actor, case, how="two_officers", vouchers=[Voucher(o.pk) for o in who])


@pytest.mark.any_server
def test_a_no_goes_along_with_a_transfer_and_stops_the_discharge_there(
    prison: Prison, other_prison: Prison, officer, said_no
) -> None:
    there = moved_on(prison, officer, said_no, other_prison)
    identified(prison, there)
    assert stops(prison, there) == ["release.identity_denied"]
    with pytest.raises(Refused) as refused:
        services.discharge_person(prison.command, case_id=there.case_id)
    assert "release.identity_denied" in codes(refused.value)
    services.decide_identity(prison.command, case_id=there.case_id, reason="Fingers compared")
    assert stops(prison, there) == []
    (no,) = denials(said_no.episode_id)
    assert no.reason == "Fingers compared", "the stay where it was said knows of the answer"


@pytest.mark.any_server
def test_what_was_decided_before_a_transfer_is_decided_there_too(
    prison: Prison, other_prison: Prison, officer, said_no
) -> None:
    services.decide_identity(Command(officer), case_id=said_no.case_id, reason="Mistaken")
    there = moved_on(prison, officer, said_no, other_prison)
    identified(prison, there)
    assert stops(prison, there) == []
    assert [no.reason for no in denials(there.episode_id)] == ["Mistaken"]


def test_each_no_keeps_who_answered_it_and_why(
    prison: Prison, officer, make_actor, said_no
) -> None:
    another = make_actor("release.view", "release.prepare", "release.discharge")
    services.decide_identity(Command(officer), case_id=said_no.case_id, reason="They mistook him")
    with clock.at(clock.now() + timedelta(minutes=5)):
        say_no(officer, said_no)
        services.decide_identity(Command(another), case_id=said_no.case_id, reason="Photograph")
    assert [(no.decided_by, no.reason) for no in denials(said_no.episode_id)] == [
        (officer.name, "They mistook him"),
        (another.name, "Photograph"),
    ]
    first, second = IdentityDecision.objects.order_by("pk")
    assert not set(first.answers) & set(second.answers)


@pytest.mark.any_server
def test_a_no_on_a_clock_that_went_back_is_answered_by_no_earlier_decision(
    prison: Prison, officer, said_no
) -> None:
    services.decide_identity(Command(officer), case_id=said_no.case_id, reason="Mistaken")
    with clock.at(clock.now() - timedelta(minutes=3)):
        say_no(officer, said_no)
        assert stops(prison, said_no) == ["release.identity_denied"]
