"""What befalls six agencies while things happen: the network, their machines, their clocks."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from pims.exchange.catalogue_docs import niem
from pims.exchange.enforcement import DELIVERY, open_own, reading
from pims.exchange.feed import reading as feed
from pims.exchange.feed.snapshot import snapshot
from pims.exchange.models import Delivery, Endpoint, EndpointState, Published
from pims.exchange.services import endpoints
from pims.exchange.webhooks import loading
from pims.exchange.webhooks.loading import Parcel
from pims.exchange.webhooks.sending import Answer
from pims.exchange.webhooks.signing import NotGenuine, sign, verify
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.exchange.drill.agencies import Receiver
from tests.exchange.drill.stores import Killed, Store
from tests.exchange.drill.truth import Truth

TAKEN, AWAY, BAD = Answer(204), Answer(None, "nobody answers"), Answer(401)


@dataclass
class Counts:
    """What really befell them, so that a drill in which nothing happens is found out."""

    lost: int = 0
    doubled: int = 0
    delayed: int = 0
    reordered: int = 0
    refused: int = 0
    killed: int = 0
    restored: int = 0
    rotated: int = 0
    pages: int = 0
    pushed: int = 0


@dataclass
class Drill:
    """One run. `say` tells a person how far it is."""

    truth: Truth
    receivers: list[Receiver]
    seed: int = 1
    page: int = 500
    counts: Counts = field(default_factory=Counts)
    late: list[tuple[Receiver, dict[str, str], bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def by(self, code: str) -> Receiver:
        return next(one for one in self.receivers if one.code == code)

    # -- starting ----------------------------------------------------------------------------------
    def start(self, *, pushed: Iterable[str]) -> None:
        """Every store begins with a snapshot; some are pushed to as well."""
        for receiver in self.receivers:
            self.start_over(receiver)
        for code in pushed:
            receiver = self.by(code)
            command = Command(receiver.agency.officers[0])
            made = endpoints.add_endpoint(
                command, agreement_id=receiver.agency.agreement_id,
                url=f"https://{code}.example.org/hook", scheme="hmac",
            )  # fmt: skip
            receiver.goal = next(g for g in loading.goals() if g.endpoint_id == made.endpoint_id)
            receiver.secrets = list(receiver.goal.secrets())

    def start_over(self, receiver: Receiver) -> None:
        persons: list[Any] = []
        position, page, more = None, None, True
        while more:
            inquired = open_own(version_id=receiver.agency.version_id, kind="feed.snapshot")
            with reading(inquired) as reader:
                part = snapshot(reader, page=page, persons=2000)
            persons += part.persons
            position = part.position if position is None else position
            page, more = inquired.inquiry_id, part.more
        receiver.store.take_snapshot(persons, position or 0)

    # -- the feed ----------------------------------------------------------------------------------
    def pull(self, receiver: Receiver, *, pages: int = 1_000_000) -> int:
        """Read on from where the store is, to the end; how many messages came."""
        came = 0
        for _ in range(pages):
            inquired = open_own(version_id=receiver.agency.version_id, kind=DELIVERY)
            with reading(inquired) as reader:
                found = feed.page(reader, after=receiver.store.position, limit=self.page)
                feed.acknowledge(reader, position=receiver.store.position)
            self.counts.pages += 1
            self._kept(receiver, partial(Store.take_page, events=found.events, upto=found.upto))
            came += len(found.events)
            if not found.more and receiver.store.position >= found.newest:
                return came
        return came

    def _kept(self, receiver: Receiver, take: Callable[[Store], set[str]]) -> None:
        """Taken in by the store, unless its process is killed in the middle of it."""
        try:
            asking = take(receiver.store)
        except Killed:
            self.counts.killed += 1
            return
        if receiver.thin:
            self._ask(receiver, asking)

    def _ask(self, receiver: Receiver, numbers: set[str]) -> None:
        """After a thin message: what is so now, under the same agreement."""
        if not numbers:
            return
        with reading(open_own(version_id=receiver.agency.version_id, kind=DELIVERY)) as reader:
            whose = {n: reader.find("number", n.replace("-", "")) for n in sorted(numbers)}
            ids = [i for found in whose.values() for i in found]
            rows = {r.fields["number"]: r for r in reader.read("custody", person_ids=ids)}
            reader.give("custody", rows.values())
        for number in numbers:
            row = rows.get(number)
            written = niem.written("custody", row.fields) if row else None
            receiver.store.take_answer(number, written)

    # -- pushing -----------------------------------------------------------------------------------
    def push(self, receiver: Receiver, *, rounds: int = 1) -> None:
        """The courier's rounds, over a network that loses, doubles, delays and reorders."""
        assert receiver.goal is not None
        for _ in range(rounds):
            load = loading.load(receiver.goal)
            parcels = list(load.parcels)
            if len(parcels) > 1 and self.rng.random() < 0.5:
                self.rng.shuffle(parcels)
                self.counts.reordered += 1
            answers = [(one, self._send(receiver, one)) for one in parcels]
            loading.settle(receiver.goal, answers)
            self.counts.pushed += len(parcels)
            self._time_passes(receiver)

    def _send(self, receiver: Receiver, parcel: Parcel) -> Answer:
        assert receiver.goal is not None
        headers = sign(
            receiver.goal.secrets(), message_id=parcel.message_id, at=clock.now(), body=parcel.body
        )
        if receiver.dark:
            return AWAY
        fate = self.rng.random()
        if fate < 0.08:  # it never arrives
            self.counts.lost += 1
            return AWAY
        if fate < 0.16:  # it arrives much later, when we have given up and sent it again
            self.counts.delayed += 1
            self.late.append((receiver, headers, parcel.body))
            return AWAY
        answer = self._arrives(receiver, headers, parcel.body)
        if fate < 0.24:
            self.counts.doubled += 1
            self._arrives(receiver, headers, parcel.body)
        if fate < 0.28:  # it was taken, and the answer is lost
            return AWAY
        return answer

    def _arrives(self, receiver: Receiver, headers: dict[str, str], body: bytes) -> Answer:
        at = clock.now() + timedelta(seconds=receiver.ahead)
        try:
            verify(receiver.secrets, headers, body, at=at)
        except NotGenuine:
            self.counts.refused += 1
            return BAD
        killed = self.counts.killed
        self._kept(receiver, partial(Store.take_push, event=json.loads(body)))
        return AWAY if self.counts.killed > killed else TAKEN

    def late_ones_arrive(self) -> None:
        """What was on its way for long, in any order, some to one that was restored since."""
        self.rng.shuffle(self.late)
        for receiver, headers, body in self.late:
            self._arrives(receiver, headers, body)
        self.late.clear()

    def _time_passes(self, receiver: Receiver) -> None:
        """Every wait of this endpoint is over."""
        assert receiver.goal is not None
        now = clock.now()
        EndpointState.objects.filter(endpoint_id=receiver.goal.endpoint_id).update(rests_until=None)
        Delivery.objects.filter(
            endpoint_id=receiver.goal.endpoint_id, state=Delivery.State.PENDING
        ).update(next_at=now)

    # -- what befalls them ------------------------------------------------------------------------
    def rotate(self, receiver: Receiver) -> None:
        """The secret is changed; the receiver learns of it only later."""
        assert receiver.goal is not None
        endpoint = Endpoint.objects.get(pk=receiver.goal.endpoint_id)
        endpoints.change_secret(
            Command(receiver.agency.officers[0]), endpoint_id=endpoint.pk, version=endpoint.version
        )
        self.counts.rotated += 1

    def learn_secret(self, receiver: Receiver) -> None:
        assert receiver.goal is not None
        receiver.secrets = list(receiver.goal.secrets())[:1]

    def kill_soon(self, receiver: Receiver) -> None:
        """In the middle of one of the next messages."""
        receiver.store.kills = self.rng.randint(1, 40)

    def restore(self, receiver: Receiver) -> None:
        receiver.store.restore()
        self.counts.restored += 1

    def days_pass(self, days: int, *, after: int) -> None:
        """Everything published after a position is spread over so many days that have gone by."""
        newest = Published.objects.order_by("-position").values_list("position", flat=True).first()
        span = max(1, (newest or after) - after)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_published SET published_at = published_at"
                " - make_interval(secs => %s * (1 - (position - %s)::float / %s))"
                " WHERE position > %s",
                [days * 86400, after, span, after],
            )

    # -- the end -----------------------------------------------------------------------------------
    def differences(self) -> dict[str, str]:
        """Whose store is not what the agreement allows of the truth; empty where all are."""
        found = {}
        for one in self.receivers:
            due, kept = self.truth.due(one.document), one.store.contents()
            wrong = sorted(n for n in due.keys() | kept.keys() if due.get(n) != kept.get(n))
            if wrong:
                first = wrong[0]
                right = f"{first} is {kept.get(first)}, not {due.get(first)}"
                found[one.code] = f"{len(wrong)} of {len(due)}: {right}"
        return found
