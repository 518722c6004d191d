"""Cases with their charges, and the hearings of people."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from pims.courts.models import CaseParty, Charge, CourtCase, Hearing
from pims.courts.selectors.infos import CaseInfo, HearingInfo
from pims.courts.selectors.rows import (
    body_names,
    by_ids,
    charge_info,
    hearing_info,
    of_cases,
    of_persons,
)
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people import selectors as people

VIEW = "courts.view"


def seen_with_joined(
    viewer: Actor, person_ids: Iterable[int], as_of: AsOf | None = None
) -> tuple[set[int], dict[int, int]]:
    """Those whom the viewer may see, with every record joined to them -> whom it counts for."""
    asked = set(person_ids)
    seen = asked if viewer.system else visible_ids(viewer, VIEW, asked)
    joined = people.joined_records(seen, known_at=None if as_of is None else as_of.known_at)
    return seen, {**{i: i for i in seen}, **joined}


def cases(
    viewer: Actor, person_ids: Iterable[int], as_of: AsOf | None = None
) -> dict[int, list[CaseInfo]]:
    """The cases of the persons whom the viewer may see, newest first, as known at K.

    A constant number of queries. Who else is before the court is there as far as the viewer may
    see them.
    """
    _seen, whose = seen_with_joined(viewer, person_ids, as_of)
    known_at = None if as_of is None else as_of.known_at
    if not whose:
        return {}
    own = of_persons(whose.keys(), model=CaseParty, known_at=known_at)
    infos = _infos(viewer, {party.case_id for party in own}, as_of)
    found: dict[int, dict[int, CaseInfo]] = defaultdict(dict)
    for party in own:
        if party.case_id in infos:
            found[whose[party.person_id]][party.case_id] = infos[party.case_id]
    return {
        person_id: sorted(of_one.values(), key=lambda c: c.case_id, reverse=True)
        for person_id, of_one in found.items()
    }


def case(viewer: Actor, case_id: int, as_of: AsOf | None = None) -> CaseInfo:
    """One case, for whoever may see one of those who are in it. Raises NotFound."""
    found = _infos(viewer, [case_id], as_of).get(case_id)
    if found is None or not (found.person_ids or viewer.system):
        raise NotFound("court_case", case_id)
    return found


def _infos(viewer: Actor, case_ids: Collection[int], as_of: AsOf | None) -> dict[int, CaseInfo]:
    if not case_ids:
        return {}
    known_at = None if as_of is None else as_of.known_at
    rows = by_ids(case_ids, model=CourtCase, known_at=known_at)
    parties: dict[int, list[int]] = defaultdict(list)
    for party in of_cases(case_ids, model=CaseParty, known_at=known_at):
        parties[party.case_id].append(party.person_id)
    everyone = {i for ids in parties.values() for i in ids}
    roots = people.ids_canonical(everyone)
    seen = everyone if viewer.system else visible_ids(viewer, VIEW, set(roots.values()))
    charges: dict[int, list[Charge]] = defaultdict(list)
    for charge in of_cases(case_ids, model=Charge, known_at=known_at):
        charges[charge.case_id].append(charge)
    bodies = body_names()

    def may_see(person_id: int) -> bool:
        return viewer.system or roots.get(person_id, person_id) in seen

    return {
        row.id: CaseInfo(
            case_id=row.id,
            number=row.number,
            title=row.title,
            body_id=row.body_id,
            body_name=bodies.get(row.body_id, ""),
            establishment_id=row.establishment_id,
            opened_on=row.opened_on,
            closed_on=row.closed_on,
            person_ids=tuple(dict.fromkeys(roots.get(i, i) for i in parties[row.id] if may_see(i))),
            hidden=sum(not may_see(i) for i in parties[row.id]),
            charges=tuple(charge_info(c) for c in charges[row.id] if may_see(c.person_id)),
            version=row.version,
        )
        for row in rows
    }


def case_numbers(case_ids: Iterable[int | None]) -> dict[int, str]:
    """The courts' numbers of cases; they name no one. One query, none where there is no case."""
    ids = {i for i in case_ids if i is not None}
    if not ids:
        return {}
    return {row.id: row.number for row in by_ids(ids, model=CourtCase, known_at=None)}


def hearings(
    viewer: Actor, person_ids: Iterable[int], as_of: AsOf | None = None
) -> dict[int, list[HearingInfo]]:
    """The hearings of the persons whom the viewer may see, the last day first, as known at K.

    Those that were cancelled are among them. A constant number of queries.
    """
    _seen, whose = seen_with_joined(viewer, person_ids, as_of)
    if not whose:
        return {}
    known_at = None if as_of is None else as_of.known_at
    rows = of_persons(whose.keys(), model=Hearing, known_at=known_at)
    bodies, numbers = body_names(), case_numbers(row.case_id for row in rows)
    found: dict[int, list[HearingInfo]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r.on, r.id), reverse=True):
        info = hearing_info(row, whose, bodies, numbers)
        found[info.person_id].append(info)
    return dict(found)


def hearing(viewer: Actor, hearing_id: int) -> HearingInfo:
    """One hearing. Raises NotFound."""
    row = Hearing.objects.filter(pk=hearing_id).first()
    if row is None:
        raise NotFound("hearing", hearing_id)
    root = people.canonical_id(row.person_id)
    if not viewer.system and not visible_ids(viewer, VIEW, [root]):
        raise NotFound("hearing", hearing_id)
    return hearing_info(row, {row.person_id: root}, body_names(), case_numbers([row.case_id]))
