"""Keeping knockers out before anything is asked of the database, a certificate at a time.

In the memory of the process, of which there is one; the quota that an agreement grants is another
matter, and is counted in the database.
"""

import math
import threading
import time
from collections import OrderedDict

from pims.exchange.api import refusals
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.rules.quotas import Bucket, Rate, take

CALLS = Rate(a_minute=1200, burst=200)
FAILURES = Rate(a_minute=20, burst=20)
MOST_KNOWN = 10_000


class Limits:
    """Safe between threads; forgets whoever was not heard of for longest."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def count(self, who: str) -> None:
        """Raises ApiRefused (429) where they have come too often."""
        with self._lock:
            bucket, wait = take(self._buckets.get(who), self._rate, as_of=time.monotonic())
            self._buckets[who] = bucket
            self._buckets.move_to_end(who)
            if len(self._buckets) > MOST_KNOWN:
                self._buckets.popitem(last=False)
        if wait:
            raise ApiRefused(refusals.too_fast(math.ceil(wait)))

    def forget(self) -> None:
        with self._lock:
            self._buckets.clear()


calls = Limits(CALLS)
failures = Limits(FAILURES)
