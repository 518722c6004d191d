"""`pims verify custody`: anybody with the file can check it, without the system that made it."""

import json
import random
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import pims
from pims.assurance.proof import History
from pims.assurance.proof.counting import PLAIN, Counting
from pims.assurance.proof.reading import written
from pims.cli.verify import app
from tests.faults.lawful import AS_OF, lawful_history
from tests.faults.planting import plant

SOURCE = Path(pims.__file__).parents[1]
LAWFUL = [lawful_history(random.Random(n), f"P{n}") for n in range(20)]


def exported(folder: Path, histories: Iterable[History], counting: Counting = PLAIN) -> str:
    path = folder / "export.json"
    pieces = written(iter(histories), law="belize", as_of=AS_OF, counting=counting)
    path.write_text("".join(pieces))
    return str(path)


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["custody", *arguments])


def answer(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(verify(*arguments, "--json").stdout)
    return found


def test_a_lawful_prison_is_proven_day_by_day(tmp_path: Path) -> None:
    file = exported(tmp_path, LAWFUL)
    done = verify(file)
    assert done.exit_code == 0
    assert "Every day is proven." in done.stdout
    found = answer(file)
    assert found["persons"] == len(LAWFUL)
    assert found["days"] == found["proven"] > 1_000
    assert found["faults"] == 0


def test_one_unproven_day_is_named_with_person_time_and_reason(tmp_path: Path) -> None:
    late = plant("release_date_passed", random.Random(1), "LATE")
    assert late.since is not None
    file = exported(tmp_path, [*LAWFUL, late.history])
    done = verify(file)
    assert done.exit_code == 1
    (line,) = [one for one in done.stdout.splitlines() if one.startswith("LATE")]
    assert "00:00 – …  Release date passed." in line
    (person,) = answer(file)["persons_with_faults"]
    days = (AS_OF - late.since).days + 1
    assert (person["person"], person["not_proven"]) == ("LATE", days)
    assert datetime.fromisoformat(person["faults"][0]["from"]) == late.since


def test_an_earlier_day_is_judged_by_what_was_lawful_then(tmp_path: Path) -> None:
    late = plant("release_date_passed", random.Random(1), "LATE")
    assert late.since is not None
    file = exported(tmp_path, [late.history])
    before = f"{late.since.date().replace(day=1)}"
    assert verify(file, "--as-of", before).exit_code == 0
    assert verify(file, "--as-of", AS_OF.isoformat()).exit_code == 1


def test_a_fault_that_leaves_every_day_proven_is_told_and_does_not_fail(tmp_path: Path) -> None:
    file = exported(tmp_path, [plant("turned_18", random.Random(1), "P").history])
    done = verify(file, "--language", "es")
    assert done.exit_code == 0
    assert "El menor cumplió 18 años" in done.stdout
    assert "Todos los días están probados" in done.stdout


def test_a_record_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    path = Path(exported(tmp_path, LAWFUL[:2]))
    data = json.loads(path.read_text())
    data["persons"][1]["custody"][0]["begins"] = "2026-02-30T10:00:00-06:00"
    path.write_text(json.dumps(data))
    done = verify(str(path))
    assert done.exit_code == 1
    assert "persons[1].custody[0].begins: no date and time" in done.stdout
    assert "of which nothing is proven: 1" in done.stdout


def named(number: int) -> dict[str, Any]:
    order = {"id": f"o{number}", "kind": "commitment_sentence", "court": "HC",
             "dated": "2026-11-01", "changes": f"o{number + 1}"}  # fmt: skip
    sentence = {"id": f"s{number}", "order_id": f"o{number}", "pronounced_on": "2026-11-01",
                "days": 10, "ended_at": "2026-11-10T00:00:00Z",
                "follows": f"s{number + 1}" if number < 499 else ""}  # fmt: skip
    return {"order": order, "sentence": sentence}


CUSTODY = [{"id": "c", "begins": "2026-11-01T00:00:00Z"}]


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ({"orders": [named(n)["order"] for n in range(500)],
          "sentences": [named(n)["sentence"] for n in range(500)]}, "no longer stands"),
        ({"orders": [{"id": "o", "kind": "remand", "court": "MC-BZ", "dated": "2030-01-01"}]},
         "No order"),
        ({"orders": [{"id": "o", "kind": "benediction", "court": "XX"}]}, "No order"),
        ({"orders": [{"id": "\ud800", "kind": "remand"}]}, "printable"),
        ({"custody": "\u0000"}, "no list"),
    ],
)  # fmt: skip
def test_a_file_of_ill_will_is_answered_in_words(
    tmp_path: Path, person: dict[str, Any], told: str
) -> None:
    head = {"format": "pims-custody", "version": 1, "law": "belize", "as_of": AS_OF.isoformat()}
    record = {"id": "A", "zone": "America/Belize", "custody": CUSTODY, **person}
    path = tmp_path / "ill.json"
    path.write_text(json.dumps({**head, "persons": [record]}))
    done = verify(str(path))
    assert (done.exit_code, told in done.stdout) == (1, True)


@pytest.mark.parametrize("content", [b"\x00" * 1_000, bytes(range(256)), b'{"a":' + b"9" * 10**5])
def test_what_no_text_is_is_no_export(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    assert verify(str(path)).exit_code == 2
    assert verify(str(tmp_path)).exit_code == 2  # a folder


def test_no_day_in_custody_is_no_proof(tmp_path: Path) -> None:
    file = exported(tmp_path, LAWFUL[:1])
    done = verify(file, "--as-of", "1999-01-01")
    assert (done.exit_code, done.stdout) == (2, "")
    assert verify(exported(tmp_path, [])).exit_code == 2


def test_a_grave_fault_that_leaves_every_day_proven_is_counted_apart(tmp_path: Path) -> None:
    file = exported(tmp_path, [plant("charges_ended_undated", random.Random(1), "P").history])
    done = verify(file)
    assert done.exit_code == 0
    assert "leaving no day unproven: 1" in done.stdout
    assert answer(file)["grave"] == 1


HEAD = '{"format": "pims-custody", "version": 1, "as_of": "2026-01-01T00:00:00Z", "persons": []'


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"format": "pims-custody"}', "[" * 100_000, HEAD + ', "law": "../x"}',
     HEAD + ', "law": "plain"}'],
)  # fmt: skip
def test_what_is_no_export_is_told_apart_from_what_is_not_proven(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    done = verify(str(path))
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.parametrize("given", ["2026-02-30", "yesterday", "2026-11-20T10:00", "2099-01-01"])
def test_a_day_that_the_export_does_not_reach_is_refused(tmp_path: Path, given: str) -> None:
    assert verify(exported(tmp_path, LAWFUL[:1]), "--as-of", given).exit_code == 2
    assert verify(str(tmp_path / "missing.json")).exit_code == 2


def test_neither_framework_nor_database_is_touched(tmp_path: Path) -> None:
    file = exported(tmp_path, LAWFUL[:3])
    script = (
        "import sys\n"
        "from pims.cli.main import app\n"
        "try: app(['verify', 'custody', sys.argv[1]])\n"
        "finally:\n"
        "    from django.conf import settings\n"
        "    ours = [n for n in sys.modules if n.startswith('pims') and n.endswith('.models')]\n"
        "    loaded = [*ours, *(n for n in sys.modules if 'psycopg' in n)]\n"
        "    print('loaded', settings.configured, loaded, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, file],
        env={"PYTHONPATH": str(SOURCE), "PIMS_VAR": str(tmp_path / "var"), "PATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "loaded False []" in done.stderr
    assert not (tmp_path / "var").exists()
