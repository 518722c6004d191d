"""Whatever text a service of this room is given, it keeps it whole or says what is wrong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pims.courts import selectors, services
from pims.courts.models import OrderQuery, SecondReading
from pims.courts.services import OrderName, OrderReading, SentenceInput, SentenceReading
from pims.courts.tests.court import Court
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput

LONG, NUL, TURNED = "x" * 20_000, "a\0b", "R \u202e 12"
# Service -> the texts that it takes.
TEXTS = {
    "open_case": ("number", "title"),
    "amend_case": ("number", "title", "reason"),
    "add_charge": ("offence_code", "as_written"),
    "amend_charge": ("offence_code", "as_written", "reason"),
    "decide_charge": ("state", "note"),
    "schedule_hearing": ("mode", "purpose"),
    "move_hearing": ("mode", "reason"),
    "cancel_hearing": ("reason",),
    "record_hearing_outcome": ("outcome", "note", "next_mode"),
    "record_court_order": (
        "kind", "reference", "as_written", "defects", "conditions", "sureties",
        "changes_reference", "change", "dates_as_written", "names", "sentences.kind",
        "sentences.link", "sentences.offence_class",
    ),
    "set_aside_order": ("how", "reason"),
    "read_order_again": ("link",),
    "settle_difference": ("takes", "reason"),
    "send_order_query": ("text",),
    "record_order_answer": ("answer",),
}  # fmt: skip


@pytest.fixture
def calls(court: Court) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Each service with what it would take."""
    case = court.case()
    charge = court.charge(case)
    hearing = services.schedule_hearing(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        person_id=court.ana, body_id=court.body(), on=court.today + timedelta(days=3),
    ).hearing_id  # fmt: skip
    order = court.order("bail_awaiting_surety", case_id=case).order_ids[0]
    other = court.order("commitment_sentence", court.ben, sentences=[SentenceInput(years=1)])
    services.read_order_again(
        Command(court.reader), order_id=other.order_ids[0], reading=OrderReading()
    )
    reading = SecondReading.objects.get(order_id=other.order_ids[0]).pk
    query = OrderQuery.objects.get(order_id=order).pk
    where = {"establishment_id": court.prison.establishment_id, "body_id": court.body()}
    at_hearing = {"hearing_id": hearing, "version": 1}
    of_charge = {"charge_id": charge, "version": 1, "reason": "x", "as_written": "y"}
    given: dict[str, dict[str, Any]] = {
        "open_case": {**where, "number": "1", "person_ids": [court.ana]},
        "amend_case": {
            "case_id": case, "version": 1, "reason": "x", "number": "1", "body_id": court.body(),
        },
        "add_charge": {"case_id": case, "person_id": court.ana, "as_written": "x"},
        "amend_charge": of_charge,
        "decide_charge": {"charge_id": charge, "state": "withdrawn"},
        "schedule_hearing": {**where, "person_id": court.ana, "on": court.today},
        "move_hearing": {**at_hearing, "on": court.today, "reason": "x"},
        "cancel_hearing": {**at_hearing, "reason": "x"},
        "record_hearing_outcome": {**at_hearing, "outcome": "not_held"},
        "record_court_order": {
            **where, "kind": "remand", "names": [OrderName(court.ana)],
            "received_at": clock.now(),
        },
        "set_aside_order": {"order_id": order, "how": "void", "reason": "x"},
        "read_order_again": {"order_id": order, "reading": OrderReading()},
        "settle_difference": {"reading_id": reading, "takes": "first", "reason": "x"},
        "send_order_query": {"query_id": query, "text": "x"},
        "record_order_answer": {"query_id": query, "answer": "x"},
    }  # fmt: skip
    return {name: (getattr(services, name), values) for name, values in given.items()}


def put(values: dict[str, Any], field: str, text: str) -> dict[str, Any]:
    """The same call with one text in it."""
    if field == "names":
        return {**values, "names": [OrderName(values["names"][0].person_id, text)]}
    if field.startswith("sentences."):
        return {**values, "sentences": [SentenceInput(years=1, **{field.split(".")[1]: text})]}
    if field == "link":
        return {**values, "reading": OrderReading(sentences=(SentenceReading(link=text),))}
    if field == "defects":
        return {**values, "defects": [text]}
    if field == "dates_as_written":
        return {**values, "dates_as_written": {"until": text}}
    return {**values, field: text}


@pytest.mark.parametrize("text", [LONG, NUL, TURNED], ids=["too long", "NUL", "turned round"])
def test_no_text_is_cut_or_ends_in_an_unexpected_error(
    court: Court, calls: dict[str, tuple[Callable[..., Any], dict[str, Any]]], text: str
) -> None:
    for name, fields in TEXTS.items():
        call, values = calls[name]
        actor = court.reader if name in ("read_order_again", "set_aside_order") else court.clerk
        for field in fields:
            with pytest.raises(InvalidInput):
                call(Command(actor), **put(values, field, text))


@pytest.mark.any_server
def test_a_day_that_no_calendar_has_is_kept_in_its_own_words(court: Court) -> None:
    made = court.order("remand", dates_as_written={"next_date": "30 February 2027"})
    order = selectors.order(court.clerk, made.order_ids[0])
    assert order.dates_as_written == {"next_date": "30 February 2027"}
    assert order.next_date is None
