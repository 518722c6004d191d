"""Names of drafts of forms that have a row a prisoner."""

from collections.abc import Iterable
from zlib import crc32


def draft_of(form: str, ids: Iterable[int]) -> str:
    """Another name once other people stand in the rows, or in another order: what was typed for
    one prisoner must never come back beside another."""
    return f"{form}-{crc32(','.join(map(str, ids)).encode()):08x}"
