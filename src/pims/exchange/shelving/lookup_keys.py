"""By what a person can be asked for: each key is normal, so that it matches exactly or not."""

from collections.abc import Iterable
from datetime import date

from pims.exchange.shelving.facts import Facts
from pims.kernel.collation import search_key

NUMBER, NAME_BIRTH, DOCUMENT = "number", "name_birth", "document"


def number_key(number: str) -> str:
    """Prisoner numbers are asked for with or without their dashes and spaces."""
    return "".join(c for c in number.upper() if c.isalnum())


def name_birth_key(family: str, given: str, born: date) -> str:
    """The family name and the first of the given names, however they are written."""
    first = search_key(given).split(" ")[0]
    return f"{search_key(family)}|{first}|{born.isoformat()}"


def document_key(kind: str, number: str) -> str:
    """A passport's letters and digits, whatever stands between them."""
    return f"{kind}|{number_key(number)}"


def keys_of(facts: Facts) -> Iterable[tuple[str, str]]:
    """(kind, key) of everything by which the person can be found."""
    own, header = facts.particulars, facts.header
    found = {(NUMBER, number_key(number)) for number in own.numbers}
    if header.birth_date is not None and header.birth_precision == "day":
        for given, family, _ in own.names:
            if search_key(family) and search_key(given):
                found.add((NAME_BIRTH, name_birth_key(family, given, header.birth_date)))
    found |= {(DOCUMENT, document_key(kind, number)) for kind, number, _ in own.documents}
    return sorted((kind, key[:240]) for kind, key in found)
