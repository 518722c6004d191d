"""The records nearest to one: by name in any spelling, by birth, by a shared document."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.people import rules
from pims.people.models import Identifier, Nationality, Person, PersonName
from pims.people.rules import Birth, Identity
from pims.people.search import index, query
from pims.people.search.keys import name_words

EVERYONE = Actor(user_id=0, name="", badge="", system=True)
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Near:
    """Another record, how near it is (0 to 100) and the codes of why, most telling first."""

    person_id: int
    score: int
    reasons: tuple[str, ...]


def near_records(person: Person) -> list[Near]:
    """Records that may be this person's, the nearest first; only those worth a look."""
    names = list(
        PersonName.objects.filter(person=person, withdrawn_at__isnull=True).values_list(
            "given", "family"
        )
    )
    documents = _documents([person.pk])[person.pk]
    return near_to(
        EVERYONE,
        names=names,
        born=_birth(person),
        sex=person.sex,
        documents=documents,
        nationalities=_nationalities([person.pk])[person.pk],
        without=index.merged_into([index.roots([person.pk])[person.pk]]),
    )


def near_new(
    person: Person, *, names: Iterable[tuple[str, str]], nationalities: frozenset[str]
) -> list[Near]:
    """As `near_records`, for a person just made, of whom nothing else is known yet."""
    return near_to(
        EVERYONE,
        names=names,
        born=_birth(person),
        sex=person.sex,
        nationalities=nationalities,
        without=[person.pk],
    )


def near_to(
    viewer: Actor,
    *,
    names: Iterable[tuple[str, str]],
    born: Birth,
    sex: str = "unknown",
    documents: frozenset[tuple[str, str]] = frozenset(),
    nationalities: frozenset[str] = frozenset(),
    without: Collection[int] = (),
    least: int = rules.MATCH_FROM,
) -> list[Near]:
    """Records near to somebody described, of those the viewer may see.

    `names` are (given, family), `documents` (kind, key of the number), `least` the score from
    which a record is worth a look.
    """
    scores: dict[int, tuple[float, bool]] = {}
    year = (
        None
        if born.earliest is None or born.latest is None
        else (born.earliest.year + born.latest.year) // 2
    )
    for given, family in names:
        words = name_words(given, family)
        if _says_nothing(words):
            continue
        for match in query.find(viewer, "people.view", words, birth_year=year, limit=_LOOKED_AT):
            likeness = (match.likeness, match.by_sound)
            scores[match.person_id] = max(scores.get(match.person_id, (0.0, False)), likeness)
    for person_id in _sharing(viewer, documents):
        scores.setdefault(person_id, (0.0, False))
    for person_id in without:
        scores.pop(person_id, None)
    new = Identity(1.0, False, born, sex, documents, nationalities)
    return _judged(scores, new, least)


def _judged(scores: dict[int, tuple[float, bool]], new: Identity, least: int) -> list[Near]:
    if not scores:
        return []
    persons = Person.objects.filter(pk__in=scores, erased_at__isnull=True)
    documents, nationalities = _documents(scores), _nationalities(scores)
    found = []
    for person in persons:
        score, by_sound = scores[person.pk]
        judged = rules.nearness(
            new,
            Identity(
                score,
                by_sound,
                _birth(person),
                person.sex,
                documents[person.pk],
                nationalities[person.pk],
            ),
        )
        if judged.score >= least:
            found.append(Near(person.pk, judged.score, judged.reasons))
    return sorted(found, key=lambda near: (-near.score, near.person_id))


def _says_nothing(words: Sequence[str]) -> bool:
    """Names that many unknown people have: they would match one another."""
    return not set(words) - _NAMELESS


_NAMELESS = frozenset(
    "unknown male female man woman boy girl person john jane doe baby of no name not known"
    " desconocido desconocida hombre mujer nn".split()
)


def _birth(person: Person) -> Birth:
    return Birth(
        person.birth_date, person.birth_precision, person.born_earliest, person.born_latest
    )


def _documents(person_ids: Iterable[int]) -> defaultdict[int, frozenset[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = Identifier.objects.filter(person_id__in=list(person_ids), withdrawn_at__isnull=True)
    for person_id, kind, key in rows.values_list("person_id", "kind", "number_key"):
        found[person_id].add((kind, key))
    return defaultdict(frozenset, {k: frozenset(v) for k, v in found.items()})


def _nationalities(person_ids: Iterable[int]) -> defaultdict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Nationality.objects.filter(person_id__in=list(person_ids), withdrawn_at__isnull=True)
    for person_id, country in rows.values_list("person_id", "country"):
        found[person_id].add(country)
    return defaultdict(frozenset, {k: frozenset(v) for k, v in found.items()})


def _sharing(viewer: Actor, documents: Collection[tuple[str, str]]) -> set[int]:
    if not documents:
        return set()
    rows = Identifier.objects.filter(
        number_key__in=[key for _, key in documents], withdrawn_at__isnull=True
    ).values_list("person_id", "kind", "number_key")
    ids = {person_id for person_id, kind, key in rows if (kind, key) in documents}
    if not viewer.system:
        ids = visible_ids(viewer, "people.view", ids)
    return set(index.roots(ids).values())
