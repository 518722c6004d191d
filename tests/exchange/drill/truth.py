"""A prison as the drill has it: people, what happens to them, and what is true of them at the end.

It keeps the shelf and makes the messages as the exchange does, but knows by itself what is so: what
a store holds afterwards is held against this, and not against what the exchange would say.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from pims.exchange.feed.publishing import publish
from pims.exchange.feed.retractions import retract
from pims.exchange.models import LookupKey, Message, ShelfRow
from pims.exchange.rules.lookup_keys import NUMBER, number_key
from pims.kernel import clock

ESTABLISHMENTS = ("BCP", "WAG")
LEGAL = ("unsentenced", "convicted")


@dataclass(frozen=True)
class Man:
    """One prisoner. `out` is how custody ended, "" while it has not."""

    person_id: int
    number: str
    name: str
    sex: str
    establishment: str
    legal: str
    labels: tuple[str, ...] = ()
    held: bool = False
    ever: bool = False
    since: str = ""
    out: str = ""
    out_at: str = ""
    gone_since: str = ""
    numbers: tuple[str, ...] = ()
    joined: bool = False

    def facets(self) -> list[str]:
        found = {"everyone:yes", f"sex:{self.sex}"}
        if not self.ever:
            return sorted(found | {"held:never"})
        found.add(f"establishment:{self.establishment}")
        if not self.held:
            return sorted(found | {"held:before", f"end:{self.out}"})
        found |= {"held:now", f"legal:{self.legal}"}
        return sorted(found | {"where:at_large" if self.gone_since else "where:in"})

    def records(self) -> dict[str, dict[str, Any]]:
        """What could be told of him, by table."""
        custody: dict[str, Any] = {"number": self.number, "held": self.held}
        if self.held:
            custody |= {"establishment": self.establishment, "since": self.since,
                        "legal_status": self.legal,
                        "whereabouts": "at_large" if self.gone_since else "in"}  # fmt: skip
            if self.gone_since:
                custody["at_large_since"] = self.gone_since
        elif self.ever:
            custody |= {"establishment": self.establishment, "ended_at": self.out_at,
                        "end_kind": self.out}  # fmt: skip
        person: dict[str, Any] = {
            "number": self.number, "family_name": self.name, "given_names": "Juan",
            "sex": self.sex,
        }  # fmt: skip
        if self.numbers:
            person["earlier_numbers"] = list(self.numbers)
        return {"custody": custody, "person": person}


Change = Callable[[Man, str], Man]
# Type of message, of whom it can happen, and what it makes of him.
HAPPENS: dict[str, tuple[Callable[[Man], bool], Change]] = {
    "admitted": (
        lambda m: not m.held,
        lambda m, at: replace(m, held=True, ever=True, since=at, out="", out_at="", gone_since=""),
    ),
    "released": (
        lambda m: m.held and not m.gone_since,
        lambda m, at: replace(m, held=False, out="discharged", out_at=at),
    ),
    "died": (
        lambda m: m.held and not m.gone_since and m.number.endswith("7"),
        lambda m, at: replace(m, held=False, out="died", out_at=at),
    ),
    "escaped": (
        lambda m: m.held and not m.gone_since,
        lambda m, at: replace(m, gone_since=at),
    ),
    "recaptured": (
        lambda m: m.held and bool(m.gone_since),
        lambda m, at: replace(m, gone_since=""),
    ),
    "transferred": (
        lambda m: m.held and not m.gone_since,
        lambda m, at: replace(m, establishment=_other(ESTABLISHMENTS, m.establishment), since=at),
    ),
    "order_recorded": (
        lambda m: m.held,
        lambda m, at: replace(m, legal=_other(LEGAL, m.legal)),
    ),
}
WEIGHTS = {"admitted": 6, "released": 4, "died": 1, "escaped": 1, "recaptured": 6,
           "transferred": 2, "order_recorded": 3}  # fmt: skip
TAKEN_BACK = ("released", "escaped")


def _other(both: tuple[str, ...], one: str) -> str:
    return both[1] if one == both[0] else both[0]


@dataclass
class Truth:
    """The prison, and everything that happened in it so far."""

    seed: int
    people: dict[int, Man] = field(default_factory=dict)
    happened: int = 0
    # What the last message about somebody said, that could yet be taken back.
    last: dict[int, tuple[Message, Man]] = field(default_factory=dict)

    ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def fill(self, count: int) -> None:
        """So many people, some of whom were held before, one in eight with a label."""
        for n in range(1, count + 1):
            label = ("juvenile",) if n % 8 == 0 else ("sealed",) if n % 31 == 0 else ()
            man = Man(
                person_id=1_000_000 + n, number=f"BZ-{n:06d}", name=f"Man {n}",
                sex="female" if n % 5 == 0 else "male", establishment=ESTABLISHMENTS[n % 2],
                legal=LEGAL[n % 3 == 0], labels=label,
            )  # fmt: skip
            if n % 2:
                man = HAPPENS["admitted"][1](man, _iso(clock.now() - timedelta(days=200)))
            self.people[man.person_id] = man
        self.ids = list(self.people)
        with transaction.atomic():
            self._shelve(self.people.values())
            LookupKey.objects.bulk_create(
                LookupKey(person_id=m.person_id, kind=NUMBER, key=number_key(m.number))
                for m in self.people.values()
            )

    def happen(self, count: int) -> list[int]:
        """So many things happen, in one transaction with their messages; the positions."""
        made: list[Message] = []
        changed: set[int] = set()
        with transaction.atomic():
            for _ in range(count):
                message, whom = self._one(changed)
                made.append(message)
                changed |= whom
            new = [m for m in made if m.pk is None]
            Message.objects.bulk_create(new)
            self._shelve(self.people[i] for i in changed)
            self.happened += len(made)
            return publish([m.pk for m in made])

    def _one(self, changed: set[int]) -> tuple[Message, set[int]]:
        at = clock.now()
        roll = self.rng.random()
        if roll < 0.02 and (back := self._take_back(changed, at)) is not None:
            return back
        if roll < 0.03 and (merged := self._merge(at)) is not None:
            return merged
        kind, man = self._choose()
        after = HAPPENS[kind][1](man, _iso(at))
        self.people[man.person_id] = after
        message = _message(kind, man, after, at)
        if kind in TAKEN_BACK:
            self.last[man.person_id] = (message, man)
        else:
            self.last.pop(man.person_id, None)
        return message, {man.person_id}

    def _choose(self) -> tuple[str, Man]:
        kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
        while True:
            man = self.people[self.rng.choice(self.ids)]
            kind = self.rng.choices(kinds, weights)[0]
            if not man.joined and man.out != "died" and HAPPENS[kind][0](man):
                return kind, man

    def _take_back(self, changed: set[int], at: datetime) -> tuple[Message, set[int]] | None:
        """The last thing told of somebody never was: he is as he was before it."""
        whom = [i for i, (m, _) in self.last.items() if m.pk is not None and i not in changed]
        if not whom:
            return None
        person_id = self.rng.choice(whom)
        message, before = self.last.pop(person_id)
        self.people[person_id] = before
        return retract(message, at=at, because="never_was"), {person_id}

    def _merge(self, at: datetime) -> tuple[Message, set[int]] | None:
        """Two records were one man: the one who is not held is joined to the other."""
        a, b = (self.people[self.rng.choice(self.ids)] for _ in range(2))
        if a is b or a.held or a.joined or b.joined or a.labels or b.labels or a.out == "died":
            return None
        self.people[a.person_id] = replace(a, joined=True)
        self.people[b.person_id] = replace(b, numbers=(*b.numbers, a.number, *a.numbers))
        for one in (a, b):
            self.last.pop(one.person_id, None)
        message = _message("identity_merged", b, b, at)
        message.other_number = a.number
        message.facets_before = sorted({*a.facets(), *b.facets()})
        return message, {a.person_id, b.person_id}

    def _shelve(self, people: Iterable[Man]) -> None:
        some = list(people)
        ShelfRow.objects.filter(person_id__in=[m.person_id for m in some]).delete()
        now = clock.now()
        ShelfRow.objects.bulk_create(
            ShelfRow(
                person_id=man.person_id, kind=table, record="", fields=fields,
                facets=man.facets(), labels=list(man.labels), changed_at=now,
            )
            for man in some if not man.joined
            for table, fields in man.records().items()
        )  # fmt: skip

    def due(self, document: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
        """Number -> table -> fields: what the agreement allows of the truth, said plainly."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for man in self.people.values():
            if man.joined or any(label not in document["labels"] for label in man.labels):
                continue
            facets = man.facets()
            for table, fields in man.records().items():
                terms = document["tables"].get(table)
                if terms is None or not terms["rows"]:
                    continue
                if all(any(f in facets for f in one) for one in terms["rows"]):
                    found.setdefault(man.number, {})[table] = {
                        name: value for name, value in fields.items() if name in terms["columns"]
                    }
        return found


def _message(kind: str, before: Man, after: Man, at: datetime) -> Message:
    return Message(
        event_id=uuid4(), event_position=0, type=kind, judged_as=kind,
        person_id=after.person_id, number=after.number, occurred_at=at, recorded_at=at, made_at=at,
        facets_before=before.facets(), facets_after=after.facets(), labels=list(after.labels),
        labels_now=list(after.labels), facts=_facts(after),
    )  # fmt: skip


def _facts(after: Man) -> dict[str, Any]:
    custody = after.records()["custody"]
    return {f"custody.{k}": custody[k] for k in ("ended_at", "end_kind") if k in custody}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
