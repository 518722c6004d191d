"""What an order of erasure promises: nothing of the person is left, and nobody else is harmed."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database import urls
from pims.foundation.ledger.check import check_ledger
from pims.foundation.ledger.notes import Signer, Verifier
from pims.foundation.vault import disk, files
from pims.foundation.vault.erasure import orders, scrub, settings
from pims.foundation.vault.erasure.plan import PlanIncomplete, make_plan
from pims.foundation.vault.errors import Erased
from pims.foundation.vault.filecheck import check_files
from pims.foundation.vault.models import Blob, Erasure, PersonKey
from pims.foundation.vault.selectors import tombstones
from pims.foundation.vault.tests import marked
from pims.foundation.vault.tests.people import make_person
from pims.foundation.vault.tests.raw import data_directory, files_with, sees_nothing
from pims.foundation.vault.values import open_value, seal_value
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound, NotPermitted, Refused
from tests.fixtures.database import FreshDatabase

MakeActor = Callable[..., Actor]


@pytest.fixture
def officers(make_actor: MakeActor) -> list[Command]:
    now = clock.now().timestamp()
    return [Command(make_actor("people.erase", confirmed_at=now)) for _ in range(2)]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons()}


# Who may, and when


def test_every_table_is_either_destroyed_for_a_person_or_listed_as_kept(db: None) -> None:
    plan = make_plan()
    assert {"people_name", "people_search", "vault_blob", "vault_person_key", "ledger_detail",
            "person_scope", "vault_sealing"} <= plan.tables.keys()  # fmt: skip
    assert plan.tables["people_name"].history == "people_name_history"
    assert not {"access_user", "ledger_entry", "facilities_place"} & plan.tables.keys()


def test_a_table_that_nobody_thought_of_stops_every_erasure(
    fresh_database: FreshDatabase, officers: list[Command], var: Path
) -> None:
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE rumours (id bigint PRIMARY KEY, text text)")
        owner.execute("GRANT SELECT ON rumours TO pims_eraser")
    person_id = make_person(birth_place="Corozal")
    with pytest.raises(PlanIncomplete, match="rumours"):
        orders.erase_person(*officers, person_id=person_id, order_reference="HC 1")
    assert apps.get_model("people", "Person").objects.get(pk=person_id).birth_place == "Corozal"
    assert Erasure.objects.get().state == "confirmed"


def test_it_takes_two_officers_who_just_gave_their_secret(make_actor: MakeActor) -> None:
    person_id = make_person()
    now = clock.now().timestamp()
    first = make_actor("people.erase", confirmed_at=now)
    stale = make_actor("people.erase", confirmed_at=now - 600)
    with pytest.raises(NotPermitted):
        orders.order_erasure(
            Command(make_actor("people.edit", confirmed_at=now)),
            person_id=person_id, order_reference="HC 1",
        )  # fmt: skip
    with pytest.raises(Refused) as caught:
        orders.order_erasure(Command(stale), person_id=person_id, order_reference=" ")
    assert codes(caught) == {"vault.confirm_again", "vault.order_missing"}
    step = orders.order_erasure(Command(first), person_id=person_id, order_reference="HC 1")
    with pytest.raises(Refused) as caught:
        orders.confirm_erasure(Command(first), erasure_id=step.erasure_id)
    assert codes(caught) == {"vault.same_officer"}
    with pytest.raises(Refused) as caught:
        orders.confirm_erasure(Command(stale), erasure_id=step.erasure_id)
    assert codes(caught) == {"vault.confirm_again"}
    with pytest.raises(Refused) as caught:
        orders.order_erasure(Command(first), person_id=person_id, order_reference="HC 2")
    assert codes(caught) == {"vault.erasure_stands"}


def test_nothing_is_erased_that_was_not_confirmed_or_was_withdrawn(
    fresh_database: FreshDatabase, officers: list[Command], var: Path
) -> None:
    first, second = officers
    person_id = make_person(birth_place="Corozal")
    step = orders.order_erasure(first, person_id=person_id, order_reference="HC 1")
    with pytest.raises(Refused):
        orders.carry_out_erasure(second, erasure_id=step.erasure_id)
    orders.withdraw_erasure(Command(second.actor), erasure_id=step.erasure_id)
    with pytest.raises(Refused):
        orders.confirm_erasure(Command(second.actor), erasure_id=step.erasure_id)
    again = orders.order_erasure(Command(first.actor), person_id=person_id, order_reference="HC 2")
    assert again.erasure_id != step.erasure_id
    assert apps.get_model("people", "Person").objects.get(pk=person_id).birth_place == "Corozal"


def test_nobody_in_custody_is_erased_and_where_nobody_can_tell_nobody_is(
    make_actor: MakeActor, officers: list[Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = make_person()
    monkeypatch.setattr(orders, "obstacles", lambda ids: (Reason("vault.in_custody"),))
    with pytest.raises(Refused) as caught:
        orders.order_erasure(officers[0], person_id=person_id, order_reference="HC 1")
    assert codes(caught) == {"vault.in_custody"}
    monkeypatch.setattr(orders, "obstacles", lambda ids: None)
    with pytest.raises(Refused) as caught:
        orders.order_erasure(
            Command(officers[0].actor), person_id=person_id, order_reference="HC 1"
        )
    assert codes(caught) == {"vault.nobody_asked"}


def test_the_rooms_that_are_asked_exist_and_custody_is_one(db: None) -> None:
    person_id = make_person()
    assert settings.obstacles([person_id]) == ()
    marked.give_custody(person_id, ended=False)
    found = settings.obstacles([person_id])
    assert found is not None
    assert [reason.code for reason in found] == ["vault.in_custody"]


def test_custody_that_begins_after_the_order_stops_it_in_the_last_moment(
    fresh_database: FreshDatabase, officers: list[Command], var: Path
) -> None:
    person_id = make_person()
    step = orders.order_erasure(officers[0], person_id=person_id, order_reference="HC 1")
    orders.confirm_erasure(officers[1], erasure_id=step.erasure_id)
    marked.give_custody(person_id, ended=False)
    with pytest.raises(Refused) as caught:
        orders.carry_out_erasure(officers[1], erasure_id=step.erasure_id)
    assert codes(caught) == {"vault.in_custody"}


def test_the_application_itself_can_delete_no_row_of_a_person(django_db_setup: None) -> None:
    with psycopg.connect(urls.dsn("app"), autocommit=True) as app:
        for table in ("people_name", "people_name_history", "vault_person_key", "vault_blob",
                      "ledger_detail", "vault_erasure"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(f"DELETE FROM {table}".encode())
    with psycopg.connect(urls.dsn("eraser"), autocommit=True) as eraser:
        for table in ("ledger_entry", "ledger_leaf", "ledger_checkpoint", "outbox_event"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                eraser.execute(f"DELETE FROM {table}".encode())


# What is gone, and what is not


def test_everything_is_gone_the_neighbour_untouched_and_the_ledger_verifies(
    fresh_database: FreshDatabase,
    officers: list[Command],
    system_actor: Actor,
    var: Path,
    tmp_path: Path,
) -> None:
    folder = data_directory(fresh_database)
    mark, other_mark = "Zyxquartz", "Wvunferro"
    person_id, neighbour = make_person(), make_person()
    blobs = marked.fill(person_id, mark, Command(system_actor), beside=neighbour)
    kept = marked.fill(neighbour, other_mark, Command(system_actor), beside=None)
    alias = make_person(canonical_id=person_id)
    marked.fill(alias, mark, Command(system_actor), beside=neighbour)
    sealed = seal_value(person_id, mark.encode(), table="t", row=1, column="c")
    before, papers = marked.rows_by_table(), marked.shared_papers()
    assert len(papers) == 2
    assert check_files().good
    with psycopg.connect(fresh_database.dsn("superuser"), autocommit=True) as superuser:
        superuser.execute("ANALYZE")
        superuser.execute("CHECKPOINT")
    found = files_with(folder, mark)
    assert any("/base/" in name for name in found)
    assert any("/pg_wal/" in name for name in found)

    done = orders.erase_person(*officers, person_id=person_id, order_reference="HC 12/2026")

    assert done.scrubbed is not None
    assert done.scrubbed.log_cleared
    assert sorted(done.by_hand) == papers
    sees_nothing(mark)
    assert files_with(folder, mark) == []
    assert files_with(var / "blobs", mark) == []
    assert files_with(folder, other_mark) != []

    # The bare number and the tombstone
    person = apps.get_model("people", "Person").objects.get(pk=person_id)
    assert person.number
    assert person.erased_at is not None
    assert (person.birth_place, person.birth_date, person.sex) == ("", None, "unknown")
    assert apps.get_model("people", "Person").objects.get(pk=alias).canonical_id is None
    stone = tombstones([person_id, alias, neighbour])
    assert stone.keys() == {person_id, alias}
    assert stone[person_id].order_reference == "HC 12/2026"
    row = Erasure.objects.get()
    assert (row.state, row.files_left) == ("erased", [])
    assert row.scrubbed_at is not None
    assert {row.ordered_by_id, row.confirmed_by_id} == {c.actor.user_id for c in officers}
    assert row.counts["people_name"] == 2
    assert row.counts["ledger_detail"] == 2
    assert row.counts["people_name_history"] >= 2

    # The keys and files
    assert not PersonKey.objects.filter(person_id__in=[person_id, alias]).exists()
    with pytest.raises(Erased):
        open_value(person_id, sealed, table="t", row=1, column="c")
    with pytest.raises(Erased):
        seal_value(person_id, b"again", table="t", row=1, column="c")
    with pytest.raises(NotFound):
        files.open_file(blobs["scan"])
    assert not Blob.objects.filter(person_id__in=[person_id, alias]).exists()
    report = check_files()
    assert report.good
    assert report.orphans == []
    assert report.waiting == 0

    # The neighbour, and the paper that names both
    for blob_id in kept.values():
        assert files.open_file(blob_id).text
    assert files.open_file(blobs["shared"]).ref.person_id == neighbour
    scans = apps.get_model("authority", "Warrant").objects.values_list("scan_blob_id", flat=True)
    assert set(scans) == {blobs["shared"], kept["scan"]}  # two papers, one and the same scan
    after = marked.rows_by_table()
    for table, rows in marked.rows_of(neighbour, before).items():
        assert rows <= after[table], table

    # The ledger
    report_of_ledger = _checked_ledger(fresh_database, tmp_path)
    assert report_of_ledger.ok, report_of_ledger.problems
    assert report_of_ledger.erased_details >= 2


def test_an_interrupted_erasure_goes_on_with_the_files_and_the_rewriting(
    fresh_database: FreshDatabase,
    officers: list[Command],
    system_actor: Actor,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person_id = make_person()
    marked.fill(person_id, "Zyxquartz", Command(system_actor), beside=None)
    step = orders.order_erasure(officers[0], person_id=person_id, order_reference="HC 1")
    orders.confirm_erasure(officers[1], erasure_id=step.erasure_id)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "remove", lambda addresses: (_ for _ in ()).throw(OSError("power")))
        with pytest.raises(OSError, match="power"):
            orders.carry_out_erasure(officers[1], erasure_id=step.erasure_id)
    row = Erasure.objects.get()
    assert row.state == "erased"
    left = len(row.files_left)
    assert left == 3
    again = orders.carry_out_erasure(officers[1], erasure_id=step.erasure_id, scrub=False)
    assert (again.files_removed, again.scrubbed) == (left, None)
    assert not list(disk.all_files())
    # The rows are gone, their bytes are not: that is what the rewriting is for.
    folder = data_directory(fresh_database)
    with psycopg.connect(fresh_database.dsn("superuser"), autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")
    sees_nothing("Zyxquartz")
    assert any("/base/" in name for name in files_with(folder, "Zyxquartz"))
    assert orders.scrub_pending() is not None
    assert files_with(folder, "Zyxquartz") == []
    assert orders.scrub_pending() is None
    told = "SELECT count(*) FROM outbox_event WHERE kind = 'vault.person_erased'"
    with connection.cursor() as cursor:
        cursor.execute(told)
        assert cursor.fetchone() == (1,)
    with pytest.raises(NotFound):  # nobody is there to be erased again
        orders.order_erasure(
            Command(officers[0].actor), person_id=person_id, order_reference="HC 2"
        )


def test_an_open_transaction_puts_the_scrubbing_off_and_nothing_claims_it_was_done(
    fresh_database: FreshDatabase,
    officers: list[Command],
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person_id = make_person()
    monkeypatch.setattr(scrub, "WAIT_SECONDS", 0.3)
    with psycopg.connect(fresh_database.dsn("app")) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM people_name")
        with pytest.raises(scrub.ScrubUnfinished):
            orders.erase_person(*officers, person_id=person_id, order_reference="HC 1")
    assert Erasure.objects.get().scrubbed_at is None
    assert orders.scrub_pending() is not None
    assert Erasure.objects.get().scrubbed_at is not None


def _checked_ledger(database: FreshDatabase, folder: Path) -> object:
    import threading

    from pims.foundation.ledger.sequencer import run_sequencer

    signer = Signer(Signer.new_private_key())
    stop = threading.Event()
    thread = threading.Thread(
        target=run_sequencer,
        args=(stop,),
        kwargs={"conninfo": database.dsn("sequencer"), "signer": signer, "folders": [folder]},
    )
    thread.start()
    try:
        with psycopg.connect(database.dsn("app"), autocommit=True) as reader:
            for _ in range(500):
                row = reader.execute("SELECT count(*) FROM ledger_pending").fetchone()
                if row == (0,):
                    break
                time.sleep(0.02)
    finally:
        stop.set()
        thread.join(10)
    return check_ledger(
        conninfo=database.dsn("app"), verifier=Verifier(signer.public), folders=[folder]
    )
