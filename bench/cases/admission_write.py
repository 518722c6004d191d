"""The writes of an admission, each committed to the disk, beside one bare insert."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import psycopg
from PIL import Image

from bench.context import Context
from bench.prison import Prison, officer, prison
from bench.results import Result, percentile
from pims.authority import services as authority
from pims.authority.selectors import bodies
from pims.authority.services import WarrantNameInput
from pims.custody import selectors as custody_selectors
from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput
from pims.demo.people import make_person
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database import urls
from pims.kernel import clock
from pims.people import services as people
from pims.property import services as property_room
from pims.property.services import ItemInput
from pims.safety import services as safety
from pims.safety.selectors import questions

ADMISSIONS, WARM = 60, 5
PROMISED = 50


class Stopwatch:
    """Milliseconds of each kind of write, and of all writes of one person."""

    def __init__(self) -> None:
        self.each: dict[str, list[float]] = {}
        self.whole: list[float] = []

    @contextmanager
    def admission(self) -> Iterator[None]:
        self._sum = 0.0
        yield
        self.whole.append(self._sum)

    def write(self, what: str, change: Callable[[], object]) -> None:
        start = time.perf_counter()
        change()
        took = (time.perf_counter() - start) * 1000
        self.each.setdefault(what, []).append(took)
        self._sum += took


def run(context: Context) -> list[Result]:
    with prison(context) as found:
        actor = officer("reception_officer")[1]
        watch, rng = Stopwatch(), Random(3)
        for number in range(ADMISSIONS + WARM):
            if number == WARM:
                watch = Stopwatch()
            with watch.admission():
                _admit(watch, found, actor, rng, number)
        floor = percentile(_bare_inserts(found.database), 0.95)
    every = [took for times in watch.each.values() for took in times]
    against = "one bare insert, committed, p95"
    results = [
        Result(
            name="a write of an admission, any of them, p95",
            value=percentile(every, 0.95),
            unit="ms",
            target=PROMISED,
            floor=floor,
            against=against,
            details={"writes": len(every), "median_ms": percentile(every, 0.5)},
        )
    ]
    results += [
        Result(
            name=f"  {what}, p95",
            value=percentile(times, 0.95),
            unit="ms",
            target=PROMISED,
            floor=floor,
            against=against,
            details={"median_ms": percentile(times, 0.5)},
        )
        for what, times in watch.each.items()
    ]
    results.append(
        Result(
            name=f"  all {len(watch.each)} writes of one admission together, p95",
            value=percentile(watch.whole, 0.95),
            unit="ms",
            floor=floor * len(watch.each),
            against=f"{len(watch.each)} bare inserts",
        )
    )
    return results


def _admit(watch: Stopwatch, found: Prison, actor: Actor, rng: Random, number: int) -> None:
    now = clock.now()
    person = make_person(rng, today=now.date(), sex="male", juvenile=False, foreign=False)
    here = found.establishment_id
    made: list[custody.ReceiptsRecorded] = []
    watch.write(
        "body receipt",
        lambda: made.append(
            custody.record_body_receipts(
                Command(actor),
                establishment_id=here,
                receipts=[
                    BodyReceiptInput(
                        given=person.given, family=person.family, sex="male",
                        birth_date=person.birth, birth_precision="day", nationalities=("BZ",),
                    )
                ],
                from_where="Magistrates' Court",
                handed_over_by="Sgt Requena",
            )
        ),
    )  # fmt: skip
    receipt = made[0].receipts[0]
    who, episode = receipt.person_id, receipt.episode_id
    picture = _picture(number)
    body = next(b.body_id for b in bodies() if b.code == "MC-BZ")
    watch.write("step: person", lambda: _done(actor, episode, "person"))
    watch.write(
        "step: warrant",
        lambda: authority.record_warrant(
            Command(actor),
            establishment_id=here,
            kind="remand",
            body_id=body,
            reference=f"B {number}",
            dated=now.date(),
            received_at=now,
            names=[
                WarrantNameInput(
                    person_id=who, name_as_written=person.name, starts_at=now,
                    next_appearance=now.date() + timedelta(days=7), charges="Burglary",
                )
            ],
        ),
    )  # fmt: skip
    _done(actor, episode, "warrant")
    watch.write(
        "step: arrest",
        lambda: custody.record_arrest(
            Command(actor), episode_id=episode, version=1,
            arrested_at=now - timedelta(hours=20), place="Belize City", reasons="Burglary",
        ),
    )  # fmt: skip
    watch.write(
        "step: injuries",
        lambda: custody.record_injury(
            Command(actor), episode_id=episode, description="Bruise on the left arm"
        ),
    )
    _done(actor, episode, "injuries")
    watch.write(
        "step: property",
        lambda: property_room.record_property(
            Command(actor),
            person_id=who,
            establishment_id=here,
            items=[ItemInput("clothing", "Jeans", store="S-12"), ItemInput("other", "Belt")],
            signed=True,
        ),
    )
    _done(actor, episode, "property")
    watch.write(
        "step: contacts",
        lambda: people.add_contact(
            Command(actor), person_id=who, kind="next_of_kin", name="Maria Choc",
            relationship="Mother", phone="555-0101",
        ),
    )  # fmt: skip
    _done(actor, episode, "contacts")
    watch.write(
        "step: risk",
        lambda: safety.record_first_risk(
            Command(actor), person_id=who, episode_id=episode,
            answers=dict.fromkeys(questions(), "no"), asked_at=now,
        ),
    )  # fmt: skip
    _done(actor, episode, "risk")
    watch.write(
        "step: photograph",
        lambda: people.add_photograph(Command(actor), person_id=who, kind="front", data=picture),
    )
    _done(actor, episode, "photograph")
    place = next(
        c.place.place_id
        for c in custody_selectors.candidate_places(actor, episode, limit=3)
        if c.allowed
    )
    watch.write(
        "place_person",
        lambda: custody.place_person(Command(actor), episode_id=episode, place_id=place),
    )


def _done(actor: Actor, episode_id: int, step: str) -> None:
    custody.complete_step(Command(actor), episode_id=episode_id, step=step)


def _picture(number: int) -> bytes:
    """A picture as the desk's camera gives it, each another."""
    out = io.BytesIO()
    noise = Image.effect_noise((320, 400), 40).convert("RGB")
    noise.putpixel((0, 0), (number % 256, number // 256, 7))
    noise.save(out, "JPEG", quality=85)
    return out.getvalue()


def _bare_inserts(database: str) -> list[float]:
    """One row, one transaction, waited for until it is on the disk."""
    times = []
    address = urls.dsn(urls.SUPERUSER, database=database)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("CREATE TABLE bench_floor (id bigserial PRIMARY KEY, body text)")
        for _ in range(ADMISSIONS * 4):
            start = time.perf_counter()
            server.execute("INSERT INTO bench_floor (body) VALUES (%s)", ["x" * 400])
            times.append((time.perf_counter() - start) * 1000)
        server.execute("DROP TABLE bench_floor")
    return times
