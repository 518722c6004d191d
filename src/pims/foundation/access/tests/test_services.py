"""What administrators are promised: every change recorded, none of it able to lock them all out."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from pims.foundation.access.actor import LABELS, Actor
from pims.foundation.access.models import Grant, User
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import (
    actor_for,
    get_user,
    list_users,
    users_with_permission,
)
from pims.foundation.access.services import (
    add_user,
    deactivate_user,
    end_grant,
    grant_role,
    reactivate_user,
    set_card,
    set_language,
    set_password,
    set_pin,
)
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry
from pims.kernel import clock
from pims.kernel.errors import CommandReused, InvalidInput, NotFound, NotPermitted, Refused

pytestmark = pytest.mark.django_db

MakeActor = Callable[..., Actor]


@pytest.fixture
def manager(make_actor: MakeActor) -> Actor:
    return make_actor("access.manage", "access.view")


def added(manager: Actor, badge: str = "U1", **more: object) -> int:
    return add_user(Command(actor=manager), badge=badge, name="Ana Coc", **more).user_id


def reasons(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in error.value.reasons()]


def entries(kind: str) -> int:
    return LedgerEntry.objects.filter(kind=kind).count()


def test_adding_a_user_is_recorded_without_any_secret(manager: Actor) -> None:
    added(manager, pin=Secret("480275"), password=Secret("grey heron over the creek"))
    entry = LedgerEntry.objects.get(kind="access.user_added")
    details = LedgerDetail.objects.get(entry=entry).details
    for text in (entry.body, details):
        assert "480275" not in text
        assert "heron" not in text
    assert "Ana Coc" not in entry.body


def test_the_same_command_twice_adds_one_user(manager: Actor) -> None:
    command = Command(actor=manager, command_id=uuid4())
    first = add_user(command, badge="U1", name="Ana Coc", pin=Secret("480275"))
    assert add_user(command, badge="U1", name="Ana Coc", pin=Secret("480275")) == first
    with pytest.raises(CommandReused):
        add_user(command, badge="U1", name="Ana Coc", pin=Secret("480276"))


@pytest.mark.parametrize("badge", ["", "  ", "A B", "x" * 33, "a\u202eb", "U1\x00"])
def test_a_badge_that_cannot_be_typed_is_not_taken(manager: Actor, badge: str) -> None:
    with pytest.raises(InvalidInput) as error:
        added(manager, badge)
    assert set(error.value.fields) == {"badge"}


def test_a_badge_belongs_to_one_user_whatever_its_case(manager: Actor) -> None:
    added(manager, "Ab1")
    with pytest.raises(InvalidInput):
        added(manager, "aB1")


def test_a_card_belongs_to_one_user(manager: Actor) -> None:
    one, other = added(manager, "U1"), added(manager, "U2")
    set_card(Command(actor=manager), user_id=one, serial=Secret("04 A1"))
    with pytest.raises(InvalidInput):
        set_card(Command(actor=manager), user_id=other, serial=Secret("04 a1"))
    set_card(Command(actor=manager), user_id=one, serial=Secret(""))
    set_card(Command(actor=manager), user_id=other, serial=Secret("04 A1"))


def test_whoever_may_not_manage_access_changes_nothing_and_is_recorded(
    make_actor: MakeActor, manager: Actor
) -> None:
    user_id, other = added(manager), make_actor("access.view", "people.view")
    attempts: list[Callable[[], object]] = [
        lambda: add_user(Command(actor=other), badge="U2", name="x"),
        lambda: grant_role(Command(actor=other), user_id=user_id, role="gate_officer"),
        lambda: set_pin(Command(actor=other), user_id=user_id, pin=Secret("480275")),
        lambda: set_password(Command(actor=other), user_id=user_id, password=Secret("x" * 20)),
        lambda: deactivate_user(Command(actor=other), user_id=user_id),
        lambda: reactivate_user(Command(actor=other), user_id=user_id),
        lambda: set_language(Command(actor=other), user_id=user_id, language="es"),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()
    assert entries("command.refused") == len(attempts)
    assert not Grant.objects.exists()


def test_a_grant_holds_from_its_start_to_its_end(manager: Actor) -> None:
    user_id, now = added(manager), clock.now()
    grant_role(
        Command(actor=manager), user_id=user_id, role="gate_officer",
        starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2),
    )  # fmt: skip
    user = User.objects.get(pk=user_id)
    for days, held in ((0, False), (1, True), (1.99, True), (2, False)):
        with clock.at(now + timedelta(days=days)):
            assert actor_for(user).can("custody.receive") is held, days


def test_an_actor_carries_every_grant_as_it_was_given(manager: Actor) -> None:
    user_id = added(manager)
    grant_role(Command(actor=manager), user_id=user_id, role="gate_officer")
    grant_role(Command(actor=manager), user_id=user_id, role="medical_officer", labels=("health",))
    by_role = {r.role: r for r in actor_for(User.objects.get(pk=user_id)).reaches}
    assert by_role["medical_officer"].labels == {"health"}
    assert by_role["gate_officer"].labels == {"ordinary", "juvenile", "protected"}
    assert by_role["gate_officer"].establishment_id is None


def test_an_actor_costs_one_query(
    manager: Actor, django_assert_num_queries: Callable[[int], object]
) -> None:
    user_id = added(manager)
    for role in ("gate_officer", "records_officer", "auditor"):
        grant_role(Command(actor=manager), user_id=user_id, role=role)
    user = User.objects.get(pk=user_id)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert len(actor_for(user).reaches) == 3


def test_an_ended_grant_gives_nothing_any_more(manager: Actor) -> None:
    user_id = added(manager)
    given = grant_role(Command(actor=manager), user_id=user_id, role="gate_officer")
    end_grant(Command(actor=manager), grant_id=given.grant_id)
    end_grant(Command(actor=manager), grant_id=given.grant_id)
    assert actor_for(User.objects.get(pk=user_id)).reaches == ()
    assert entries("access.grant_ended") == 1


def test_the_grant_of_another_user_is_not_ended_for_this_one(manager: Actor) -> None:
    user_id, another = added(manager), added(manager, badge="A2")
    given = grant_role(Command(actor=manager), user_id=user_id, role="gate_officer")
    with pytest.raises(NotFound):
        end_grant(Command(actor=manager), grant_id=given.grant_id, user_id=another)
    assert len(actor_for(User.objects.get(pk=user_id)).reaches) == 1
    end_grant(Command(actor=manager), grant_id=given.grant_id, user_id=user_id)
    assert actor_for(User.objects.get(pk=user_id)).reaches == ()


def test_a_grant_that_has_not_begun_never_begins_once_ended(manager: Actor) -> None:
    user_id, now = added(manager), clock.now()
    given = grant_role(
        Command(actor=manager), user_id=user_id, role="gate_officer",
        starts_at=now + timedelta(days=1),
    )  # fmt: skip
    end_grant(Command(actor=manager), grant_id=given.grant_id)
    with clock.at(now + timedelta(days=3)):
        assert actor_for(User.objects.get(pk=user_id)).reaches == ()


def test_nobody_grants_a_role_to_themself(manager: Actor) -> None:
    with pytest.raises(Refused) as error:
        grant_role(Command(actor=manager), user_id=manager.user_id, role="records_officer")
    assert reasons(error) == ["access.grant_to_self"]
    assert entries("command.refused") == 1, "the refusal outlives the transaction it ended"


def test_units_of_another_establishment_are_refused(manager: Actor) -> None:
    with pytest.raises(Refused) as error:
        grant_role(
            Command(actor=manager), user_id=added(manager), role="unit_officer", unit_ids=(1,)
        )
    assert reasons(error) == ["access.units_need_establishment"]


@pytest.mark.parametrize("labels", [(), ("royal",)])
def test_only_marks_that_there_are_can_be_granted(manager: Actor, labels: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        grant_role(
            Command(actor=manager), user_id=added(manager), role="unit_officer", labels=labels
        )
    assert "royal" not in LABELS


def test_an_unknown_role_or_establishment_is_wrong_input(manager: Actor) -> None:
    user_id = added(manager)
    for wrong in ({"role": "king"}, {"role": "auditor", "establishment_id": 999_999}):
        with pytest.raises(InvalidInput):
            grant_role(Command(actor=manager), user_id=user_id, **wrong)


def test_the_last_administrator_stays(manager: Actor) -> None:
    one, other = added(manager, "U1"), added(manager, "U2")
    first = grant_role(Command(actor=manager), user_id=one, role="administrator")
    grant_role(Command(actor=manager), user_id=other, role="administrator")
    end_grant(Command(actor=manager), grant_id=first.grant_id)
    last = Grant.objects.get(user_id=other)
    for attempt in (
        lambda: end_grant(Command(actor=manager), grant_id=last.pk),
        lambda: deactivate_user(Command(actor=manager), user_id=other),
    ):
        with pytest.raises(Refused) as error:
            attempt()
        assert reasons(error) == ["access.last_administrator"]
    assert User.objects.get(pk=other).is_active


def test_a_deactivated_user_keeps_their_past_and_can_come_back(manager: Actor) -> None:
    user_id = added(manager)
    grant_role(Command(actor=manager), user_id=user_id, role="gate_officer")
    deactivate_user(Command(actor=manager), user_id=user_id)
    assert users_with_permission("custody.receive", None) == {}
    assert [u.user_id for u in list_users(manager, text="U1", active=False)] == [user_id]
    reactivate_user(Command(actor=manager), user_id=user_id)
    assert users_with_permission("custody.receive", None) == {user_id: "Ana Coc"}


def test_nobody_sees_other_users_without_the_permission(
    make_actor: MakeActor, manager: Actor
) -> None:
    user_id, other = added(manager), make_actor("people.view")
    with pytest.raises(NotPermitted):
        list_users(other)
    with pytest.raises(NotPermitted):
        get_user(other, user_id)
    assert get_user(other, other.user_id).user_id == other.user_id


def test_the_system_and_unknown_users_are_not_found(manager: Actor) -> None:
    system = User.objects.get(badge="system")
    for user_id in (system.pk, 999_999):
        with pytest.raises(NotFound):
            get_user(manager, user_id)
        with pytest.raises(NotFound):
            set_pin(Command(actor=manager), user_id=user_id, pin=Secret("480275"))


def test_listing_users_costs_the_same_for_many_as_for_one(
    manager: Actor, django_assert_num_queries: Callable[[int], object]
) -> None:
    for number in range(5):
        user_id = added(manager, f"U{number}")
        grant_role(Command(actor=manager), user_id=user_id, role="gate_officer")
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        assert len(list_users(manager, text="Ana")) == 5


def test_the_history_of_a_user_holds_no_secret(manager: Actor) -> None:
    user_id = added(manager, pin=Secret("480275"))
    set_pin(Command(actor=manager), user_id=user_id, pin=Secret("593817"))
    set_language(Command(actor=manager), user_id=user_id, language="es")
    versions = list(User.objects.get(pk=user_id).history.order_by("pgh_id").values())  # type: ignore[attr-defined]
    assert [v["language"] for v in versions] == ["en", "es"]
    assert not {"pin", "password", "card_digest"} & set(versions[0])
