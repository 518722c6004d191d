"""A sealed record takes its open alarms to whoever may still see it: none is nobody's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.assurance import sealing, selectors, services
from pims.assurance.models import Alarm
from pims.assurance.rules import DueAlarm
from pims.custody.tests.prison import Prison, man, told
from pims.foundation.access.models import PersonScope
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.sealing import unseal_person
from pims.kernel import clock
from pims.kernel.errors import Refused
from tests.access.staff import signed_in, staff

ORDER = {"reason": "Juvenile, released", "order_body": "Family Court", "order_reference": "F 3/26"}


@pytest.fixture
def held(prison: Prison):
    """Somebody with two open alarms: no warrant, and one that only an event says."""
    (receipt,) = prison.receive(man("Juan Perez"))
    services.sweep(prison.command, establishment_id=prison.establishment_id)
    services.raise_alarm(
        prison.command,
        alarm=DueAlarm(
            "identity_in_doubt", "k", clock.now(), prison.establishment_id, receipt.person_id
        ),
    )
    return receipt


@pytest.fixture
def chief(prison: Prison):
    return staff("superintendent", establishment_id=prison.establishment_id)


def owners(person_id: int) -> dict[str, str]:
    return dict(
        Alarm.objects.filter(person_id=person_id, ended_at=None).values_list("kind", "owner_role")
    )


def form() -> dict[str, str]:
    today = clock.now() - timedelta(days=1)
    return {
        "command_id": str(uuid4()), "body": "other", "another": "Family Court",
        "reference": "F 3/26", "dated_day": str(today.day), "dated_month": str(today.month),
        "dated_year": str(today.year), "says": "Juvenile, released",
    }  # fmt: skip


def test_the_page_lists_the_alarms_and_to_whom_each_would_go(prison, held, chief) -> None:
    client = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    page = client.get(reverse("administration:seal", args=[held.number])).content.decode()
    assert "Open alarms about this record" in page
    assert "No valid warrant" in page
    assert "Identity in doubt" in page
    assert f"Superintendent ({chief.name})" in page
    assert Alarm.objects.filter(owner_role="superintendent").count() == 0, "a look changes nothing"


def test_sealing_hands_every_open_alarm_over_and_says_which(prison, held, chief) -> None:
    before = owners(held.person_id)
    assert set(before.values()) == {"records_officer", "duty_senior_officer"}
    client = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    address = reverse("administration:seal", args=[held.number])
    answer = client.post(address, form(), follow=True)
    assert PersonScope.objects.get(pk=held.person_id).sealed
    assert set(owners(held.person_id)) == set(before)
    assert set(owners(held.person_id).values()) == {"superintendent"}
    text = answer.content.decode()
    assert "The alarm “No valid warrant” belongs to Superintendent from now on." in text
    assert "The alarm “Identity in doubt” belongs to Superintendent from now on." in text
    assert told(held.person_id).count("assurance.alarm_handed_over") == 2
    seen = selectors.open_alarms(actor_for(chief), prison.establishment_id)
    assert {a.kind.code for a in seen} >= set(before)
    first = staff("records_officer", establishment_id=prison.establishment_id)
    blind = selectors.open_alarms(actor_for(first), prison.establishment_id)
    assert not [a for a in blind if a.person_id == held.person_id]


def test_an_alarm_that_somebody_had_in_hand_is_in_hand_no_more(prison, held, chief) -> None:
    alarm = Alarm.objects.get(kind="no_valid_warrant")
    services.acknowledge_alarm(prison.command, alarm_id=alarm.pk)
    sealing.seal_with_alarms(prison.command, person_id=held.person_id, **ORDER)
    alarm.refresh_from_db()
    assert alarm.acknowledged_at is None


def test_what_is_raised_or_climbs_after_the_sealing_belongs_to_who_can_see_it(
    prison, held, chief
) -> None:
    sealing.seal_with_alarms(prison.command, person_id=held.person_id, **ORDER)
    services.raise_alarm(
        prison.command,
        alarm=DueAlarm(
            "received_long_ago", "x", clock.now(), prison.establishment_id, held.person_id
        ),
    )
    assert owners(held.person_id)["received_long_ago"] == "superintendent"
    with clock.at(clock.now() + timedelta(hours=3)):
        services.sweep(prison.command, establishment_id=prison.establishment_id)
        climbed = Alarm.objects.get(kind="no_valid_warrant", ended_at=None)
        assert (climbed.step, climbed.owner_role) == (1, "superintendent")


def test_where_nobody_could_see_them_nothing_is_sealed_until_somebody_is_given_the_role(
    prison, held
) -> None:
    with pytest.raises(Refused) as refused:
        sealing.seal_with_alarms(prison.command, person_id=held.person_id, **ORDER)
    assert refused.value.reasons()[0].code == "assurance.nobody_sees_sealed"
    assert not PersonScope.objects.get(pk=held.person_id).sealed
    client = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    address = reverse("administration:seal", args=[held.number])
    assert "nobody holds it here" in client.get(address).content.decode()
    answer = client.post(address, form())
    assert answer.status_code == 409
    assert "first grant somebody a role" in answer.content.decode()


def test_a_record_without_alarms_is_sealed_though_nobody_could_see_one(prison) -> None:
    (receipt,) = prison.receive(man("Ana Chan"))
    done = sealing.seal_with_alarms(prison.command, person_id=receipt.person_id, **ORDER)
    assert done.handed == ()


def test_opened_again_the_alarms_go_back_to_their_ladder(prison, held, chief) -> None:
    before = owners(held.person_id)
    sealing.seal_with_alarms(prison.command, person_id=held.person_id, **ORDER)
    unseal_person(Command(actor_for(chief)), person_id=held.person_id, reason="Order of the court")
    sealing.own_anew(prison.command, person_id=held.person_id)
    assert owners(held.person_id) == before
