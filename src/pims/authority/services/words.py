"""The texts of papers as they are kept, and how long they may be: see `kernel.text`."""

from pims.kernel.text import clean_field

REFERENCE, TELEPHONE, NAME, BASIS, DECISION = 80, 40, 120, 300, 500
# What a paper says in full, its conditions and charges.
PROSE = 10_000


def line(field: str, text: str, limit: int, *, missing: str = "") -> str:
    """One line as it is kept. Raises InvalidInput: too long, misleading signs, or `missing`, the
    code of a reason, where there must be something."""
    return clean_field(field, text, limit=limit, missing=missing)


def why(field: str, text: str, limit: int = BASIS) -> str:
    """Why, in several lines. Raises InvalidInput as `line`, and where nobody says why."""
    return clean_field(field, text, limit=limit, multiline=True, missing="authority.reason_missing")


def prose(field: str, text: str) -> str:
    """Several lines, which may be none. Raises InvalidInput as `line`."""
    return clean_field(field, text, limit=PROSE, multiline=True)
