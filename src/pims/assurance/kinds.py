"""The kinds of custody alarm, read from `alarms.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """`ladder` are role codes; `minutes[i]` is how long step i has, the last has no limit.

    `from_since`: the minutes count from the fact, however late it was keyed; else from the alarm.
    `sounds` is ``raised`` or ``climbed`` where desks hear it from that moment on, else "".
    """

    code: str
    label: Mapping[str, str]
    ladder: tuple[str, ...]
    minutes: tuple[int, ...]
    by_reason: bool
    severity: int
    from_since: bool = False
    sounds: str = ""

    def deadline(self, step: int, started: datetime) -> datetime | None:
        """When the owner on `step`, who has had it since `started`, loses it to the next."""
        if step >= len(self.minutes):
            return None
        return started + timedelta(minutes=self.minutes[step])


@cache
def alarm_kinds() -> Mapping[str, AlarmKind]:
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
