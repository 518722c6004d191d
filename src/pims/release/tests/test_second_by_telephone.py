"""A second officer by telephone is another officer: known by badge or name, and never the first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.custody.tests.prison import Prison
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.release import second, selectors, services
from pims.release.models import Discharge
from pims.release.second import Named, Officer, named_officer
from pims.release.selectors.signatures import officers_of
from pims.release.tests.test_services import case_for, known, order_for
from tests.access.staff import signed_in, staff

FIRST = Officer(1, "Edwin Cocom", "R201")
OTHERS = [FIRST, Officer(2, "Marta Cocom", "G301"), Officer(3, "José Pérez", "U401")]


@pytest.fixture
def late(prison: Prison, officer) -> int:
    """The case of somebody whose order came sixteen minutes ago."""
    receipt = prison.held()
    with clock.at(clock.now() - timedelta(minutes=16)):
        order_id = order_for(prison, receipt.person_id)
    case_id = case_for(prison, officer, receipt, order_id)
    known(officer, case_id)
    return case_id


def sent(**boxes: str) -> dict[str, str]:
    return {"command_id": str(uuid4()), **boxes}


@pytest.mark.parametrize(
    "text",
    ["Edwin Cocom", "COCOM, EDWIN", "r201", "Edwin Cocom (R201)", "Mr Edwin Cocom", "E. Cocom",
     "Cocom", "Edwín Cocóm"],
)  # fmt: skip
def test_the_first_officer_is_recognised_however_the_name_is_typed(text: str) -> None:
    assert named_officer(text, first=FIRST, others=OTHERS) == Named(is_first=True)


@pytest.mark.parametrize(
    ("text", "user_id"),
    [("g301", 2), ("Marta Cocom", 2), ("cocom marta", 2), ("Cocom G301", 2), ("JOSE PEREZ", 3),
     ("U401 Perez", 3)],
)  # fmt: skip
def test_another_officer_is_known_by_badge_or_whole_name(text: str, user_id: int) -> None:
    named = named_officer(text, first=FIRST, others=OTHERS)
    assert named.officer is not None
    assert (named.officer.user_id, named.is_first) == (user_id, False)


@pytest.mark.parametrize("text", ["Supt Staine", "Marta", "...", "9"])
def test_a_name_that_nobody_has_here_is_nobody_known(text: str) -> None:
    assert named_officer(text, first=FIRST, others=OTHERS) == Named()


def test_a_namesake_of_the_first_officer_is_known_by_the_badge_alone() -> None:
    namesake = Officer(9, "Edwin Cocom", "U777")
    assert named_officer("Edwin Cocom", first=FIRST, others=[namesake]).is_first
    assert named_officer("Edwin Cocom U777", first=FIRST, others=[namesake]).officer == namesake


@pytest.mark.any_server
def test_whoever_names_themselves_is_told_beside_the_box_and_nobody_left_yet(
    prison: Prison, late: int
) -> None:
    user = staff("records_officer", establishment_id=prison.establishment_id)
    client = signed_in(user)
    url = reverse("release:discharge", args=[late])
    for said in (user.name, user.badge, user.name.lower()):
        answer = client.post(url, sent(second_by_telephone=said, destination="Home"))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "This is you." in page
        assert 'id="id_second_by_telephone-error"' in page
        assert 'value="Home"' in page, "what was typed stays"
    assert not Discharge.objects.exists()
    answer = client.post(url, sent(second_by_telephone="", destination="Home"))
    assert answer.status_code == 302, "nobody waits for an officer who cannot be reached"
    row = Discharge.objects.get()
    assert (row.second_how, row.second_name, row.destination) == ("none", "", "Home")


@pytest.mark.any_server
def test_an_officer_who_may_be_the_second_is_offered_and_kept_with_the_badge(
    prison: Prison, officer, late: int
) -> None:
    other = staff("gate_officer", establishment_id=prison.establishment_id)
    auditor = staff("auditor")
    user = staff("records_officer", establishment_id=prison.establishment_id)
    page = signed_in(user).get(reverse("release:case", args=[late])).content.decode()
    shown = f"{other.name} ({other.badge})"
    assert shown in page
    assert auditor.badge not in page
    assert f"{user.name} ({user.badge})" not in page
    done = services.discharge_person(
        Command(officer), case_id=late, second_by_telephone=other.badge.lower()
    )
    assert Discharge.objects.get().second_name == shown
    assert "second_not_known" not in done.marks
    assert [o.user_id for o in second.second_officers(prison.establishment_id)].count(other.pk) == 1


def test_whoever_was_reached_and_signs_is_one_officer_whatever_the_name_becomes(
    prison: Prison, officer, late: int
) -> None:
    other = staff("gate_officer", establishment_id=prison.establishment_id)
    shown = f"{other.name} ({other.badge})"
    done = services.discharge_person(
        Command(officer), case_id=late, second_by_telephone=other.badge
    ).discharge_id
    assert Discharge.objects.get().reached_officer_id == other.pk
    services.countersign(Command(actor_for(other)), discharge_id=done)
    other.name = "Marta Married"
    other.save()
    found = selectors.discharge(prison.actor, done)
    assert officers_of([found])[done].second == shown, "nobody is shown as two officers"


@pytest.mark.any_server
def test_a_namesake_who_signs_for_whoever_was_reached_is_another_officer(
    prison: Prison, officer, late: int
) -> None:
    reached, signer = (
        staff("gate_officer", establishment_id=prison.establishment_id) for _ in range(2)
    )
    reached.name = signer.name
    reached.save()
    done = services.discharge_person(
        Command(officer), case_id=late, second_by_telephone=reached.badge
    ).discharge_id
    services.countersign(Command(actor_for(signer)), discharge_id=done)
    found = selectors.discharge(prison.actor, done)
    shown = f"{reached.name} ({reached.badge})"
    assert officers_of([found])[done].second == f"{shown}; {signer.name}"


@pytest.mark.any_server
def test_an_unknown_name_is_recorded_marked_and_alarmed_until_it_is_countersigned(
    prison: Prison, officer, second, late: int
) -> None:
    done = services.discharge_person(
        Command(officer), case_id=late, second_by_telephone="Somebody Else"
    )
    assert {"second_not_known", "not_countersigned"} <= set(done.marks)
    assert Discharge.objects.get().second_name == "Somebody Else"

    def missing() -> list[object]:
        assurance.sweep(prison.command, establishment_id=prison.establishment_id)
        found = open_alarms(prison.actor, prison.establishment_id)
        return [a.params.get("why") for a in found if a.kind.code == "countersign_missing"]

    assert missing() == [["second_not_known"]]
    services.countersign(Command(second), discharge_id=done.discharge_id)
    assert missing() == []


@pytest.mark.any_server
def test_a_paper_that_names_one_officer_twice_is_recorded_and_marked(
    prison: Prison, officer
) -> None:
    receipt = prison.held()
    done = services.record_paper_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        happened_at=clock.now() - timedelta(minutes=5),
        first_officer="Edwin Cocom",
        second_officer="COCOM Edwin",
    )
    assert "second_is_first" in done.marks
    services.correct_discharge(
        prison.command,
        discharge_id=done.discharge_id,
        version=Discharge.objects.get().version,
        reason="The book was read again",
        second_officer="Marta Cocom",
    )
    assert "second_is_first" not in Discharge.objects.get().marks


@pytest.mark.any_server
def test_a_text_too_long_for_the_gate_is_said_and_not_dropped(prison: Prison, late: int) -> None:
    user = staff("records_officer", establishment_id=prison.establishment_id)
    url = reverse("release:discharge", args=[late])
    answer = signed_in(user).post(url, sent(destination="x" * 400))
    assert answer.status_code == 422
    assert not Discharge.objects.exists()


@pytest.mark.any_server
def test_the_service_itself_refuses_the_first_officer(prison: Prison, officer, late: int) -> None:
    with pytest.raises(InvalidInput) as wrong:
        services.discharge_person(Command(officer), case_id=late, second_by_telephone=officer.badge)
    assert wrong.value.fields["second_by_telephone"].code == "release.second_is_first"
