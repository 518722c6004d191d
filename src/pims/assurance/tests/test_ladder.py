"""Who may say that an alarm is over: whoever it has climbed to, and nobody below."""

from datetime import timedelta

import pytest

from pims.assurance import services
from pims.assurance.kinds import alarm_kinds
from pims.assurance.models import Alarm
from pims.assurance.owners import may_dismiss
from pims.foundation.access.roles import definitions
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import NotPermitted, Refused


@pytest.fixture
def misplaced(prison) -> Alarm:
    """Three hours against a rule: it was the duty senior officer's, and is the next one's now."""
    with clock.at(clock.now() - timedelta(hours=3)):
        receipt = prison.held()
        prison.put(receipt.episode_id, "WOM W-1/1")
        services.sweep(prison.command, establishment_id=prison.establishment_id)
    services.sweep(prison.command, establishment_id=prison.establishment_id)
    alarm = Alarm.objects.get(kind="placement_breach")
    assert (alarm.step, alarm.owner_role) == (1, "officer_in_charge")
    return alarm


def test_what_has_climbed_past_an_officer_is_no_longer_theirs_to_dismiss(
    prison, make_actor, misplaced
) -> None:
    today = clock.today("America/Belize")
    may = ("assurance.manage", "assurance.view")
    for role in ("gate_officer", "reception_officer", "duty_senior_officer"):
        with pytest.raises(Refused) as refused:
            services.end_alarm(
                Command(make_actor(*may, role=role)),
                alarm_id=misplaced.pk, reason="Seen", until=today,
            )  # fmt: skip
        (reason,) = refused.value.reasons()
        assert reason.code == "assurance.climbed_above_you"
        assert [one["en"] for one in reason.params["roles"]] == [  # type: ignore[union-attr]
            "Officer in charge", "Superintendent",
        ]  # fmt: skip
    services.end_alarm(
        Command(make_actor(*may, role="superintendent")),
        alarm_id=misplaced.pk, reason="A night of the hurricane", until=today,
    )  # fmt: skip
    misplaced.refresh_from_db()
    assert misplaced.end_kind == "reason"


def test_the_role_counts_where_it_is_held_and_not_elsewhere(
    prison, other_prison, make_actor, misplaced
) -> None:
    command = Command(
        make_actor(
            "assurance.manage", "assurance.view", role="superintendent",
            establishment_id=other_prison.establishment_id,
        )
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        services.end_alarm(
            command, alarm_id=misplaced.pk, reason="Seen", until=clock.today("America/Belize")
        )
    misplaced.refresh_from_db()
    assert misplaced.ended_at is None


def test_everybody_on_a_ladder_can_take_the_alarm_in_hand() -> None:
    without = {
        role
        for kind in alarm_kinds().values()
        for role in kind.ladder
        if not {"assurance.view", "assurance.manage"} <= set(definitions()[role].permissions)
    }
    assert without == set()


def test_an_owner_who_is_on_no_ladder_may_end_what_is_theirs() -> None:
    kind = alarm_kinds()["placement_breach"]
    assert may_dismiss(kind, 2, "superintendent") == ("superintendent",)
    assert may_dismiss(kind, 2, "auditor") == ("auditor", "superintendent")
