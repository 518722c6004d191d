"""By what a person is found: every key under which the shelf knows them."""

from collections.abc import Iterable

from pims.exchange.rules.lookup_keys import (
    DOCUMENT,
    FINGERPRINT,
    NAME_BIRTH,
    NUMBER,
    document_key,
    name_birth_key,
    number_key,
)
from pims.exchange.shelving.facts import Facts
from pims.kernel.collation import search_key

__all__ = [
    "DOCUMENT",
    "FINGERPRINT",
    "NAME_BIRTH",
    "NUMBER",
    "document_key",
    "keys_of",
    "name_birth_key",
    "number_key",
]


def keys_of(facts: Facts) -> Iterable[tuple[str, str]]:
    """(kind, key) of everything by which the person can be found."""
    own, header = facts.particulars, facts.header
    found = {(NUMBER, number_key(number)) for number in own.numbers}
    if header.birth_date is not None and header.birth_precision == "day":
        for given, family, _ in own.names:
            if search_key(family) and search_key(given):
                found.add((NAME_BIRTH, name_birth_key(family, given, header.birth_date)))
    found |= {(DOCUMENT, document_key(kind, number)) for kind, number, _ in own.documents}
    found |= {(FINGERPRINT, key.hex) for key in facts.prints}
    return sorted((kind, key[:240]) for kind, key in found)
