"""Whether a name that was said can be that of somebody on record."""

from pims.kernel.collation import words
from pims.people.models import PersonName
from pims.people.search.keys import word_variants
from pims.people.selectors.headers import persons_of


def answers_to(person_id: int, text: str) -> bool:
    """Whether the text is near to any name of the person, in any spelling.

    Two words of it must be found in one name, or the only one. Nothing said, or nothing on
    record, contradicts nothing.
    """
    said = [frozenset(word_variants(word)) for word in dict.fromkeys(words(text))]
    rows = PersonName.objects.filter(
        person_id__in=persons_of(person_id), withdrawn_at__isnull=True
    ).values_list("given", "family")
    names = [list(dict.fromkeys(words(f"{given} {family}"))) for given, family in rows]
    names = [name for name in names if name]
    if not said or not names:
        return True
    return any(_near(said, name) for name in names)


def _near(said: list[frozenset[int]], name: list[str]) -> bool:
    known = [frozenset(word_variants(word)) for word in name]
    found = sum(any(word & other for other in known) for word in said)
    return found >= min(2, len(said), len(known))
