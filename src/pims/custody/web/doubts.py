"""What is asked once more before it is saved in this room, beside what `ui.surprising` asks."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.forms import BaseForm
from django.utils import timezone
from django.utils.translation import gettext

from pims.custody.rules.returns import MAY_ADJOURN
from pims.custody.selectors import DeskRow, Whereabouts
from pims.custody.selectors.births import doubt_of
from pims.custody.selectors.last_known import last_recorded
from pims.custody.web.where import where_text
from pims.kernel import limits
from pims.kernel.decisions import Reason
from pims.people import selectors as people
from pims.ui.dates import day_text, instant_text
from pims.ui.doubts import Doubt
from pims.ui.surprising import day_of, far_ahead, long_ago, long_ago_in, whole_years

MINUTE = timedelta(minutes=1)
# The outcomes of a day at court with a day to come, and how far ahead it may lie.
AHEAD = {
    **dict.fromkeys(MAY_ADJOURN, limits.APPEARANCE_AHEAD),
    "sentenced": limits.SENTENCE_AHEAD,
    "fined": limits.OTHER_PAPER_AHEAD,
}


def inside(head: people.PersonHeader, held: Whereabouts) -> Reason:
    """That the books hold this person inside, and where."""
    return Reason(
        "custody.known_and_inside",
        _named(head) | {"where": where_text(held), "since": instant_text(held.since, "date")},
    )


def put_before(
    head: people.PersonHeader, held: Whereabouts, received_at: datetime, target: str
) -> Doubt:
    """That this reception would begin before the stay on the books."""
    hours = {"since": instant_text(held.since), "at": instant_text(received_at)}
    return Doubt(Reason("custody.doubt_put_before", _named(head) | hours), target)


def birth_doubts(
    born: tuple[date, date] | None,
    *,
    received_at: datetime,
    age_as_given: int | None,
    target: str = "",
) -> list[Doubt]:
    """What does not fit between a birth, by its first and last possible day, and a reception."""
    received = timezone.localtime(received_at).date()
    why = doubt_of(born, received_on=received, age_as_given=age_as_given)
    if not why or born is None:
        return []
    earliest, latest = born
    params = {
        "born": day_text(earliest) if earliest == latest else str(earliest.year),
        "received": day_text(received),
        "age": max(0, whole_years(latest, received)),
        "given": age_as_given,
    }
    return [Doubt(Reason(f"custody.doubt_{why}", params), target)]


def before_the_record(
    episode_id: int, at: datetime, target: str, *, who: str, ended_at: datetime | None = None
) -> list[Doubt]:
    """Whether something is recorded of the stay that happened after this.

    `ended_at` is the end as it stands, where this is its hour put right.
    """
    last = last_recorded(episode_id, ended_at=ended_at)
    if last is None or last < at + MINUTE:
        return []
    params = {"who": who, "at": instant_text(at), "last": instant_text(last)}
    return [Doubt(Reason("custody.doubt_before_what_followed", params), target)]


def hour_doubts(
    form: BaseForm, episode_id: int, *, who: str, ended_at: datetime | None = None
) -> list[Doubt]:
    """Everything surprising about the hour of a fact of this stay, in a form that is right."""
    at, target = form.cleaned_data["happened_at"], day_of(form, "happened_at")
    later = before_the_record(episode_id, at, target, who=who, ended_at=ended_at)
    return long_ago_in(form, "happened_at") + later


def back_far_ahead(form: BaseForm) -> list[Doubt]:
    """Whether the expected return lies so far ahead that nobody would miss whoever is out."""
    name = "expected_back_at"
    if (back := form.cleaned_data[name]) is None:
        return []
    beyond = limits.ESCORT_BACK_AHEAD
    return far_ahead(back, day_of(form, name), what=form[name].label, beyond=beyond)


def desk_doubts(
    lines: Iterable[tuple[Any, datetime]], by_episode: Mapping[int, DeskRow], *, today: date
) -> list[Doubt]:
    """The doubts about the rows that have an outcome: each a form, and the hour that counts."""
    hours: dict[datetime, Doubt] = {}
    found: list[Doubt] = []
    for line, at in lines:
        given = line.cleaned_data
        target = f"id_{line.prefix}-when" if given["when"] is not None else "id_happened_at_day"
        for doubt in long_ago(at, target, what=gettext("Back at")):
            hours.setdefault(at, doubt)
        row = by_episode.get(given["episode_id"])
        if row is None:
            continue
        who = f"{row.number} {row.name}".strip()
        if given["outcome"] == "discharged_at_court":
            found += before_the_record(row.episode_id, at, target, who=who)
        beyond, day = AHEAD.get(given["outcome"]), given["day"]
        if beyond is not None and day is not None:
            target = f"id_{line.prefix}-day"
            found += far_ahead(day, target, what=who, beyond=beyond, after=today)
    return [*hours.values(), *found]


def _named(head: people.PersonHeader) -> dict[str, object]:
    return {"number": head.number, "name": head.display_name or gettext("Name not known")}
