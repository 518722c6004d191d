"""An order that never was undoes what it did, all of it and nothing else."""

from datetime import date, timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import selectors, services
from pims.courts.models import CourtOrder, Hearing, OrderDeed, Sentence
from pims.courts.rules.defects import to_ask_about
from pims.courts.services import CourtOrderResult, OrderName, SentenceInput
from pims.courts.tests.court import Court
from pims.courts.tests.test_orders import warrants
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, Refused


def releases(court: Court) -> list[str]:
    return [one.state for one in authority.release_orders([court.ana]).get(court.ana, [])]


def states() -> list[tuple[int, str]]:
    return list(Sentence.objects.order_by("pk").values_list("years", "state"))


def ends(court: Court, made: CourtOrderResult) -> str:
    (pk,) = made.warrant_name_ids
    assert pk is not None
    return warrants(court.ana)[pk].end_kind


def until(court: Court, made: CourtOrderResult) -> date:
    (pk,) = made.warrant_name_ids
    found = warrants(court.ana)[pk or 0].until
    assert found is not None
    return found


def jail(court: Court, years: int = 4, **more: object) -> CourtOrderResult:
    return court.order(
        "commitment_sentence", body="HC", sentences=[SentenceInput(years=years)], **more
    )


def varied(court: Court, first: CourtOrderResult, years: int = 2) -> CourtOrderResult:
    return court.order(
        "appeal_varied", body="CA", reference="CA 2", changes_order_id=first.order_ids[0],
        change="varies", sentences=[SentenceInput(years=years)],
    )  # fmt: skip


def bailed(court: Court) -> tuple[int, CourtOrderResult]:
    case = court.case()
    charge = court.charge(case)
    court.order(
        "remand", case_id=case, charge_ids=[charge], next_date=court.today + timedelta(days=3)
    )
    free = court.order(
        "bail_taken_up", case_id=case, charge_ids=[charge], reference="B 1", sureties="Maria Chan"
    )
    return case, free


def test_a_revocation_that_never_was_leaves_bail_as_it_stood(court: Court) -> None:
    case, free = bailed(court)
    wrong = court.order(
        "bail_revoked", case_id=case, reference="R 9", changes_order_id=free.order_ids[0],
        change="revokes", next_date=court.today + timedelta(days=9),
    )  # fmt: skip
    assert releases(court) == ["withdrawn"]
    court.void(wrong)
    assert court.row(free).state == CourtOrder.State.STANDS
    assert releases(court) == ["received"]
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert (order.withdrawn_how, order.withdrawn_told_by) == ("", "")


@pytest.mark.any_server
def test_no_order_rests_on_a_release_order_that_fell(court: Court) -> None:
    _, free = bailed(court)
    (release,) = free.release_order_ids
    assert release is not None
    authority_services.withdraw_release_order(
        court.prison.command, release_order_id=release, how="by_body", reason="Taken back",
        told_by="Ms Coc",
    )  # fmt: skip
    with pytest.raises(InvalidInput) as wrong:
        court.order("bail_taken_up", OrderName(court.ana, keyed_release_order_id=release))
    assert wrong.value.fields["keyed_release_order_id"].code == "courts.release_order_fell"


def test_an_appeal_allowed_on_one_count_leaves_the_other(court: Court) -> None:
    case = court.case()
    a, b = court.charge(case), court.charge(case, as_written="Murder")
    held = court.order(
        "commitment_sentence", body="HC", case_id=case, charge_ids=[a, b],
        sentences=[SentenceInput(years=1, charge_id=a), SentenceInput(years=10, charge_id=b)],
    )  # fmt: skip
    before = until(court, held)
    allowed = court.order(
        "appeal_allowed", body="CA", case_id=case, charge_ids=[b], reference="CA 1",
        change="sets_aside", changes_order_id=held.order_ids[0],
    )  # fmt: skip
    assert allowed.release_order_ids == (None,)
    assert "frees_from_nothing_known" in allowed.defects
    # Nobody has asked the registry yet.
    assert states() == [(1, "stands"), (10, "stands")]
    authority_services.set_registry_phone(
        court.prison.command, body_id=court.body("CA"), telephone="227-1111"
    )
    services.confirm_order(Command(court.reader), order_id=allowed.order_ids[0], spoke_to="Ms Coc")
    assert states() == [(1, "stands"), (10, "quashed")]
    assert court.row(held).state == CourtOrder.State.STANDS
    assert ends(court, held) == ""
    assert until(court, held) < before
    court.void(allowed)
    assert states() == [(1, "stands"), (10, "stands")]
    assert until(court, held) == before


