"""The export of custody: whoever has it proves each day without the system."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pims.assurance.exporting import custody_export
from pims.assurance.histories import everyone, histories
from pims.assurance.proof.history import History
from pims.assurance.proof.reading import decoded, export_from
from pims.assurance.tests.planting import PLANTS
from pims.cli.export import app as export
from pims.cli.verify import app as verify
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel.errors import NotPermitted


def test_the_file_proves_each_day_and_says_who_is_held_without_a_reason(
    lawful, tmp_path: Path
) -> None:
    file = tmp_path / "custody.json"
    made = CliRunner().invoke(export, ["custody", "-o", str(file)])
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    proven = CliRunner().invoke(verify, ["custody", str(file), "--json"])
    told = json.loads(proven.stdout)
    assert (proven.exit_code, told["persons"], told["faults"]) == (0, len(lawful.persons), 0)
    assert told["days"] == len(lawful.persons) * 41
    PLANTS["order_expired"](lawful)
    CliRunner().invoke(export, ["custody", "-o", str(file)])
    proven = CliRunner().invoke(verify, ["custody", str(file), "--json"])
    (person,) = json.loads(proven.stdout)["persons_with_faults"]
    assert proven.exit_code == 1
    assert [one["kind"] for one in person["faults"]] == ["order_expired"]


def test_what_is_read_from_the_file_is_what_was_recorded(lawful) -> None:
    with custody_export(lawful.prison.actor) as made:
        read = list(export_from(decoded("".join(made.pieces).encode())).read())
    assert all(isinstance(one, History) for one in read)
    recorded = [k.history for k in histories(everyone(), by_number=True).values()]
    plain = {one.person_id: one for one in recorded}
    assert {one.person_id: one for one in read if isinstance(one, History)} == plain


def test_the_export_needs_its_own_permission_and_is_in_the_ledger(lawful, make_actor) -> None:
    with pytest.raises(NotPermitted), custody_export(make_actor("assurance.view", "custody.view")):
        pass
    before = LedgerEntry.objects.filter(kind="read").count()
    with custody_export(make_actor("assurance.export")) as made:
        assert made.persons == len(lawful.persons)
    entry = LedgerEntry.objects.filter(kind="read").order_by("serial").last()
    assert LedgerEntry.objects.filter(kind="read").count() == before + 1
    assert entry is not None
    assert "export.custody" in entry.body
    assert set(entry.person_ids) == set(lawful.persons.values())


def test_an_officer_of_another_prison_exports_nobody_from_here(
    lawful, other_prison, make_actor
) -> None:
    elsewhere = make_actor("assurance.export", establishment_id=other_prison.establishment_id)
    with custody_export(elsewhere) as made:
        assert made.persons == 0
        assert json.loads("".join(made.pieces))["persons"] == []


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(lawful, tmp_path: Path) -> None:
    made = CliRunner().invoke(export, ["custody", "-o", str(tmp_path / "none" / "x.json")])
    assert made.exit_code == 2
    assert list(tmp_path.iterdir()) == []
