"""Whatever is recorded and undone in whatever order: what stands is what the standing orders say.

Sequences of orders about one person whom the gate received on a paper: recorded, set aside, void,
read twice, freed, verified. After each step what holds and what frees is what the orders that stand
say; and when every order is void, everything is as the gate recorded it.
"""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import services
from pims.courts.models import CourtOrder, Hearing, Sentence
from pims.courts.services import OrderName, OrderReading, SentenceInput, SentenceReading
from pims.courts.tests.court import Court
from pims.courts.tests.test_orders import warrants
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel.errors import PimsError

SEEDS = (7, 61)
STEPS = 14
State = CourtOrder.State


class Run:
    """One sequence, of its own seed."""

    def __init__(self, court: Court, seed: int) -> None:
        self.court, self.random = court, random.Random(seed)
        self.case = court.case(number=f"S {seed}/26")
        self.charges = [court.charge(self.case), court.charge(self.case, as_written="Theft")]
        self.number = 0
        self.told: list[str] = []
        for body in authority.bodies():
            authority_services.set_registry_phone(
                court.prison.command, body_id=body.body_id, telephone="227-2222"
            )

    def orders(self, **only: object) -> list[CourtOrder]:
        return list(CourtOrder.objects.filter(person_id=self.court.ana, **only).order_by("pk"))

    def some(self, **only: object) -> CourtOrder | None:
        found = self.orders(**only)
        return self.random.choice(found) if found else None

    def step(self) -> None:
        steps: list[Callable[[], object]] = [
            self.remand, self.rest, self.jail, self.vary, self.vary, self.allow, self.bail,
            self.revoke, self.void, self.void, self.take_back, self.verify, self.forged, self.read,
            self.chain,
        ]  # fmt: skip
        chosen = self.random.choice(steps)
        self.told.append(chosen.__name__)
        try:
            chosen()
        except PimsError as refused:
            self.told[-1] += f" ({type(refused).__name__})"
        self.hear()

    def hear(self) -> None:
        for one in authority.release_orders([self.court.ana]).get(self.court.ana, []):
            self.court.hear(one.release_order_id)

    def record(self, kind: str, **more: object) -> None:
        self.number += 1
        charges = self.random.choice([(), self.charges[:1], self.charges])
        more = {
            "reference": f"R {self.number}",
            "case_id": self.case,
            "charge_ids": charges,
            **more,
        }
        name = more.pop("name", None) or OrderName(self.court.ana)
        self.court.order(kind, name, **more)

    def open(self) -> list[int]:
        return [pk for pk, one in warrants(self.court.ana).items() if one.ends_at is None]

    def remand(self) -> None:
        taken = tuple(self.random.sample(self.open(), k=min(1, len(self.open()))))
        self.record(
            "remand", name=OrderName(self.court.ana, warrant_name_ids=taken),
            next_date=self.court.today + timedelta(days=self.random.randrange(1, 90)),
        )  # fmt: skip

    def rest(self) -> None:
        self.record(
            "remand",
            name=OrderName(self.court.ana, keyed_warrant_name_id=self.court.ana_warrant),
            next_date=self.court.today + timedelta(days=self.random.randrange(1, 90)),
        )

    def jail(self) -> None:
        self.record(
            "commitment_sentence", body="HC",
            sentences=[SentenceInput(years=self.random.randrange(1, 9), charge_id=one)
                       for one in self.random.choice([self.charges, [None], [None, None]])],
        )  # fmt: skip

    def chain(self) -> None:
        target = Sentence.objects.filter(person_id=self.court.ana, state="stands").last()
        if target is not None:
            self.record(
                "commitment_sentence",
                sentences=[SentenceInput(years=1, link="consecutive", consecutive_to_id=target.pk)],
            )

    def vary(self) -> None:
        earlier = self.some(kind__in=["commitment_sentence", "appeal_varied"])
        if earlier is not None:
            self.record(
                "appeal_varied", body="CA", changes_order_id=earlier.pk, change="varies",
                sentences=[SentenceInput(months=self.random.randrange(1, 60))],
            )  # fmt: skip

    def allow(self) -> None:
        earlier = self.some(kind__in=["commitment_sentence", "appeal_varied"])
        if earlier is not None:
            self.record(
                "appeal_allowed", body="CA", changes_order_id=earlier.pk, change="sets_aside"
            )

    def bail(self) -> None:
        self.record("bail_taken_up", sureties="Maria Chan")

    def revoke(self) -> None:
        earlier = self.some(kind="bail_taken_up")
        if earlier is not None:
            self.record(
                "bail_revoked", changes_order_id=earlier.pk, change="revokes",
                next_date=self.court.today + timedelta(days=5),
            )  # fmt: skip

    def void(self) -> None:
        chosen = self.random.choice(self.orders() or [None])
        if chosen is not None:
            self.strike(chosen)

    def strike(self, order: CourtOrder) -> None:
        services.set_aside_order(
            Command(self.court.reader), order_id=order.pk, how="void", reason="Mistake"
        )

    def take_back(self) -> None:
        chosen = self.some(state=State.STANDS)
        if chosen is not None and self.random.random() < 0.4:
            services.set_aside_order(
                Command(self.court.reader), order_id=chosen.pk, how="set_aside",
                reason="Taken back", told_by="Ms Coc",
            )  # fmt: skip

    def verify(self) -> None:
        for one in authority.release_orders([self.court.ana]).get(self.court.ana, []):
            if one.state == "received":
                authority_services.verify_release_order(
                    self.court.prison.command, release_order_id=one.release_order_id,
                    spoke_to="Ms Coc",
                )  # fmt: skip
                return

    def forged(self) -> None:
        for one in authority.release_orders([self.court.ana]).get(self.court.ana, []):
            if one.is_open and self.random.random() < 0.3:
                authority_services.withdraw_release_order(
                    self.court.prison.command, release_order_id=one.release_order_id,
                    how="not_genuine", reason="Forged",
                )  # fmt: skip
                return

    def read(self) -> None:
        order = self.some(state=State.STANDS)
        if order is None:
            return
        reading = OrderReading(
            dated=order.dated,
            next_date=self.random.choice([None, self.court.today + timedelta(days=12)]),
            sentences=tuple(SentenceReading(months=7) for _ in order.sentences.all()),
        )
        made = services.read_order_again(
            Command(self.court.reader), order_id=order.pk, reading=reading
        )
        if made.differences:
            services.settle_difference(
                Command(self.court.reader), reading_id=made.reading_id,
                takes=self.random.choice(["first", "second"]), reason="So it says",
            )  # fmt: skip

    # --- What must be true after every step ---

    def check(self) -> None:
        said = " > ".join(self.told)
        held = warrants(self.court.ana)
        releases = {
            one.release_order_id: one
            for one in authority.release_orders([self.court.ana]).get(self.court.ana, [])
        }
        by_warrant: dict[int, list[CourtOrder]] = {}
        for order in self.orders():
            kind = order_kinds()[order.kind]
            for sentence in order.sentences.all():
                if order.state != State.STANDS:
                    assert sentence.state != "stands", said
            if order.warrant_name_id is not None:
                by_warrant.setdefault(order.warrant_name_id, []).append(order)
            if kind.effect is Effect.FREES and order.release_order_id is not None:
                open_ = releases[order.release_order_id].is_open
                assert open_ == (order.state == State.STANDS), (said, order.kind, order.state)
        for pk, orders in by_warrant.items():
            brief = held[pk]
            if pk != self.court.ana_warrant and all(o.state == State.VOID for o in orders):
                assert brief.end_kind == "void", said
                assert brief.detains is None, said
            if brief.ends_at is None and pk != self.court.ana_warrant:
                assert any(self.holds(order) for order in orders), (said, pk)
        for hearing in Hearing.objects.filter(person_id=self.court.ana, cancelled_at=None):
            makers = CourtOrder.objects.filter(
                deeds__what="made_hearing", deeds__target_id=hearing.pk, deeds__undone_at=None
            )
            assert makers.filter(state=State.STANDS).exists(), said
        void = [o for o in self.orders() if o.state == State.VOID]
        for order in void:
            # What followed its sentences ends sooner since it fell: that stays.
            left = order.deeds.filter(undone_at=None).exclude(what="moved_warrant")
            assert not left.exists(), (said, list(left.values_list("what", "target_id")))

    def holds(self, order: CourtOrder) -> bool:
        """It stands, or what quashed it leaves its warrant to the release order."""
        if order.state == State.STANDS:
            return True
        by = CourtOrder.objects.filter(pk=order.fell_by_id or 0).first()
        return by is not None and order_kinds()[by.kind].effect is Effect.FREES

    def void_all(self) -> None:
        orders = self.orders()
        self.random.shuffle(orders)
        for order in orders:
            try:
                self.strike(order)
            except PimsError:
                self.told.append(f"kept {order.kind}")
            self.hear()


@pytest.mark.any_server
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_undone_leaves_what_the_standing_orders_say(court: Court, seed: int) -> None:
    before = warrants(court.ana)[court.ana_warrant]
    run = Run(court, seed)
    for _ in range(STEPS):
        run.step()
        run.check()
    run.void_all()
    run.check()
    taken_back = [o for o in run.orders() if o.state != State.VOID]
    if taken_back:
        return
    after = warrants(court.ana)[court.ana_warrant]
    said = " > ".join(run.told)
    assert (after.ends_at, after.until, after.next_appearance) == (
        before.ends_at, before.until, before.next_appearance,
    ), said  # fmt: skip
    assert run.open() == [court.ana_warrant], said
    assert not Sentence.objects.filter(person_id=court.ana, state="stands").exists(), said
    assert not Hearing.objects.filter(person_id=court.ana, cancelled_at=None).exists(), said
