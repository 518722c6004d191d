"""A paper that the gate or the desk recorded is keyed as an order once, and stays one warrant."""

from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import selectors, services
from pims.courts.models import CourtOrder, SecondReading
from pims.courts.services import OrderName, SentenceInput
from pims.courts.tests.court import Court
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from tests.fixtures.actors import ActorMaker

ZONE = "America/Belize"


def warrants(person_id: int) -> dict[int, authority.WarrantBrief]:
    found = authority.warrants_of([person_id], zone=ZONE).get(person_id, [])
    return {brief.warrant_name_id: brief for brief in found}


def waiting(court: Court) -> set[int | None]:
    found = selectors.papers_not_keyed(court.clerk, court.prison.establishment_id)
    return {one.warrant_name_id for one in found}


def key(court: Court, warrant_name_id: int, **more: object) -> services.CourtOrderResult:
    return services.key_order_of_warrant(
        Command(court.clerk),
        establishment_id=court.prison.establishment_id,
        warrant_name_id=warrant_name_id,
        **more,
    )


@pytest.mark.any_server
def test_a_paper_from_the_gate_waits_until_it_is_keyed(court: Court) -> None:
    assert waiting(court) == {court.ana_warrant, court.ben_warrant}
    (paper,) = [
        one
        for one in selectors.papers_not_keyed(court.clerk, court.prison.establishment_id)
        if one.person_id == court.ana
    ]
    assert paper.kind == "remand"
    assert "remand" in paper.order_kinds
    assert "commitment_sentence" not in paper.order_kinds
    made = key(court, court.ana_warrant, kind="remand")
    assert made.warrant_name_ids == (court.ana_warrant,)
    assert set(warrants(court.ana)) == {court.ana_warrant}
    assert warrants(court.ana)[court.ana_warrant].ends_at is None
    order = court.row(made)
    assert order.next_date == warrants(court.ana)[court.ana_warrant].next_appearance
    assert SecondReading.objects.get(order=order).read_at is None
    assert waiting(court) == {court.ben_warrant}


@pytest.mark.any_server
def test_the_same_paper_is_not_keyed_twice(court: Court) -> None:
    key(court, court.ana_warrant, kind="remand")
    with pytest.raises(Refused, match=r"courts\.keyed_already"):
        key(court, court.ana_warrant, kind="remand")
    assert CourtOrder.objects.count() == 1


@pytest.mark.any_server
def test_what_records_reads_on_the_paper_corrects_the_warrant(court: Court) -> None:
    day = court.today + timedelta(days=33)
    key(court, court.ana_warrant, kind="remand", next_date=day)
    assert warrants(court.ana)[court.ana_warrant].next_appearance == day
    (hearing,) = selectors.hearings(court.clerk, [court.ana])[court.ana]
    assert (hearing.on, hearing.warrant_name_id) == (day, court.ana_warrant)


def committed(court: Court, **more: object) -> int:
    """As the desk records it that somebody came back sentenced."""
    paper = authority_services.record_warrant(
        Command(court.clerk),
        establishment_id=court.prison.establishment_id,
        kind="committal_sentence",
        body_id=court.body(),
        reference="S 1/26",
        dated=court.today,
        received_at=clock.now(),
        names=[
            authority_services.WarrantNameInput(
                person_id=court.ana, name_as_written="Ana Chan", starts_at=clock.now()
            )
        ],
        **more,
    )
    return paper.warrant_name_ids[0]


@pytest.fixture
def desk(court: Court, make_actor: ActorMaker) -> Court:
    """The same court, with an officer who records warrants too."""
    court.clerk = make_actor(
        "courts.view", "courts.record", "authority.record", "people.view", "custody.view",
        establishment_id=court.prison.establishment_id,
    )  # fmt: skip
    return court


@pytest.mark.any_server
def test_the_terms_of_a_sentence_that_the_desk_took_in_end_its_warrant(desk: Court) -> None:
    keyed = committed(desk)
    made = desk.order(
        "commitment_sentence",
        OrderName(desk.ana, keyed_warrant_name_id=keyed, warrant_name_ids=(desk.ana_warrant,)),
        sentences=[SentenceInput(days=90)],
        reference="S 1/26",
    )
    held = warrants(desk.ana)
    assert made.warrant_name_ids == (keyed,)
    assert set(held) == {desk.ana_warrant, keyed}
    assert held[keyed].until == desk.today + timedelta(days=89)
    assert held[desk.ana_warrant].end_kind == "sentenced"


