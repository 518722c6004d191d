"""Two times: as it was at T, as known at K."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AsOf:
    """`valid_at` (T) is when it was so; `known_at` (K) is when the record said so.

    None for `known_at` means with everything known today.
    """

    valid_at: datetime
    known_at: datetime | None = None
