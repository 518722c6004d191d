"""Parole and the register, against the real database."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pims.authority import selectors as authority
from pims.courts.services import OrderName, SentenceInput
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotPermitted, Refused, Stale
from pims.release import services
from pims.release.models import DetentionError, DischargeCase, Parole, Preparation
from pims.release.selectors import paroles, register
from pims.release.services.parole import ParoleResult
from pims.release.tests.preparation import episode_of, gate, sentenced
from pims.release.tests.test_services import codes
from pims.sentences.tests.bench import Bench

ZONE = "America/Belize"


@pytest.fixture
def records(make_actor) -> Actor:
    return make_actor(
        "release.view", "release.parole", "release.discharge", "courts.record", "courts.view",
        "sentences.view", "custody.view", "people.view", "authority.view", "custody.receive",
    )  # fmt: skip


@pytest.fixture
def served(bench: Bench) -> Bench:
    """Ana has served so much of a long sentence that she may ask for parole."""
    passed = bench.today - timedelta(days=5)
    bench.court.order(
        "commitment_sentence",
        OrderName(bench.ana, warrant_name_ids=(bench.court.ana_warrant,)),
        sentences=[SentenceInput(years=4, pronounced_on=passed, offence_class="lesser",
                                 offence_on=passed - timedelta(days=90))],
        dated=passed,
    )  # fmt: skip
    bench.adjust("remand_credit", days=600, for_pronounced_on=passed)
    bench.work_out()
    return bench


def grant(records: Actor, bench: Bench, **more: object) -> ParoleResult:
    made = services.open_parole(Command(records), person_id=bench.ana)
    given = {"decision": "granted", "decided_on": bench.today, "reasons": "Good conduct", **more}
    return services.decide_parole(Command(records), parole_id=made.parole_id, **given)


@pytest.mark.any_server
def test_the_list_says_whose_date_is_past_or_near(served: Bench, records: Actor) -> None:
    ped = served.dates().ped
    assert ped is not None
    (row,) = paroles.parole_list(records, served.court.prison.establishment_id)
    assert (row.person_id, row.ped, row.parole_id) == (served.ana, ped, None)
    assert row.eligibility == ("passed" if ped <= served.today else "soon")


@pytest.mark.any_server
def test_a_grant_is_an_order_that_frees_from_the_sentence_through_the_check(
    served: Bench, records: Actor, officer: Actor, second: Actor
) -> None:
    other = served.court.prison.remand(served.ana)
    made = grant(records, served, conditions="Report each Monday", reference="PB 9/26")
    (order,) = authority.release_orders([served.ana])[served.ana]
    assert order.kind == "parole"
    assert order.conditions == "Report each Monday"
    assert other not in order.warrant_name_ids, "parole ends no other warrant"
    assert made.order_id is not None
    _hear(served.ana)
    case = gate(served, officer, second)
    assert case.check is not None
    assert [r.code for r in case.check.stops] == ["release.further_warrant"]


def test_a_grant_from_a_later_day_frees_on_that_day_and_is_prepared_for(
    served: Bench, records: Actor
) -> None:
    day = served.today + timedelta(days=6)
    made = grant(records, served, from_day=day)
    assert made.order_id is None
    assert served.ana not in authority.release_orders([served.ana])
    where = {"establishment_id": served.court.prison.establishment_id}
    services.open_due_preparations(Command(system_actor()), **where)
    row = Preparation.objects.get(person_id=served.ana, state="open")
    assert (row.due_on, row.source) == (day, "parole")
    assert services.start_due_paroles(Command(system_actor()), **where) == ()
    with clock.at(clock.now() + timedelta(days=6)):
        assert services.start_due_paroles(Command(system_actor()), **where) == (made.parole_id,)
        assert services.start_due_paroles(Command(system_actor()), **where) == (), "once"
        (order,) = authority.release_orders([served.ana])[served.ana]
    assert order.kind == "parole"
    again = services.open_parole(Command(records), person_id=served.ana)
    with pytest.raises(InvalidInput) as wrong:
        services.decide_parole(
            Command(records), parole_id=again.parole_id, decision="granted",
            decided_on=served.today, reasons="x", from_day=served.today - timedelta(days=1),
        )  # fmt: skip
    assert set(wrong.value.fields) == {"from_day"}


def test_what_the_board_says_of_whoever_has_left_is_kept_and_the_case_closes(
    served: Bench, records: Actor, officer: Actor
) -> None:
    made = services.open_parole(Command(records), person_id=served.ana)
    services.record_paper_discharge(
        Command(officer), episode_id=episode_of(served.ana), happened_at=clock.now()
    )
    services.close_paroles(Command(system_actor()), person_id=served.ana)
    assert Parole.objects.get().state == "closed"
    late = Parole.objects.create(
        person_id=served.ana, episode_id=Parole.objects.get().episode_id, opened_by_id=1,
        establishment_id=served.court.prison.establishment_id, opened_at=clock.now(),
    )  # fmt: skip
    kept = services.decide_parole(
        Command(records), parole_id=late.pk, decision="granted", decided_on=served.today,
        reasons="Good conduct",
    )  # fmt: skip
    assert kept.order_id is None, "nobody is freed who is free"
    assert made.parole_id != kept.parole_id


@pytest.mark.any_server
def test_whoever_only_prepares_records_nothing_for_the_board(served: Bench, officer: Actor) -> None:
    with pytest.raises(NotPermitted):
        services.open_parole(Command(officer), person_id=served.ana)


def test_a_refusal_and_a_deferral_need_their_reasons_and_free_nobody(
    served: Bench, records: Actor
) -> None:
    made = services.open_parole(Command(records), person_id=served.ana)
    with pytest.raises(Refused) as refused:
        services.open_parole(Command(records), person_id=served.ana)
    assert codes(refused.value) == ["release.parole_open_already"]
    with pytest.raises(InvalidInput) as wrong:
        services.decide_parole(
            Command(records), parole_id=made.parole_id, decision="deferred",
            decided_on=served.today + timedelta(days=1), reasons=" ",
        )  # fmt: skip
    assert set(wrong.value.fields) == {"reasons", "decided_on", "deferred_to"}
    services.decide_parole(
        Command(records), parole_id=made.parole_id, decision="refused", decided_on=served.today,
        reasons="No address to go to",
    )  # fmt: skip
    assert authority.release_orders([served.ana]).get(served.ana, []) == []
    assert Parole.objects.get().state == "refused"
    again = services.open_parole(Command(records), person_id=served.ana)
    assert again.parole_id != made.parole_id


def test_a_revocation_holds_nobody_beyond_its_hearing(
    served: Bench, records: Actor, officer: Actor, second: Actor
) -> None:
    made = grant(records, served)
    _hear(served.ana)
    case = gate(served, officer, second)
    services.discharge_person(Command(officer), case_id=case.case_id)
    with pytest.raises(InvalidInput) as wrong:
        services.revoke_parole(
            Command(served.court.prison.actor), parole_id=made.parole_id,
            revoked_on=served.today, hearing_on=None, reasons="Left the country",
        )  # fmt: skip
    assert set(wrong.value.fields) == {"hearing_on"}
    hearing = served.today + timedelta(days=10)
    services.revoke_parole(
        Command(served.court.prison.actor), parole_id=made.parole_id, revoked_on=served.today,
        hearing_on=hearing, reasons="Left the country",
    )  # fmt: skip

    def held(day: date) -> bool:
        at = datetime.combine(day, time(12), ZoneInfo(ZONE))
        status = authority.legal_status([served.ana], zone=ZONE, as_of=AsOf(at))[served.ana]
        return status.code == "convicted"

    assert held(hearing - timedelta(days=1))
    assert not held(hearing + timedelta(days=1)), "no new order, nobody held"
    detail = paroles.parole(served.court.prison.actor, made.parole_id)
    assert (detail.state, detail.hearing_on, detail.hearing_passed) == ("revoked", hearing, False)
    with clock.at(clock.now() + timedelta(days=12)):
        assert paroles.parole(served.court.prison.actor, made.parole_id).hearing_passed


@pytest.mark.any_server
def test_the_register_takes_every_release_in_error_and_counts_its_days(
    bench: Bench, officer: Actor
) -> None:
    left = clock.now() - timedelta(days=6)
    done = services.record_paper_discharge(
        Command(officer), episode_id=episode_of(bench.ana), happened_at=left
    )
    error = services.record_release_in_error(
        Command(officer), discharge_id=done.discharge_id, discovered_at=left + timedelta(days=1),
        how="Order of another man",
    )  # fmt: skip
    where = bench.court.prison.establishment_id
    (line,), totals = register.register(officer, where)
    assert (line.kind, line.days, line.cause, line.ended_on) == ("wrongful_release", 6, "", None)
    assert [(t.kind, t.cases, t.days) for t in totals] == [
        ("wrongful_release", 1, 6), ("over_detention", 0, 0),
    ]  # fmt: skip
    services.explain_release_in_error(
        Command(officer), error_id=error.error_id, cause="identity", lessons="Look at the face"
    )
    services.record_return_from_error(
        Command(officer), error_id=error.error_id, returned_at=left + timedelta(days=3)
    )
    (line,), _totals = register.register(officer, where)
    assert (line.days, line.cause, line.lessons) == (3, "identity", "Look at the face")


def test_whoever_was_let_go_late_is_offered_and_then_in_the_register(
    bench: Bench, officer: Actor, second: Actor
) -> None:
    due = sentenced(bench, days_left=-2)
    where = bench.court.prison.establishment_id
    system = Command(bench.court.prison.actor)
    services.open_due_preparations(system, establishment_id=where)
    services.start_due_discharges(Command(bench.court.prison.actor), establishment_id=where)
    services.discharge_person(Command(officer), case_id=gate(bench, officer, second).case_id)
    services.end_preparations(Command(bench.court.prison.actor), person_id=bench.ana, released=True)
    (late,) = register.left_late(officer, where)
    days = (clock.today("America/Belize") - due).days
    assert (late.person_id, late.due_on, late.days) == (bench.ana, due, days)
    made = services.record_over_detention(
        Command(officer), person_id=bench.ana, establishment_id=where, began_on=due,
        cause="paper_late", account="The certificate came late", discharge_id=late.discharge_id,
    )  # fmt: skip
    assert register.left_late(officer, where) == []
    (line,), totals = register.register(officer, where)
    assert (line.kind, line.days) == ("over_detention", days)
    assert totals[1].days == days
    with pytest.raises(Refused):
        services.record_over_detention(
            Command(officer), person_id=bench.ana, establishment_id=where, began_on=due,
            cause="other", account="Again", discharge_id=late.discharge_id,
        )  # fmt: skip
    services.amend_detention_error(
        Command(officer), detention_error_id=made.detention_error_id, version=1, cause="credit",
        account="The certificate came late", lessons="Ask a week before", ended_on=line.ended_on,
    )  # fmt: skip
    assert DetentionError.objects.get().cause == "credit"
    with pytest.raises(Stale):
        services.amend_detention_error(
            Command(officer), detention_error_id=made.detention_error_id, version=1,
            cause="credit", account="x", lessons="",
        )  # fmt: skip


@pytest.mark.any_server
def test_a_line_cannot_end_before_it_began_or_lack_a_cause(bench: Bench, officer: Actor) -> None:
    with pytest.raises(InvalidInput) as wrong:
        services.record_over_detention(
            Command(officer), person_id=bench.ana,
            establishment_id=bench.court.prison.establishment_id, began_on=bench.today,
            ended_on=bench.today - timedelta(days=1), cause="bad luck", account="",
        )  # fmt: skip
    assert set(wrong.value.fields) == {"ended_on", "cause", "account"}


def _hear(person_id: int) -> None:
    """The release order opens its discharge check, as the subscriber does."""
    (order,) = authority.release_orders([person_id])[person_id]
    if not DischargeCase.objects.filter(person_id=person_id, state="open").exists():
        services.start_discharge(
            Command(system_actor()), episode_id=episode_of(person_id), basis="order",
            release_order_id=order.release_order_id,
        )  # fmt: skip
