"""Why something is so, before any words are chosen for it: what decisions and errors both give."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code with the parameters of its wording.

    `code` is ``room.what`` and has its wording in `pims.ui.wording`; `params` are JSON scalars;
    `reference` is the law or standard; `decided_by` is the permission of whoever can decide
    otherwise, None where nobody can (the impossible).
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    reference: str = ""
    decided_by: str | None = None
