"""Cases, charges and the certificate of time in custody by charge; joined records; the past."""

from datetime import timedelta

import pytest

from pims.assurance.histories import histories
from pims.courts import selectors, services
from pims.courts.services import OrderName, SentenceInput
from pims.courts.tests.court import Court
from pims.custody import services as custody_services
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.people import services as people_services


@pytest.mark.any_server
def test_co_defendants_are_in_one_case_with_charges_of_their_own(court: Court) -> None:
    case = court.case(court.ana, court.ben)
    court.charge(case, offence_code="", as_written="Burglary")
    court.charge(case, court.ben, as_written="Handling")
    found = selectors.cases(court.clerk, [court.ana, court.ben])
    assert found[court.ana] == found[court.ben]
    (info,) = found[court.ana]
    assert (info.person_ids, info.hidden) == ((court.ana, court.ben), 0)
    assert [one.as_written for one in info.charges] == ["Burglary", "Handling"]


@pytest.mark.any_server
def test_a_sealed_co_defendant_is_counted_and_not_named(court: Court) -> None:
    case = court.case(court.ana, court.ben)
    court.charge(case, court.ben, as_written="Handling")
    PersonScope.objects.filter(person_id=court.ben).update(sealed=True)
    info = selectors.case(court.clerk, case)
    assert (info.person_ids, info.hidden, info.charges) == ((court.ana,), 1, ())
    PersonScope.objects.filter(person_id=court.ana).update(sealed=True)
    with pytest.raises(NotFound):
        selectors.case(court.clerk, case)


def test_a_charge_with_dates_in_the_wrong_order_is_recorded(court: Court) -> None:
    made = services.add_charge(
        Command(court.clerk), case_id=court.case(), person_id=court.ana, as_written="Theft",
        offence_from=court.today, offence_to=court.today - timedelta(days=3),
    )  # fmt: skip
    assert made.defects == ("offence_dates_out_of_order",)
    amended = services.amend_charge(
        Command(court.clerk), charge_id=made.charge_id, version=1, reason="Keyed the other way",
        as_written="Theft", offence_from=court.today - timedelta(days=3), offence_to=court.today,
    )  # fmt: skip
    assert amended.defects == ()
    with pytest.raises(Stale):
        services.amend_charge(
            Command(court.clerk), charge_id=made.charge_id, version=1, reason="x", as_written="y"
        )


@pytest.mark.any_server
def test_an_offence_that_the_table_does_not_have_is_written_in_words(court: Court) -> None:
    case = court.case()
    with pytest.raises(InvalidInput) as wrong:
        court.charge(case, offence_code="no_such_offence")
    assert "offence_code" in wrong.value.fields
    with pytest.raises(InvalidInput):
        court.charge(case, as_written=" ")


def test_a_case_is_corrected_once_at_a_time(court: Court) -> None:
    case = court.case()
    services.amend_case(
        Command(court.clerk), case_id=case, version=1, reason="Typed wrongly", number="S 13/26",
        body_id=court.body("HC"), closed_on=court.today,
    )  # fmt: skip
    info = selectors.case(court.clerk, case)
    assert (info.number, info.closed_on, info.version) == ("S 13/26", court.today, 2)
    with pytest.raises(Stale):
        services.amend_case(
            Command(court.clerk), case_id=case, version=1, reason="x", number="1",
            body_id=court.body(),
        )  # fmt: skip


@pytest.mark.any_server
def test_the_certificate_counts_each_day_of_a_charge_once(court: Court) -> None:
    case = court.case(court.ana)
    burglary, assault = court.charge(case), court.charge(case, as_written="Assault")
    now = clock.now()
    # Held at the gate on a remand ten days ago; six days ago the court remanded on one charge.
    court.order(
        "remand",
        OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)),
        case_id=case,
        charge_ids=[burglary],
        received_at=now - timedelta(days=6),
        next_date=court.today + timedelta(days=20),
    )
    court.order(
        "remand", case_id=case, charge_ids=[burglary, assault], reference="R 2/26",
        received_at=now - timedelta(days=2), next_date=court.today + timedelta(days=20),
    )  # fmt: skip
    told = selectors.time_in_custody_by_charge(court.clerk, case, court.ana)
    days = {one.charge.charge_id: one.days for one in told.charges}
    assert days[burglary].total == told.days_in_custody == 11
    assert days[assault].total == 3
    assert [p.charge_ids for p in told.papers] == [(burglary,), (burglary,), (burglary, assault)]
    assert days[burglary].under_sentence == 0
    assert not told.elsewhere


@pytest.mark.any_server
def test_days_under_a_sentence_of_another_case_are_told_apart(court: Court) -> None:
    case = court.case(court.ana)
    charge = court.charge(case)
    now = clock.now()
    court.order(
        "remand", OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)), case_id=case,
        charge_ids=[charge], received_at=now - timedelta(days=9),
        next_date=court.today + timedelta(days=20),
    )  # fmt: skip
    court.order(
        "commitment_sentence", reference="S 5/26", received_at=now - timedelta(days=4),
        sentences=[SentenceInput(months=6)],
    )  # fmt: skip
    told = selectors.time_in_custody_by_charge(court.clerk, case, court.ana)
    (one,) = told.charges
    assert (one.days.total, one.days.under_sentence, one.days.unsentenced) == (11, 5, 6)
    assert len(one.days.stretches) == 2
    assert [p.reference for p in told.elsewhere] == ["S 5/26"]


