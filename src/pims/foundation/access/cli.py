"""`pims user`: users and what they may do, for whoever runs the server."""

import sys
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from django.apps import apps

from pims.foundation.access import services
from pims.foundation.access.days import zone_at
from pims.foundation.access.roles import definitions
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import find_user_id, get_user, list_users, system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.console import JsonFlag, show, words
from pims.kernel.errors import NotFound

app = typer.Typer(help="Users and what they may do.", no_args_is_help=True)

Badge = Annotated[str, typer.Argument(help="The number on the card.")]
FromStdin = Annotated[
    bool, typer.Option("--stdin", help="Read it from standard input instead of asking.")
]
COLUMNS = {
    "badge": "Badge", "name": "Name", "roles": "Roles", "active": "Active",
    "factors": "Second step", "locked_until": "Locked until",
}  # fmt: skip


@app.command()
def add(
    badge: Badge,
    name: Annotated[str, typer.Argument(help="Name as colleagues know it.")],
    email: str = "",
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
    role: Annotated[
        list[str] | None, typer.Option(help="Grant this role everywhere; may be repeated.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a user. Give them a PIN or password next, and a role."""
    made = services.add_user(_command(), badge=badge, name=name, email=email, language=language)
    for code in role or ():
        services.grant_role(_command(), user_id=made.user_id, role=code)
    show(_user(badge), as_json=as_json, columns=COLUMNS)


@app.command(name="list")
def list_(
    text: Annotated[str, typer.Argument(help="Part of a name or badge.")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Deactivated users too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List users with the roles they hold now."""
    found = list_users(system_actor(), text=text, active=None if everyone else True, limit=10_000)
    show([_row(user) for user in found], as_json=as_json, columns=COLUMNS)


@app.command()
def grant(
    badge: Badge,
    role: Annotated[str, typer.Argument(help="A role's code; see `pims user roles`.")],
    establishment: Annotated[
        str, typer.Option(help="Its code; every establishment where none is given.")
    ] = "",
    unit: Annotated[list[str] | None, typer.Option(help="Only this unit; may be repeated.")] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="Only people so marked; may be repeated.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day, YYYY-MM-DD.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Grant a role from now on."""
    place = _establishment(establishment) if establishment else None
    given = services.grant_role(
        _command(),
        user_id=find_user_id(badge),
        role=role,
        establishment_id=place,
        unit_ids=_units(place, unit) if unit else None,
        labels=tuple(label) if label else None,
        ends_at=_end_of(until.date(), place) if until else None,
    )
    show({"grant_id": given.grant_id, "badge": badge, "role": role}, as_json=as_json)


@app.command()
def end(grant_id: int) -> None:
    """End a grant now."""
    services.end_grant(_command(), grant_id=grant_id)


@app.command()
def pin(badge: Badge, stdin: FromStdin = False, as_json: JsonFlag = False) -> None:
    """Set a PIN. It ends the user's sessions."""
    user_id = find_user_id(badge)
    services.set_pin(_command(), user_id=user_id, pin=_secret("PIN", stdin=stdin))
    show(_user(badge), as_json=as_json, columns=COLUMNS)


@app.command()
def password(badge: Badge, stdin: FromStdin = False, as_json: JsonFlag = False) -> None:
    """Set a password. It ends the user's sessions."""
    user_id = find_user_id(badge)
    services.set_password(_command(), user_id=user_id, password=_secret("Password", stdin=stdin))
    show(_user(badge), as_json=as_json, columns=COLUMNS)


@app.command()
def unlock(badge: Badge) -> None:
    """End a lock-out before its time."""
    services.unlock_user(_command(), user_id=find_user_id(badge))


@app.command()
def deactivate(badge: Badge) -> None:
    """End a user's access and sessions at once."""
    services.deactivate_user(_command(), user_id=find_user_id(badge))


@app.command()
def roles(as_json: JsonFlag = False) -> None:
    """List the roles and what each may do."""
    found = [
        {"role": role.code, "name": role.en, "permissions": sorted(role.permissions)}
        for role in definitions().values()
    ]
    show(found, as_json=as_json, columns={"role": "Role", "name": "Name"})


def _command() -> Command:
    return Command(actor=system_actor())


def _user(badge: str) -> dict[str, object]:
    return _row(get_user(system_actor(), find_user_id(badge)))


def _row(user: object) -> dict[str, object]:
    names = ("user_id", "badge", "name", "email", "language", "active", "has_pin",
             "has_password", "factors", "locked_until", "roles")  # fmt: skip
    return {name: getattr(user, name) for name in names}


def _secret(what: str, *, stdin: bool) -> Secret:
    if stdin:
        return Secret(sys.stdin.readline().rstrip("\r\n"))
    words.print(f"{what} will not be shown while you type.")
    return Secret(typer.prompt(what, hide_input=True, confirmation_prompt=True, err=True))


def _establishment(code: str) -> int:
    found = apps.get_model("facilities", "Establishment")._base_manager.filter(code=code).first()
    if found is None:
        raise NotFound("establishment", code)
    return int(found.pk)


def _units(establishment_id: int | None, codes: list[str]) -> tuple[int, ...]:
    if establishment_id is None:
        raise NotFound("establishment")
    units = apps.get_model("facilities", "Unit")._base_manager
    found = dict(
        units.filter(establishment_id=establishment_id, code__in=codes).values_list("code", "pk")
    )
    if missing := [code for code in codes if code not in found]:
        raise NotFound("unit", ", ".join(missing))
    return tuple(found.values())


def _end_of(day: date, establishment_id: int | None) -> datetime:
    """The midnight after the day, where the grant holds."""
    zone = ZoneInfo(zone_at(establishment_id))
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
