"""Who said at the gate that it is somebody else, and whether it was decided that it is not.

A no stands whoever says yes after it: until an officer who may discharge decides, with reasons.
"""

from dataclasses import dataclass
from datetime import datetime

from pims.custody.selectors.receptions import identity_denials
from pims.foundation.access.selectors import user_names
from pims.release.models import DischargeItem
from pims.release.rules import IDENTITY_DECIDED


@dataclass(frozen=True, slots=True)
class Denial:
    """One no, and the decision that came after it; `decided_at` is None while it stands."""

    at: datetime
    officers: tuple[str, ...]
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""

    @property
    def stands(self) -> bool:
        return self.decided_at is None


def denials(episode_id: int) -> list[Denial]:
    """Every no about whoever is to leave from this custody, oldest first."""
    said = identity_denials(episode_id)
    if not said:
        return []
    decisions = list(
        DischargeItem.objects.filter(case__episode_id=episode_id, code=IDENTITY_DECIDED)
        .order_by("at")
        .values_list("at", "by_id", "note")
    )
    names = user_names(by for _at, by, _note in decisions)
    found = []
    for check in said:
        after = next((d for d in decisions if d[0] >= check.at), None)
        if after is None:
            found.append(Denial(check.at, check.officers))
        else:
            decided_at, by, note = after
            found.append(Denial(check.at, check.officers, decided_at, names.get(by, "—"), note))
    return found
