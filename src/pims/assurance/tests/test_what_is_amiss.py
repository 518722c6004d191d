"""Whoever has an alarm to deal with reads on it what was amiss."""

import pytest
from django.urls import reverse

from pims.assurance.models import Alarm
from pims.assurance.tests.test_surprising_receptions import deliver
from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from pims.release import services as release
from tests.access.staff import signed_in, staff


def left_against_a_warrant(prison: Prison, episode_id: int) -> str:
    release.record_paper_discharge(
        prison.command, episode_id=episode_id, happened_at=clock.now(), first_officer="Gate"
    )
    return "release.released"


def removed_on_no_order(prison: Prison, episode_id: int) -> str:
    custody.record_removal(prison.command, episode_id=episode_id, country="GT")
    return "custody.removed_without_order"


@pytest.mark.parametrize(
    ("leaves", "said"),
    [
        (left_against_a_warrant, "Another warrant still detains"),
        (removed_on_no_order, "No order was seen"),
    ],
)
def test_an_alarm_about_somebody_who_left_says_what_was_amiss(
    prison: Prison, leaves, said: str
) -> None:
    held = prison.held()
    deliver(leaves(prison, held.episode_id))
    chief = staff("superintendent", establishment_id=prison.establishment_id)
    alarm = Alarm.objects.get()
    page = signed_in(chief).get(reverse("assurance:alarm", args=[alarm.pk]))
    assert "What is amiss" in page.text
    assert said in page.text
