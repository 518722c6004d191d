"""What holds when it all happens at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import connection

from pims.foundation.access.models import User
from pims.foundation.access.secrets import Secret, badge_digest
from pims.foundation.access.selectors import actor_for, administrators, system_actor
from pims.foundation.access.services import (
    add_user,
    deactivate_user,
    grant_role,
    open_attempt,
)
from pims.foundation.access.signin import PIN, try_secret
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import NotPermitted, Refused
from tests.fixtures.database import FreshDatabase


def member(badge: str, *roles: str) -> User:
    made = add_user(
        Command(actor=system_actor()), badge=badge, name=f"Officer {badge}", pin=Secret("480275")
    )
    for role in roles:
        grant_role(Command(actor=system_actor()), user_id=made.user_id, role=role)
    return User.objects.get(pk=made.user_id)


def test_guesses_made_at_the_same_moment_are_all_counted(fresh_database: FreshDatabase) -> None:
    user, together = member("U1"), Barrier(12)

    def guess(number: int) -> bool:
        together.wait()
        try:
            return open_attempt(
                Command(actor=system_actor()), user_id=user.pk,
                badge_digest=badge_digest("U1"), address=f"10.0.0.{number}",
            ).locked == ""  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        looked_at = sum(pool.map(guess, range(12)))
    assert looked_at == 5
    right = try_secret(
        badge="U1", secret=Secret("480275"), how=PIN, address="10.0.0.99", inside=True
    )
    assert right.locked


def test_two_administrators_cannot_remove_each_other_at_once(
    fresh_database: FreshDatabase,
) -> None:
    pair = [member("U1", "administrator"), member("U2", "administrator")]
    together = Barrier(2)

    def remove(number: int) -> str:
        actor = actor_for(pair[1 - number], strong=True)
        together.wait()
        try:
            deactivate_user(Command(actor=actor), user_id=pair[number].pk)
        except Refused as refusal:
            return refusal.reasons()[0].code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(remove, range(2)))
    assert outcomes == ["access.last_administrator", "done"]
    assert len(administrators()) == 1


def test_a_refusal_is_committed_although_what_it_refused_was_not(
    fresh_database: FreshDatabase,
) -> None:
    user = member("U1", "gate_officer")
    command = Command(actor=actor_for(user))
    with pytest.raises(NotPermitted):
        add_user(command, badge="U2", name="x")
    with psycopg.connect(fresh_database.dsn()) as other:
        refused = other.execute(
            "SELECT actor_id, body::json->'body'->>'code' FROM ledger_entry"
            " WHERE kind = 'command.refused' AND command_id = %s",
            [command.command_id],
        ).fetchall()
        assert refused == [(user.pk, "access.not_permitted")]
        assert other.execute(
            "SELECT count(*) FROM command_result WHERE command_id = %s", [command.command_id]
        ).fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM access_user WHERE badge = 'U2'").fetchone() == (
            0,
        )
