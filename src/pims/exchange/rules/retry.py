"""When a message that did not arrive is tried again, and when it is given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Schedule:
    """After the n-th failure the next try is `first` × 2^(n-1) away, at most `longest`.

    `jitter` is the part of the wait that is left to chance, so that a receiver which comes back is
    not met by everything at once. Whoever was tried for `give_up` in vain is a dead letter: the
    receiver still finds it in the feed.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(hours=1)
    jitter: float = 0.5
    give_up: timedelta = timedelta(hours=72)


class Fault(StrEnum):
    """What an attempt says: of this message, of the whole receiver, or that it is no more."""

    MESSAGE = "message"
    RECEIVER = "receiver"
    GONE = "gone"


# Answers that say something of the receiver and not of the one message.
_OF_RECEIVER = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 429})
_GONE = 410
LONGEST_ASKED = timedelta(hours=1)


def fault_of(status: int | None) -> Fault | None:
    """What an answer means; None is that it was taken. No answer at all is the receiver's fault.

    A redirect is not followed: it is the receiver's fault like any other wrong answer.
    """
    if status is None:
        return Fault.RECEIVER
    if 200 <= status < 300:
        return None
    if status == _GONE:
        return Fault.GONE
    if 400 <= status < 500 and status not in _OF_RECEIVER:
        return Fault.MESSAGE
    return Fault.RECEIVER


def wait(attempts: int, *, chance: float, schedule: Schedule) -> timedelta:
    """How long to wait after the `attempts`-th failure; `chance` is in [0, 1).

    Never longer than the full wait, never shorter than what jitter leaves of it.
    """
    if attempts < 1:
        raise ValueError("nothing has failed yet")
    full = min(schedule.first * (1 << min(attempts - 1, 40)), schedule.longest)
    return full * (1.0 - schedule.jitter * chance)


@dataclass(frozen=True, slots=True)
class Next:
    """`at` is the next try; None where the message is given up."""

    at: datetime | None

    @property
    def dead(self) -> bool:
        return self.at is None


def after_failure(
    *,
    attempts: int,
    first_at: datetime,
    now: datetime,
    chance: float,
    asked_for: timedelta | None = None,
    schedule: Schedule,
) -> Next:
    """What becomes of a message whose `attempts`-th try has failed.

    `asked_for` is how long the receiver asked us to wait: it is given that, at most an hour.
    """
    pause = wait(attempts, chance=chance, schedule=schedule)
    if asked_for is not None:
        pause = max(pause, min(asked_for, LONGEST_ASKED))
    at = now + pause
    return Next(None if at - first_at > schedule.give_up else at)
