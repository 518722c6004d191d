"""Recorded births that do not fit what was seen and said at reception."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.custody.models import BodyReceipt, Episode
from pims.custody.rules import births as rules
from pims.facilities import selectors as facilities
from pims.foundation.bulk import any_of
from pims.people import selectors as people


def births_in_doubt(episode_ids: Iterable[int]) -> dict[int, str]:
    """Episode -> why its person's birth is in doubt; an episode without doubt is absent.

    Three queries, whatever the number; no scope.
    """
    wanted = list(episode_ids)
    if not wanted:
        return {}
    rows = list(
        Episode.objects.filter(any_of("id", wanted)).values_list(
            "id", "person_id", "establishment_id", "starts_at"
        )
    )
    born = people.born_between({row[1] for row in rows})
    ages = _ages(wanted)
    zones = {place: ZoneInfo(facilities.time_zone(place)) for place in {row[2] for row in rows}}
    found = {}
    for episode_id, person_id, establishment_id, starts_at in rows:
        why = doubt_of(
            born.get(person_id),
            received_on=starts_at.astimezone(zones[establishment_id]).date(),
            age_as_given=ages.get(episode_id),
        )
        if why:
            found[episode_id] = why
    return found


def receptions_of(person_id: int) -> list[tuple[datetime, int | None]]:
    """When each stay of a person began, newest first, with the age that was said then; no scope."""
    own = Episode.objects.filter(any_of("person_id", sorted(people.persons_of(person_id))))
    rows = list(
        own.exclude(end_kind=Episode.EndKind.NEVER_HELD)
        .order_by("-starts_at")
        .values_list("id", "starts_at")
    )
    ages = _ages([episode_id for episode_id, _starts_at in rows])
    return [(starts_at, ages.get(episode_id)) for episode_id, starts_at in rows]


def _ages(episode_ids: list[int]) -> dict[int, int | None]:
    """Episode -> the age that was last said at its reception."""
    said = BodyReceipt.objects.filter(any_of("episode_id", episode_ids), age_as_given__isnull=False)
    return dict(said.order_by("received_at", "pk").values_list("episode_id", "age_as_given"))


def age_given(episode_id: int) -> int | None:
    """The age that was said when the episode's person was last received."""
    rows = BodyReceipt.objects.filter(episode_id=episode_id, age_as_given__isnull=False)
    return rows.order_by("-received_at", "-pk").values_list("age_as_given", flat=True).first()


def doubt_of(born: tuple[date, date] | None, *, received_on: date, age_as_given: int | None) -> str:
    """ "" or why a birth between two days is in doubt; see `rules.births.doubt`."""
    birth = None if born is None else rules.Birth(*born)
    return rules.doubt(birth, received_on=received_on, age_as_given=age_as_given)
