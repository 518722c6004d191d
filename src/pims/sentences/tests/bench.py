"""Short words for sentences of people in the small prison."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pims.courts import services as courts
from pims.courts.models import SecondReading, Sentence
from pims.courts.services import SentenceInput
from pims.courts.tests.court import ALL, Court
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock
from pims.sentences import selectors, services
from pims.sentences.models import Adjustment, Calculation
from pims.sentences.selectors import ReleaseDates
from tests.fixtures.actors import ActorMaker

RECORDS = (*ALL, "sentences.view", "sentences.adjust", "sentences.certify", "law.view")
IN_CHARGE = (*ALL, "sentences.view", "sentences.countersign", "law.view")


@dataclass
class Bench:
    """`records` certifies, `in_charge` countersigns, `lawyer` signs rules and sees nobody."""

    court: Court
    records: Actor
    in_charge: Actor
    lawyer: Actor

    @classmethod
    def build(cls, court: Court, make_actor: ActorMaker) -> "Bench":
        where = court.prison.establishment_id
        return cls(
            court=court,
            records=make_actor(*RECORDS, establishment_id=where),
            in_charge=make_actor(*IN_CHARGE, establishment_id=where),
            lawyer=make_actor("law.view", "law.sign"),
        )

    @property
    def ana(self) -> int:
        return self.court.ana

    @property
    def ben(self) -> int:
        return self.court.ben

    @property
    def today(self) -> date:
        return self.court.today

    def sentence(
        self, *terms: SentenceInput, person_id: int | None = None, **more: object
    ) -> list[int]:
        """An order that sentences; gives the ids of the sentences."""
        return self.sentences_on(self.order(*terms, person_id=person_id, **more))

    def order(self, *terms: SentenceInput, person_id: int | None = None, **more: object) -> int:
        made = self.court.order(
            "commitment_sentence",
            person_id or self.ana,
            sentences=terms or (SentenceInput(months=12),),
            **more,
        )
        return made.order_ids[0]

    def read_twice(self) -> None:
        """Another officer has read every order again and found the same: whoever could be the
        second reader is shown the dates from then on."""
        SecondReading.objects.filter(read_at=None).update(
            read_at=clock.now(), read_by_id=self.court.reader.user_id
        )

    def sentences_on(self, order_id: int) -> list[int]:
        found = Sentence.objects.filter(order_id=order_id)
        return list(found.order_by("position").values_list("pk", flat=True))

    def set_aside(self, order_id: int) -> None:
        courts.set_aside_order(
            Command(self.court.reader), order_id=order_id, how="void", reason="Never made"
        )

    def work_out(self, *person_ids: int, force: bool = False) -> services.Recalculated:
        return services.recalculate(
            Command(system_actor()), person_ids=list(person_ids or (self.ana,)), force=force
        )

    def dates(self, person_id: int | None = None, viewer: Actor | None = None) -> ReleaseDates:
        asked = person_id or self.ana
        return selectors.release_dates(viewer or self.records, [asked])[asked]

    def adjust(self, kind: str, person_id: int | None = None, **more: object) -> int:
        more = {"basis": "Certificate 4/26", **more}
        made = services.record_adjustment(
            Command(self.records), person_id=person_id or self.ana, kind=kind, **more
        )
        return made.adjustment_id

    def rows(self, person_id: int | None = None) -> list[Calculation]:
        found = Calculation.objects.filter(person_id=person_id or self.ana)
        return list(found.order_by("pk"))


def told(person_id: int) -> list[str]:
    """The kinds of what this room said happened to the person, oldest first."""
    found = OutboxEvent.objects.filter(person_id=person_id, kind__startswith="sentences.")
    return list(found.order_by("serial").values_list("kind", flat=True))


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


__all__ = ["Adjustment", "Bench", "SentenceInput", "after", "datetime", "told"]
