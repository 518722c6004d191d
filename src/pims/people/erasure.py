"""What people adds to the erasure of a person, by order."""

from collections.abc import Callable, Sequence

from pims.people.models import PersonName
from pims.people.search.index import forget_words
from pims.people.search.keys import name_words


def words_to_forget(person_ids: Sequence[int]) -> Callable[[], None]:
    """Read the words of every name the person ever had; give what removes, once the names are
    gone, those that nobody else bears."""
    history = PersonName.history.rel.related_model  # type: ignore[attr-defined]
    names = {
        *PersonName.objects.filter(person_id__in=person_ids).values_list("given", "family"),
        *history.objects.filter(person_id__in=person_ids).values_list("given", "family"),
    }
    words = {word for given, family in names for word in name_words(given, family)}
    return lambda: forget_words(words)
