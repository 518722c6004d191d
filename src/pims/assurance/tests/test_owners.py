"""An alarm about a sealed record belongs to a role of somebody who sees it, and to no other."""

from datetime import timedelta

import pytest

from pims.assurance import owners, selectors
from pims.assurance.kinds import AlarmKind, alarm_kinds
from pims.assurance.models import Alarm
from pims.assurance.owners import HeldRole, owner_of, watches
from pims.assurance.services import climb_overdue
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.models import PersonScope
from pims.foundation.access.roles import RoleDefinition
from pims.foundation.commands.transaction import Transaction
from pims.kernel import clock
from tests.access.staff import staff

KIND = AlarmKind("k", {}, ("records_officer", "chief"), (30,), by_reason=False, severity=0)


def role(code: str, *permissions: str) -> RoleDefinition:
    return RoleDefinition(code, code, code, frozenset(permissions), (), strong=False)


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch):
    """Sight of sealed records and of alarms in roles of their own, and both in one."""
    known = (
        role("archivist", owners.SEE_SEALED),
        role("records_officer", owners.VIEW),
        role("chief", owners.VIEW, owners.SEE_SEALED),
        role("inspector", owners.VIEW, owners.SEE_SEALED),
    )
    monkeypatch.setattr(owners, "roles_in_order", lambda: known)

    def held(*rows: tuple[int, str, int | None]) -> None:
        found = [HeldRole(user, f"Officer {user}", code, place) for user, code, place in rows]
        monkeypatch.setattr(owners, "roles_held", lambda _permissions: tuple(found))

    return held


def test_an_officer_whose_two_roles_together_see_it_watches_and_owns(roles) -> None:
    roles((7, "archivist", 1), (7, "records_officer", None), (8, "records_officer", 1))
    watch = watches([1])[1]
    assert dict(watch.watchers) == {7: "Officer 7"}
    assert owner_of(KIND, 0, watch) == "records_officer"
    assert owner_of(KIND, 1, watch) in watch.roles, "a role that nobody holds is nobody's"


def test_a_role_of_which_everybody_sees_it_goes_before_one_of_which_somebody_does(roles) -> None:
    roles((7, "archivist", 1), (7, "records_officer", 1), (9, "inspector", 1))
    assert owner_of(KIND, 0, watches([1])[1]) == "inspector"
    roles((7, "archivist", 1), (7, "records_officer", 1), (9, "inspector", 1), (3, "chief", None))
    assert owner_of(KIND, 0, watches([1])[1]) == "chief"


def test_two_roles_at_two_places_see_nothing_together(roles) -> None:
    roles((7, "archivist", 1), (7, "records_officer", 2))
    there = watches([1, 2, None])
    assert [dict(there[place].watchers) for place in (1, 2)] == [{}, {}]
    assert owner_of(KIND, 1, there[1]) == "chief", "where nobody watches, the step's own"
    assert list(there[None].watchers) == [7]


def test_a_role_that_somebody_holds_who_sees_nothing_of_it_owns_nothing(roles) -> None:
    roles((7, "records_officer", 1), (8, "archivist", 1), (9, "inspector", None))
    assert watches([1])[1].roles == ("inspector",)


@pytest.fixture
def sealed(prison: Prison):
    """Six alarms past their deadline about two sealed records, and whoever watches."""
    received = prison.receive(man("Juan Perez"), man("Ana Chan"))
    ids = [receipt.person_id for receipt in received]
    PersonScope.objects.filter(pk__in=ids).update(sealed=True)
    kind = next(k for k in alarm_kinds().values() if len(k.ladder) > 1)
    for n in range(6):
        Alarm.objects.create(
            kind=kind.code, key=f"k{n}", person_id=ids[n % 2], since=clock.now(),
            establishment_id=prison.establishment_id, raised_at=clock.now(),
            owner_role=kind.ladder[0], deadline_at=clock.now(),
        )  # fmt: skip
    staff("superintendent", establishment_id=prison.establishment_id)
    return ids


def test_no_more_is_asked_of_many_alarms_than_of_one(
    prison: Prison, sealed, django_assert_num_queries
) -> None:
    with django_assert_num_queries(4):  # reach, same human, alarms, roles held
        found = selectors.alarms_to_hand_over(prison.actor, sealed[0])
    assert [(one.owner_role, len(one.seen_by)) for one in found] == [("superintendent", 1)] * 3


def test_many_climb_by_one_look_at_who_watches(
    prison: Prison, sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    held = owners.roles_held

    def counted(permissions):
        looks.append(permissions)
        return held(permissions)

    monkeypatch.setattr(owners, "roles_held", counted)
    with clock.at(clock.now() + timedelta(days=2)):
        tx = Transaction(prison.command, clock.now(), "assurance.sweep")
        tx.lock_persons(sealed)
        assert climb_overdue(tx, establishment_id=prison.establishment_id) == 6
    assert set(Alarm.objects.values_list("owner_role", flat=True)) == {"superintendent"}
    assert len(looks) == 1
