"""What the services of custody share: instants, episodes, periods, scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pims.custody import events
from pims.custody.models import Absence, Episode, Escort, Placement
from pims.custody.rules.timelines import Row, after_all
from pims.custody.services.about import about
from pims.facilities import selectors as facilities
from pims.foundation.access.person_scope import set_scope
from pims.foundation.commands.transaction import Transaction
from pims.foundation.history.known import held_at
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.limits import CLOCK_SLACK, FIRST_YEAR_OF_FACTS

OLDEST = datetime(FIRST_YEAR_OF_FACTS, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was so. `given` is false where it is simply now, by a clock.

    `disputed` where that clock stands before what was recorded earlier.
    """

    at: datetime
    given: bool
    disputed: bool = False

    @property
    def apart(self) -> timedelta:
        """Less than this between two hours is no contradiction: clocks differ a little."""
        return timedelta(0) if self.given else CLOCK_SLACK


def moment(tx: Transaction, happened_at: datetime | None, field: str = "happened_at") -> Moment:
    """The instant of a fact: as given, or now.

    Raises InvalidInput for one without zone, in the future (more than two minutes ahead) or
    before 1950.
    """
    if happened_at is None:
        return Moment(tx.now, given=False)
    if happened_at.tzinfo is None:
        raise InvalidInput({field: Reason("custody.zone_missing")})
    if minutes.is_to_come(happened_at, tx.now):
        raise InvalidInput({field: Reason("custody.in_the_future")})
    if happened_at < OLDEST:
        raise InvalidInput({field: Reason("custody.too_long_ago")})
    return Moment(happened_at.astimezone(UTC), given=True)


def not_before(at: datetime, earliest: datetime, field: str, code: str) -> datetime:
    """`at`, or `earliest` where both are of one minute; raise InvalidInput where it is before."""
    at = minutes.not_before(at, earliest)
    if at < earliest:
        raise InvalidInput({field: Reason(code, {"earliest": earliest.isoformat()})})
    return at


def locked_episode(tx: Transaction, episode_id: int) -> Episode:
    """The episode, its person locked. Raises NotFound."""
    person_id = Episode.objects.filter(pk=episode_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound("episode", episode_id)
    tx.lock_persons([person_id])
    return Episode.objects.get(pk=episode_id)


def require_episode(tx: Transaction, episode_id: int, permission: str) -> Episode:
    """The locked episode, after the check that the actor may do this to its person."""
    episode = locked_episode(tx, episode_id)
    tx.require_person(permission, episode.person_id)
    return episode


def require_open(episode: Episode) -> None:
    """Raise Refused where custody has ended: nobody can decide otherwise."""
    if episode.ends_at is not None:
        refuse(Reason("custody.episode_ended", {"ended_at": episode.ends_at.isoformat()})).require()


def episode_at(person_id: int, at: datetime) -> Episode | None:
    """The episode that covers the instant, or that began within its minute."""
    own = Episode.objects.filter(person_id=person_id)
    own = own.exclude(end_kind=Episode.EndKind.NEVER_HELD)
    return (
        own.filter(held_at(at)).first()
        or own.filter(starts_at__gt=at, starts_at__lt=at + timedelta(minutes=1))
        .order_by("starts_at")
        .first()
    )


def open_escort(episode: Episode, at: datetime | None = None) -> Escort | None:
    """The escort on which the person is out at `at` (None: the one still open)."""
    rows = Escort.objects.filter(episode=episode)
    if at is None:
        return rows.filter(returned_at=None).order_by("-left_at").first()
    return rows.filter(held_at(at, start="left_at", end="returned_at")).first()


def open_absence(episode: Episode, at: datetime | None = None) -> Absence | None:
    rows = Absence.objects.filter(episode=episode)
    if at is None:
        return rows.filter(ends_at=None).order_by("-starts_at").first()
    return rows.filter(held_at(at)).first()


def limit_after(episode: Episode, at: datetime) -> datetime | None:
    """Until when something that began at `at` can last: the next absence, the end of custody."""
    absences = Absence.objects.filter(episode=episode, starts_at__gt=at).order_by("starts_at")
    ends = [absences.values_list("starts_at", flat=True).first(), episode.ends_at]
    return min((end for end in ends if end is not None), default=None)


def open_placement(episode: Episode) -> Placement | None:
    return Placement.objects.filter(episode=episode, ends_at=None).order_by("-starts_at").first()


def row_of(placement: Placement | Absence) -> Row:
    return Row(placement.pk, placement.starts_at, placement.ends_at)


def rows_of(found: Iterable[Placement | Absence]) -> list[Row]:
    return [row_of(p) for p in found]


def escort_rows(found: Iterable[Escort]) -> list[Row]:
    return [Row(e.pk, e.left_at, e.returned_at) for e in found]


def begun(when: Moment, episode: Episode, field: str = "happened_at") -> Moment:
    """When a fact of this stay was, as it is recorded.

    An instant that somebody gave stands: late entry is normal. Raises InvalidInput where it lies
    before reception. Where nobody gave one and the clock stands before what is already recorded,
    the order of recording is kept: no clock refuses a fact.
    """
    if when.given:
        at = not_before(when.at, episode.starts_at, field, "custody.before_reception")
        return Moment(at, given=True)
    at = after_all(_recorded(episode), when.at)
    return Moment(at, given=False, disputed=at - when.at > CLOCK_SLACK)


def _recorded(episode: Episode) -> list[Row]:
    """Everything that began in the episode, its reception first, and where absences ended."""
    absences = list(Absence.objects.filter(episode=episode))
    return [
        Row(episode.pk, episode.starts_at, None),
        *rows_of(Placement.objects.filter(episode=episode)),
        *rows_of(absences),
        *(Row(row.pk, row.ends_at, None) for row in absences if row.ends_at is not None),
        *escort_rows(Escort.objects.filter(episode=episode)),
    ]


def told_clock_back(
    tx: Transaction, episode: Episode, table: str, row_id: int, at: datetime
) -> None:
    tx.record(
        events.ClockWentBack(
            **about(episode, at),
            table=table,
            row_id=row_id,
        )
    )


def scope_to(episode: Episode, unit_id: int | None) -> None:
    """The person now falls under this unit of the episode's establishment."""
    set_scope(episode.person_id, establishment_id=episode.establishment_id, unit_id=unit_id)


def scope_from_rows(episode: Episode) -> None:
    """Set the unit from what is recorded as of now: cell place, else reception; none at large."""
    if episode.ends_at is not None or open_absence(episode) is not None:
        scope_to(episode, None)
        return
    placement = open_placement(episode)
    if placement is None:
        scope_to(episode, facilities.reception_unit(episode.establishment_id).unit_id)
        return
    info = facilities.place_info([placement.place_id], at=placement.starts_at)
    scope_to(episode, info[placement.place_id].unit.unit_id)
