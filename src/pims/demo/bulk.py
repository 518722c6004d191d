"""Filling an installation for benchmarks: a million people, a tenth of them held, by COPY.

Every trigger and constraint stays on and history is kept, but nobody was received by anybody:
there is one ledger entry for all of it, and no events. Never for an installation in use.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from pims.authority import services as authority
from pims.authority.selectors import bodies
from pims.demo.bulk_check import Expected, check
from pims.demo.bulk_copy import BATCH, Progress, copy_rows, take_ids
from pims.demo.bulk_custody import Custody, Held
from pims.demo.bulk_people import BulkPerson, people
from pims.demo.bulk_shelf import fill_shelf
from pims.demo.officers import make_officers
from pims.demo.present import BEGUN, DONE
from pims.demo.services import commit_without_waiting, enter, refuse_if_held
from pims.facilities.layout import CellBlock, Layout, read_layout
from pims.facilities.services import load_layout
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database.migrate import acting_as
from pims.foundation.ledger.append import append_entry
from pims.kernel import clock
from pims.kernel.collation import search_key, sort_key
from pims.kernel.numbers import prisoner_number
from pims.people.search import index

ZONE = "America/Belize"
# Each establishment is twice Belize Central, and this many are held in it.
HELD_EACH, TIMES_AS_BIG = 1900, 2
# Of those who are free, this share was last held at the last establishment.
ELSEWHERE = 0.05

_PERSON = (
    "id, number, sex, gender, birth_date, birth_precision, born_earliest, born_latest, birth_place,"
    " age_disputed, age_decision, age_decision_reason, version, source, created_at, recorded_by_id"
)
_NAME = (
    "id, person_id, kind, given, family, is_primary, search_key, sort_key, withdrawn_reason,"
    " recorded_at, recorded_by_id"
)
_SCOPE = "person_id, establishment_id, unit_id, labels, sealed"


@dataclass(frozen=True, slots=True)
class BulkLoaded:
    """`first_person_id` is the first of `people` ids in a row, in the order of `bulk_people`."""

    people: int
    held: int
    placed: int
    establishments: tuple[int, ...]
    first_person_id: int
    search_rows: int
    checked: int
    shelved: int
    seconds: float
    today: date


def load_bulk(
    *,
    people_count: int,
    held_count: int,
    seed: int,
    report: Callable[[str], None],
    shelf: bool = True,
) -> BulkLoaded:
    """Make the people, their prisons and their papers, and check what was made.

    With `shelf` what agencies could be told of them is made ready too, of everybody.

    Raises Refused where somebody is held here already, ValueError for more held than people,
    RuntimeError where the check finds anything other than what the services would have made.
    """
    if not 0 <= held_count <= people_count or people_count < 1:
        raise ValueError("there must be people, and no more held than there are")
    began, progress = time.monotonic(), Progress(report)
    with acting_as("loader"):
        refuse_if_held()
        commit_without_waiting()
        enter(BEGUN, {"people": people_count, "held": held_count, "seed": seed})
        load = _Load(people_count, held_count, seed, progress)
        load.run()
    progress.tell("Making the search rows", always=True)
    with acting_as("owner"):
        rows = index.rebuild()
        progress.tell("Gathering statistics", always=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    progress.tell("Checking what was made", always=True)
    with acting_as("loader"):
        checked = check(load.expected(rows))
        shelved = fill_shelf(load.first_id, people_count, progress) if shelf else 0
    if shelved:
        with acting_as("owner"), connection.cursor() as cursor:
            cursor.execute("ANALYZE exchange_shelf, exchange_lookup_key")
    with acting_as("loader"):
        enter(DONE, {"held": len(load.custody.held)})
    return BulkLoaded(
        people=people_count,
        held=len(load.custody.held),
        placed=load.custody.placed,
        establishments=tuple(load.establishments),
        first_person_id=load.first_id,
        search_rows=rows,
        checked=checked,
        shelved=shelved,
        seconds=round(time.monotonic() - began, 1),
        today=load.today,
    )


class _Load:
    def __init__(self, people_count: int, held_count: int, seed: int, progress: Progress) -> None:
        self.count, self.held_count, self.seed = people_count, held_count, seed
        self.progress, self.now, self.actor = progress, clock.now(), system_actor()
        self.today = self.now.astimezone(ZoneInfo(ZONE)).date()
        self.rng = Random(seed + 1)
        self.establishments = self._establishments()
        self.custody = Custody(
            actor=self.actor,
            establishments=self.establishments,
            bodies={b.code: b.body_id for b in bodies()},
            now=self.now,
            zone=ZoneInfo(ZONE),
            rng=Random(seed + 2),
        )
        self.first_id = take_ids(people_count, table="people_person")
        self.first_name_id = take_ids(people_count, table="people_name")
        self.serial = take_ids(people_count, sequence="people_number_serial")

    def run(self) -> None:
        made = enumerate(people(self.count, self.seed, today=self.today))
        every = self.count // self.held_count if self.held_count else self.count + 1
        while batch := list(islice(made, BATCH)):
            self._copy("people_person", _PERSON, map(self._person, batch))
            self._copy("people_name", _NAME, map(self._name, batch))
            held = {
                n: self.custody.receive(n // every, self.first_id + n, person)
                for n, person in batch
                if n % every == 0 and n // every < self.held_count
            }
            scopes = [self._scope(n, person, held.get(n)) for n, person in batch]
            self._copy("person_scope", _SCOPE, scopes)
            for table, columns, rows in self.custody.rows(list(held.values())):
                self._copy(table, columns, rows)
            self.progress.tell(f"{batch[-1][0] + 1:,} people", always=True)
        append_entry(
            kind="demo.bulk_loaded",
            actor_id=self.actor.user_id,
            command_id=None,
            person_ids=[],
            establishment_id=None,
            body={"people": self.count, "held": self.held_count, "seed": self.seed},
            details=None,
            at=self.now,
        )

    def expected(self, search_rows: int) -> Expected:
        return Expected(
            people=self.count,
            first_id=self.first_id,
            serial=self.serial,
            search_rows=search_rows,
            establishments=tuple(self.establishments),
            held=tuple(self.custody.held),
            today=self.today,
            actor=self.actor,
        )

    def _copy(self, table: str, columns: str, rows: Iterable[Iterable[object]]) -> None:
        copy_rows(table, columns, rows, self.progress)

    def _establishments(self) -> list[int]:
        authority.load_bodies(Command(self.actor))
        count = max(2, ceil(self.held_count / HELD_EACH))
        found = []
        for number in range(1, count + 1):
            self.progress.tell(f"Building prison {number} of {count}")
            layout = _twice(read_layout("belize_central"), number)
            found.append(load_layout(Command(self.actor), layout=layout).establishment_id)
        make_officers(found[0])
        return found

    def _person(self, numbered: tuple[int, BulkPerson]) -> Iterator[object]:
        n, person = numbered
        yield from (
            self.first_id + n, prisoner_number(self.serial + n), person.sex, "not_stated",
            person.born, person.precision, person.born, person.born_latest, "", False, "", "", 1,
            "bulk", self.now, self.actor.user_id,
        )  # fmt: skip

    def _name(self, numbered: tuple[int, BulkPerson]) -> Iterator[object]:
        n, person = numbered
        yield from (
            self.first_name_id + n, self.first_id + n, "birth", person.given, person.family, True,
            search_key(person.full), sort_key(person.family, person.given), "", self.now,
            self.actor.user_id,
        )  # fmt: skip

    def _scope(self, n: int, person: BulkPerson, held: Held | None) -> tuple[object, ...]:
        labels = "{juvenile}" if under_age(person, self.today) else "{}"
        if held is not None:
            return self.first_id + n, held.establishment_id, held.unit_id, labels, False
        away = self.rng.random() < ELSEWHERE
        last = len(self.establishments) - 1
        where = self.establishments[last if away else self.rng.randrange(last)]
        return self.first_id + n, where, None, labels, False


def under_age(person: BulkPerson, today: date) -> bool:
    """Whether the person may be under 18, by the last day on which they can have been born."""
    return person.born_latest > today.replace(year=today.year - 18, day=min(today.day, 28))


def _twice(layout: Layout, number: int) -> Layout:
    units = tuple(
        unit.model_copy(
            update={
                "cells": tuple(
                    CellBlock(**(block.model_dump() | {"count": block.count * TIMES_AS_BIG}))
                    for block in unit.cells
                )
            }
        )
        for unit in layout.unit
    )
    return layout.model_copy(
        update={"code": f"BULK{number:03d}", "name": f"Bulk Prison {number}", "unit": units}
    )
