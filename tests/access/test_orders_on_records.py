"""Orders about whole records at the pages: who is refused, why, and who can decide otherwise."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import Actor
from pims.foundation.vault.erasure.plan import make_plan
from pims.foundation.vault.models import Erasure
from pims.kernel import clock
from pims.people.selectors import person_headers
from pims.release import services as release
from pims.web.administration import record_words
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

RECORDS = "/administration/records/"
ORDER = {
    "body": "other", "another": "Supreme Council", "reference": "SC 1", "dated_day": "3",
    "dated_month": "2", "dated_year": "2026",
}  # fmt: skip


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def number(prison: Prison) -> str:
    """Of somebody who was discharged."""
    who = prison.receive(man("Juan Perez"))[0]
    release.record_paper_discharge(
        prison.command, episode_id=who.episode_id, happened_at=clock.now(), order_seen="Order",
        first_officer="Officer A",
    )  # fmt: skip
    return person_headers(prison.actor, [who.person_id])[who.person_id].number


def send(client: Client, address: str, **typed: Any) -> Any:
    return client.post(address, {"command_id": str(uuid4()), **typed})


def words(answer: Any) -> str:
    return str(answer.content, "utf-8")


def test_every_part_of_a_record_that_may_go_has_words(db: None) -> None:
    assert make_plan().tables.keys() <= record_words.TABLES.keys()
    rooms = {room for room, _ in record_words.GROUPS}
    assert {record_words.room_of(table) for table in record_words.TABLES} == rooms


def test_the_officer_who_ordered_can_not_be_the_second(number: str) -> None:
    client = signed_in(staff("superintendent"))
    made = send(client, f"{RECORDS}{number}/erase/", **ORDER)
    row = Erasure.objects.get()
    assert made["Location"] == f"{RECORDS}erasures/{row.pk}/"
    assert (row.order_body, row.order_dated.isoformat()) == ("Supreme Council", "2026-02-03")
    assert "Nobody else may confirm it yet" in words(client.get(made["Location"]))
    refused = send(client, f"{RECORDS}erasures/{row.pk}/confirm/")
    assert refused.status_code == 409
    assert "must be another than the one who ordered" in words(refused)
    assert "Who can decide otherwise" in words(refused)
    again = send(client, f"{RECORDS}{number}/erase/", **ORDER)
    assert again.status_code == 409
    assert "an order to erase this person already" in words(again)
    assert Erasure.objects.get().state == "ordered"


def test_an_order_is_withdrawn_and_can_then_not_be_confirmed(number: str) -> None:
    first, second = (signed_in(staff("superintendent")) for _ in range(2))
    page = send(first, f"{RECORDS}{number}/erase/", **ORDER)["Location"]
    send(second, f"{page}withdraw/")
    assert "withdrawn before anything was erased" in words(second.get(page))
    assert send(second, f"{page}confirm/").status_code == 409
    assert Erasure.objects.get().state == "withdrawn"


def test_custody_that_began_after_the_order_is_shown_to_the_second_officer(
    prison: Prison, number: str
) -> None:
    first, second = (signed_in(staff("superintendent")) for _ in range(2))
    page = send(first, f"{RECORDS}{number}/erase/", **ORDER)["Location"]
    prison.receive(man("Juan Perez", person_id=Erasure.objects.get().person_id))
    assert "Nobody on the books is erased" in words(second.get(page))
    assert send(second, f"{page}confirm/").status_code == 409
    assert Erasure.objects.get().state == "ordered"


def test_whoever_may_seal_but_not_see_loses_sight_of_what_they_seal(number: str) -> None:
    client = signed_in(staff("officer_in_charge"))
    sealed = send(client, f"{RECORDS}{number}/seal/", says="Closed to all", **ORDER)
    assert sealed["Location"] == RECORDS
    assert "not see which ones are sealed" in words(client.get(RECORDS))
    for path in ("", "seal/", "unseal/"):
        assert client.get(f"{RECORDS}{number}/{path}").status_code == 404
    assert client.get(f"{RECORDS}?number={number}").status_code == 404
    twice = send(
        signed_in(staff("superintendent")), f"{RECORDS}{number}/seal/", says="Again", **ORDER
    )
    assert twice.status_code == 409
    assert "sealed already" in words(twice)


@pytest.mark.parametrize(
    "wrong",
    [{"reference": ""}, {"another": ""}, {"dated_year": "2950"}, {"reference": "re PEREZ"}],
)
def test_an_order_with_something_wrong_in_it_orders_nothing(
    number: str, wrong: dict[str, str]
) -> None:
    client = signed_in(staff("superintendent"))
    answer = send(client, f"{RECORDS}{number}/erase/", **(ORDER | wrong))
    assert answer.status_code == 422
    assert not Erasure.objects.exists()
