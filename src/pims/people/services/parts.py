"""Documents, nationalities, languages, addresses, description and marks; and taking back a part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.apps import apps

from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import events
from pims.people.countries import is_country
from pims.people.languages import LANGUAGES
from pims.people.models import (
    Address,
    Description,
    Identifier,
    Mark,
    Nationality,
    PersonPart,
    SpokenLanguage,
)
from pims.people.search.documents import document_key
from pims.people.services._common import (
    add_part,
    one_of,
    open_person,
    part_code,
    today,
    touch,
)

# Parts that `withdraw_part` takes back; a name has its own service.
WITHDRAWABLE = {
    "identifier": "Identifier",
    "address": "Address",
    "contact": "Contact",
    "child": "Child",
    "mark": "Mark",
    "photograph": "Photograph",
    "consular_notice": "ConsularNotice",
    "description": "Description",
    "infant": "Infant",
}


@dataclass(frozen=True, slots=True)
class PartResult:
    part_id: int
    version: int


@dataclass(frozen=True, slots=True)
class LanguageInput:
    """`reads` None where nobody asked."""

    code: str
    reads: bool | None = None
    needs_interpreter: bool = False


@service
def add_identifier(
    tx: Transaction,
    *,
    person_id: int,
    kind: str,
    number: str,
    country: str = "BZ",
    expires_on: date | None = None,
    version: int | None = None,
) -> PartResult:
    """Add a document or a number. Raises InvalidInput, Stale."""
    person = open_person(tx, person_id, version)
    one_of("kind", kind, Identifier.Kind.values)
    number = clean_field("number", number, limit=60, required=True)
    if country and not is_country(country):
        raise InvalidInput({"country": Reason("people.unknown_country", {"value": country[:40]})})
    key = document_key(number)
    if not key:
        raise InvalidInput({"number": Reason("people.number_without_digits")})
    same = Identifier.objects.filter(
        person=person, kind=kind, number_key=key, country=country, withdrawn_at__isnull=True
    ).first()
    if same is not None:
        return PartResult(same.pk, person.version)
    part = Identifier(
        kind=kind, number=number, number_key=key, country=country, expires_on=expires_on
    )
    details = {"kind": kind, "number": number, "country": country}
    return PartResult(add_part(tx, person, part, details=details), person.version)


@service
def set_nationalities(
    tx: Transaction, *, person_id: int, countries: Sequence[str], version: int | None = None
) -> PartResult:
    """Make these the person's nationalities; what is no longer among them is withdrawn."""
    person = open_person(tx, person_id, version)
    for code in countries:
        if not is_country(code):
            raise InvalidInput(
                {"countries": Reason("people.unknown_country", {"value": code[:40]})}
            )
    wanted = set(countries)
    living = Nationality.objects.filter(person=person, withdrawn_at__isnull=True)
    held = set(living.values_list("country", flat=True))
    living.exclude(country__in=wanted).update(withdrawn_at=tx.now)
    for code in sorted(wanted - held):
        Nationality.objects.create(
            person=person, country=code, recorded_at=tx.now, recorded_by_id=tx.actor.user_id
        )
    if wanted != held:
        touch(person)
        tx.record(
            events.PersonAmended(
                person_id=person_id, fields="nationalities", version=person.version
            ),
            details={"before": sorted(held), "after": sorted(wanted)},
        )
    return PartResult(person_id, person.version)


