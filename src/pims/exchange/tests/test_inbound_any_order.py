"""Whatever order messages come in, and however often: each has an end, nothing is done twice."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pims.assurance.models import Alarm
from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.models import Inbound, InboundStep
from pims.exchange.rules.inbound import ENDS, FOLLOWS, OPEN
from pims.exchange.tests.sending import Sender, judge
from pims.exchange.tests.test_court_lists import line, listed
from pims.exchange.tests.test_inbound import number_of, release
from pims.exchange.tests.test_inbound_orders import remand, today
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import Refused, Stale


@dataclass
class Post:
    """A prison, two senders, and what they have to say about one prisoner."""

    prison: Prison
    court: Sender = field(init=False)
    police: Sender = field(init=False)
    texts: dict[str, tuple[Sender, bytes, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.court = Sender("mc_bz", "court", bodies=(self.prison.court,))
        self.police = Sender("police", "police")
        self.person_id = self.prison.held().person_id
        number = number_of(self.prison, self.person_id)
        now, day = clock.now(), today() + timedelta(days=8)
        court, police = self.court, self.police
        self._say("remand", court, "remand_order", remand(number), "r")
        other_day = (today() + timedelta(days=9)).isoformat()
        self._say("corrected", court, "remand_order", remand(number, next_date=other_day), "c", "r")
        self._say("free", court, "release_order", release(number), "f")
        self._say("other words", court, "release_order", release(number, reference="X"), "f")
        self._say("list", court, "hearing_list", listed(day, line(number, at_time="09:00:00")), "l")
        self._say(
            "newer list", court, "hearing_list", listed(day, line(number, at_time="11:00:00")), "n"
        )
        self._say("interest", police, "police_interest", {"subject": {"number": number}}, "i")
        self._say("unknown", court, "release_order", release("0000019-17"), "u")
        self._say("not theirs", police, "release_order", release(number), "p")
        body = court.text("release_order", release(number), message_id="s", sent_at=now)
        self.texts["forged"] = (court, body, police.sign(body))

    def _say(
        self, name: str, who: Sender, kind: str, content: dict[str, object], message_id: str,
        corrects: str = "",
    ) -> None:  # fmt: skip
        sent_at = clock.now() + timedelta(seconds=len(self.texts))
        body = who.text(kind, content, message_id=message_id, sent_at=sent_at, corrects=corrects)
        self.texts[name] = (who, body, who.sign(body))

    def deliver(self, name: str) -> None:
        who, body, signature = self.texts[name]
        who.give(body, signature=signature)

    def decide(self, officers: list[Actor]) -> None:
        """Two officers do whatever waits, both at once: the second is too late."""
        for row in Inbound.objects.filter(state="waiting").order_by("received_at"):
            for officer in officers:
                try:
                    services.apply_inbound(Command(officer), inbound_id=row.pk, version=row.version)
                except (Stale, Refused):
                    assert officer is not officers[0]


NAMES = (
    "remand", "corrected", "free", "other words", "list", "newer list", "interest", "unknown",
    "not theirs", "forged",
)  # fmt: skip
steps = st.lists(st.sampled_from((*NAMES, "look", "decide")), min_size=8, max_size=22)


@pytest.mark.any_server
def test_every_message_has_an_end_and_nothing_is_done_twice(
    system_actor: Actor, make_actor: Callable[..., Actor]
) -> None:
    post = Post(Prison.build(system_actor))
    officers = [system_actor, Actor(user_id=system_actor.user_id, name="", badge="", system=True)]
    baseline = len(courts.orders(system_actor, [post.person_id]).get(post.person_id, []))

    @settings(
        max_examples=int(os.environ.get("PIMS_EXAMPLES", "8")),
        derandomize="PIMS_EXAMPLES" not in os.environ,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(steps)
    def run(taken: list[str]) -> None:
        with transaction.atomic():
            _run(taken)
            transaction.set_rollback(True)

    def _run(taken: list[str]) -> None:
        for one in taken:
            if one == "look":
                judge()
            elif one == "decide":
                post.decide(officers)
            else:
                post.deliver(one)
        judge()
        post.decide(officers)
        sent = {one for one in taken if one in NAMES}
        rows = list(Inbound.objects.all())
        assert len(rows) == len(sent)
        states = {row.message_id: row.state for row in rows}
        assert all(state in ENDS or state == "unmatched" for state in states.values()), states
        for row in rows:
            life = list(InboundStep.objects.filter(inbound=row).order_by("pk"))
            told = [step.state for step in life if step.state in ENDS | OPEN]
            for before, after in pairwise(told):
                assert after in FOLLOWS[before], told
        # Nothing twice: an order for each message that was applied, and no more.
        orders = courts.orders(system_actor, [post.person_id]).get(post.person_id, [])
        applied = [row for row in rows if row.state == "applied"]
        made = [one for row in applied for one in row.result["made"].get("orders", ())]
        assert len(orders) - baseline == len(made) == len(set(made))
        _of_the_court(sent, states)
        held = authority.police_interests([post.person_id]).get(post.person_id, [])
        assert len(held) == ("interest" in sent)
        # What sounded and was decided on sounds no more.
        ringing = set(Alarm.objects.filter(ended_at=None).values_list("key", flat=True))
        waiting = {str(row.pk) for row in rows if row.state == "unmatched"}
        assert ringing & {str(row.pk) for row in rows} <= waiting

    def _of_the_court(sent: set[str], states: dict[str, str]) -> None:
        if "corrected" in sent:
            assert states["c"] == "applied"
            standing = courts.orders(system_actor, [post.person_id])[post.person_id]
            assert sum(one.stands and one.kind == "remand" for one in standing) == 1
        if {"list", "newer list"} & sent:
            days = courts.hearings(system_actor, [post.person_id])[post.person_id]
            hours = [one.at_time for one in days if one.stands and one.at_time is not None]
            assert hours == [time(11, 0) if "newer list" in sent else time(9, 0)]
        for name, message_id in (("not theirs", "p"), ("forged", "s")):
            assert name not in sent or states[message_id] == "refused"

    run()