@pytest.mark.any_server
def test_the_certificate_is_for_who_may_see_the_person(court: Court, make_actor) -> None:
    case = court.case(court.ana)
    PersonScope.objects.filter(person_id=court.ana).update(sealed=True)
    with pytest.raises(NotFound):
        selectors.time_in_custody_by_charge(court.clerk, case, court.ana)
    with pytest.raises(NotFound):
        selectors.time_in_custody_by_charge(court.clerk, case, court.ben)


@pytest.mark.any_server
def test_what_was_recorded_of_a_joined_record_counts(court: Court) -> None:
    now = clock.now()
    earlier = court.prison.one("Ana Chann", at=now - timedelta(days=20))
    twin = earlier.person_id
    court.order(
        "commitment_sentence", twin, received_at=now - timedelta(days=19),
        sentences=[SentenceInput(years=1)],
    )  # fmt: skip
    custody_services.end_episode(
        court.prison.command, episode_id=earlier.episode_id, kind="discharged",
        ended_at=now - timedelta(days=12),
    )  # fmt: skip
    case = court.case(twin)
    court.charge(case, twin)
    people_services.merge_persons(
        court.prison.command, person_id=twin, into_person_id=court.ana, reason="Same prints",
        overlapping=False,
    )  # fmt: skip
    (order,) = selectors.orders(court.clerk, [court.ana])[court.ana]
    assert order.person_id == court.ana
    (sentence,) = selectors.sentences_of([court.ana])[court.ana]
    assert sentence.person_id == court.ana
    (info,) = selectors.cases(court.clerk, [court.ana])[court.ana]
    assert info.person_ids == (court.ana,)
    assert selectors.unread_orders([court.ana]) == {court.ana: [order.order_id]}
    told = selectors.time_in_custody_by_charge(court.clerk, case, court.ana)
    assert len(told.charges) == 1


def test_orders_read_as_they_stood_and_were_known(fresh_database: object, court: Court) -> None:
    start = clock.now()
    first = court.order(
        "commitment_sentence", received_at=start - timedelta(days=5),
        sentences=[SentenceInput(years=4)],
    )  # fmt: skip
    known = clock.now()
    court.order(
        "appeal_varied", body="HC", reference="A 5/26", changes_order_id=first.order_ids[0],
        change="varies", sentences=[SentenceInput(years=2)],
        received_at=start - timedelta(days=1),
    )  # fmt: skip

    def years(as_of: AsOf | None) -> list[tuple[int, bool]]:
        found = selectors.sentences_of([court.ana], as_of).get(court.ana, [])
        return [(s.term.years, s.stands) for s in found]

    assert years(None) == [(4, False), (2, True)]
    assert years(AsOf(start - timedelta(days=3))) == [(4, True)]
    assert years(AsOf(start - timedelta(days=9))) == []
    assert years(AsOf(clock.now(), known)) == [(4, True)]
    then = selectors.orders(court.clerk, [court.ana], AsOf(start - timedelta(days=3)))
    assert [o.stands for o in then[court.ana]] == [True]


@pytest.mark.any_server
def test_bail_is_told_by_case(court: Court) -> None:
    case = court.case()
    court.order("bail_granted", case_id=case, amount_cents=1_000_00)
    court.order("bail_awaiting_surety", case_id=case, sureties="Two, of 500 each")
    (info,) = selectors.bail(court.clerk, [court.ana])[court.ana]
    assert (info.case_number, info.bail.state) == ("S 12/26", "awaiting_surety")
    assert (info.bail.amount_cents, info.bail.sureties) == (1_000_00, "Two, of 500 each")


def test_people_are_found_by_the_number_of_their_case(court: Court) -> None:
    court.case(court.ana, court.ben)
    court.order("bail_granted", reference="N 7/26")
    assert selectors.persons_by_case(court.clerk, "s 12/26") == [court.ben, court.ana]
    assert selectors.persons_by_case(court.clerk, " N 7/26 ") == [court.ana]
    for other in ("S 12/2", "1985", "4821937-64", ""):
        assert selectors.persons_by_case(court.clerk, other) == []
    PersonScope.objects.filter(person_id=court.ana).update(sealed=True)
    assert selectors.persons_by_case(court.clerk, "S 12/26") == [court.ben]


def test_a_likely_term_is_kept_with_the_charge_and_one_beyond_a_life_is_refused(
    court: Court,
) -> None:
    case = court.case()
    charge = court.charge(case, likely_months=18)
    (found,) = selectors.cases(court.clerk, [court.ana])[court.ana]
    assert [one.likely_months for one in found.charges] == [18]
    for months in (0, 1201):
        with pytest.raises(InvalidInput) as wrong:
            court.charge(case, likely_months=months)
        assert set(wrong.value.fields) == {"likely_months"}
    known = histories([court.ana])[court.ana]
    assert [one.likely_months for one in known.history.charges] == [18]
    assert charge
