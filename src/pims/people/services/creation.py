"""A person gets a number: at once, whatever is or is not known of him or her."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.db import connection

from pims.foundation.access.days import day_in, zone_at
from pims.foundation.access.person_scope import new_scope
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.kernel.numbers import prisoner_number
from pims.people import events, rules
from pims.people.countries import is_country
from pims.people.models import Gender, Nationality, Person, Sex
from pims.people.near import near_new
from pims.people.search import index
from pims.people.services._common import is_juvenile_today, keep_juvenile_label
from pims.people.services.matching import note_match, note_matches
from pims.people.services.names import NameInput, clean_names, make_names


@dataclass(frozen=True, slots=True)
class PersonCreated:
    person_id: int
    number: str
    possible_match_ids: tuple[int, ...] = ()


def faults_of_person(
    *,
    names: Sequence[NameInput],
    sex: str,
    gender: str,
    birth_date: date | None,
    birth_precision: str,
    nationalities: Sequence[str],
    today: date,
) -> dict[str, Reason]:
    """Field -> why nobody can be entered so; whoever enters many asks before the first is made.

    Names are blamed as ``names.<n>.<field>``, an only one as ``<field>``.
    """
    wrong: dict[str, Reason] = {}
    if sex not in Sex.values:
        wrong["sex"] = Reason("people.unknown_choice", {"value": sex[:40]})
    if gender not in Gender.values:
        wrong["gender"] = Reason("people.unknown_choice", {"value": gender[:40]})
    wrong |= rules.faults_of_birth(birth_date, _precision(birth_date, birth_precision), today=today)
    for code in nationalities:
        if not is_country(code):
            wrong["nationalities"] = Reason("people.unknown_country", {"value": code[:40]})
    try:
        clean_names(names)
    except InvalidInput as error:
        wrong |= error.fields
    return wrong


def _precision(birth_date: date | None, given: str) -> str:
    """How exactly a birth is known; a date of which nobody says so is one of a day."""
    return "day" if birth_date is not None and given == "unknown" else given


@service
def create_person(
    tx: Transaction,
    *,
    names: Sequence[NameInput] = (),
    sex: str = "unknown",
    gender: str = "not_stated",
    birth_date: date | None = None,
    birth_precision: str = "unknown",
    nationalities: Sequence[str] = (),
    establishment_id: int | None,
    source: str = "reception",
    age_disputed: bool = False,
    possible_match_with: Sequence[int] = (),
    look_for_matches: bool = True,
) -> PersonCreated:
    """Make a person with a number of their own. The first name is the primary one.

    People who may be the same are noted as possible matches; the number never waits for them.
    No names at all means that none is known. Raises InvalidInput.
    """
    tx.require("people.edit", establishment_id=establishment_id)
    if wrong := faults_of_person(
        names=names,
        sex=sex,
        gender=gender,
        birth_date=birth_date,
        birth_precision=birth_precision,
        nationalities=nationalities,
        today=day_in(zone_at(establishment_id), tx.now),
    ):
        raise InvalidInput(wrong)
    birth_precision = _precision(birth_date, birth_precision)
    born = rules.birth(birth_date, birth_precision)
    person = Person.objects.create(
        number=_next_number(),
        sex=sex,
        gender=gender,
        birth_date=born.given,
        birth_precision=born.precision,
        born_earliest=born.earliest,
        born_latest=born.latest,
        age_disputed=age_disputed,
        source=source[:40],
        created_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.lock_persons([person.pk])
    new_scope(person.pk, establishment_id=establishment_id)
    if is_juvenile_today(tx, person):
        keep_juvenile_label(tx, person)
    made = make_names(tx, person, names)
    for code in dict.fromkeys(nationalities):
        Nationality.objects.create(
            person=person, country=code, recorded_at=tx.now, recorded_by_id=tx.actor.user_id
        )
    index.add(person, made)
    tx.record(
        events.PersonCreated(
            person_id=person.pk, establishment_id=establishment_id, source=source[:40]
        ),
        details={
            "number": person.number,
            "names": [[name.kind, name.given, name.family] for name in made],
            "sex": sex,
            "gender": gender,
            "birth_date": None if birth_date is None else birth_date.isoformat(),
            "birth_precision": birth_precision,
            "nationalities": list(nationalities),
        },
    )
    matches = [note_match(tx, person.pk, other) for other in possible_match_with]
    if look_for_matches and made:
        near = near_new(
            person,
            names=[(name.given, name.family) for name in made],
            nationalities=frozenset(nationalities),
        )
        matches += note_matches(tx, person, near)
    return PersonCreated(person.pk, person.number, tuple(dict.fromkeys(matches)))


_serials: ContextVar[Iterator[int] | None] = ContextVar("people_serials", default=None)


@contextmanager
def numbered(serials: Iterable[int]) -> Iterator[None]:
    """Within the block people made get these serials of the number's sequence, in order.

    For a load that took them from the sequence beforehand, so that its processes need not race
    for them. Raises RuntimeError where they are not used up, or are too few.
    """
    given = iter(serials)
    token = _serials.set(given)
    try:
        yield
    finally:
        _serials.reset(token)
    if next(given, None) is not None:
        raise RuntimeError("fewer people were made than numbers were reserved")


def _next_number() -> str:
    reserved = _serials.get()
    if reserved is not None:
        serial = next(reserved, None)
        if serial is None:
            raise RuntimeError("more people were made than numbers were reserved")
        return prisoner_number(serial)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_number_serial')")
        return prisoner_number(cursor.fetchone()[0])