@pytest.mark.any_server
def test_a_paper_keyed_as_another_kind_gives_way_to_what_the_paper_is(desk: Court) -> None:
    made = desk.order(
        "convicted_for_sentence",
        OrderName(desk.ana, keyed_warrant_name_id=desk.ana_warrant),
        next_date=desk.today + timedelta(days=9),
    )
    held = warrants(desk.ana)
    assert made.warrant_name_ids != (desk.ana_warrant,)
    assert held[desk.ana_warrant].end_kind == "replaced"
    assert held[made.warrant_name_ids[0]].kind == "convicted_unsentenced"


@pytest.mark.any_server
def test_a_commitment_that_was_only_told_of_is_not_yet_to_be_keyed(desk: Court) -> None:
    told = committed(desk, defects=("paper_to_come",))
    assert told not in waiting(desk)
    made = desk.order(
        "commitment_sentence",
        OrderName(desk.ana, keyed_warrant_name_id=told),
        sentences=[SentenceInput(years=1)],
    )
    assert made.warrant_name_ids != (told,)
    assert warrants(desk.ana)[told].end_kind in ("replaced", "sentenced")


@pytest.mark.any_server
def test_a_release_order_from_the_desk_stays_one_release_order(desk: Court) -> None:
    bail = authority_services.record_release_order(
        Command(desk.clerk),
        establishment_id=desk.prison.establishment_id,
        person_id=desk.ana,
        kind="bail",
        body_id=desk.body(),
        received_at=clock.now(),
        warrant_name_ids=(desk.ana_warrant,),
        reference="B 4/26",
    ).release_order_id
    found = selectors.papers_not_keyed(desk.clerk, desk.prison.establishment_id)
    (paper,) = [one for one in found if one.release_order_id is not None]
    assert (paper.release_order_id, paper.order_kinds) == (bail, ("bail_taken_up",))
    made = desk.order("bail_taken_up", OrderName(desk.ana, keyed_release_order_id=bail))
    assert made.release_order_ids == (bail,)
    assert "frees_from_nothing_known" not in made.defects
    orders = authority.release_orders([desk.ana])[desk.ana]
    assert [one.release_order_id for one in orders] == [bail]
    found = selectors.papers_not_keyed(desk.clerk, desk.prison.establishment_id)
    assert all(one.release_order_id is None for one in found)


@pytest.mark.any_server
def test_an_order_rests_on_no_paper_of_another_person(court: Court) -> None:
    with pytest.raises(InvalidInput):
        court.order("remand", OrderName(court.ana, keyed_warrant_name_id=court.ben_warrant))
    with pytest.raises(InvalidInput):
        court.order("acquittal", OrderName(court.ana, keyed_warrant_name_id=court.ana_warrant))
    assert not CourtOrder.objects.exists()


@pytest.mark.any_server
def test_a_remand_put_over_rests_on_the_same_warrant_and_falls_alone(court: Court) -> None:
    first = key(court, court.ana_warrant, kind="remand")
    second = court.order(
        "remand",
        OrderName(court.ana, keyed_warrant_name_id=court.ana_warrant),
        next_date=court.today + timedelta(days=40),
    )
    assert second.warrant_name_ids == first.warrant_name_ids
    services.set_aside_order(
        Command(court.reader), order_id=second.order_ids[0], how="void", reason="Another person's"
    )
    assert warrants(court.ana)[court.ana_warrant].ends_at is None
    services.set_aside_order(
        Command(court.reader), order_id=first.order_ids[0], how="void", reason="Another person's"
    )
    # What the gate recorded from a paper in its hand holds, and is to be keyed again.
    assert warrants(court.ana)[court.ana_warrant].ends_at is None
    assert court.ana_warrant in waiting(court)


@pytest.mark.any_server
def test_whoever_may_not_see_courts_sees_no_papers(court: Court, make_actor: ActorMaker) -> None:
    nobody = make_actor("people.view", establishment_id=court.prison.establishment_id)
    assert selectors.papers_not_keyed(nobody, court.prison.establishment_id) == []
    with pytest.raises(NotPermitted):
        services.key_order_of_warrant(
            Command(nobody),
            establishment_id=court.prison.establishment_id,
            warrant_name_id=court.ana_warrant,
            kind="remand",
        )


@pytest.mark.any_server
def test_the_list_asks_as_much_of_many_as_of_one(
    court: Court, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            waiting(court)
        return len(found)

    waiting(court)
    before = asked()
    for number in range(4):
        one = court.prison.one(f"Caro {number}", at=clock.now() - timedelta(days=3))
        court.prison.remand(one.person_id, at=clock.now() - timedelta(days=3))
    assert asked() == before
    assert len(waiting(court)) == 6
