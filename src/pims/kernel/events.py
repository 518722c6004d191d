"""What a domain says happened, in ids alone: never a name, never a personal value."""

from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of every event.

    `kind` is ``room.past_participle`` (``custody.placed``); `schema_version` grows when the
    fields change meaning. Fields are ids, codes and instants (ISO 8601 text), all JSON scalars.
    """

    kind: ClassVar[str]
    schema_version: ClassVar[int] = 1

    person_id: int | None = None
    establishment_id: int | None = None

    def payload(self) -> dict[str, object]:
        return asdict(self)