def test_two_appeals_that_leave_nothing_free_from_the_whole(court: Court) -> None:
    case = court.case()
    a, b = court.charge(case), court.charge(case, as_written="Theft")
    held = court.order(
        "commitment_sentence", body="HC", case_id=case, charge_ids=[a, b],
        sentences=[SentenceInput(years=1, charge_id=a), SentenceInput(years=3, charge_id=b)],
    )  # fmt: skip
    authority_services.set_registry_phone(
        court.prison.command, body_id=court.body("CA"), telephone="227-1111"
    )
    made = [
        court.order(
            "appeal_allowed", body="CA", case_id=case, charge_ids=[one], reference=f"CA {one}",
            change="sets_aside", changes_order_id=held.order_ids[0],
        )
        for one in (a, b)
    ]  # fmt: skip
    for one in made:
        services.confirm_order(Command(court.reader), order_id=one.order_ids[0], spoke_to="Ms Coc")
    assert {state for _, state in states()} == {"quashed"}
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert order.warrant_name_ids == held.warrant_name_ids


@pytest.mark.any_server
def test_a_sentence_for_nobody_knows_what_stands_on(court: Court) -> None:
    case = court.case()
    a, b = court.charge(case), court.charge(case, as_written="Murder")
    held = court.order(
        "commitment_sentence", body="HC", case_id=case, charge_ids=[a, b],
        sentences=[SentenceInput(years=1), SentenceInput(years=10)],
    )  # fmt: skip
    allowed = court.order(
        "appeal_allowed", body="CA", case_id=case, charge_ids=[a], reference="CA 1",
        change="sets_aside", changes_order_id=held.order_ids[0],
    )  # fmt: skip
    assert "changes_in_part_unclear" in allowed.defects
    assert allowed.release_order_ids == (None,)


def test_a_fine_paid_frees_from_no_sentence(court: Court) -> None:
    case = court.case()
    a, b = court.charge(case), court.charge(case, as_written="Assault")
    jail(court, 3, case_id=case, charge_ids=[a])
    fine = court.order(
        "fine_default", case_id=case, charge_ids=[b], reference="F", amount_cents=500_00,
        sentences=[SentenceInput(months=1, charge_id=b)],
    )  # fmt: skip
    court.order("fine_paid", case_id=case, reference="P", amount_cents=500_00)
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert order.warrant_name_ids == fine.warrant_name_ids


@pytest.mark.any_server
def test_bail_frees_from_no_sentence(court: Court) -> None:
    case = court.case()
    a = court.charge(case)
    held = jail(court, 3, case_id=case, charge_ids=[a])
    made = court.order("bail_taken_up", case_id=case, reference="B 2", sureties="Maria Chan")
    assert made.release_order_ids == (None,)
    assert "frees_from_nothing_known" in made.defects
    cited = court.order("bail_taken_up", reference="B 3", sureties="x", changes_reference="R 1/26")
    assert (court.row(held).state, states()) == ("stands", [(3, "stands")])
    assert cited.release_order_ids != (None,)


