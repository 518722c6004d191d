"""Messages about nobody on record: what is kept of them, and how long."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange import selectors, services
from pims.exchange.enforcement import Inquired, reading
from pims.exchange.models import Asked, Inbound, Inquiry
from pims.exchange.services.forgetting import ASKED, empty_left_over, keeping
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import agency_with, inquire, terms_of
from pims.exchange.tests.sending import Sender, judge
from pims.exchange.tests.test_inbound_orders import number_of, release
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger import keys
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry
from pims.foundation.ledger.proving import history_between, receipt_of
from pims.foundation.ledger.receipts import prove, prove_history, read_receipt
from pims.foundation.ledger.tests.conftest import Ledger
from pims.foundation.vault.erasure import orders
from pims.kernel import clock
from tests.fixtures.actors import ActorMaker
from tests.fixtures.database import FreshDatabase

NOBODY = "0000019-17"


def _mentions(words: str) -> int:
    """How many versions of messages, now and earlier, hold these words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM exchange_inbound WHERE position(%s in body) > 0)"
            " + (SELECT count(*) FROM exchange_inbound_history WHERE position(%s in body) > 0)",
            [words, words],
        )
        return int(cursor.fetchone()[0])


def test_words_about_nobody_go_after_their_time_and_everything_else_stays(
    fresh_database: FreshDatabase,
) -> None:
    prison = Prison.build(system_actor())
    held = number_of(prison, prison.held().person_id)
    court = Sender("mc", "court", bodies=(prison.court,))
    ended = court.send("release_order", release(NOBODY), message_id="ended")
    waits = court.send("release_order", release(NOBODY), message_id="waits")
    known = court.send("release_order", release(held), message_id="known")
    assert [one.state for one in (ended, waits, known)] == ["unmatched", "unmatched", "waiting"]
    for row in (ended, known):
        services.reject_inbound(
            prison.command, inbound_id=row.pk, version=row.version, reason="Not ours"
        )
    body = Inbound.objects.get(pk=ended.pk).body.encode()
    digest = bytes(Inbound.objects.get(pk=ended.pk).digest)

    with clock.at(clock.now() + timedelta(days=keeping().days - 1)):
        assert empty_left_over() == 0
    before = _mentions(NOBODY)
    with clock.at(clock.now() + timedelta(days=keeping().days + 1)):
        # The message, and what was asked to be sent with each of the three.
        assert empty_left_over() == 1 + 3
        assert empty_left_over() == 0

    gone = Inbound.objects.get(pk=ended.pk)
    assert (gone.body, gone.signature, gone.reason, gone.proposal) == ("", "", "", {})
    assert (gone.message_id, gone.state, bytes(gone.digest)) == ("ended", "rejected", digest)
    assert 0 < _mentions(NOBODY) < before
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM exchange_inbound_history WHERE id = %s AND body <> ''", [gone.pk]
        )
        assert cursor.fetchone() == (0,)
    for row in (waits, known):
        assert Inbound.objects.get(pk=row.pk).body
    assert court.status("ended")["steps"][-1]["state"] == "emptied"
    assert LedgerEntry.objects.filter(kind="exchange.message_emptied").count() == 1
    # The same message again is the one that was here, and is not done again.
    assert court.give(body).outcome == "duplicate"
    assert Inbound.objects.get(pk=ended.pk).body == ""


def _asked_in_words(words: str) -> tuple[int, int]:
    """How many questions, and how many details beside the ledger, hold these words."""
    return (
        Asked.objects.filter(asked__family_name=words).count(),
        LedgerDetail.objects.filter(details__contains=words).count(),
    )


