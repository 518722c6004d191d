"""What the exchange adds to the erasure of a person, by order.

What an agency was given about them goes with their rows. Beside it there are words that name them
and belong to nobody's record: a question that the agreement did not let find them, a message that
was turned back. They go with the person too, and not only when their time is over.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pims.exchange.inbound.kinds.parts import Subject
from pims.exchange.inbound.rows import said
from pims.exchange.models import Asked, Inbound, LookupKey
from pims.exchange.rules import inbound as rules
from pims.exchange.rules.lookup_keys import (
    DOCUMENT,
    NAME_BIRTH,
    NUMBER,
    document_key,
    name_birth_key,
    number_key,
)
from pims.exchange.services.forgetting import INQUIRED, empty_messages
from pims.foundation.access.selectors import system_actor
from pims.foundation.ledger.forgetting import forget_named
from pims.kernel import clock

Key = tuple[str, str]


def words_about(person_ids: Sequence[int]) -> Callable[[], None]:
    """Look for the words before the person's keys go; give what removes them."""
    rows = LookupKey.objects.filter(person_id__in=person_ids).values_list("kind", "key")
    keys = {(kind, key) for kind, key in rows}
    questions = _questions(keys) if keys else {}
    messages = _messages(keys) if keys else []

    def remove() -> None:
        Asked.objects.filter(pk__in=questions).delete()
        entries = [entry for entry in questions.values() if entry is not None]
        if entries:
            forget_named(
                kind=INQUIRED, entry_ids=entries, actor_id=system_actor().user_id, at=clock.now()
            )
        empty_messages(messages)

    return remove


def _questions(keys: set[Key]) -> dict[UUID, UUID | None]:
    """Questions that named the person and gave nothing of one: inquiry -> its entry."""
    asked = Asked.objects.filter(person_id=None, inquiry__kind__regex=r"^(search|person)\.")
    found = asked.values_list("pk", "inquiry__entry_id", "asked").iterator(2000)
    return {pk: entry for pk, entry, words in found if not keys.isdisjoint(_asked_by(words))}


def _messages(keys: set[Key]) -> list[UUID]:
    """Messages about nobody on record that came to their end, and named the person."""
    ended = Inbound.objects.filter(person_id=None, names=None).exclude(
        state__in=(rules.RECEIVED, *rules.OPEN)
    )
    found = []
    for row in ended.exclude(body="").iterator(500):
        content = said(row).content
        subjects = content.subjects if content is not None else ()
        if any(not keys.isdisjoint(_meant_by(one)) for one in subjects):
            found.append(row.pk)
    return found


def _asked_by(words: Mapping[str, Any]) -> Iterable[Key]:
    """The keys that a question asks by, whatever else it says."""
    for number in (words.get("number"), *(words.get("numbers") or ())):
        if isinstance(number, str) and words.get("by") != "document":
            yield NUMBER, number_key(number)
    match words:
        case {"family_name": str(family), "given_name": str(given), "birth_date": str(born)}:
            yield NAME_BIRTH, name_birth_key(family, given, date.fromisoformat(born))
        case {"by": "document", "kind": str(kind), "number": str(number)}:
            yield DOCUMENT, document_key(kind, number)


def _meant_by(subject: Subject) -> Iterable[Key]:
    yield NUMBER, number_key(subject.number)
    for one in subject.documents:
        yield DOCUMENT, document_key(one.kind, one.number)
    if subject.birth_date is not None:
        yield (
            NAME_BIRTH,
            name_birth_key(subject.family_name, subject.given_names, subject.birth_date),
        )
