"""The kinds of custody alarm: those of `alarms.toml`, and the faults that a proof tells of."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from pims.assurance.proof import fault_kinds
from pims.ui.wording import catalogue

# Where a fault of a severity stands among the alarms of the file, the worst first.
AMONG = {1: 4, 2: 9, 3: 19, 4: 27}


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """`ladder` are role codes; `minutes[i]` is how long step i has, the last has no limit.

    `from_since`: the minutes count from the fact, however late it was keyed; else from the alarm.
    `sounds` is ``raised`` or ``climbed`` where desks hear it from that moment on, else "".
    `of_proof`: a fault of the proof of custody, which that alone raises and ends.
    """

    code: str
    label: Mapping[str, str]
    ladder: tuple[str, ...]
    minutes: tuple[int, ...]
    by_reason: bool
    severity: int
    from_since: bool = False
    sounds: str = ""
    of_proof: bool = False

    def deadline(self, step: int, started: datetime) -> datetime | None:
        """When the owner on `step`, who has had it since `started`, loses it to the next."""
        if step >= len(self.minutes):
            return None
        return started + timedelta(minutes=self.minutes[step])


@cache
def alarm_kinds() -> Mapping[str, AlarmKind]:
    """By code. A fault of which an alarm of the file tells already is no kind of its own."""
    return {**kinds_of_file(), **_faults()}


@cache
def told_by_both() -> frozenset[str]:
    """The kinds of the file that tell of the same as some fault of the proof."""
    return frozenset(kind.alarm for kind in fault_kinds().values() if kind.alarm)


def _faults() -> Mapping[str, AlarmKind]:
    found = {}
    for kind in fault_kinds().values():
        if not kind.alarm:
            words = catalogue()[f"proof.{kind.code}.title"]
            found[kind.code] = AlarmKind(
                code=kind.code,
                label={"en": words["en"], "es": words["es"]},
                ladder=kind.ladder,
                minutes=kind.minutes,
                by_reason=kind.by_reason,
                severity=AMONG[kind.severity],
                sounds=kind.sounds,
                of_proof=True,
            )
    return found


@cache
def kinds_of_file() -> Mapping[str, AlarmKind]:
    text = (files("pims.assurance") / "alarms.toml").read_text("utf-8")
    kinds = {}
    for severity, row in enumerate(tomllib.loads(text)["kind"]):
        if len(row["minutes"]) != len(row["ladder"]) - 1:
            raise ValueError(f"{row['code']}: a ladder has one fewer deadline than steps")
        kinds[row["code"]] = AlarmKind(
            code=row["code"],
            label={"en": row["en"], "es": row["es"]},
            ladder=tuple(row["ladder"]),
            minutes=tuple(row["minutes"]),
            by_reason=row["by_reason"],
            severity=severity,
            from_since=row.get("from_since", False),
            sounds=row.get("sounds", ""),
        )
    return kinds
