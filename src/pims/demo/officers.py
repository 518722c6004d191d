"""The officers of the simulated prison: made once, then acting in their roles."""

from dataclasses import dataclass

from pims.demo.signins import SIGN_INS, SignIn
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import User
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import actor_for, system_actor
from pims.foundation.access.services import add_user, grant_role
from pims.foundation.commands.transaction import Command


@dataclass(slots=True)
class Officers:
    """One actor a role, the first of its officers, and the system itself."""

    system: Actor
    by_role: dict[str, Actor]

    def command(self, role: str) -> Command:
        return Command(self.by_role[role])


def make_officers(establishment_id: int) -> Officers:
    """Add the users of `SIGN_INS` that are not there yet, each with one role here."""
    system = system_actor()
    by_role: dict[str, Actor] = {}
    for one in SIGN_INS:
        user = User.objects.filter(badge=one.badge).first() or _add(system, one, establishment_id)
        by_role.setdefault(one.code, actor_for(user, strong=True))
    return Officers(system, by_role)


def _add(system: Actor, one: SignIn, establishment_id: int) -> User:
    made = add_user(
        Command(system),
        badge=one.badge,
        name=one.name,
        pin=Secret(one.pin),
        password=Secret(one.password),
    )
    units = None
    if one.unit:
        units = tuple(
            u.unit_id for u in facilities.units(system, establishment_id) if u.code == one.unit
        )
    everywhere = one.code in ("administrator", "auditor", "controller")
    grant_role(
        Command(system),
        user_id=made.user_id,
        role=one.code,
        establishment_id=None if everywhere else establishment_id,
        unit_ids=units,
    )
    return User.objects.get(pk=made.user_id)
