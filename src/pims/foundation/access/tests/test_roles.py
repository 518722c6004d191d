"""The roles as the file has them, and as the tables have them after a migration."""

import pytest
from django.db import ProgrammingError, transaction

from pims.foundation.access.models import Role, RolePermission, User
from pims.foundation.access.permissions import PERMISSIONS
from pims.foundation.access.roles import definitions, parse_roles, sync_roles
from pims.foundation.access.selectors import deciders, system_actor
from pims.foundation.database.migrate import acting_as

READERS = ("controller", "visiting_justice", "auditor")
# An alarm that has climbed to one of them they may answer, with a reason: that records nothing of
# what happened in the prison.
WRITING = {
    "people.edit", "people.merge", "people.seal", "people.erase", "facilities.manage",
    "authority.record", "authority.decide", "custody.receive", "custody.admit", "custody.place",
    "custody.override_placement", "custody.escort", "custody.record_event", "release.prepare",
    "release.discharge", "release.second_check", "property.record", "safety.record",
    "access.manage", "vault.manage",
}  # fmt: skip

# What only the system does in its own name.
SYSTEM_ALONE = {"assurance.sweep"}


def test_every_permission_says_what_it_allows_in_both_languages() -> None:
    for code, permission in PERMISSIONS.items():
        assert code.count(".") == 1, code
        assert permission.en, code
        assert permission.es, code
        assert permission.en != permission.es, code


def test_every_permission_is_held_by_some_role() -> None:
    held = {p for role in definitions().values() for p in role.permissions}
    assert PERMISSIONS.keys() - held == SYSTEM_ALONE


def test_an_administrator_sees_no_prisoner() -> None:
    role = definitions()["administrator"]
    assert role.permissions == {"access.view", "access.manage", "vault.manage"}
    assert role.strong


def test_nobody_but_an_administrator_manages_access() -> None:
    able = {r.code for r in definitions().values() if "access.manage" in r.permissions}
    assert able == {"administrator"}


@pytest.mark.parametrize("role", READERS)
def test_those_who_watch_the_prison_write_nothing(role: str) -> None:
    assert definitions()[role].permissions & WRITING == set()


def test_only_health_staff_reach_what_is_marked_as_health() -> None:
    assert {r.code for r in definitions().values() if "health" in r.labels} == {"medical_officer"}


def test_an_unknown_permission_or_mark_in_the_file_stops_the_migration() -> None:
    row = '[r]\nen = "a"\nes = "b"\n'
    with pytest.raises(KeyError):
        parse_roles(row + 'labels = ["ordinary"]\npermissions = ["people.fly"]')
    with pytest.raises(ValueError, match="unknown labels"):
        parse_roles(row + 'labels = ["royal"]\npermissions = []')


@pytest.mark.django_db
def test_the_tables_say_what_the_file_says() -> None:
    rows = set(RolePermission.objects.values_list("role_id", "permission"))
    assert rows == {(r.code, p) for r in definitions().values() for p in r.permissions}
    assert set(Role.objects.values_list("code", flat=True)) == set(definitions())


def test_loading_the_roles_again_repairs_them_and_changes_nothing_else(
    fresh_database: object,
) -> None:
    def rows() -> set[tuple[str, str, int]]:
        return set(RolePermission.objects.values_list("role_id", "permission", "pk"))

    before = rows()
    with acting_as("owner"):
        RolePermission.objects.create(role_id="gate_officer", permission="people.erase")
        sync_roles()
    assert rows() == before
    assert User.objects.filter(badge="system").count() == 1


@pytest.mark.django_db
def test_the_application_itself_cannot_give_a_role_a_permission() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        RolePermission.objects.create(role_id="gate_officer", permission="people.erase")


@pytest.mark.django_db
def test_the_system_has_a_user_that_nobody_can_sign_in_as() -> None:
    actor = system_actor()
    user = User.objects.get(pk=actor.user_id)
    assert actor.system
    assert user.kind == User.Kind.SYSTEM
    assert not user.has_usable_password()
    assert user.pin == ""


@pytest.mark.django_db
def test_who_can_decide_is_told_even_where_nobody_holds_the_role() -> None:
    assert deciders("access.manage", None) == ("administrator",)
    assert "officer_in_charge" in deciders("authority.decide", 1)


def test_secrets_are_hashed_by_argon2id_with_the_memory_that_was_decided() -> None:
    from pims.foundation.access.secrets import Argon2Hasher

    encoded = Argon2Hasher().encode("grey heron", "saltsaltsaltsalt")
    assert encoded.startswith("argon2$argon2id$")
    assert "m=47104,t=1,p=1" in encoded
