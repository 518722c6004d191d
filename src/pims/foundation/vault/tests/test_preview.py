"""What is shown before an erasure is ordered is what is then destroyed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.foundation.vault import tasks
from pims.foundation.vault.erasure import orders
from pims.foundation.vault.erasure.plan import PlanIncomplete
from pims.foundation.vault.models import Erasure
from pims.foundation.vault.selectors import erasure, erasures, preview_erasure
from pims.foundation.vault.tests import marked
from pims.foundation.vault.tests.people import make_person
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused
from tests.fixtures.database import FreshDatabase

MakeActor = Callable[..., Actor]


@pytest.fixture
def officers(make_actor: MakeActor) -> list[Actor]:
    now = clock.now().timestamp()
    return [make_actor("people.erase", confirmed_at=now) for _ in range(2)]


def test_the_rows_that_are_announced_are_the_rows_that_go(
    fresh_database: FreshDatabase, officers: list[Actor], system_actor: Actor, var: Path
) -> None:
    person_id, neighbour = make_person(), make_person()
    marked.fill(person_id, "Jukwillet", Command(system_actor), beside=neighbour)
    first, second = officers
    shown = preview_erasure(first, person_id)
    assert shown.against == ()
    assert shown.rows > 15
    assert shown.files >= 3
    assert shown.bytes > 0
    assert shown.stays_entries > 0
    done = orders.erase_person(
        Command(first), Command(second), person_id=person_id, order_reference="HC 1", scrub=False
    )
    went = {t: n for t, n in done.counts.items() if t in shown.goes}
    # Of the paper that stays the scan is sealed anew under the neighbour's key.
    assert went.pop("vault_blob") <= shown.goes["vault_blob"]
    assert {t: n for t, n in shown.goes.items() if t in went} == went
    assert shown.earlier == sum(n for t, n in done.counts.items() if t.endswith("_history"))
    assert {f"{paper} {key}" for paper, key in shown.shared} == set(done.by_hand)


def test_a_preview_says_what_stands_against_the_order(officers: list[Actor]) -> None:
    person_id = make_person()
    marked.give_custody(person_id, ended=False)
    assert [r.code for r in preview_erasure(officers[0], person_id).against] == ["vault.in_custody"]
    other = make_person()
    orders.order_erasure(Command(officers[0]), person_id=other, order_reference="HC 1")
    assert [r.code for r in preview_erasure(officers[1], other).against] == ["vault.erasure_stands"]


def test_only_who_may_erase_and_reaches_the_person_sees_what_would_go(
    make_actor: MakeActor, officers: list[Actor]
) -> None:
    person_id = make_person()
    with pytest.raises(NotPermitted):
        preview_erasure(make_actor("people.view"), person_id)
    step = orders.order_erasure(Command(officers[0]), person_id=person_id, order_reference="HC 1")
    elsewhere = make_actor("people.erase", labels=())
    PersonScope.objects.filter(pk=person_id).update(labels=["protected"])
    with pytest.raises(NotFound):
        preview_erasure(elsewhere, person_id)
    with pytest.raises(NotFound):
        erasure(elsewhere, step.erasure_id)
    assert erasures(elsewhere) == []
    assert [row.erasure_id for row in erasures(officers[1])] == [step.erasure_id]


def test_an_order_of_a_day_to_come_is_no_order(officers: list[Actor]) -> None:
    with pytest.raises(InvalidInput):
        orders.order_erasure(
            Command(officers[0]), person_id=make_person(), order_reference="HC 1",
            order_body="High Court", order_dated=(clock.now() + timedelta(days=2)).date(),
        )  # fmt: skip


def test_the_worker_carries_out_what_was_confirmed_and_says_why_where_it_can_not(
    fresh_database: FreshDatabase,
    officers: list[Actor],
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = officers
    step = orders.order_erasure(
        Command(first), person_id=make_person(), order_reference="HC 1", order_body="High Court"
    )
    orders.confirm_erasure(Command(second), erasure_id=step.erasure_id, carry_out=True)
    assert _jobs() == [{"erasure_id": step.erasure_id}]

    def unknown(**_: object) -> None:
        raise PlanIncomplete("rumours")

    with monkeypatch.context() as patch:
        patch.setattr(orders, "destroy_rows", unknown)
        tasks.carry_out(erasure_id=step.erasure_id)
    stopped = erasure(first, step.erasure_id)
    assert (stopped.state, stopped.problem) == ("confirmed", "vault.plan_incomplete")

    orders.carry_out_again(Command(first), erasure_id=step.erasure_id)
    assert erasure(first, step.erasure_id).problem == ""
    tasks.carry_out(erasure_id=step.erasure_id)
    done = erasure(first, step.erasure_id)
    assert (done.state, done.order_body, done.scrubbed_at) == ("erased", "High Court", None)
    with pytest.raises(NotFound):  # nobody is left whom a grant could reach
        orders.carry_out_again(Command(first), erasure_id=step.erasure_id)


def _jobs() -> list[object]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(
        ProcrastinateJob.objects.filter(task_name=orders.TASK).values_list("args", flat=True)
    )


def test_nothing_is_tried_again_that_was_not_confirmed(
    fresh_database: FreshDatabase, officers: list[Actor]
) -> None:
    step = orders.order_erasure(
        Command(officers[0]), person_id=make_person(), order_reference="HC 1"
    )
    with pytest.raises(Refused):
        orders.carry_out_again(Command(officers[0]), erasure_id=step.erasure_id)
    tasks.carry_out(erasure_id=step.erasure_id)
    assert Erasure.objects.get().state == "ordered"