def test_what_moved_a_warrant_moves_it_back(court: Court) -> None:
    services.key_order_of_warrant(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        warrant_name_id=court.ana_warrant, kind="remand",
    )  # fmt: skip
    before = warrants(court.ana)[court.ana_warrant].next_appearance
    moves = [
        court.order(
            "remand", OrderName(court.ana, keyed_warrant_name_id=court.ana_warrant),
            reference=f"R {days}", next_date=court.today + timedelta(days=days),
        )
        for days in (100, 200)
    ]  # fmt: skip
    court.void(moves[0])
    assert warrants(court.ana)[court.ana_warrant].next_appearance == court.today + timedelta(200)
    court.void(moves[1])
    assert warrants(court.ana)[court.ana_warrant].next_appearance == before
    assert Hearing.objects.filter(cancelled_at=None).count() == 1


@pytest.mark.any_server
def test_a_day_that_the_court_has_named_since_stays(court: Court) -> None:
    moved = court.order(
        "remand", OrderName(court.ana, keyed_warrant_name_id=court.ana_warrant),
        reference="R 7", next_date=court.today + timedelta(days=20),
    )  # fmt: skip
    named = court.today + timedelta(days=5)
    authority_services.set_next_appearance(
        court.prison.command, warrant_name_id=court.ana_warrant, next_appearance=named,
        happened_at=clock.now(), basis="Said at court",
    )  # fmt: skip
    court.void(moved)
    assert warrants(court.ana)[court.ana_warrant].next_appearance == named


@pytest.mark.any_server
def test_one_of_two_entries_of_a_paper_is_void_and_the_other_holds(court: Court) -> None:
    first = jail(court)
    one, other = varied(court, first), varied(court, first)
    court.void(one)
    assert court.row(first).state == CourtOrder.State.REPLACED
    assert court.row(first).fell_by_id == other.order_ids[0]
    assert [state for _, state in states()] == ["replaced", "quashed", "stands"]
    assert ends(court, first) == "replaced"
    court.void(other)
    assert court.row(first).state == CourtOrder.State.STANDS
    assert ends(court, first) == ""
    assert states()[0] == (4, "stands")


@pytest.mark.any_server
def test_an_order_that_was_replaced_can_still_prove_never_to_have_been(court: Court) -> None:
    first = jail(court)
    second = varied(court, first)
    court.void(first)
    assert court.row(first).state == CourtOrder.State.VOID
    assert ends(court, first) == "void"
    assert court.row(second).state == CourtOrder.State.STANDS
    court.void(second)
    assert court.row(first).state == CourtOrder.State.VOID
    assert {state for _, state in states()} <= {"replaced", "quashed"}


@pytest.mark.any_server
def test_the_middle_of_three_was_a_mistake(court: Court) -> None:
    first = jail(court)
    second = varied(court, first)
    third = varied(court, second, 1)
    court.void(second)
    assert [court.row(one).state for one in (first, second, third)] == [
        "replaced",
        "void",
        "stands",
    ]
    assert (ends(court, first), ends(court, third)) == ("replaced", "")
    assert "changes_fallen_order" in court.row(third).defects
    court.void(third)
    assert court.row(first).state == CourtOrder.State.STANDS


@pytest.mark.any_server
def test_the_record_of_the_gate_outlives_the_entry_of_the_office(court: Court) -> None:
    made = services.key_order_of_warrant(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        warrant_name_id=court.ana_warrant, kind="remand",
    )  # fmt: skip
    court.void(made)
    assert warrants(court.ana)[court.ana_warrant].ends_at is None
    papers = selectors.papers_not_keyed(court.clerk, court.prison.establishment_id)
    assert court.ana_warrant in {one.warrant_name_id for one in papers}
    again = services.key_order_of_warrant(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        warrant_name_id=court.ana_warrant, kind="bail_revoked",
    )  # fmt: skip
    assert again.warrant_name_ids == (court.ana_warrant,)


@pytest.mark.any_server
def test_no_order_rests_on_an_entry_that_is_void(court: Court) -> None:
    authority_services.void_warrant(
        court.prison.command, warrant_name_id=court.ana_warrant, basis="Another Ana Chan"
    )
    made = court.order(
        "remand", OrderName(court.ana, keyed_warrant_name_id=court.ana_warrant),
        next_date=court.today + timedelta(days=9),
    )  # fmt: skip
    assert made.warrant_name_ids != (court.ana_warrant,)


