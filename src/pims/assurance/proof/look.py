"""One person's history as every check looks at it: worked out once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from pims.assurance.proof.days import day_of
from pims.assurance.proof.history import Custody, History, Order
from pims.assurance.proof.kinds import fault_kinds
from pims.assurance.proof.law import Law
from pims.assurance.proof.lawful import Stretch, stretches
from pims.assurance.proof.reaches import Reach, reaches
from pims.jurisdictions.order_kinds import Effect


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is amiss, or was: `until` is None while it still is so at the hour looked at.

    `kind` is a code of `fault_kinds`; `params` are JSON scalars and lists, for its wording.
    """

    kind: str
    since: datetime
    until: datetime | None = None
    order_ids: tuple[str, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)
    reference: str = ""

    def sort_key(self) -> tuple[datetime, int, str, tuple[str, ...], str]:
        severity = fault_kinds()[self.kind].severity
        return self.since, severity, self.kind, self.order_ids, repr(sorted(self.params.items()))


@dataclass(frozen=True)
class Look:
    history: History
    law: Law
    as_of: datetime
    ahead: timedelta

    @cached_property
    def orders(self) -> Mapping[str, Order]:
        return {order.order_id: order for order in self.history.orders}

    @cached_property
    def reaches(self) -> Sequence[Reach]:
        return reaches(self.history, self.law)

    @cached_property
    def stretches(self) -> Sequence[Stretch]:
        return stretches(self.history, self.reaches, self.as_of)

    @cached_property
    def today(self) -> date:
        return day_of(self.as_of, self.history.zone)

    @cached_property
    def custody_now(self) -> Custody | None:
        """The period on the books at the hour looked at."""
        for custody in self.history.custody:
            if custody.begins <= self.as_of and (custody.ends is None or custody.ends > self.as_of):
                return custody
        return None

    @cached_property
    def inside_since(self) -> datetime | None:
        """Since when without a break; a transfer is none. None where not in custody."""
        if self.custody_now is None:
            return None
        since = self.custody_now.begins
        ended = {c.ends: c.begins for c in self.history.custody if c.ends is not None}
        while since in ended and ended[since] < since:
            since = ended[since]
        return since

    @cached_property
    def relied_on(self) -> Sequence[Order]:
        """The orders that make custody lawful now."""
        last = self.stretches[-1] if self.stretches and self.custody_now else None
        if last is None or not last.proven:
            return ()
        return [self.orders[order_id] for order_id in last.order_ids]

    @cached_property
    def unsentenced_since(self) -> datetime | None:
        """Since when held, without a break, on nothing but orders before sentence; None where that
        is not so now."""
        if self.custody_now is None:
            return None
        since: datetime | None = None
        after: datetime | None = None
        for stretch in reversed(self.stretches):
            if after is not None and stretch.end != after:
                break
            statuses = {self.status(order_id) for order_id in stretch.order_ids}
            if "convicted" in statuses:
                break
            if "unsentenced" in statuses:
                since = stretch.begin
            elif since is None and stretch.proven:
                return None
            after = stretch.begin
        return since

    def status(self, order_id: str) -> str:
        """What a person held on the order counts as, "" of one that holds nobody."""
        order = self.orders.get(order_id)
        return "" if order is None else self.law.statuses.get(order.kind, "")

    def holds(self, order: Order) -> bool:
        return self.law.effect(order.kind) in (Effect.DETAINS, Effect.SENTENCE)

    def in_custody(
        self, begins: datetime, ends: datetime | None
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """The parts of custody in that time, until now; the end is None where it goes on now."""
        for custody in self.history.custody:
            start = max(custody.begins, begins)
            stops = [at for at in (custody.ends, ends) if at is not None and at <= self.as_of]
            stop = min(stops, default=None)
            if start < (self.as_of if stop is None else stop):
                yield start, stop
