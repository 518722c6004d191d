"""The simulated prison in a database of its own: made once a run, shared by the cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.test import Client
from django.test.client import RequestFactory

from bench.context import Context
from bench.databases import connected_to, drop_database, make_database
from pims.facilities import selectors as facilities
from pims.foundation.access import sessions
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import User
from pims.foundation.access.selectors import actor_for, system_actor

HELD = 1114
# A window this short is made in a minute: most people are taken over on its first day.
YEARS = 0.1
ADDRESS = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Prison:
    database: str
    held: int
    establishment_id: int


@contextmanager
def prison(context: Context, held: int = HELD) -> Iterator[Prison]:
    """Within the block the default connection is to a prison that holds `held` people."""
    name = f"pims_bench_prison_{held}"
    made = name in context.shared
    if not made:
        # One that failed to fill is begun anew.
        drop_database(name)
        make_database(name)
    with connected_to(name):
        if not made:
            context.shared[name] = _fill(context, held)
        found = context.shared[name]
        assert isinstance(found, Prison)
        yield found


def officer(role: str) -> tuple[User, Actor]:
    """The demo officer of a role, strongly signed in."""
    from pims.demo.signins import SIGN_INS

    badge = next(one.badge for one in SIGN_INS if one.code == role)
    user = User.objects.get(badge=badge)
    return user, actor_for(user, strong=True)


def session_of(user: User) -> str:
    """The key of a session opened as sign-in opens it, without the forms."""
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    sessions.open_session(request, user, how="password", strong=True)
    request.session.save()
    return str(request.session.session_key)


def client_of(role: str) -> Client:
    """A client of the whole application, middleware and all, signed in as the role's officer."""
    client = Client(headers={"host": "localhost"})
    client.cookies["pims_session"] = session_of(officer(role)[0])
    return client


def get(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != HTTPStatus.OK:
        raise AssertionError(f"{address} answered {response.status_code}")
    return bytes(response.content)


def _fill(context: Context, held: int) -> Prison:
    from django.conf import settings

    from pims.demo import services

    context.say(f"Making a prison that holds {held:,}")
    made = services.load(prisoners=held, years=YEARS, seed=1, report=context.say)
    if "static" not in context.shared:
        call_command("collectstatic", interactive=False, verbosity=0)
        context.shared["static"] = settings.STATIC_ROOT
    where = facilities.establishments(system_actor())[0].establishment_id
    context.say(f"{made.held} held after {made.seconds:.0f} s")
    return Prison(f"pims_bench_prison_{held}", made.held, where)
