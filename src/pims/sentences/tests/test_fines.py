"""Money for a fine: what frees is told at any hour, every cent has a receipt, and enough frees."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.authority import selectors as authority
from pims.courts.services import SentenceInput
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted
from pims.sentences import selectors, services
from pims.sentences.selectors import Fines
from pims.sentences.services import PaymentResult
from pims.sentences.tests.bench import Bench
from pims.sentences.tests.test_pages import command, day, officer
from tests.fixtures.actors import ActorMaker

ZONE = ZoneInfo("America/Belize")


@pytest.fixture
def gate(bench: Bench, make_actor: ActorMaker) -> Actor:
    """Who may take money, and may neither record orders nor adjust dates."""
    where = bench.court.prison.establishment_id
    return make_actor(
        "sentences.view", "sentences.take_payment", "people.view", "custody.view",
        "release.view", establishment_id=where,
    )  # fmt: skip


@pytest.fixture
def fine(bench: Bench) -> int:
    """Ana has just begun 100 days for a fine of 1,000 dollars."""
    order = bench.court.order(
        "fine_default", amount_cents=100_000, sentences=[SentenceInput(days=100)]
    ).order_ids[0]
    return bench.sentences_on(order)[0]


def owed(bench: Bench, actor: Actor) -> Fines:
    return selectors.fines(actor, bench.ana, clock.now(), ZONE)


def pay(bench: Bench, actor: Actor, sentence_id: int, cents: int, **more: object) -> PaymentResult:
    given = {
        "establishment_id": bench.court.prison.establishment_id,
        "person_id": bench.ana,
        "sentence_id": sentence_id,
        "amount_cents": cents,
        "received_at": clock.now(),
        "paid_by": "Her sister",
        "how": "cash",
    } | more
    return services.take_payment(Command(actor), **given)


@pytest.mark.any_server
def test_what_frees_today_is_less_with_every_day_served(
    bench: Bench, gate: Actor, fine: int
) -> None:
    (now,) = owed(bench, gate).due
    assert (now.amount_cents, now.outstanding_cents) == (100_000, 100_000)
    assert 98_000 < now.frees_cents <= 99_000, "the day itself counts as served"
    assert now.provisional, "nobody has signed the rule that makes it less than the whole"
    with clock.at(clock.now() + timedelta(days=50)):
        (later,) = owed(bench, gate).due
    assert 48_000 < later.frees_cents <= 49_000
    with clock.at(clock.now() + timedelta(days=100)):
        (served,) = owed(bench, gate).due
    assert (served.frees_cents, served.outstanding_cents) == (0, 100_000)


@pytest.mark.any_server
def test_part_payments_each_have_a_receipt_and_the_last_makes_the_order_that_frees(
    bench: Bench, gate: Actor, fine: int
) -> None:
    first = pay(bench, gate, fine, 40_000)
    assert (first.number, first.left_cents, first.release_order_id) == (1, 60_000, None)
    (left,) = owed(bench, gate).due
    assert (left.paid_cents, left.outstanding_cents) == (40_000, 60_000)
    second = pay(bench, gate, fine, 60_000)
    assert (second.number, second.left_cents) == (2, 0)
    assert second.release_order_id is not None
    (order,) = authority.release_orders([bench.ana])[bench.ana]
    assert (order.kind, order.reference) == ("fine_paid", "No. 2")
    assert list(order.warrant_name_ids) == [left.warrant_name_id], "from that paper and no other"
    assert [one.number for one in owed(bench, gate).payments] == [2, 1]


@pytest.mark.any_server
def test_paying_frees_from_the_fine_alone_and_the_page_says_what_else_holds(
    bench: Bench, gate: Actor, fine: int
) -> None:
    bench.sentence(SentenceInput(years=3), reference="S 9")
    kinds = [one.kind for one in owed(bench, gate).others]
    assert "committal_sentence" in kinds
    made = pay(bench, gate, fine, 100_000)
    (order,) = [
        one
        for one in authority.release_orders([bench.ana])[bench.ana]
        if one.release_order_id == made.release_order_id
    ]
    assert len(order.warrant_name_ids) == 1


@pytest.mark.any_server
def test_a_paper_that_sentences_to_more_than_the_fine_still_holds(
    bench: Bench, gate: Actor
) -> None:
    order = bench.court.order(
        "commitment_sentence",
        sentences=[
            SentenceInput(years=3),
            SentenceInput(kind="fine_default", months=3, amount_cents=50_000),
        ],
    ).order_ids[0]
    found = owed(bench, gate)
    assert found.due[0].warrant_name_id in {one.warrant_name_id for one in found.others}
    made = pay(bench, gate, bench.sentences_on(order)[1], 50_000)
    assert made.release_order_id is None, "the three years stand on the same paper"


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount_cents": 0}, "amount"),
        ({"amount_cents": -5}, "amount"),
        ({"amount_cents": 100_001}, "amount"),
        ({"amount_cents": 10**15}, "amount"),
        ({"paid_by": " "}, "paid_by"),
        ({"how": "cheque"}, "how"),
        ({"received_at": clock.now() + timedelta(days=2)}, "received_at"),
        ({"sentence_id": 987_654}, "sentence"),
    ],
)
def test_money_that_cannot_be_right_is_told_and_nothing_is_kept(
    bench: Bench, gate: Actor, fine: int, more: dict[str, object], field: str
) -> None:
    given = {"sentence_id": fine, "cents": 500}
    if "amount_cents" in more:
        given["cents"] = more.pop("amount_cents")  # type: ignore[assignment]
    if "sentence_id" in more:
        given["sentence_id"] = more.pop("sentence_id")  # type: ignore[assignment]
    with pytest.raises(InvalidInput) as told:
        pay(bench, gate, **given, **more)
    assert set(told.value.fields) == {field}
    assert owed(bench, gate).payments == ()


@pytest.mark.any_server
def test_a_payment_entered_by_mistake_is_struck_out_with_the_order_that_it_made(
    bench: Bench, gate: Actor, fine: int
) -> None:
    made = pay(bench, gate, fine, 100_000)
    info = selectors.calculation(bench.records, bench.ana)
    assert info is not None
    (line,) = [one for one in info.adjustments if one.kind == "fine_paid"]
    services.strike_out_adjustment(
        Command(bench.records), adjustment_id=line.adjustment_id, reason="Of another prisoner"
    )
    (order,) = authority.release_orders([bench.ana])[bench.ana]
    assert (order.release_order_id, order.state) == (made.release_order_id, "struck_out")
    (now,) = owed(bench, gate).due
    assert now.outstanding_cents == 100_000
    (receipt,) = owed(bench, gate).payments
    assert receipt.struck_out_at is not None
    assert pay(bench, gate, fine, 100).number == 2, "a number is never given twice"


@pytest.mark.any_server
def test_who_may_not_take_money_takes_none(bench: Bench, make_actor: ActorMaker, fine: int) -> None:
    other = make_actor("sentences.view", establishment_id=bench.court.prison.establishment_id)
    with pytest.raises(NotPermitted):
        pay(bench, other, fine, 500)


def test_the_gate_finds_who_can_be_freed_takes_the_money_and_prints_the_receipt(
    bench: Bench, fine: int
) -> None:
    browser = officer(bench, "gate_officer")
    listed = browser.get(reverse("sentences:fines")).content.decode()
    assert reverse("sentences:fine", args=[bench.ana]) in listed
    page = browser.get(reverse("sentences:fine", args=[bench.ana]))
    assert "frees from it now" in page.content.decode()
    answer = browser.post(
        reverse("sentences:fine", args=[bench.ana]),
        {
            **command(sentence=fine, amount="1000.00", paid_by="Her sister", how="cash"),
            **day("received_at", bench.today),
            "received_at_time": "00:01",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    receipt = browser.get(answer["Location"]).content.decode()
    assert "Receipt 000001" in receipt
    assert "$ 1,000.00" in receipt
    assert "Paid in full" in receipt


def two_fines(bench: Bench, *, total: int | None = 80_000, **amounts: int) -> list[int]:
    """Ana has 50 and 30 days for two fines on one paper."""
    order = bench.court.order(
        "fine_default",
        amount_cents=total,
        sentences=[
            SentenceInput(days=50, amount_cents=amounts.get("first")),
            SentenceInput(days=30, amount_cents=amounts.get("second")),
        ],
    ).order_ids[0]
    return bench.sentences_on(order)


@pytest.mark.any_server
def test_each_fine_of_a_paper_frees_for_its_own_amount(bench: Bench, gate: Actor) -> None:
    first, second = two_fines(bench, first=50_000, second=30_000)
    due = {one.sentence_id: one for one in owed(bench, gate).due}
    assert (due[first].amount_cents, due[second].amount_cents) == (50_000, 30_000)
    assert 48_000 < due[first].frees_cents <= 49_000
    assert 28_000 < due[second].frees_cents <= 29_000
    pay(bench, gate, second, 12_000)
    due = {one.sentence_id: one for one in owed(bench, gate).due}
    assert (due[first].outstanding_cents, due[second].outstanding_cents) == (50_000, 18_000)
    with pytest.raises(InvalidInput):
        pay(bench, gate, second, 18_001)
    assert pay(bench, gate, second, 18_000).release_order_id is None, "the other still holds"
    assert pay(bench, gate, first, 50_000).release_order_id is not None


@pytest.mark.any_server
def test_one_amount_for_two_fines_is_asked_for_once_and_frees_from_both(
    bench: Bench, gate: Actor
) -> None:
    first, second = two_fines(bench)
    (due,) = owed(bench, gate).due
    assert (due.sentence_id, due.together_with) == (first, (second,))
    assert (due.outstanding_cents, due.frees_cents, due.provisional) == (80_000, 80_000, False)
    assert "amounts_not_by_sentence" in due.order.defects, "the clerk of court is asked"
    assert pay(bench, gate, first, 80_000).release_order_id is not None
    bench.work_out()
    assert bench.dates().expiry == bench.today, "both end on the day of the payment"


@pytest.mark.any_server
def test_a_part_of_one_amount_for_two_fines_is_taken_and_a_person_says_what_it_takes_off(
    bench: Bench, gate: Actor
) -> None:
    first, _second = two_fines(bench)
    assert pay(bench, gate, first, 30_000).left_cents == 50_000
    bench.work_out()
    assert bench.dates().status == "invalid"
    assert pay(bench, gate, first, 50_000).release_order_id is not None
    bench.work_out()
    dates = bench.dates()
    assert (dates.status, dates.expiry) == ("calculated", bench.today)


@pytest.mark.any_server
def test_amounts_that_are_not_together_the_papers_are_marked(bench: Bench, gate: Actor) -> None:
    two_fines(bench, first=50_000, second=20_000)
    assert {"amounts_differ"} <= set(owed(bench, gate).due[0].order.defects)
    two_fines(bench, total=None, first=50_000, second=20_000)
    marked = [set(one.order.defects) for one in owed(bench, gate).due]
    assert not marked[-1] & {"amounts_differ", "lacks_amount_cents"}