def test_whom_an_agency_looked_for_in_vain_is_forgotten_and_every_proof_still_holds(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    prison = Prison.build(system_actor())
    one, *two = (prison.held(name).person_id for name in ("Ana Solis", "Rosa Twin", "Rosa Twin"))
    shelve([one, *two])
    police = agency_with()
    ledger = Ledger(fresh_database, keys.signer(), tmp_path / "checkpoints")

    def ask(family: str, *found: int, closes: bool = True) -> Inquired:
        asked: dict[str, Any] = {"by": "name", "family_name": family}
        inquired = inquire(police, kind="search.name", asked=asked)
        if closes:
            with reading(inquired) as reader:
                reader.give("custody", reader.read("custody", person_ids=found) if found else [])
        return inquired

    def entry_of(inquired: Inquired) -> UUID:
        return selectors.receipt(system_actor(), inquired.inquiry_id)

    def signed() -> None:
        with ledger.sequencing(keys=keys.KeyFiles()):
            ledger.wait_until_ordered()
            leaves = "(SELECT count(*) FROM ledger_leaf)"
            ledger.wait_for(f"(SELECT max(tree_size) FROM ledger_checkpoint) - {leaves}", 0)

    in_vain, of_one, of_two = ask("Invain"), ask("Ofone", one), ask("Oftwo", *two)
    ask("Brokenoff", closes=False)
    signed()
    whole = receipt_of(entry_of(in_vain))
    assert whole.details is not None
    assert whole.details["asked"]["family_name"] == "Invain"
    names = ("Invain", "Ofone", "Oftwo", "Brokenoff")
    assert [_asked_in_words(name) for name in names] == [(1, 1), (1, 1), (1, 0), (1, 0)]

    term = timedelta(days=keeping(ASKED).days)
    with clock.at(clock.now() + term - timedelta(days=1)):
        assert empty_left_over() == 0
    with clock.at(clock.now() + term + timedelta(days=1)):
        assert empty_left_over() == 3
        assert empty_left_over() == 0

    assert [_asked_in_words(name) for name in names] == [(0, 0), (1, 1), (0, 0), (0, 0)]
    # Who asked, for what and when, and that nothing came of it, stays.
    kept = Inquiry.objects.get(pk=in_vain.inquiry_id)
    assert (kept.end_user, kept.purpose, kept.found) == ("PC 1234 Choc", "custody_enquiry", 0)
    assert LedgerEntry.objects.filter(kind="ledger.details_forgotten").count() == 1
    signed()
    report = ledger.check(verifier=keys.verifier())
    assert report.ok, report.problems
    assert (report.forgotten_details, report.erased_details) == (1, 0)
    # The receipt that the agency kept proves what it proved; a new one proves the entry alone.
    prove(read_receipt(whole.text()), keys.verifier())
    anew = receipt_of(entry_of(in_vain))
    assert (anew.body, anew.details) == (whole.body, None)
    for receipt in (anew, receipt_of(entry_of(of_one)), receipt_of(entry_of(of_two))):
        prove(receipt, keys.verifier())
    before, after, proof = history_between(whole.checkpoint.size)
    prove_history(before, after, proof, keys.verifier())


def test_who_is_erased_by_order_is_named_in_no_question_and_no_message_that_was_turned_back(
    fresh_database: FreshDatabase, tmp_path: Path, make_actor: ActorMaker
) -> None:
    prison = Prison.build(system_actor())
    gone, stays = (prison.held(name) for name in ("Ana Solis", "Rosa Twin"))
    numbers = {one.person_id: number_of(prison, one.person_id) for one in (gone, stays)}
    shelve(numbers)
    # Its agreement is about women alone: it may ask, and neither is shown to it.
    nobody = {"custody": {"rows": [["sex:female"]], "columns": ["number", "held"]}}
    police = agency_with(terms_of(tables=nobody))
    court = Sender("mc", "court", bodies=(prison.court,))
    born = "1990-05-04"

    def ask(named: str, **asked: object) -> UUID:
        inquired = inquire(police, kind=named, asked=asked)
        with reading(inquired):
            pass
        return inquired.inquiry_id

    of_gone = [
        ask("person.custody", number=numbers[gone.person_id]),
        ask("search.list", numbers=["1", numbers[gone.person_id].replace("-", " ")]),
        ask("search.name", by="name_birth", family_name="SOLIS", given_name="ana",
            birth_date=born),
    ]  # fmt: skip
    of_others = [
        ask("person.custody", number=numbers[stays.person_id]),
        ask("search.name", by="name_birth", family_name="Nobody", given_name="A", birth_date=born),
        ask("search.document", by="document", kind="passport", number=numbers[gone.person_id]),
    ]
    letters = {
        name: court.give(
            court.text("release_order", release(numbers[one.person_id]), message_id=name),
            signature="",
        ).message_id
        for name, one in (("about-gone", gone), ("about-stays", stays))
    }
    judge()
    released(prison, gone.episode_id)
    officers = [
        Command(make_actor("people.erase", confirmed_at=clock.now().timestamp())) for _ in range(2)
    ]
    orders.erase_person(*officers, person_id=gone.person_id, order_reference="HC 2", scrub=False)

    assert not Asked.objects.filter(pk__in=of_gone).exists()
    assert Asked.objects.filter(pk__in=of_others).count() == 3
    bodies = dict(Inbound.objects.filter(message_id__in=letters).values_list("message_id", "body"))
    assert (bodies["about-gone"], bool(bodies["about-stays"])) == ("", True)
    plain = numbers[gone.person_id]
    assert not LedgerDetail.objects.filter(details__contains=plain).exclude(
        entry__in=Inquiry.objects.filter(pk__in=of_others).values("entry_id")
    )
    ledger = Ledger(fresh_database, keys.signer(), tmp_path / "checkpoints")
    with ledger.sequencing(keys=keys.KeyFiles()):
        ledger.wait_until_ordered()
    report = ledger.check(verifier=keys.verifier())
    assert report.ok, report.problems
    assert report.forgotten_details == 3
    # What another question kept is still missed where it goes without a word.
    entry = Inquiry.objects.get(pk=of_others[0]).entry_id
    ledger.tamper("DELETE FROM ledger_detail WHERE entry_id = %s", entry)
    assert [one.code for one in ledger.check(verifier=keys.verifier()).problems] == [
        "detail_missing"
    ]


def released(prison: Prison, episode_id: int) -> None:
    """Long enough ago, and nothing stands against the erasure."""
    custody.record_court_discharge(prison.command, episode_id=episode_id, order_seen="Order 4/26")
