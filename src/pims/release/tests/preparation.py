"""Short words for people near their day of release."""

from datetime import date, timedelta

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.services import OrderName, SentenceInput
from pims.custody.selectors.standing import standing
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.release import selectors, services
from pims.release.models import DischargeCase
from pims.release.tests.test_services import known
from pims.sentences import selectors as sentences
from pims.sentences.services import sign_rule
from pims.sentences.tests.bench import Bench


def sign_the_law() -> None:
    """The legal officer has signed every rule of the law in force."""
    system = system_actor()
    for one in sentences.law_rules(system):
        if one.signature is None and not one.rule.is_arithmetic:
            sign_rule(
                Command(system), rule_code=one.rule.code, signed_by_name="L. Vernon",
                office="Legal officer", signed_on=date(2020, 1, 6),
            )  # fmt: skip


def sentenced(bench: Bench, *, days_left: int, months: int = 12, signed: bool = True) -> date:
    """Ana serves a sentence by which the gate opens in so many days; gives that day."""
    if signed:
        sign_the_law()
    passed = bench.today - timedelta(days=5)
    bench.court.order(
        "commitment_sentence",
        OrderName(bench.ana, warrant_name_ids=(bench.court.ana_warrant,)),
        sentences=[SentenceInput(months=months, pronounced_on=passed, offence_class="lesser")],
        dated=passed,
    )
    bench.work_out()
    first = bench.dates().release_day
    assert first is not None
    wanted = bench.today + timedelta(days=days_left)
    credit = (first - wanted).days
    for _try in range(4):
        if credit > 0:
            bench.adjust("remand_credit", days=credit, for_pronounced_on=passed)
        bench.work_out()
        day = bench.dates().release_day
        assert day is not None
        if day <= wanted or credit <= 0:
            break
        credit = (day - wanted).days
    return day


def episode_of(person_id: int) -> int:
    (row,) = standing(person_ids=[person_id])
    return row.episode_id


def standing_papers(bench: Bench) -> list[WarrantBrief]:
    found = authority.warrants_of([bench.ana], zone="America/Belize")[bench.ana]
    return [paper for paper in found if paper.ends_at is None]


def gate(bench: Bench, officer: Actor, second: Actor) -> selectors.CaseDetail:
    """The open case of Ana, with identity and a second officer."""
    case_id = DischargeCase.objects.get(person_id=bench.ana, state="open").pk
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    return selectors.case_detail(officer, case_id)
