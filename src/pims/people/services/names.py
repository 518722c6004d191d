"""Names, as many as somebody has, one of them heading the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.collation import search_key, sort_key
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import events
from pims.people.models import Person, PersonName
from pims.people.search import index
from pims.people.services._common import open_person, touch

NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class NameInput:
    """A name as given. `kind`: birth, married, alias, street or as_in_warrant."""

    given: str = ""
    family: str = ""
    kind: str = "birth"


@dataclass(frozen=True, slots=True)
class NameResult:
    name_id: int
    version: int


def clean_name(name: NameInput, *, at: str = "") -> NameInput:
    """The name as it is kept. Raises InvalidInput: `people.name_too_long`,
    `people.name_reorders`, `people.name_control_character`, `people.name_too_many_marks`,
    `people.name_missing`, `people.name_without_letters`, `people.unknown_choice`.

    `at` goes before the names of the fields that are blamed.
    """
    if name.kind not in PersonName.Kind.values:
        raise InvalidInput(
            {f"{at}kind": Reason("people.unknown_choice", {"value": name.kind[:40]})}
        )
    given = clean_field(f"{at}given", name.given, limit=NAME_LIMIT, prefix="people.name_")
    family = clean_field(f"{at}family", name.family, limit=NAME_LIMIT, prefix="people.name_")
    if not given and not family:
        raise InvalidInput({f"{at}family": Reason("people.name_missing")})
    if not search_key(f"{given} {family}"):
        raise InvalidInput({f"{at}family": Reason("people.name_without_letters")})
    return NameInput(given, family, name.kind)


def make_names(tx: Transaction, person: Person, names: Sequence[NameInput]) -> list[PersonName]:
    """The rows of a new person's names; a name said twice is kept once."""
    return [
        _make_name(tx, person, name, primary=n == 0)
        for n, name in enumerate(dict.fromkeys(clean_names(names)))
    ]


def clean_names(names: Sequence[NameInput]) -> list[NameInput]:
    """The names as they are kept. Raises InvalidInput as `clean_name`, by number where many."""
    return [
        clean_name(name, at=f"names.{n}." if len(names) > 1 else "") for n, name in enumerate(names)
    ]


def _make_name(tx: Transaction, person: Person, name: NameInput, *, primary: bool) -> PersonName:
    return PersonName.objects.create(
        person=person,
        kind=name.kind,
        given=name.given,
        family=name.family,
        is_primary=primary,
        search_key=search_key(f"{name.given} {name.family}"),
        sort_key=sort_key(name.family, name.given),
        recorded_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )


@service
def add_name(
    tx: Transaction,
    *,
    person_id: int,
    name: NameInput,
    make_primary: bool = False,
    version: int | None = None,
) -> NameResult:
    """Add a name. The first one is primary; `make_primary` lets it head the file from now on.

    A name that is there already is not added again. Raises InvalidInput, Stale.
    """
    person = open_person(tx, person_id, version)
    name = clean_name(name)
    living = PersonName.objects.filter(person=person, withdrawn_at__isnull=True)
    same = living.filter(kind=name.kind, given=name.given, family=name.family).first()
    primary = living.filter(is_primary=True).first()
    heads = make_primary or primary is None
    if same is not None and (same.is_primary or not heads):
        return NameResult(same.pk, person.version)
    if heads and primary is not None:
        primary.is_primary = False
        primary.save(update_fields=["is_primary"])
    if same is None:
        same = _make_name(tx, person, name, primary=heads)
    else:
        same.is_primary = True
        same.save(update_fields=["is_primary"])
    touch(person)
    index.refresh([person_id])
    tx.record(
        events.PartAdded(person_id=person_id, part="name", part_id=same.pk),
        details={
            "kind": name.kind,
            "given": name.given,
            "family": name.family,
            "primary": heads,
        },
    )
    return NameResult(same.pk, person.version)


@service
def withdraw_name(
    tx: Transaction, *, name_id: int, reason: str, version: int | None = None
) -> NameResult:
    """A name that is not the person's after all; another one then heads the file.

    Raises Refused for the only name there is, InvalidInput without a reason.
    """
    person_id = PersonName.objects.filter(pk=name_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound("name", name_id)
    person = open_person(tx, person_id, version)
    reason = clean_field("reason", reason, required=True)
    name = PersonName.objects.get(pk=name_id)
    if name.withdrawn_at is not None:
        return NameResult(name_id, person.version)
    others = PersonName.objects.filter(person=person, withdrawn_at__isnull=True).exclude(pk=name_id)
    following = others.order_by("id").first()
    if following is None:
        refuse(Reason("people.only_name")).require()
    was_primary = name.is_primary
    name.is_primary, name.withdrawn_at, name.withdrawn_reason = False, tx.now, reason
    name.save(update_fields=["is_primary", "withdrawn_at", "withdrawn_reason"])
    if was_primary and following is not None:
        following.is_primary = True
        following.save(update_fields=["is_primary"])
    touch(person)
    index.refresh([person_id])
    tx.record(
        events.PartWithdrawn(person_id=person_id, part="name", part_id=name_id),
        details={"reason": reason},
    )
    return NameResult(name_id, person.version)
