"""The alarms worked through by kind, as officers meet them."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pims.assurance import judging
from pims.assurance.kinds import alarm_kinds
from pims.assurance.models import Alarm
from pims.assurance.proof import fault_kinds
from pims.assurance.tests.planting import PLANTS
from pims.assurance.web.remedies import WAYS
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


def officer(prison, role: str, **more: str) -> Client:
    return signed_in(staff(role, establishment_id=prison.establishment_id, **more))


def command(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid.uuid4()), **fields}


def day(name: str, when: date) -> dict[str, object]:
    return {f"{name}_{part}": getattr(when, part) for part in ("day", "month", "year")}


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def held(prison):
    """Three people whom no paper covers."""
    with clock.at(clock.now() - timedelta(hours=3)):
        people = [prison.one(f"Held {n}").person_id for n in ("One", "Two", "Three")]
    judging.judge_custody(prison.command, person_ids=people)
    return prison, people


def test_each_kind_is_counted_and_worked_through_to_its_last(held) -> None:
    prison, _people = held
    client = officer(prison, "records_officer")
    page = text_of(client, reverse("assurance:queue"))
    assert "3 alarms are open" in page
    assert reverse("assurance:work", args=["no_valid_warrant"]) in page
    seen = []
    answer = client.get(reverse("assurance:work", args=["no_valid_warrant"]))
    while "queue=1" in answer["Location"]:
        seen.append(int(re.search(r"/(\d+)/", answer["Location"]).group(1)))  # type: ignore[union-attr]
        assert "autofocus" in text_of(client, answer["Location"])
        taken = reverse("assurance:acknowledge", args=[seen[-1]]) + "?queue=1"
        answer = client.post(taken, command(), follow=False)
        assert "after=" in answer["Location"]
        answer = client.get(answer["Location"])
    assert seen == list(Alarm.objects.order_by("since", "pk").values_list("pk", flat=True))
    assert answer["Location"] == reverse("assurance:queue")
    page = text_of(client, reverse("assurance:queue"))
    assert 'data-label="Nobody has it">0' in page


def test_gaps_are_brought_to_none_by_the_papers_and_the_queue_is_empty(held) -> None:
    prison, people = held
    for person_id in people:
        prison.remand(person_id, at=clock.now() - timedelta(hours=4))
    judging.judge_custody(prison.command, person_ids=people)
    assert "No alarm is open" in text_of(
        officer(prison, "records_officer"), reverse("assurance:queue")
    )
    assert set(Alarm.objects.values_list("end_kind", flat=True)) == {"fact"}


def test_an_alarm_says_what_is_amiss_what_ends_it_and_where(lawful) -> None:
    PLANTS["second_reading_differs"](lawful)
    PLANTS["order_expired"](lawful)
    lawful.judge()
    english, spanish = (
        officer(lawful.prison, "records_officer", language=language) for language in ("en", "es")
    )
    alarm = Alarm.objects.get(kind="second_reading_differs")
    page = text_of(english, reverse("assurance:alarm", args=[alarm.pk]))
    assert "boy 1/26" in page  # the order by the number on its paper
    assert reverse("courts:readings") in page
    gap = Alarm.objects.get(kind="no_valid_warrant")
    page = text_of(english, reverse("assurance:alarm", args=[gap.pk]))
    assert "foreigner 1/26: its last day is past" in page
    assert reverse("courts:record_order", args=[lawful.persons["foreigner"]]) in page
    assert "Only this ends it" in page
    assert "su último día ya pasó" in text_of(spanish, reverse("assurance:alarm", args=[gap.pk]))


def test_what_goes_on_is_dismissed_with_a_reason_and_a_day_and_comes_back(lawful) -> None:
    PLANTS["no_lawyer"](lawful)
    lawful.judge("remand")
    alarm = Alarm.objects.get()
    client = officer(lawful.prison, "records_officer")
    end = reverse("assurance:end", args=[alarm.pk])
    assert client.post(end, command(reason="Has asked for none")).status_code == 422
    until = lawful.today + timedelta(days=7)
    done = client.post(end, command(reason="Has asked for none", **day("until", until)))
    assert done.status_code == 302
    lawful.judge("remand")
    assert lawful.alarms() == {}
    assert "It comes back after" in text_of(client, reverse("assurance:alarm", args=[alarm.pk]))
    with clock.at(clock.now() + timedelta(days=8)):
        lawful.judge("remand")
        back = Alarm.objects.get(kind="no_lawyer", ended_at=None)
        assert back.since == alarm.since


def test_an_alarm_that_only_its_fact_ends_is_not_dismissed_by_a_form(held) -> None:
    prison, _people = held
    alarm = Alarm.objects.order_by("pk").first()
    client = officer(prison, "officer_in_charge")
    assert 'name="reason"' not in text_of(client, reverse("assurance:alarm", args=[alarm.pk]))
    until = clock.today("America/Belize") + timedelta(days=1)
    answer = client.post(
        reverse("assurance:end", args=[alarm.pk]), command(reason="Seen", **day("until", until))
    )
    assert answer.status_code in (403, 409, 422)
    assert Alarm.objects.get(pk=alarm.pk).ended_at is None


def test_who_sees_no_alarms_has_no_queue_and_an_unknown_kind_is_not_found(prison) -> None:
    assert officer(prison, "medical_officer").get(reverse("assurance:queue")).status_code == 403
    client = officer(prison, "records_officer")
    assert client.get(reverse("assurance:work", args=["nonsense"])).status_code == 404


def test_every_kind_that_the_proof_raises_leads_to_where_it_is_put_right() -> None:
    assert [code for code in fault_kinds() if code not in WAYS] == []
    assert set(WAYS) <= set(fault_kinds()) | set(alarm_kinds())


OWNED = (
    "juvenile_among_adults", "consul_not_told", "no_next_hearing", "date_beyond_term",
    "hearing_without_outcome", "release_not_prepared", "release_date_passed",
    "discharged_with_order_open", "second_reading_late", "unfit_not_reviewed",
    "court_without_power",
)  # fmt: skip


@pytest.mark.parametrize("fault", OWNED)
def test_the_page_that_an_alarm_leads_to_opens_for_whoever_owns_it(lawful, fault: str) -> None:
    PLANTS[fault](lawful)
    lawful.judge()
    (alarm,) = Alarm.objects.filter(ended_at=None)
    client = officer(lawful.prison, alarm.owner_role)
    page = text_of(client, reverse("assurance:alarm", args=[alarm.pk]))
    found = re.search(r'href="([^"]+)" data-key="m"', page)
    assert found is not None
    assert client.get(found.group(1), follow=True).status_code == 200
