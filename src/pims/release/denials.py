"""Who said at the gate that it is somebody else, and whether it was decided that it is not.

A no stands whoever says yes after it, and wherever the person is taken: until an officer who may
discharge decides, with reasons.
"""

from dataclasses import dataclass
from datetime import datetime

from pims.custody.selectors.receptions import identity_denials
from pims.foundation.access.selectors import user_names
from pims.release.models import IdentityDecision
from pims.release.one_custody import ThisCustody, this_custody


@dataclass(frozen=True, slots=True)
class Denial:
    """One no, and the decision that answered it; `decided_at` is None while it stands."""

    identity_check_id: int
    at: datetime
    officers: tuple[str, ...]
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""

    @property
    def stands(self) -> bool:
        return self.decided_at is None


def denials(episode_id: int) -> list[Denial]:
    """Every no about whoever is to leave from the custody of this stay, oldest first: five reads.

    Those of its other stays are among them: a transfer answers nothing.
    """
    return denials_in(this_custody(episode_id))


def denials_in(custody: ThisCustody) -> list[Denial]:
    """As `denials`: three reads."""
    said = identity_denials(custody.episode_ids)
    if not said:
        return []
    decisions = IdentityDecision.objects.filter(case__episode_id__in=custody.episode_ids).order_by(
        "-pk"
    )
    answered = {check_id: row for row in decisions for check_id in row.answers}
    names = user_names(row.decided_by_id for row in answered.values())
    found = []
    for check in said:
        row = answered.get(check.identity_check_id)
        if row is None:
            found.append(Denial(check.identity_check_id, check.at, check.officers))
        else:
            found.append(
                Denial(
                    check.identity_check_id, check.at, check.officers, row.decided_at,
                    names.get(row.decided_by_id, "—"), row.reason,
                )
            )  # fmt: skip
    return found
