"""What the components of a page are given: small frozen values, already in words for the reader.

Rooms build them in their views from what their selectors return. Texts may be lazy translations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Tone = Literal["quiet", "info", "ok", "warn", "alarm", "dark"]
PLACE = _("Place")


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation, of tabs or of a sub navigation; `count` shows beside it.

    One with `items` opens them and leads nowhere itself; it is current where one of them is.
    """

    label: Text
    url: str
    current: bool = False
    count: int | None = None
    items: tuple["NavItem", ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A short word on a coloured ground; the word alone carries the meaning."""

    label: Text
    tone: Tone = "quiet"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, with an optional link that changes it."""

    label: Text
    value: object
    url: str = ""
    action: Text = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the page is about: shown at the top of every page about one prisoner.

    `away` says how somebody in custody is outside now: ``escort``, ``at_large`` or "" where inside.
    """

    number: str
    name: Text
    status: Text
    place: Text
    url: str = ""
    photo_url: str = ""
    status_tone: Tone = "info"
    flags: Sequence[Flag] = ()
    facts: Sequence[Fact] = ()
    place_label: Text = PLACE
    away: str = ""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One custody alarm: what is wrong, about whom, whose it is and until when."""

    title: Text
    subject: Text
    url: str
    owner: Text
    due: datetime | None
    tone: Tone = "alarm"
    overdue: bool = False
    detail: Text = ""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened; `recorded` is given where it was entered later than it was so."""

    at: datetime
    title: Text
    body: Text = ""
    by: Text = ""
    url: str = ""
    tone: Tone = "info"
    recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell or a place: `used` of `capacity`, or who is there; `action` is what can be done."""

    label: Text
    url: str = ""
    used: int | None = None
    capacity: int | None = None
    note: Text = ""
    tone: Tone = "quiet"
    lines: Sequence[Text] = ()
    action: Text = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """One figure with its name; `url` opens what was counted."""

    label: Text
    value: int | str
    url: str = ""
    tone: Tone = "quiet"
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A period of authority to detain, drawn over time; `end` of None is open."""

    label: Text
    start: datetime
    end: datetime | None
    tone: Tone = "info"
    note: Text = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A step of a guided piece of work; a step without `url` can't be begun yet."""

    label: Text
    status: Text
    url: str = ""
    tone: Tone = "quiet"
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; `sort` is the key that the view understands, empty where it has none."""

    label: Text
    sort: str = ""
    numeric: bool = False
    hidden_label: bool = False
