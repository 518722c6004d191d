"""Finding somebody: by number, by document, by name in any spelling."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from stdnum.iso7064 import mod_97_10

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import require_held, scope_filter, visible_ids
from pims.foundation.compiled import compiled
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.collation import words
from pims.kernel.errors import NotFound
from pims.kernel.numbers import parse_prisoner_number
from pims.people.models import Identifier, Person, PersonName
from pims.people.search import index, query
from pims.people.search.documents import document_key
from pims.people.search.keys import MAX_WORDS
from pims.people.search.query import Match
from pims.people.selectors.headers import display_name

PERMISSION = "people.view"
# Longer questions are cut: no name is longer, and the work stays bounded.
LONGEST = 200
_NUMBER = re.compile(r"\d{7}[\s.\-/]*\d{2}|\d{7}")
_DATE = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-](\d{4})|(\d{4})-\d{1,2}-\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class PersonHit:
    """Somebody who may be meant, the likest first.

    `how` is "number", "number_near", "document", "name", "sound", or the kind of another name
    ("alias", "street", "married", "as_in_warrant"); `found_as` is then that name. `score` is
    from 0 to 1. `asked_number` is the number of the merged record that led here, else "".
    """

    person_id: int
    number: str
    name: str
    birth_year: int | None
    score: float
    how: str
    found_as: str = ""
    asked_number: str = ""
    sex: str = "unknown"


@dataclass(frozen=True, slots=True)
class NumberRemark:
    """What is wrong with a number, as the code of a reason, and whose numbers it may be."""

    code: str
    asked: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a text in the search box asks for."""

    words: tuple[str, ...] = ()
    number: str = ""
    digits: str = ""
    document: str = ""
    birth_year: int | None = None


def question(text: str, *, birth_year: int | None = None) -> Question:
    """Read the text: a number in any spelling, a document, else names and a year of birth."""
    text = text[:LONGEST].strip()
    bare = re.sub(r"[\s.\-/#]", "", text)
    if bare.isascii() and bare.isdigit() and _NUMBER.fullmatch(re.sub(r"^#", "", text)):
        if len(bare) == 7:
            bare += mod_97_10.calc_check_digits(bare)
        return Question(
            number=parse_prisoner_number(bare) or "", digits=bare, document=document_key(text)
        )
    if found := _DATE.search(text):
        birth_year = birth_year or int(found[1] or found[2])
        text = text.replace(found[0], " ")
    name: list[str] = []
    for word in words(text):
        if _is_year(word) and birth_year is None:
            birth_year = int(word)
        elif not (_is_year(word) and int(word) == birth_year):
            name.append(word)
    document = document_key(text) if any(c.isdigit() for c in "".join(name)) else ""
    return Question(
        words=tuple(dict.fromkeys(name))[:MAX_WORDS],
        document=document if len(document) >= 4 else "",
        birth_year=birth_year,
    )


def search_people(
    viewer: Actor,
    text: str,
    *,
    birth_year: int | None = None,
    limit: int = 20,
    unfinished: bool = False,
) -> list[PersonHit]:
    """Those of whom the viewer may know that the text may mean; the reading is recorded.

    `unfinished` takes the last word for the beginning of one as well, for results while typing.
    Raises NotPermitted.
    """
    require_held(viewer, PERMISSION)
    asked = question(text, birth_year=birth_year)
    with transaction.atomic():
        hits = _by_number(viewer, asked) or _by_document(viewer, asked)
        if len(hits) < limit and asked.words:
            known = {hit.person_id for hit in hits}
            matches = query.find(
                viewer,
                PERMISSION,
                asked.words,
                birth_year=asked.birth_year,
                limit=limit,
                unfinished=unfinished,
            )
            hits += [hit for hit in _named(matches) if hit.person_id not in known]
        hits = hits[:limit]
        if hits:
            append_read(
                actor_id=viewer.user_id,
                page="people.search",
                person_ids=[hit.person_id for hit in hits],
                establishment_id=None,
                at=clock.now(),
            )
    return hits


def resolve_number(viewer: Actor, text: str, *, known_at: datetime | None = None) -> int:
    """The person whom a number leads to, through merges. Raises NotFound, also beyond scope.

    With `known_at` the record that it led to then, where the viewer may see that one too.
    """
    require_held(viewer, PERMISSION)
    number = parse_prisoner_number(text)
    found = _numbered(number) if number else []
    if not found:
        raise NotFound("person")
    root = index.roots(found)[found[0]]
    if not viewer.system and not visible_ids(viewer, PERMISSION, [root]):
        raise NotFound("person")
    if known_at is None:
        return root
    then = index.root_known(found[0], index.links_known(found, known_at))
    return then if viewer.system or visible_ids(viewer, PERMISSION, [then]) else root


def ids_of_numbers(numbers: Collection[str]) -> dict[str, int]:
    """Number -> the record that bears it, merged or not; for services above, no scope."""
    rows = Person.objects.filter(number__in=numbers)
    return dict(rows.values_list("number", "id"))


@compiled
def _numbered(number: Any) -> QuerySet[Any, Any]:
    return Person.objects.filter(number=number).values_list("id", flat=True)


