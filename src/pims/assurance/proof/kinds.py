"""The kinds of fault, read from `kinds.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Group = Literal["gap", "flaw", "other"]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """`group` says whether days are unproven by it; `alarm` the kind of custody alarm that tells of
    the same thing, "" where none does. `ladder`, `minutes`, `by_reason` and `sounds` are as those
    of a custody alarm. `severity` is 1 (at once) to 4."""

    code: str
    group: Group
    severity: int
    alarm: str
    ladder: tuple[str, ...]
    minutes: tuple[int, ...]
    by_reason: bool
    sounds: str
    reference: str
    confidence: str

    @property
    def unproven(self) -> bool:
        return self.group != "other"


@cache
def fault_kinds() -> Mapping[str, FaultKind]:
    """By code, in the order of the file. Raises ValueError where a ladder is not one."""
    text = (files("pims.assurance.proof") / "kinds.toml").read_text("utf-8")
    found = {}
    for row in tomllib.loads(text)["kind"]:
        if len(row["minutes"]) != len(row["ladder"]) - 1:
            raise ValueError(f"{row['code']}: a ladder has one fewer deadline than steps")
        kind = FaultKind(
            **{**row, "ladder": tuple(row["ladder"]), "minutes": tuple(row["minutes"])}
        )
        if kind.code in found:
            raise ValueError(f"{kind.code} is there twice")
        found[kind.code] = kind
    return found
