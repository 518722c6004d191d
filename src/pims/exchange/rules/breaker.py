"""Whether a message may leave at once, or is held until a person has looked. Pure.

It holds messages, never people. A burst that nobody announced, events that were told before, and
those of a test are likelier a fault of ours than the truth: thousands of false release alerts have
gone out elsewhere from one evening's maintenance. What is held is told late, and never lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

BURST, REPLAY, TEST, BEHIND = "burst", "replay", "test", "behind"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages of these types `within` so long; more are held.

    `reason` says why it is that many, in both languages; `confirmed` by the service, or not yet.
    """

    code: str
    types: frozenset[str]
    most: int
    within: timedelta
    reason: Mapping[str, str]
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Lateness:
    """Messages of events recorded longer than `after` before are held beyond `most` `within`."""

    after: timedelta
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that was just made."""

    type: str
    origin: str
    recorded_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Announced:
    """An amnesty that two officers announced; `told` is how many were told of in it so far."""

    starts_at: datetime
    ends_at: datetime
    expected: int
    told: int
    confirmed: bool

    def covers(self, at: datetime) -> bool:
        return self.confirmed and self.starts_at <= at < self.ends_at and self.told < self.expected


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is why it is held, "" where it is not; `params` for the words of it."""

    kind: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        return bool(self.kind)


PASSES = Verdict()


def judge(
    arrived: Arrived,
    *,
    limits: Iterable[Limit],
    before: Mapping[str, int],
    lateness: Lateness,
    late_before: int,
    announced: Sequence[Announced] = (),
    person_waits: bool = False,
    made_up: bool = False,
) -> Verdict:
    """Whether this message is held.

    `before` counts, by the code of a limit, the messages of its types made within its time before
    this one, held ones included and withdrawn ones not; `late_before` those that came late.
    `person_waits`: an earlier message about the same prisoner is held; this one stands behind it,
    or an agency would be told the second thing first. `made_up`: it is about a test prisoner; only
    who tries things out is told of it, and no officer is to look at that.
    """
    if arrived.origin == TEST:
        return Verdict(TEST)
    if arrived.origin == REPLAY:
        return Verdict(REPLAY)
    if made_up:
        return PASSES
    if person_waits:
        return Verdict(BEHIND)
    if is_late(arrived, lateness) and late_before >= lateness.most:
        return Verdict(REPLAY, {"most": lateness.most, "minutes": _minutes(lateness.within)})
    for limit in limits:
        if arrived.type not in limit.types or before.get(limit.code, 0) < limit.most:
            continue
        if arrived.type in AMNESTY and any(one.covers(arrived.made_at) for one in announced):
            continue
        return Verdict(
            BURST,
            {"limit": limit.code, "most": limit.most, "minutes": _minutes(limit.within)},
        )
    return PASSES


# What an announced amnesty explains.
AMNESTY = frozenset({"released"})


def is_late(arrived: Arrived, lateness: Lateness) -> bool:
    """Whether the event was recorded so long ago that it ought to have been told then."""
    return arrived.made_at - arrived.recorded_at > lateness.after


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
