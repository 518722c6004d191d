"""What changes a date changes it: an order, a birth, records joined and parted."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from pims.courts.services import SentenceInput
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.people import services as people
from pims.people.models import Person
from pims.sentences import law_cli, selectors, services, subscribers
from pims.sentences.recalculating_cli import run
from pims.sentences.tests.bench import Bench


def hear() -> list[str]:
    """Hand every event so far to the subscriber; give the kinds that it wanted."""
    heard = []
    for position, event in enumerate(OutboxEvent.objects.order_by("serial"), 1):
        record = EventRecord(
            position, event.id, event.entry_id, event.kind, event.schema_version, event.person_id,
            event.event_seq, event.establishment_id, event.payload, event.recorded_at,
        )  # fmt: skip
        if event.kind in subscribers.KINDS and subscribers.concerns_dates(record):
            subscribers.work_out_again(record)
            heard.append(event.kind)
    return heard


def test_an_order_that_sentences_gives_dates(bench: Bench) -> None:
    bench.sentence()
    assert "courts.order_recorded" in hear()
    assert bench.dates().status == "calculated"
    hear()
    assert len(bench.rows()) == 1, "the same events again change nothing"


@pytest.mark.any_server
def test_an_order_that_falls_takes_them_away(bench: Bench) -> None:
    order = bench.order()
    hear()
    bench.set_aside(order)
    assert "courts.order_fell" in hear()
    assert selectors.release_dates(bench.records, [bench.ana]) == {}


@pytest.mark.any_server
def test_a_birth_that_is_corrected_works_the_dates_out_anew(bench: Bench) -> None:
    bench.sentence()
    hear()
    assert bench.dates().status == "calculated"
    people.amend_person(
        Command(system_actor()),
        person_id=bench.ana,
        version=Person.objects.get(pk=bench.ana).version,
        birth_date=date(bench.today.year - 16, 1, 1),
        birth_precision="day",
    )
    assert "people.amended" in hear()
    found = bench.dates()
    assert [one.code for one in found.reasons] == ["sentences.no_rule_for_juveniles"]


@pytest.mark.any_server
def test_records_joined_and_parted_are_worked_out_together_and_apart(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=6))
    bench.sentence(SentenceInput(months=30), person_id=bench.ben)
    hear()
    alone = bench.dates(bench.ana).edr
    people.merge_persons(
        Command(system_actor()), person_id=bench.ben, into_person_id=bench.ana, reason="One",
        overlapping=False,
    )  # fmt: skip
    assert bench.dates(bench.ana).outdated
    hear()
    assert bench.dates(bench.ana).edr != alone
    people.unmerge_persons(Command(system_actor()), person_id=bench.ben, reason="Two after all")
    hear()
    assert bench.dates(bench.ana).edr == alone
    assert bench.dates(bench.ben).edr != alone


@pytest.mark.any_server
def test_everybody_is_worked_out_from_the_command_line(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.sentence()
    run([], force=False, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {"looked_at": 1, "changed": 1}


@pytest.mark.any_server
def test_a_law_is_signed_listed_and_compared_from_the_command_line(bench: Bench) -> None:
    bench.sentence(SentenceInput(days=300))
    bench.work_out()
    command = CliRunner()

    def asked(*words: str) -> object:
        answer = command.invoke(law_cli.app, [*words, "--json"], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    unsigned = asked("list", "--unsigned")
    assert isinstance(unsigned, list)
    assert "belize-2017.remission" in [row["code"] for row in unsigned]
    signed = asked(
        "sign", "belize-2017.remission", "--name", "A. Pech", "--office", "Legal officer"
    )
    assert isinstance(signed, dict)
    assert signed["recalculated"] == 1
    compared = asked("compare", "belize", "plain")
    assert isinstance(compared, dict)
    assert compared["looked_at"] == 1
    assert compared["moved"][0]["dates"]["edr"]["days"] > 90
    plain = command.invoke(law_cli.app, ["compare", "belize", "plain"])
    assert "1 of 1 people with a sentence move" in plain.stdout
    gone = asked("withdraw", str(signed["signature_id"]), "--reason", "Overruled")
    assert isinstance(gone, dict)
    assert gone["recalculated"] == 1


@pytest.mark.any_server
def test_of_several_changes_at_once_the_last_one_has_the_dates_worked_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    recalculate = services.recalculate

    def counted(command: Command, *, person_ids: list[int]) -> object:
        asked.append(person_ids)
        return recalculate(command, person_ids=person_ids)

    monkeypatch.setattr(subscribers.services, "recalculate", counted)
    for _paper in range(3):
        bench.sentence()
    bench.sentence(person_id=bench.ben)
    assert hear().count("courts.order_recorded") == 4
    assert sorted(asked) == [[bench.ana], [bench.ben]]
    assert bench.dates().status == "calculated"
    assert len(bench.rows()) == 1
