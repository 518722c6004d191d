"""Everything that the shelf is made of, read for many people at once from the rooms below."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pims.authority import selectors as authority
from pims.biometrics.stored import keys_of as gallery_keys
from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.exchange.models import MadeUp
from pims.facilities import selectors as facilities
from pims.foundation.access.days import zones_of
from pims.foundation.access.selectors import system_actor
from pims.foundation.bulk import any_of
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.safety import selectors as safety
from pims.sentences import selectors as sentences


@dataclass(frozen=True, slots=True)
class Facts:
    """One person, as the rooms below know them; the records joined to theirs are among it."""

    header: people.PersonHeader
    particulars: people.Particulars
    where: custody.Whereabouts | None
    standing: custody.Standing | None
    unit: facilities.UnitInfo | None
    episodes: tuple[custody.EpisodeBrief, ...]
    status: authority.LegalStatus | None
    warrants: tuple[authority.WarrantBrief, ...]
    hearings: tuple[courts.HearingInfo, ...]
    orders: tuple[authority.ReleaseOrderInfo, ...]
    dates: sentences.ReleaseDates | None
    flags: tuple[safety.FlagInfo, ...]
    # The names by which the gallery of fingerprints knows the records that are theirs.
    prints: tuple[UUID, ...] = ()
    # Does not exist: made up to try things out with, as is every record joined to it.
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Codes by id of what records refer to."""

    establishments: dict[int, str]
    bodies: dict[int, str]
    body_codes: dict[str, str]


def names() -> Names:
    bodies = authority.bodies()
    return Names(
        {e.establishment_id: e.code for e in facilities.establishments(system_actor())},
        {body.body_id: body.code for body in bodies},
        {body.name: body.code for body in bodies},
    )


def gather(person_ids: Collection[int], *, at: datetime) -> dict[int, Facts]:
    """The facts of those who were not erased, in a constant number of queries a time zone.

    The ids are of records that were joined to no other.
    """
    viewer, ids = system_actor(), sorted(set(person_ids))
    found = people.particulars(ids)
    ids = [i for i in ids if i in found]
    if not ids:
        return {}
    headers = people.person_headers(viewer, ids)
    joined = people.joined_records(ids)
    whose = {**{i: i for i in ids}, **joined}
    where = custody.whereabouts(viewer, ids)
    standing = {whose[one.person_id]: one for one in custody.standing(person_ids=whose)}
    places = facilities.place_info(
        {one.place_id for one in standing.values() if one.place_id is not None}, at=at
    )
    episodes: dict[int, list[custody.EpisodeBrief]] = defaultdict(list)
    for person_id, own in custody.episode_briefs(whose).items():
        episodes[whose[person_id]] += own
    status: dict[int, authority.LegalStatus] = {}
    warrants: dict[int, list[authority.WarrantBrief]] = {}
    for zone, among in _by_zone(ids):
        held = [i for i in among if i in where and where[i].held]
        status |= authority.legal_status(held, zone=zone, as_of=AsOf(at)) if held else {}
        warrants |= authority.warrants_of(among, zone=zone)
    hearings = courts.hearings(viewer, ids)
    orders = authority.release_orders(ids)
    dates = sentences.release_dates(viewer, ids, fresh=False)
    flags = safety.flags(viewer, ids)
    prints: dict[int, list[UUID]] = defaultdict(list)
    for person_id, key in gallery_keys(list(whose)).items():
        prints[whose[person_id]].append(key)
    made_up = made_up_among(whose)
    facts = {}
    for i in ids:
        stands = standing.get(i)
        place = places.get(stands.place_id or 0) if stands else None
        facts[i] = Facts(
            header=headers[i],
            particulars=found[i],
            where=where.get(i),
            standing=stands,
            unit=place.unit if place else None,
            episodes=tuple(sorted(episodes[i], key=lambda e: e.starts_at)),
            status=status.get(i),
            warrants=tuple(warrants.get(i, ())),
            hearings=tuple(hearings.get(i, ())),
            orders=tuple(orders.get(i, ())),
            dates=dates.get(i),
            flags=tuple(flags.get(i, ())),
            prints=tuple(sorted(prints[i], key=str)),
            made_up=i in made_up,
        )
    return facts


def made_up_roots(roots: Collection[int]) -> set[int]:
    """Those of the records, which are joined to no other, of people who do not exist."""
    joined = people.joined_records(list(roots)) if roots else {}
    return made_up_among({**{i: i for i in roots}, **joined})


def made_up_persons() -> list[int]:
    """Every record that was marked as one of somebody who does not exist."""
    return list(MadeUp.objects.order_by("pk").values_list("pk", flat=True))


def made_up_among(whose: Mapping[int, int]) -> set[int]:
    """Of the records that others were joined to, those of test prisoners alone.

    `whose` is record -> the one that it was joined to, or itself. Where one that was joined is of
    somebody real, so is the whole.
    """
    rows = MadeUp.objects.filter(any_of("person_id", list(whose)))
    marked = set(rows.values_list("person_id", flat=True))
    return set(whose.values()) - {root for i, root in whose.items() if i not in marked}


def _by_zone(ids: Iterable[int]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = defaultdict(list)
    for person_id, zone in zones_of(list(ids)).items():
        found[zone].append(person_id)
    return sorted(found.items())
