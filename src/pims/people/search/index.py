"""Keeping the search rows: after each change of a person, or all of them at once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from pims.people.models import NameWord, Person, PersonMerge, PersonName, PersonSearch
from pims.people.search.keys import name_words, row_keys, word_variants, years_of

_BATCH = 50_000
_NULL = r"\N"

# Merges may be chained: the root is the person that is merged into nobody.
_ROOTS = """
WITH RECURSIVE up (id, at) AS (
  SELECT id, id FROM people_person WHERE id = ANY(%s)
  UNION ALL
  SELECT up.id, p.canonical_id FROM up JOIN people_person p ON p.id = up.at
  WHERE p.canonical_id IS NOT NULL
)
SELECT up.id, up.at FROM up JOIN people_person p ON p.id = up.at WHERE p.canonical_id IS NULL
"""

# Everyone whose root is one of these, themselves included.
_FAMILY = """
WITH RECURSIVE down (id) AS (
  SELECT unnest(%s::bigint[])
  UNION
  SELECT p.id FROM people_person p JOIN down ON p.canonical_id = down.id
)
SELECT id FROM down
"""


def roots(person_ids: Iterable[int]) -> dict[int, int]:
    """Person id -> the id of the person it leads to after merges (itself where not merged)."""
    wanted = list(set(person_ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS, [wanted])
        return dict(cursor.fetchall())


def merged_into(person_ids: Iterable[int]) -> set[int]:
    """These persons and everyone merged into them, over any number of steps."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, [list(set(person_ids))])
        return {row[0] for row in cursor.fetchall()}


def links_known(person_ids: Iterable[int], known_at: datetime) -> dict[int, int]:
    """Every merge that stood at `known_at` among these persons and whoever they were joined with:
    the person merged -> the one merged into. One query where none was joined."""
    links: dict[int, int] = {}
    seen: set[int] = set()
    ahead = set(person_ids)
    while ahead:
        stood = PersonMerge.objects.filter(
            Q(person_id__in=ahead) | Q(into_id__in=ahead),
            Q(unmade_at__isnull=True) | Q(unmade_at__gt=known_at),
            merged_at__lte=known_at,
        )
        links.update(stood.values_list("person_id", "into_id"))
        seen |= ahead
        ahead = {*links.keys(), *links.values()} - seen
    return links


def root_known(person_id: int, links: Mapping[int, int]) -> int:
    """The person that this one led to by the merges that stood."""
    while person_id in links:
        person_id = links[person_id]
    return person_id


def refresh(person_ids: Iterable[int]) -> None:
    """Make the search rows of these persons anew, and of those merged into them."""
    ids = merged_into(person_ids)
    leads_to = roots(ids)
    PersonSearch.objects.filter(name__person_id__in=ids).delete()
    rows = (
        PersonName.objects.filter(
            person_id__in=ids, withdrawn_at__isnull=True, person__erased_at__isnull=True
        )
        .order_by("id")
        .values_list(
            "id", "person_id", "given", "family", "person__born_earliest", "person__born_latest"
        )
    )
    _make(
        (name_id, leads_to[person_id], given, family, earliest, latest)
        for name_id, person_id, given, family, earliest, latest in rows
    )


def add(person: Person, names: Iterable[PersonName]) -> None:
    """Make the search rows of a person who has none yet."""
    _make(
        (name.pk, person.pk, name.given, name.family, person.born_earliest, person.born_latest)
        for name in names
    )


def _make(rows: Iterable[tuple[int, int, str, str, date | None, date | None]]) -> None:
    """Name id, person id, given, family, first and last possible day of birth."""
    made: list[PersonSearch] = []
    found: set[str] = set()
    for name_id, person_id, given, family, earliest, latest in rows:
        words = name_words(given, family)
        found.update(words)
        made.append(
            PersonSearch(
                person_id=person_id,
                name_id=name_id,
                key=" ".join(words),
                keys=row_keys(words, _years(earliest, latest)),
                birth_year=_birth_year(earliest, latest),
            )
        )
    if made:
        PersonSearch.objects.bulk_create(made)
        _add_words(found)


def forget_words(words: Iterable[str]) -> None:
    """Remove the words that no name holds any more: for erasure."""
    from pims.people.search.keys import word_key

    for word in set(words):
        holders = PersonSearch.objects.filter(keys__contains=[word_key(word)]).values_list(
            "key", flat=True
        )
        if not any(word in key.split() for key in holders[:1000]):
            NameWord.objects.filter(pk=word).delete()


def rebuild() -> int:
    """Make every search row anew, by COPY; give their number.

    For loading in bulk and for repair. Needs the owner's role; searches find nothing until it
    commits.
    """
    leads_to = dict(
        Person.objects.filter(canonical__isnull=False).values_list("id", "canonical_id")
    )
    leads_to = roots(leads_to)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Checks still to come would forbid the making of an index.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("TRUNCATE people_search, people_word")
        for model in (PersonSearch, NameWord):
            for index in model._meta.indexes:
                with connection.schema_editor() as editor:
                    editor.remove_index(model, index)
        count, found = _copy_rows(leads_to)
        _add_words(found)
        for model in (PersonSearch, NameWord):
            for index in model._meta.indexes:
                with connection.schema_editor() as editor:
                    editor.add_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_search, people_word")
    return count


def _copy_rows(leads_to: dict[int, int]) -> tuple[int, set[str]]:
    found: set[str] = set()
    count = 0
    texts: dict[tuple[str, int | None], str] = {}

    def key_text(word: str, year: int | None) -> str:
        text = texts.get((word, year))
        if text is None:
            (key,) = row_keys([word], []) if year is None else row_keys([word], [year])[1:]
            text = texts[word, year] = str(key)
        return text

    for batch in _name_batches():
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY people_search (person_id, name_id, key, keys, birth_year) FROM STDIN"
            ) as copy,
        ):
            lines: list[str] = []
            for name_id, person_id, given, family, earliest, latest in batch:
                words = name_words(given, family)
                found.update(words)
                years = _years(earliest, latest)
                keys = [key_text(word, None) for word in words]
                keys += [key_text(word, year) for word in words for year in years]
                year = _birth_year(earliest, latest)
                # Words hold letters, digits and marks alone, so that nothing needs escaping.
                lines.append(
                    f"{leads_to.get(person_id, person_id)}\t{name_id}\t{' '.join(words)}\t"
                    f"{{{','.join(keys)}}}\t{_NULL if year is None else year}\n"
                )
                count += 1
            copy.write("".join(lines))
    return count, found


def _name_batches() -> Iterator[list[tuple[int, int, str, str, date | None, date | None]]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n.id, n.person_id, n.given, n.family, p.born_earliest, p.born_latest"
                " FROM people_name n JOIN people_person p ON p.id = n.person_id"
                " WHERE n.id > %s AND n.withdrawn_at IS NULL AND p.erased_at IS NULL"
                " ORDER BY n.id LIMIT %s",
                [last, _BATCH],
            )
            batch = cursor.fetchall()
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _add_words(found: Iterable[str]) -> None:
    NameWord.objects.bulk_create(
        (NameWord(word=word, variants=list(word_variants(word))) for word in sorted(found)),
        ignore_conflicts=True,
        batch_size=5000,
    )


def _years(earliest: date | None, latest: date | None) -> tuple[int, ...]:
    return years_of(earliest.year if earliest else None, latest.year if latest else None)


def _birth_year(earliest: date | None, latest: date | None) -> int | None:
    years = _years(earliest, latest)
    return years[len(years) // 2] or None
