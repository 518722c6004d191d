"""How often somebody may knock: a bucket that fills at a steady rate and is emptied by calls."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute in the long run, and at most `burst` at once."""

    a_minute: float
    burst: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was left at an instant (seconds of a clock that only goes forward)."""

    left: float
    at: float


def take(bucket: Bucket | None, rate: Rate, *, as_of: float) -> tuple[Bucket, float]:
    """The bucket after one more call, and the seconds to wait where it was empty (0: let in).

    A call that is not let in takes nothing: whoever waits as long as they are told is let in.
    """
    per_second = rate.a_minute / 60
    left: float = rate.burst
    if bucket is not None:
        left = min(rate.burst, bucket.left + max(0.0, as_of - bucket.at) * per_second)
    if left >= 1:
        return Bucket(left - 1, as_of), 0.0
    return Bucket(left, as_of), (1 - left) / per_second
