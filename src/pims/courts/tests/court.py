"""Short words for what courts do, for the tests of this room."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import services
from pims.courts.models import CourtOrder
from pims.courts.services import CourtOrderResult, OrderName
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.fixtures.actors import ActorMaker

ALL = (
    "courts.view", "courts.record", "courts.read_again", "courts.settle", "custody.view",
    "people.view", "authority.view",
)  # fmt: skip


@dataclass
class Court:
    """`clerk` records orders, `reader` reads them again and settles; `ana` and `ben` are held."""

    prison: Prison
    clerk: Actor
    reader: Actor
    ana: int
    ben: int
    ana_warrant: int
    ben_warrant: int

    @classmethod
    def build(cls, prison: Prison, make_actor: ActorMaker) -> "Court":
        at = clock.now() - timedelta(days=10)
        ana, ben = prison.one("Ana Chan", at=at), prison.one("Ben Tun", at=at)
        where = prison.establishment_id
        return cls(
            prison=prison,
            clerk=make_actor(*ALL, establishment_id=where),
            reader=make_actor(*ALL, establishment_id=where),
            ana=ana.person_id,
            ben=ben.person_id,
            ana_warrant=prison.remand(ana.person_id, at=at),
            ben_warrant=prison.remand(ben.person_id, at=at),
        )

    @property
    def today(self) -> date:
        return clock.today("America/Belize")

    def body(self, code: str = "MC-BZ") -> int:
        return self.prison.bodies[code]

    def case(self, *person_ids: int, number: str = "S 12/26") -> int:
        made = services.open_case(
            Command(self.clerk),
            establishment_id=self.prison.establishment_id,
            number=number,
            body_id=self.body(),
            person_ids=person_ids or (self.ana,),
        )
        return made.case_id

    def charge(self, case_id: int, person_id: int | None = None, **more: object) -> int:
        more = {"as_written": "Burglary", **more}
        made = services.add_charge(
            Command(self.clerk), case_id=case_id, person_id=person_id or self.ana, **more
        )
        return made.charge_id

    def order(
        self,
        kind: str,
        *names: OrderName | int,
        body: str = "MC-BZ",
        received_at: datetime | None = None,
        actor: Actor | None = None,
        **more: object,
    ) -> CourtOrderResult:
        named = [n if isinstance(n, OrderName) else OrderName(n) for n in names or (self.ana,)]
        more = {"reference": "R 1/26", "dated": self.today, **more}
        return services.record_court_order(
            Command(actor or self.clerk),
            establishment_id=self.prison.establishment_id,
            kind=kind,
            body_id=self.body(body),
            names=named,
            received_at=received_at or clock.now(),
            **more,
        )

    def void(self, result: CourtOrderResult, number: int = 0) -> None:
        services.set_aside_order(
            Command(self.reader), order_id=result.order_ids[number], how="void", reason="Mistake"
        )

    def verify(self, result: CourtOrderResult) -> None:
        """The registry confirms the release order, and the room hears of it."""
        (release,) = result.release_order_ids
        assert release is not None
        for body in authority.bodies():
            authority_services.set_registry_phone(
                self.prison.command, body_id=body.body_id, telephone="227-2222"
            )
        authority_services.verify_release_order(
            self.prison.command, release_order_id=release, spoke_to="Ms Coc"
        )
        self.hear(release)

    def hear(self, release_order_id: int) -> None:
        """What the subscriber does when something became of a release order."""
        services.follow_release_order(Command(system_actor()), release_order_id=release_order_id)

    def row(self, result: CourtOrderResult, number: int = 0) -> CourtOrder:
        return CourtOrder.objects.get(pk=result.order_ids[number])
