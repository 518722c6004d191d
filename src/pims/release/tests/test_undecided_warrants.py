"""A warrant whose dates are in doubt, at the gate and on the pages of whom it names."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.models import Alarm
from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.services import WarrantNameInput
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.people import selectors as people
from pims.release import services
from pims.release.selectors import case_detail
from pims.release.tests.test_order_pages import command
from pims.release.tests.test_orders_and_clocks import ZONE, open_case
from pims.release.tests.test_orders_that_change import order_at, papers, stops
from pims.release.tests.test_services import codes, known
from tests.access.staff import signed_in, staff

UNDECIDED = "release.further_warrant_undecided"


def life_with_a_slip(prison: Prison, person_id: int, *, at: datetime | None = None) -> int:
    """A life sentence whose last day, by a slip of the pen, is before it begins; gives its id."""
    at = at or clock.now() - timedelta(minutes=5)
    made = authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="life_sentence",
        body_id=prison.court,
        reference="HC 77/26",
        dated=at.astimezone(ZoneInfo(ZONE)).date(),
        received_at=at,
        names=[
            WarrantNameInput(
                person_id=person_id,
                name_as_written="As Written",
                starts_at=at,
                until=at.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=300),
            )
        ],
    )
    assert "dates_out_of_order" in made.defects
    return made.warrant_id


def decide(prison: Prison, warrant_id: int, decision: str) -> None:
    authority_services.decide_defective(
        prison.command, warrant_id=warrant_id, decision=decision, reason="Court was called"
    )


@pytest.mark.any_server
def test_an_order_for_the_remand_does_not_let_a_lifer_out_whose_paper_has_a_slip(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    held = prison.held()
    (remand,) = papers(held.person_id)
    life_with_a_slip(prison, held.person_id)
    order_at(prison, held.person_id, clock.now(), remand)
    case_id = open_case(prison, held.episode_id)
    assert case_id is not None
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == [UNDECIDED]


@pytest.mark.any_server
@pytest.mark.parametrize(("decision", "stop"), [("returned", []), ("acted_on", ["further"])])
def test_deciding_what_it_is_worth_settles_the_gate_at_once(
    prison: Prison, officer: Actor, decision: str, stop: list[str]
) -> None:
    held = prison.held()
    (remand,) = papers(held.person_id)
    warrant_id = life_with_a_slip(prison, held.person_id)
    order_at(prison, held.person_id, clock.now(), remand)
    case_id = open_case(prison, held.episode_id)
    assert case_id is not None
    known(officer, case_id)
    assert stops(prison, held.episode_id) == [UNDECIDED]
    decide(prison, warrant_id, decision)
    left = stops(prison, held.episode_id)
    assert left == (["release.further_warrant"] if stop else [])
    assert len(papers(held.person_id)) == (2 if stop else 1)


def test_a_life_sentence_acted_on_is_never_due_by_the_day_of_its_slip(prison: Prison) -> None:
    held = prison.held()
    (remand,) = papers(held.person_id)
    decide(prison, life_with_a_slip(prison, held.person_id), "acted_on")
    authority_services.end_warrant(
        prison.command, warrant_name_id=remand, end_kind="sentenced", ended_at=clock.now(),
        basis="Sentenced",
    )  # fmt: skip
    opened = services.start_due_discharges(prison.command, establishment_id=prison.establishment_id)
    assert opened == 0
    assert open_case(prison, held.episode_id) is None


@pytest.mark.any_server
def test_an_order_that_ends_everything_ends_the_paper_in_doubt_too(
    prison: Prison, officer: Actor
) -> None:
    held = prison.held()
    life_with_a_slip(prison, held.person_id)
    order_at(prison, held.person_id, clock.now())
    case_id = open_case(prison, held.episode_id)
    assert case_id is not None
    known(officer, case_id)
    assert stops(prison, held.episode_id) == []


@pytest.mark.any_server
def test_the_check_leads_the_officer_in_charge_to_the_decision(prison: Prison) -> None:
    held = prison.held()
    (remand,) = papers(held.person_id)
    warrant_id = life_with_a_slip(prison, held.person_id)
    order_at(prison, held.person_id, clock.now(), remand)
    case_id = open_case(prison, held.episode_id)
    address = reverse("release:case", args=[case_id])
    to_decide = reverse("authority:decide", args=[warrant_id])
    paper = reverse("authority:warrant", args=[warrant_id])
    charge = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    page = charge.get(address).content.decode()
    assert "recorded, not decided: Life sentence with a minimum term HC 77/26" in page
    assert "officer in charge decides" in page
    assert to_decide in page
    assert paper in page
    records = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    theirs = records.get(address).content.decode()
    assert to_decide not in theirs
    assert paper in theirs
    decided = charge.post(to_decide, command(decision="returned", reason="Not our prisoner"))
    assert decided.status_code == 302
    assert case_detail(prison.actor, case_id).check is not None
    assert "recorded, not decided" not in charge.get(address).content.decode()


@pytest.mark.any_server
def test_the_paper_is_alarmed_and_on_the_overview_until_it_is_decided(prison: Prison) -> None:
    held = prison.held()
    warrant_id = life_with_a_slip(prison, held.person_id)
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    overview = reverse("prisoner", args=[number])

    def swept() -> set[str]:
        with clock.at(clock.now() + timedelta(minutes=1)):
            assurance.sweep(prison.command, establishment_id=prison.establishment_id)
        found = Alarm.objects.filter(person_id=held.person_id, ended_at=None)
        return set(found.values_list("kind", flat=True))

    assert "defect_undecided" in swept()
    page = client.get(overview).content.decode()
    assert "Recorded, not decided" in page
    assert reverse("authority:warrant", args=[warrant_id]) in page
    decide(prison, warrant_id, "returned")
    assert "defect_undecided" not in swept()
    assert "Recorded, not decided" not in client.get(overview).content.decode()


@pytest.mark.any_server
def test_a_release_order_can_name_a_paper_in_doubt_among_those_it_ends(prison: Prison) -> None:
    held = prison.held()
    life_with_a_slip(prison, held.person_id)
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    page = client.get(reverse("authority:record_order", args=[held.person_id])).content.decode()
    assert "HC 77/26" in page
    (doubtful,) = authority.warrants_in_doubt(held.person_id, zone=ZONE, at=clock.now())
    assert f'value="{doubtful.warrant_name_id}"' in page


@pytest.mark.any_server
def test_a_paper_that_was_over_when_it_came_is_shown_at_the_check_and_stops_nobody(
    prison: Prison,
) -> None:
    held = prison.held()
    (remand,) = papers(held.person_id)
    since = clock.now() - timedelta(days=90)
    made = authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="committal_sentence",
        body_id=prison.court,
        reference="MC 5/26",
        dated=since.astimezone(ZoneInfo(ZONE)).date(),
        received_at=clock.now(),
        names=[
            WarrantNameInput(
                person_id=held.person_id,
                name_as_written="As Written",
                starts_at=since,
                until=since.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=30),
            )
        ],
    )
    assert made.defects == ("date_passed",)
    order_at(prison, held.person_id, clock.now(), remand)
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    case = reverse("release:case", args=[open_case(prison, held.episode_id)])
    page = client.get(case).content.decode()
    assert "over by its own dates" in page
    assert "MC 5/26" in page
    assert stops(prison, held.episode_id) == ["release.identity_not_established"]