@pytest.mark.any_server
def test_the_release_order_of_the_desk_outlives_the_entry_of_the_office(court: Court) -> None:
    at = clock.now()
    kept = authority_services.record_release_order(
        court.prison.command, establishment_id=court.prison.establishment_id, person_id=court.ana,
        kind="bail", body_id=court.body(), received_at=at, warrant_name_ids=[court.ana_warrant],
    )  # fmt: skip
    made = court.order(
        "bail_taken_up",
        OrderName(court.ana, keyed_release_order_id=kept.release_order_id),
        sureties="x",
    )
    court.void(made)
    assert releases(court) == ["received"]


@pytest.mark.any_server
def test_a_void_commitment_held_nobody_at_any_time(court: Court) -> None:
    at = clock.now() - timedelta(days=5)
    made = court.order(
        "commitment_sentence", court.ben, pronounced_at=at, sentences=[SentenceInput(months=6)]
    )
    court.void(made)
    (pk,) = made.warrant_name_ids
    assert warrants(court.ben)[pk or 0].detains is None


def test_what_an_order_frees_from_ends_when_the_registry_says_so(court: Court) -> None:
    first = jail(court)
    allowed = court.order(
        "appeal_allowed", body="CA", reference="CA 1", change="sets_aside",
        changes_order_id=first.order_ids[0],
    )  # fmt: skip
    assert (court.row(first).state, states()) == ("stands", [(4, "stands")])
    court.verify(allowed)
    assert (court.row(first).state, states()) == ("set_aside", [(4, "quashed")])
    (release,) = allowed.release_order_ids
    authority_services.withdraw_release_order(
        court.prison.command, release_order_id=release, how="not_genuine", reason="Forged"
    )
    court.hear(release or 0)
    assert court.row(allowed).state == CourtOrder.State.SET_ASIDE
    assert (court.row(first).state, states()) == ("stands", [(4, "stands")])
    assert OrderDeed.objects.filter(order_id=allowed.order_ids[0], undone_at=None).count() == 0


@pytest.mark.any_server
def test_a_release_order_struck_out_takes_its_entry_with_it(court: Court) -> None:
    _, free = bailed(court)
    (release,) = free.release_order_ids
    authority_services.strike_out_release_order(
        court.prison.command, release_order_id=release or 0, reason="Another Ana Chan"
    )
    court.hear(release or 0)
    assert court.row(free).state == CourtOrder.State.VOID
    court.hear(release or 0)


@pytest.mark.any_server
def test_one_of_two_charges_withdrawn_frees_nobody_where_the_remand_names_none(
    court: Court,
) -> None:
    case = court.case()
    a = court.charge(case)
    court.charge(case, as_written="Murder")
    court.order("remand", case_id=case, next_date=court.today + timedelta(days=3))
    made = court.order("charge_withdrawn", case_id=case, charge_ids=[a], reference="W")
    assert made.release_order_ids == (None,)
    assert "frees_from_nothing_known" in made.defects


@pytest.mark.any_server
def test_an_acquittal_that_names_nothing_is_heard_all_the_same(court: Court) -> None:
    made = court.order("acquittal")
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert order.warrant_name_ids == (court.ana_warrant,)
    assert made.release_order_ids == (order.release_order_id,)


@pytest.mark.any_server
def test_parole_frees_from_the_sentence_and_a_remand_beside_it_holds_on(court: Court) -> None:
    first = court.order(
        "commitment_sentence", body="HC", reference="S 1", sentences=[SentenceInput(years=4)]
    )
    made = court.order("parole_granted", body="PB", reference="P 1", conditions="Reports weekly")
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert (order.warrant_name_ids, order.in_doubt) == (first.warrant_name_ids, False)
    assert to_ask_about(made.defects) == ()
    assert warrants(court.ana)[court.ana_warrant].ends_at is None
    # Of two sentences nobody knows which one is meant.
    court.order(
        "commitment_sentence", body="HC", reference="S 2", sentences=[SentenceInput(years=2)]
    )
    again = court.order("parole_granted", body="PB", reference="P 2", conditions="None")
    assert "frees_from_nothing_known" in again.defects


