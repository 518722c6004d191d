"""Each sentence of a paper has its own amount and its own first day, and is asked for them."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from pims.courts import services
from pims.courts.models import CourtOrder, Sentence
from pims.courts.services import SentenceInput, SentenceReading
from pims.courts.services.readings import OrderReading
from pims.courts.tests.court import Court
from pims.courts.tests.desk import TODAY, boxes, client_of, lines, order, text, yes
from pims.foundation.commands.transaction import Command


@pytest.fixture
def client(court: Court) -> Any:
    return client_of(court)


def address(court: Court) -> str:
    return reverse("courts:record_order", args=[court.ana])


def amounts() -> list[int | None]:
    return list(Sentence.objects.order_by("position").values_list("amount_cents", flat=True))


def fines(court: Court, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    empty = boxes("next_date", None)
    return order(court, kind="fine_default", **empty, **lines(*rows), **changes)


def test_each_fine_of_a_paper_has_its_own_amount(court: Court, client: Any) -> None:
    two = ({"days": 50, "amount": "500.00"}, {"days": 30, "amount": "300"})
    client.post(address(court), fines(court, *two, amount="800"))
    assert amounts() == [50_000, 30_000]
    assert CourtOrder.objects.get().defects == []


@pytest.mark.any_server
def test_the_amount_of_the_paper_is_that_of_its_only_fine(court: Court, client: Any) -> None:
    client.post(address(court), fines(court, {"days": 50}, amount="800"))
    assert amounts() == [80_000]


@pytest.mark.any_server
def test_one_amount_for_two_fines_is_asked_about_and_belongs_to_neither(
    court: Court, client: Any
) -> None:
    data = fines(court, {"days": 50}, {"days": 30}, amount="800")
    answer = client.post(address(court), data)
    assert "does not say how much is for which" in text(answer)
    client.post(address(court), data | {"sure": yes(answer)})
    assert amounts() == [None, None]
    assert CourtOrder.objects.get().defects == ["amounts_not_by_sentence"]


@pytest.mark.any_server
def test_two_readings_of_the_amounts_of_two_fines_are_compared(court: Court, client: Any) -> None:
    two = [SentenceInput(days=50, amount_cents=50_000), SentenceInput(days=30, amount_cents=30_000)]
    made = court.order("fine_default", amount_cents=80_000, sentences=two)
    row = CourtOrder.objects.get(pk=made.order_ids[0])

    def read(*cents: int) -> tuple[str, ...]:
        terms = (50, 30)
        keyed = tuple(
            SentenceReading(days=days, amount_cents=amount)
            for days, amount in zip(terms, cents, strict=True)
        )
        done = services.read_order_again(
            Command(court.reader),
            order_id=row.pk,
            reading=OrderReading(dated=row.dated, amount_cents=80_000, sentences=keyed),
        )
        return done.differences

    assert read(30_000, 50_000) == ("sentence_1.amount_cents", "sentence_2.amount_cents")


def test_a_sentence_that_changes_an_earlier_one_is_asked_from_which_day_it_counts(
    court: Court, client: Any
) -> None:
    first = court.order(
        "commitment_sentence", reference="S 1/26", sentences=[SentenceInput(years=2)]
    ).order_ids[0]
    began = Sentence.objects.get().pronounced_on
    page = client.get(address(court)).content.decode()
    assert f"{first}&quot;: &quot;{began:%d/%m/%Y}&quot;" in page, "the box is filled by it"
    data = order(
        court, kind="appeal_varied", body_id=court.body("CA"), changes_order_id=first,
        change="varies", reference="CA 2/26", **boxes("next_date", None), **lines({"months": 9}),
    )  # fmt: skip
    answer = client.post(address(court), data)
    assert "The sentence that it changes counts from" in text(answer)
    said = {"line-0-effective_from": f"{began:%d/%m/%Y}"}
    answer = client.post(address(court), data | said)
    assert b"counts from" not in answer.content
    if answer.status_code == 422:
        client.post(address(court), data | said | {"sure": yes(answer)})
    assert Sentence.objects.get(months=9).effective_from == began


@pytest.mark.any_server
def test_one_that_follows_another_is_not_asked_for_a_day(court: Court, client: Any) -> None:
    data = order(
        court, kind="resentencing", **boxes("next_date", None),
        **lines({"months": 9, "effective_from": f"{TODAY - timedelta(days=3):%d/%m/%Y}"},
                {"months": 2, "link": "line:1"}),
    )  # fmt: skip
    assert "From which day" not in text(client.post(address(court), data))
