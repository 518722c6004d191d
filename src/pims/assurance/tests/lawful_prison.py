"""A small prison in which everybody is held lawfully and all that is owed to them was done."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pims.assurance import judging, selectors, services
from pims.courts import services as courts
from pims.courts.models import CourtOrder, SecondReading
from pims.courts.services import SentenceInput
from pims.courts.tests.court import ALL
from pims.custody.models import Episode
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.access.models import User
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import services as people
from pims.sentences import law as laws
from pims.sentences import services as sentences

ZONE = "America/Belize"
DAYS = 40


def _officer(badge: str, establishment_id: int) -> Actor:
    user = User.objects.create(badge=badge, name=f"Officer {badge}", created_at=clock.now())
    reach = Reach("tester", frozenset(ALL), establishment_id, None, frozenset(LABELS))
    return Actor(user_id=user.pk, name=user.name, badge=badge, reaches=(reach,), strong=True)


@dataclass
class LawfulPrison:
    """Everybody came `DAYS` days before `now`, but whoever it is said of; all are men of 36."""

    prison: Prison
    clerk: Actor
    reader: Actor
    now: datetime
    persons: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)

    @classmethod
    def build(cls, prison: Prison) -> "LawfulPrison":
        clerk, reader = (_officer(f"L{n}", prison.establishment_id) for n in (1, 2))
        one = cls(prison, clerk, reader, clock.now())
        with clock.at(one.came):
            one._sign_the_law()
            one._fill()
        one.admitted()
        one.heard_of(*one.persons)
        sentences.recalculate(prison.command, person_ids=list(one.persons.values()))
        return one

    def admitted(self) -> None:
        Episode.objects.update(admission_state="admitted", admitted_at=self.came)

    @property
    def came(self) -> datetime:
        return self.now - timedelta(days=DAYS)

    @property
    def today(self) -> date:
        return clock.today(ZONE)

    def order_row(self, name: str) -> CourtOrder:
        return CourtOrder.objects.get(pk=self.orders[name])

    def judge(self, *names: str) -> judging.Judged:
        asked = [self.persons[n] for n in names] or judging.to_judge()
        return judging.judge_custody(self.prison.command, person_ids=asked)

    def alarms(self) -> dict[str, list[str]]:
        """Whom the open alarms are about -> their kinds."""
        names = {person_id: name for name, person_id in self.persons.items()}
        found: dict[str, list[str]] = {}
        for one in selectors.open_alarms(self.prison.actor, self.prison.establishment_id):
            found.setdefault(names.get(one.person_id or 0, "?"), []).append(one.kind.code)
        return {name: sorted(kinds) for name, kinds in found.items()}

    def sweep(self) -> services.Swept:
        return services.sweep(self.prison.command, establishment_id=self.prison.establishment_id)

    def receive(self, name: str, *, place: str = "", **more: object) -> int:
        more = {"nationalities": ("BZ",), **more}
        countries = more.pop("nationalities")
        receipt = self.prison.receive(man(name, **more), at=clock.now())[0]
        person_id = self.persons[name] = receipt.person_id
        people.set_nationalities(
            self.prison.command, person_id=person_id, countries=list(countries)
        )
        people.add_contact(
            self.prison.command, person_id=person_id, kind="lawyer", name="A. Lawyer"
        )
        if place:
            self.prison.put(receipt.episode_id, place)
        return person_id

    def order(self, name: str, kind: str, *, body: str = "MC-BZ", **more: object) -> int:
        made = courts.record_court_order(
            Command(self.clerk),
            establishment_id=self.prison.establishment_id,
            kind=kind,
            body_id=self.prison.bodies[body],
            names=[courts.OrderName(self.persons[name], granted=True)],
            received_at=clock.now(),
            **{"reference": f"{name} 1/26", "dated": clock.today(ZONE), **more},
        )
        self.orders[name] = made.order_ids[0]
        self._read_again(made.order_ids[0])
        return made.order_ids[0]

    def _read_again(self, order_id: int) -> None:
        SecondReading.objects.filter(order_id=order_id).update(
            read_at=clock.now() + timedelta(hours=2), read_by_id=self.reader.user_id
        )

    def _sign_the_law(self) -> None:
        law = laws.law_in_force()
        for rule in laws.rules_of(law):
            if not rule.is_arithmetic:
                sentences.sign_rule(
                    self.prison.command, rule_code=rule.code, signed_by_name="L. Officer",
                    office="Legal officer of the test", signed_on=clock.today(ZONE),
                )  # fmt: skip

    def _fill(self) -> None:
        today = clock.today(ZONE)
        self.receive("remand", place="REM A-1/1")
        case = courts.open_case(
            Command(self.clerk), establishment_id=self.prison.establishment_id, number="S 1/26",
            body_id=self.prison.court, person_ids=[self.persons["remand"]],
        ).case_id  # fmt: skip
        charge = courts.add_charge(
            Command(self.clerk), case_id=case, person_id=self.persons["remand"],
            as_written="Burglary",
        ).charge_id  # fmt: skip
        self.order(
            "remand", "remand", next_date=today + timedelta(days=DAYS + 10), case_id=case,
            charge_ids=[charge],
        )  # fmt: skip
        self.receive("sentenced", place="GPA B-1/1")
        self.order("sentenced", "commitment_sentence", sentences=[SentenceInput(months=18)])
        self.receive("fined", place="GPA B-1/2")
        self.order(
            "fined", "fine_default", amount_cents=50_000,
            sentences=[SentenceInput(months=9)],
        )  # fmt: skip
        self.receive("twice", place="GPA B-2/1")
        self.order(
            "twice", "commitment_sentence",
            sentences=[
                SentenceInput(months=12),
                SentenceInput(months=6, link="consecutive", consecutive_to_position=1),
            ],
        )  # fmt: skip
        self.receive("lifer", place="GPA B-2/2")
        self.order(
            "lifer", "life_minimum", body="HC",
            sentences=[SentenceInput(kind="life", minimum_years=20)],
            next_date=today + timedelta(days=365),
        )  # fmt: skip
        self.receive("foreigner", place="REM A-1/2", nationalities=("GT",))
        people.record_consular_notice(
            self.prison.command, person_id=self.persons["foreigner"], country="GT",
            answer="wants", told_at=clock.now(),
        )  # fmt: skip
        self.order(
            "foreigner", "immigration_detention", body="IMM", until=today + timedelta(days=90)
        )
        self.receive("unfit", place="REM A-2/1")
        self.order("unfit", "unfit_to_plead", body="HC", review_months=6,
                   next_date=today + timedelta(days=150))  # fmt: skip
        self.receive(
            "boy", place="WAG Y-1/1",
            birth_date=self.now.date() - timedelta(days=16 * 366), birth_precision="day",
        )  # fmt: skip
        self.order("boy", "juvenile_behaviour", body="MC-BZ", until=today + timedelta(days=200))
        # Held on a warrant of the records office alone.
        self.receive("old", place="REM A-2/2")
        self.prison.remand(
            self.persons["old"], at=clock.now(), next_appearance=today + timedelta(days=DAYS + 5)
        )

    def heard_of(self, *names: str) -> None:
        """Somebody spoke to each of them this week."""
        with clock.at(self.now - timedelta(days=3)):
            for name in names:
                people.add_contact(
                    self.prison.command, person_id=self.persons[name], kind="next_of_kin",
                    name="Mother",
                )  # fmt: skip