@service
def set_languages(
    tx: Transaction,
    *,
    person_id: int,
    languages: Sequence[LanguageInput],
    version: int | None = None,
) -> PartResult:
    """Make these the languages the person speaks. Raises InvalidInput, Stale."""
    person = open_person(tx, person_id, version)
    for language in languages:
        one_of("languages", language.code, LANGUAGES)
    wanted = {language.code: language for language in languages}
    living = SpokenLanguage.objects.filter(person=person, withdrawn_at__isnull=True)
    held = {row.code: LanguageInput(row.code, row.reads, row.needs_interpreter) for row in living}
    changed = {code for code, one in wanted.items() if held.get(code) != one}
    gone = (held.keys() - wanted.keys()) | (held.keys() & changed)
    living.filter(code__in=gone).update(withdrawn_at=tx.now)
    for code in sorted(changed):
        SpokenLanguage.objects.create(
            person=person,
            code=code,
            reads=wanted[code].reads,
            needs_interpreter=wanted[code].needs_interpreter,
            recorded_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
    if changed or gone:
        touch(person)
        tx.record(
            events.PersonAmended(person_id=person_id, fields="languages", version=person.version),
            details={"before": sorted(held), "after": sorted(wanted)},
        )
    return PartResult(person_id, person.version)


@service
def add_address(
    tx: Transaction,
    *,
    person_id: int,
    lines: str,
    place: str = "",
    district: str = "",
    country: str = "BZ",
    phone: str = "",
    lived_from: date | None = None,
    lived_until: date | None = None,
    version: int | None = None,
) -> PartResult:
    """Add where the person lives, or lived, when free. Raises InvalidInput, Stale."""
    person = open_person(tx, person_id, version)
    if not is_country(country):
        raise InvalidInput({"country": Reason("people.unknown_country", {"value": country[:40]})})
    if lived_from is not None and lived_from > today(tx, person.pk):
        raise InvalidInput({"lived_from": Reason("people.in_the_future")})
    if lived_from and lived_until and lived_until < lived_from:
        raise InvalidInput({"lived_until": Reason("people.ends_before_it_starts")})
    part = Address(
        lines=clean_field("lines", lines, limit=300, required=True),
        place=clean_field("place", place, limit=100),
        district=clean_field("district", district, limit=60),
        country=country,
        phone=clean_field("phone", phone, limit=40),
        lived_from=lived_from,
        lived_until=lived_until,
    )
    details = {"lines": part.lines, "place": part.place, "district": part.district}
    return PartResult(add_part(tx, person, part, details=details), person.version)


@service
def set_description(
    tx: Transaction,
    *,
    person_id: int,
    observed_on: date | None = None,
    height_cm: int | None = None,
    weight_kg: int | None = None,
    build: str = "",
    complexion: str = "",
    hair: str = "",
    eyes: str = "",
    facial_hair: str = "",
    handedness: str = "",
    other: str = "",
    version: int | None = None,
) -> PartResult:
    """Describe the person as seen on a day, today unless said. Earlier descriptions stay.

    Heights from 30 to 250 cm, weights from 2 to 400 kg. Raises InvalidInput, Stale.
    """
    person = open_person(tx, person_id, version)
    wrong: dict[str, Reason] = {}
    if height_cm is not None and not 30 <= height_cm <= 250:
        wrong["height_cm"] = Reason("people.height_impossible", {"lowest": 30, "highest": 250})
    if weight_kg is not None and not 2 <= weight_kg <= 400:
        wrong["weight_kg"] = Reason("people.weight_impossible", {"lowest": 2, "highest": 400})
    on = observed_on or today(tx, person.pk)
    if on > today(tx, person.pk):
        wrong["observed_on"] = Reason("people.in_the_future")
    if wrong:
        raise InvalidInput(wrong)
    part = Description(
        observed_on=on,
        height_cm=height_cm,
        weight_kg=weight_kg,
        build=clean_field("build", build, limit=40),
        complexion=clean_field("complexion", complexion, limit=40),
        hair=clean_field("hair", hair, limit=60),
        eyes=clean_field("eyes", eyes, limit=40),
        facial_hair=clean_field("facial_hair", facial_hair, limit=60),
        handedness=clean_field("handedness", handedness, limit=12),
        other=clean_field("other", other, limit=500),
    )
    return PartResult(
        add_part(tx, person, part, details={"observed_on": on.isoformat()}), person.version
    )


@service
def add_mark(
    tx: Transaction,
    *,
    person_id: int,
    kind: str,
    body_part: str,
    text: str,
    side: str = "",
    version: int | None = None,
) -> PartResult:
    """Add a tattoo, scar or other mark; photographs of it name it. Raises InvalidInput, Stale."""
    person = open_person(tx, person_id, version)
    one_of("kind", kind, Mark.Kind.values)
    one_of("side", side, ("", "left", "right", "both"))
    part = Mark(
        kind=kind,
        body_part=clean_field("body_part", body_part, limit=60, required=True),
        side=side,
        text=clean_field("text", text, limit=300, required=True),
    )
    details = {"kind": kind, "body_part": part.body_part, "text": part.text}
    return PartResult(add_part(tx, person, part, details=details), person.version)


@service
def withdraw_part(
    tx: Transaction, *, part: str, part_id: int, reason: str, version: int | None = None
) -> PartResult:
    """A part that was wrong, or is no longer so: it stays in the history. A repeat changes nothing.

    `part` is one of `WITHDRAWABLE`. Raises NotFound, InvalidInput without a reason, Stale.
    """
    if part not in WITHDRAWABLE:
        raise NotFound("part", part)
    model: type[PersonPart] = apps.get_model("people", WITHDRAWABLE[part])
    row = model._default_manager.filter(pk=part_id).first()
    if row is None:
        raise NotFound(part, part_id)
    if part == "child":
        tx.require_person("people.view_confidential", row.person_id)
    person = open_person(tx, row.person_id, version)
    reason = clean_field("reason", reason, required=True)
    row.refresh_from_db()
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_reason = tx.now, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        touch(person)
        tx.record(
            events.PartWithdrawn(person_id=person.pk, part=part_code(row), part_id=part_id),
            details={"reason": reason},
        )
    return PartResult(part_id, person.version)
