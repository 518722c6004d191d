"""What every page's shell shows: who is signed in, where they may go, what is alarming."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.assurance.selectors import alarm_count
from pims.assurance.web.queue import under_way
from pims.foundation.access import sessions
from pims.foundation.access.actor import ANONYMOUS, Actor
from pims.foundation.access.selectors import role_name
from pims.ui.shapes import NavItem
from pims.web.permissions import opens


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: shown to whoever holds the permission at the chosen establishment,
    once its room has the page. Administration belongs to no establishment.
    """

    label: Promise
    url_name: str
    permission: str | None
    prefix: str = ""
    group: Promise | None = None


# What is opened a few times a week stands under one word: the menu of everybody fits a line.
WHO, HOUSE = _("Who is who"), _("Administration")
FIT_A_LINE = 10
MENU = (
    Entry(_("Start"), "home", None),
    Entry(_("Reception"), "custody:reception", "custody.receive", "/custody/reception"),
    Entry(_("Roll"), "custody:roll", "custody.view", "/custody/roll"),
    Entry(_("Board"), "live:board", "live.view", "/board"),
    Entry(_("Out and returns"), "custody:desk", "custody.escort", "/custody/desk"),
    Entry(_("Warrants"), "authority:index", "authority.view", "/authority"),
    Entry(_("Courts"), "courts:index", "courts.view", "/courts"),
    Entry(_("Release dates"), "sentences:queue", "sentences.view", "/sentences"),
    Entry(_("Discharge"), "release:index", "release.view", "/release"),
    Entry(_("Inbox"), "exchange:inbox", "exchange.inbox", "/exchange/inbox"),
    Entry(_("Known twice?"), "people:matches", "people.edit", "/people/matches", WHO),
    Entry(_("Who is this?"), "biometrics:check", "biometrics.verify", "/fingerprints/check", WHO),
    Entry(
        _("Fingerprints"), "biometrics:candidates", "biometrics.examine", "/fingerprints", WHO
    ),
    Entry(_("Units"), "facilities:index", "facilities.view", "/facilities", HOUSE),
    Entry(_("Agencies"), "exchange:index", "exchange.view", "/exchange", HOUSE),
    Entry(_("Ten at random"), "visiting_sample", "visiting.sample", "/visiting", HOUSE),
    Entry(
        _("Orders on records"), "administration:records", "people.seal",
        "/administration/records", HOUSE,
    ),
    Entry(_("Users"), "administration:users", "access.view", "/administration/users", HOUSE),
)  # fmt: skip


# Where a release order and a critical alarm are heard: the desks at which somebody always sits.
# The first two have a stream of their own.
HEARD_LIVE = frozenset({"home", "live:board"})
HEARD = HEARD_LIVE | {
    "custody:reception", "custody:receive", "custody:desk", "custody:out", "release:index",
    "assurance:alarms", "exchange:inbox",
}  # fmt: skip


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shell` and `csp_nonce` (docs/use/components.md lists the keys)."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    found: dict[str, Any] = {
        "languages": [
            {"code": code, "label": label, "current": code == get_language()}
            for code, label in settings.LANGUAGES
        ],
        "language_url": address("signin:language"),
        "test_system": settings.PIMS_TEST_SYSTEM,
    }
    if not actor.is_anonymous:
        found |= _of_user(request, actor)
    return {"shell": found, "csp_nonce": getattr(request, "csp_nonce", "")}


def _of_user(request: Any, actor: Actor) -> dict[str, Any]:
    language = get_language() or "en"
    here = request.path
    establishment, where = request.establishment, request.establishment_id
    sees_people = actor.can("people.view")
    return {
        "user": {
            "name": actor.name,
            "badge": actor.badge,
            "role": ", ".join(
                role_name(role, language) for role in dict.fromkeys(r.role for r in actor.reaches)
            ),
        },
        "switch_url": f"{address('signin:switch')}",
        "sign_out_url": address("signin:sign_out"),
        "account_url": address("signin:account"),
        "session_url": address("signin:session"),
        "idle_seconds": sessions.idle_seconds(),
        "establishment": establishment.name if establishment else "",
        "establishments": request.establishments,
        "establishment_url": address("signin:establishment"),
        "nav": menu(actor, where, here),
        "search_url": address("search") if sees_people else "",
        "search_text": request.GET.get("q", "") if sees_people else "",
        "draft_key": draft_key(actor.user_id) if _is_safe(request) else "",
        **_sound(request, actor),
        "alarms_url": address("assurance:alarms")
        if opens(actor, "assurance.view", "assurance:alarms", where)
        else "",
        "queue": under_way(request),
        "alarm_count": _alarm_count(actor, request.establishment_id),
    }


def menu(actor: Actor, establishment_id: int | None, here: str) -> list[NavItem]:
    """What the actor may open there, in order.

    More than fit a line are grouped; a group of which they open but one page is that page.
    """
    shown = [
        (entry.group, NavItem(entry.label, url, current=_is_here(entry, url, here)))
        for entry in MENU
        if opens(actor, entry.permission, entry.url_name, establishment_id)
        and (url := address(entry.url_name))
    ]
    if len(shown) <= FIT_A_LINE:
        return [item for _group, item in shown]
    found = [item for group, item in shown if group is None]
    for name in (WHO, HOUSE):
        items = tuple(item for group, item in shown if group is name)
        current = any(item.current for item in items)
        found += items if len(items) < 2 else (NavItem(name, "", current, items=items),)
    return found


def draft_key(user_id: int) -> str:
    """With what this user's drafts are locked in a browser: given to their own pages alone.

    Base64 of 32 bytes, always the same for a user.
    """
    return b64encode(salted_hmac("pims.drafts", str(user_id), algorithm="sha256").digest()).decode()


def _is_safe(request: HttpRequest) -> bool:
    """Whether the browser lets the page lock anything: by https, or on the machine itself."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    return request.is_secure() or host in ("localhost", "127.0.0.1", "::1")


def _sound(request: Any, actor: Actor) -> dict[str, str]:
    """Where the page asks what to sound, and the stream that tells it when."""
    view = request.resolver_match.view_name if request.resolver_match else ""
    where = request.establishment_id
    if view not in HEARD or where is None or not actor.can_at("live.view", where):
        return {}
    if not any(actor.can_at(p, where) for p in ("release.view", "assurance.view")):
        return {}
    own = "" if view in HEARD_LIVE else f"{address('live:stream')}?sound"
    return {"sound_url": address("live:sounding"), "sound_stream": own}


def address(url_name: str) -> str:
    """The address of a page, or "" where its room has no such page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _is_here(entry: Entry, url: str, here: str) -> bool:
    if here == url or entry.prefix == "" or not here.startswith(entry.prefix):
        return here == url
    # A page of a list that has an entry of its own is not under the entry of the whole room.
    return not any(
        len(other.prefix) > len(entry.prefix) and here.startswith(other.prefix) for other in MENU
    )


def _alarm_count(actor: Actor, establishment_id: int | None) -> Callable[[], int] | int:
    """Counted only where the template asks for it, and once however often it does."""
    if establishment_id is None or not actor.can_at("assurance.view", establishment_id):
        return 0
    return cache(lambda: alarm_count(actor, establishment_id))