@pytest.mark.any_server
def test_of_two_that_hold_nobody_knows_and_a_person_says(court: Court) -> None:
    court.prison.remand(court.ana, at=clock.now() - timedelta(days=1))
    made = court.order("acquittal")
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert (order.warrant_name_ids, order.in_doubt) == ((), True)
    assert "names_nothing" in order.oddities
    assert "frees_from_nothing_known" in made.defects
    authority_services.extend_release_order(
        court.prison.command, release_order_id=order.release_order_id,
        warrant_name_ids=[court.ana_warrant], basis="The registry: case S 12/26",
    )  # fmt: skip
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert "names_nothing" not in order.oddities


@pytest.mark.any_server
@pytest.mark.parametrize("how", ["void", "set_aside"])
def test_nobody_is_driven_to_a_court_that_no_order_names(court: Court, how: str) -> None:
    day = court.today + timedelta(days=7)
    made = court.order("remand", court.ben, next_date=day)
    services.set_aside_order(
        Command(court.reader), order_id=made.order_ids[0], how=how, reason="Taken back",
        told_by="Ms Coc",
    )  # fmt: skip
    rows = selectors.production_list(court.clerk, court.prison.establishment_id, day)
    assert [row.due.person_id for row in rows] == []


def test_the_day_of_a_remand_that_was_replaced_comes_back_with_it(court: Court) -> None:
    day = court.today + timedelta(days=7)
    first = court.order("remand", next_date=day)
    second = court.order(
        "remand", OrderName(court.ana, warrant_name_ids=first.warrant_name_ids), reference="R 2",
        next_date=court.today + timedelta(days=3),
    )  # fmt: skip
    standing = Hearing.objects.filter(cancelled_at=None)
    assert [one.on for one in standing] == [court.today + timedelta(days=3)]
    court.void(second)
    assert [one.on for one in standing.all()] == [day]


@pytest.mark.any_server
def test_what_followed_a_sentence_that_fell_ends_sooner(court: Court) -> None:
    first = jail(court, 2)
    (head,) = selectors.sentences_of([court.ana])[court.ana]
    second = court.order(
        "commitment_sentence", reference="R 2",
        sentences=[
            SentenceInput(years=1, link="consecutive", consecutive_to_id=head.sentence_id)
        ],
    )  # fmt: skip
    before = until(court, second)
    allowed = court.order(
        "appeal_allowed", body="CA", reference="CA 1", change="sets_aside",
        changes_order_id=first.order_ids[0],
    )  # fmt: skip
    assert until(court, second) == before
    court.verify(allowed)
    assert (before - until(court, second)).days >= 365
    court.void(allowed)
    assert until(court, second) == before


@pytest.mark.any_server
def test_an_order_that_let_somebody_go_is_not_undone(court: Court) -> None:
    _, free = bailed(court)
    authority_services.act_on_release_order(
        court.prison.command, release_order_id=free.release_order_ids[0] or 0, at=clock.now()
    )
    with pytest.raises(Refused):
        court.void(free)


def test_a_charge_is_as_it_was_before_the_order(court: Court) -> None:
    case = court.case()
    charge = court.charge(case)
    services.decide_charge(Command(court.clerk), charge_id=charge, state="convicted")
    one = court.order("acquittal", case_id=case, charge_ids=[charge], reference="A 2")
    other = court.order("acquittal", case_id=case, charge_ids=[charge], reference="A 2")

    def state() -> str:
        (info,) = selectors.cases(court.clerk, [court.ana])[court.ana]
        return info.charges[0].state

    court.void(one)
    assert state() == "acquitted"
    court.void(other)
    assert state() == "convicted"