def explain_number(viewer: Actor, text: str) -> NumberRemark | None:
    """Why a text that looks like a number finds nobody; None where it is not one, or is right.

    Where the check digits do not agree, the numbers of visible persons that differ from it by
    one wrong digit or one swap.
    """
    asked = question(text)
    if not asked.digits or len(asked.digits) != 9:
        return None
    written = f"{asked.digits[:7]}-{asked.digits[7:]}"
    if asked.number:
        try:
            resolve_number(viewer, asked.number)
        except NotFound:
            return NumberRemark("people.number_unknown", written)
        return None
    near = _numbers_near(viewer, asked.digits)
    return NumberRemark("people.number_check_fails", written, tuple(sorted(near)))


def _numbers_near(viewer: Actor, digits: str) -> list[str]:
    possible = {number for spelt in _one_off(digits) if (number := parse_prisoner_number(spelt))}
    rows = Person.objects.filter(number__in=possible)
    if not viewer.system:
        rows = rows.filter(
            pk__in=PersonScope.objects.filter(
                scope_filter(viewer, PERMISSION), person__number__in=possible
            ).values("person_id")
        )
    return list(rows.values_list("number", flat=True)[:20])


def _one_off(digits: str) -> Iterable[str]:
    for at, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit:
                yield digits[:at] + other + digits[at + 1 :]
        if at + 1 < len(digits):
            yield digits[:at] + digits[at + 1] + digit + digits[at + 2 :]


def _by_number(viewer: Actor, asked: Question) -> list[PersonHit]:
    if not asked.digits:
        return []
    numbers = [asked.number] if asked.number else _numbers_near(viewer, asked.digits)
    how = "number" if asked.number else "number_near"
    return _of_persons(
        viewer,
        dict(Person.objects.filter(number__in=numbers).values_list("id", "number")),
        how,
        1.0 if asked.number else 0.8,
    )


def _by_document(viewer: Actor, asked: Question) -> list[PersonHit]:
    if not asked.document:
        return []
    found = Identifier.objects.filter(number_key=asked.document, withdrawn_at__isnull=True)
    return _of_persons(
        viewer, dict.fromkeys(found.values_list("person_id", flat=True)[:50], ""), "document", 1.0
    )


def _of_persons(viewer: Actor, asked: dict[int, str], how: str, score: float) -> list[PersonHit]:
    """Hits for records asked for by id (with the number asked), led on through merges."""
    if not asked:
        return []
    roots = index.roots(asked)
    led = {root: number for person_id, number in asked.items() if (root := roots[person_id])}
    seen = set(led) if viewer.system else visible_ids(viewer, PERMISSION, led)
    names = _primary_names(seen)
    return [
        PersonHit(
            person_id=person.pk,
            number=person.number,
            name=names.get(person.pk, ""),
            birth_year=person.birth_date.year if person.birth_date else None,
            score=score,
            how=how,
            asked_number=led[person.pk] if led[person.pk] != person.number else "",
            sex=person.sex,
        )
        for person in Person.objects.filter(pk__in=seen).order_by("id")
    ]


def _named(matches: Sequence[Match]) -> list[PersonHit]:
    """Hits in the order of the matches; one query, and more where merges or aliases led."""
    found = {
        row[0]: row
        for row in PersonName.objects.filter(
            pk__in=[match.name_id for match in matches]
        ).values_list(
            "id", "person_id", "kind", "given", "family", "is_primary",
            "person__number", "person__birth_date", "person__sex",
        )
    }  # fmt: skip
    led = [match for match in matches if not _heads(found, match)]
    primary = _primary_names(match.person_id for match in led) if led else {}
    roots = (
        {
            row[0]: row[1:]
            for row in Person.objects.filter(pk__in=[m.person_id for m in led]).values_list(
                "id", "number", "birth_date", "sex"
            )
        }
        if led
        else {}
    )
    hits = []
    for match in matches:
        row = found.get(match.name_id)
        if row is None:
            continue
        heads, kind, as_found = _heads(found, match), row[2], display_name(row[3], row[4])
        number, birth_date, sex = row[6:] if heads else roots[match.person_id]
        how = kind if kind != "birth" else "alias"
        if heads:
            how = "sound" if match.by_sound else "name"
        hits.append(
            PersonHit(
                person_id=match.person_id,
                number=number,
                name=as_found if heads else primary.get(match.person_id, ""),
                birth_year=birth_date.year if birth_date else None,
                score=round(match.score, 4),
                how=how,
                found_as="" if heads else as_found,
                sex=sex,
            )
        )
    return hits


def _heads(found: Mapping[int, tuple[Any, ...]], match: Match) -> bool:
    """Whether the name that was found is the one that heads the person's file."""
    row = found.get(match.name_id)
    return row is not None and row[5] and row[1] == match.person_id


def _primary_names(person_ids: Iterable[int]) -> dict[int, str]:
    rows = PersonName.objects.filter(
        person_id__in=list(person_ids), is_primary=True, withdrawn_at__isnull=True
    ).values_list("person_id", "given", "family")
    return {person_id: display_name(given, family) for person_id, given, family in rows}


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isascii() and word.isdigit() and "1880" <= word <= "2100"
