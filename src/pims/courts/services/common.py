"""What every write of this room needs: texts, courts, who may, and the rows locked for a change."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import BodyInfo
from pims.courts.models import CaseParty, Charge, CourtCase, CourtOrder, Hearing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field
from pims.people import selectors as people

RECORD = "courts.record"
CLOCK_SLACK = timedelta(minutes=2)
# The largest number that a row can hold.
MOST = 2**31 - 1
NUMBER, TITLE, PURPOSE, REASON, NOTE, PROSE = 80, 200, 120, 300, 2_000, 10_000
NAMES = 200


def line(field: str, text: str, limit: int, *, missing: str = "") -> str:
    return clean_field(field, text, limit=limit, missing=missing)


def prose(field: str, text: str, limit: int = PROSE) -> str:
    return clean_field(field, text, limit=limit, multiline=True)


def why(field: str, text: str, limit: int = REASON) -> str:
    """Raises InvalidInput where nobody says why."""
    return clean_field(field, text, limit=limit, multiline=True, missing="courts.reason_missing")


def body_of(body_id: int) -> BodyInfo:
    """Raises NotFound."""
    found = {body.body_id: body for body in authority.bodies()}.get(body_id)
    if found is None:
        raise NotFound("body", body_id)
    return found


def reach(tx: Transaction, permission: str, person_ids: Iterable[int]) -> None:
    """Raise unless the actor may do this to each of the persons, wherever they are now."""
    ids = list(person_ids)
    roots = people.ids_canonical(ids)
    for person_id in ids:
        tx.require_person(permission, roots.get(person_id, person_id))


def today(tx: Transaction, establishment_id: int) -> date:
    return tx.now.astimezone(ZoneInfo(facilities.time_zone(establishment_id))).date()


def day_of(instant: datetime, establishment_id: int) -> date:
    return instant.astimezone(ZoneInfo(facilities.time_zone(establishment_id))).date()


def closed(body: BodyInfo, day: date | None) -> bool:
    """Whether something speaks against the body's sitting on that day."""
    return day is not None and doubt_of_day(body.code, day) is not None


def not_in_the_future(tx: Transaction, **instants: datetime | None) -> dict[str, Reason]:
    """What is wrong with instants that are told as past, by field."""
    wrong = {}
    for field, instant in instants.items():
        if instant is None:
            continue
        if instant.tzinfo is None:
            wrong[field] = Reason("courts.zone_missing")
        elif instant > tx.now + CLOCK_SLACK:
            wrong[field] = Reason("courts.in_the_future")
    return wrong


def among(field: str, value: str, allowed: Collection[str]) -> dict[str, Reason]:
    return {} if value in allowed else {field: Reason("courts.unknown_word", {"word": value[:40]})}


def amounts(**numbers: int | None) -> dict[str, Reason]:
    """What no row can hold; everything else is kept as written."""
    return {
        field: Reason("courts.number_out_of_reach", {"most": MOST})
        for field, number in numbers.items()
        if number is not None and not 0 <= number <= MOST
    }


def refuse_wrong(wrong: Mapping[str, Reason]) -> None:
    if wrong:
        raise InvalidInput(wrong)


def locked_case(
    tx: Transaction, case_id: int, *, also: Iterable[int] = (), permission: str = RECORD
) -> CourtCase:
    """The case; everyone before the court in it and those of `also` locked. Raises NotFound.

    Whoever may act for one of them may: a case goes along with those who are in it.
    """
    parties = list(
        CaseParty.objects.filter(case_id=case_id).order_by("pk").values_list("person_id", flat=True)
    )
    tx.lock_persons([*parties, *also])
    case = CourtCase.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotFound("court_case", case_id)
    roots = list(dict.fromkeys(people.canonical_id(person_id) for person_id in parties))
    if roots and not any(tx.may_person(permission, person_id) for person_id in roots):
        tx.require_person(permission, roots[0])
    return case


def locked_charge(tx: Transaction, charge_id: int) -> Charge:
    """Raises NotFound, NotPermitted."""
    person_id = _person_of(Charge, charge_id, "charge")
    tx.lock_persons([person_id])
    reach(tx, RECORD, [person_id])
    return Charge.objects.select_related("case").get(pk=charge_id)


def locked_hearing(tx: Transaction, hearing_id: int) -> Hearing:
    """Raises NotFound, NotPermitted."""
    person_id = _person_of(Hearing, hearing_id, "hearing")
    tx.lock_persons([person_id])
    reach(tx, RECORD, [person_id])
    return Hearing.objects.get(pk=hearing_id)


def locked_order(tx: Transaction, order_id: int, permission: str) -> CourtOrder:
    """Raises NotFound, NotPermitted."""
    person_id = _person_of(CourtOrder, order_id, "court_order")
    tx.lock_persons(people.persons_of(person_id))
    reach(tx, permission, [person_id])
    return CourtOrder.objects.get(pk=order_id)


def _person_of(model: type[Charge] | type[Hearing] | type[CourtOrder], pk: int, what: str) -> int:
    found = model._default_manager.filter(pk=pk).values_list("person_id", flat=True).first()
    if found is None:
        raise NotFound(what, pk)
    person_id: int = found
    return person_id


def join_case(tx: Transaction, case: CourtCase, person_id: int) -> bool:
    """Note that the person is before the court in the case; whether that was new."""
    _, made = CaseParty.objects.get_or_create(
        case=case, person_id=person_id, defaults={"recorded_by_id": tx.actor.user_id}
    )
    return made


def parties_of(case: CourtCase) -> list[int]:
    return list(case.parties.order_by("pk").values_list("person_id", flat=True))


def require_fresh(row: CourtCase | Charge | Hearing | CourtOrder, version: int) -> None:
    if row.version != version:
        raise Stale
