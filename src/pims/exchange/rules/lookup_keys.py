"""By what a person can be asked for, in one spelling, so that it matches exactly or not."""

from datetime import date

from pims.kernel.collation import search_key

NUMBER, NAME_BIRTH, DOCUMENT, FINGERPRINT = "number", "name_birth", "document", "fingerprint"


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
