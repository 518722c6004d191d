"""Corrections of who somebody is: sex, gender, birth, age, death."""

from dataclasses import dataclass
from datetime import date

from pims.foundation.access.days import zones_of
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.persons import lock_same_human
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.kernel.text import clean_field
from pims.people import events, rules
from pims.people.models import Gender, Person, Sex
from pims.people.search import index
from pims.people.services._common import (
    is_juvenile_today,
    keep_juvenile_label,
    one_of,
    open_person,
    today,
    touch,
)


@dataclass(frozen=True, slots=True)
class PersonResult:
    person_id: int
    version: int


@service
def amend_person(
    tx: Transaction,
    *,
    person_id: int,
    version: int,
    sex: str | None = None,
    gender: str | None = None,
    birth_date: date | None = None,
    birth_precision: str | None = None,
    birth_place: str | None = None,
    age_disputed: bool | None = None,
) -> PersonResult:
    """Correct what is given and leave what is None.

    The birth is corrected where `birth_precision` is given; "unknown" empties it. Raises
    InvalidInput (birth in the future, after death), Stale.
    """
    person = open_person(tx, person_id, version)
    after: dict[str, object] = {}
    if sex is not None:
        one_of("sex", sex, Sex.values)
        after["sex"] = sex
    if gender is not None:
        one_of("gender", gender, Gender.values)
        after["gender"] = gender
    if birth_place is not None:
        after["birth_place"] = clean_field("birth_place", birth_place)
    if age_disputed is not None:
        after["age_disputed"] = age_disputed
    if birth_precision is not None:
        if birth_date is None and birth_precision != "unknown":
            raise InvalidInput({"birth_date": Reason("people.birth_date_missing")})
        if wrong := rules.faults_of_birth(
            birth_date, birth_precision, today=today(tx, person.pk), died_on=person.died_on
        ):
            raise InvalidInput(wrong)
        born = rules.birth(birth_date, birth_precision)
        after |= {
            "birth_date": born.given,
            "birth_precision": born.precision,
            "born_earliest": born.earliest,
            "born_latest": born.latest,
        }
    changed = {k: v for k, v in after.items() if getattr(person, k) != v}
    if not changed:
        return PersonResult(person_id, person.version)
    before = {k: getattr(person, k) for k in changed}
    for field, value in changed.items():
        setattr(person, field, value)
    touch(person, *changed)
    keep_juvenile_label(tx, person)
    if "born_earliest" in changed or "born_latest" in changed:
        index.refresh([person_id])
    tx.record(
        events.PersonAmended(
            person_id=person_id, fields=",".join(sorted(changed)), version=person.version
        ),
        details={"before": before, "after": changed},
    )
    return PersonResult(person_id, person.version)


@service
def decide_age(
    tx: Transaction, *, person_id: int, decision: str, reason: str, version: int | None = None
) -> PersonResult:
    """Decide a disputed age: "adult", "juvenile", or "" to open the question again.

    Until decided, whoever disputes is treated as a juvenile. Raises InvalidInput, Stale.
    """
    person = open_person(tx, person_id, version)
    one_of("decision", decision, ("adult", "juvenile", ""))
    reason = clean_field("reason", reason, limit=2000, multiline=True, required=True)
    person.age_decision, person.age_decision_reason = decision, reason
    person.age_disputed = person.age_disputed or decision != ""
    touch(person, "age_decision", "age_decision_reason", "age_disputed")
    keep_juvenile_label(tx, person)
    tx.record(events.AgeDecided(person_id=person_id, decision=decision), details={"reason": reason})
    return PersonResult(person_id, person.version)


@service
def record_death(tx: Transaction, *, person_id: int, died_on: date) -> PersonResult:
    """Record the day of death: a fact. Raises InvalidInput in the future, unless it follows from an
    end of custody, whose hour was looked at there: the clock may have gone back since.

    Where the birth on record is after it, that birth is in doubt and stays to be corrected.
    """
    person = open_person(tx, person_id, merged=True)
    wrong = rules.faults_of_death(died_on, today=today(tx, person.pk))
    if wrong and not tx.actor.system:
        raise InvalidInput(wrong)
    if person.died_on != died_on:
        person.died_on = died_on
        touch(person, "died_on")
        tx.record(
            events.DeathRecorded(person_id=person_id), details={"died_on": died_on.isoformat()}
        )
    return PersonResult(person_id, person.version)


@service
def withdraw_death(tx: Transaction, *, person_id: int) -> PersonResult:
    """The death was recorded of the wrong person, or was none. A repeat changes nothing."""
    person = open_person(tx, person_id, merged=True)
    if person.died_on is not None:
        before, person.died_on = person.died_on, None
        touch(person, "died_on")
        tx.record(
            events.DeathRecorded(person_id=person_id),
            details={"died_on": None, "before": before.isoformat()},
        )
    return PersonResult(person_id, person.version)


@service
def let_come_of_age(tx: Transaction) -> int:
    """Take the juvenile mark from those who are certainly adults today; give their number.

    For the daily task. Who is marked is asked of the scope, so that a day that was missed is
    made good by the next.
    """
    tx.require("people.edit")
    marked = PersonScope.objects.filter(labels__contains=["juvenile"], sealed=False)
    persons = list(Person.objects.filter(pk__in=marked.values("person_id")))
    zones = zones_of([person.pk for person in persons])
    candidates = [
        person.pk for person in persons if not is_juvenile_today(tx, person, zone=zones[person.pk])
    ]
    lock_same_human(tx, candidates)
    grown = 0
    # Read again under the lock: an age may have been disputed since.
    for person in Person.objects.filter(pk__in=candidates).order_by("pk"):
        if not is_juvenile_today(tx, person) and not keep_juvenile_label(tx, person):
            tx.record(events.CameOfAge(person_id=person.pk))
            grown += 1
    return grown
