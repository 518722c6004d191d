"""`pims sentence compute` answers from a file and the law alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from pims.cli.main import app
from pims.kernel.errors import Refused
from pims.sentences import cli
from pims.sentences.engine import reading
from pims.ui.wording import render

PROGRAM = "from pims.cli.main import main\nmain()"
GOOD = {
    "id": "good",
    "sentences": [
        {"number": 1, "pronounced_on": "2024-01-10", "term": {"months": 12}, "consecutive_to": None}
    ],
    "adjustments": [{"kind": "remand", "days": 3, "from": "2024-01-07", "to": "2024-01-09",
                     "applies_from": "2024-01-10"}],
    "expected": {"full_term_end": "1999-01-01"},
}  # fmt: skip


def started(*arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """In a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "200"}
    # No database is there to be used.
    environment |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "sentence", "compute", *arguments],
        env=environment, input=given, capture_output=True, check=False, timeout=60,
    )  # fmt: skip


def compute(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["sentence", "compute", *arguments], input=given)


def answers(*arguments: str, given: object) -> Any:
    done = compute("-", *arguments, given=json.dumps(given).encode())
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_good_cases_are_answered_beside_bad_ones() -> None:
    bad = {"id": "bad", "sentences": [{"number": 1, "pronounced_on": "2024-13-01"}]}
    given = json.dumps({"cases": [GOOD, bad, 7, {"id": "\ud800"}]}).encode()
    done = started("-", "--law", "plain", given=given)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["status"] for one in found] == ["calculated", "invalid", "invalid", "invalid"]
    assert [one["id"] for one in found] == ["good", "bad", "#3", "?"]
    assert (found[0]["full_term_end"], found[0]["sentence_expiry"]) == ("2025-01-09", "2025-01-06")
    assert found[1]["reasons"] == ["sentences.no_such_date"]
    assert found[1]["explanation"][0]["text"].startswith("pronounced_on: there is no such date")


def test_each_law_gives_its_own_dates_and_words(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("\ufeff" + json.dumps(GOOD), "utf-8")
    belize = json.loads(compute(str(file)).stdout)[0]
    assert (belize["law"], belize["edr"]) == ("belize", "2024-09-06")
    assert "belize-2017.remission" in belize["provisional"]
    spanish = answers("--law", "testland", "--language", "es", given=GOOD)[0]
    assert spanish["status"] == "needs_person"
    assert spanish["explanation"][0]["text"].startswith(
        "La ley testland depende del día del delito"
    )
    assert answers(given=[]) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "is not JSON"), (b"{", "is not JSON"), (b"3", "neither a case nor a list"),
        (b'"cases"', "neither a case nor a list"), (b"\xff\xfe", "no plain JSON"),
        (b"[NaN]", "no plain JSON"), (b"[" * 200_000, "no plain JSON"),
        (b"[" + b"9" * 5000 + b"]", "no plain JSON"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_cases_is_refused_in_words(given: bytes, told: str) -> None:
    with pytest.raises(Refused) as refused:
        cli._cases(given)
    assert told in render(refused.value.reasons()[0], "en")
    assert render(refused.value.reasons()[0], "es").startswith("El archivo")


def test_a_refusal_is_printed_in_words_with_its_exit_code() -> None:
    done = started("-", given=b"{")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "is not JSON" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_what_is_wrongly_asked_ends_with_2(tmp_path: Path) -> None:
    for arguments in (("/there/is/none.json",), ("-", "--law", "atlantis")):
        done = compute(*arguments)
        assert (done.exit_code, done.stdout) == (2, ""), arguments
    with pytest.raises(typer.BadParameter):
        cli._read(str(tmp_path))


def test_a_field_given_twice_spoils_its_own_case_alone() -> None:
    twice = b'[{"id": "a", "id": "b", "sentences": []}, %s]' % json.dumps(GOOD).encode()
    done = compute("-", "--law", "plain", given=twice)
    found = json.loads(done.stdout)
    assert found[0]["reasons"] == ["sentences.field_repeated"]
    assert found[1]["status"] == "calculated"


def test_a_file_too_large_and_a_list_too_long_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps([GOOD, GOOD]), "utf-8")
    monkeypatch.setattr(reading, "MOST_CASES", 1)
    with pytest.raises(Refused, match="file_too_many"):
        cli._cases(file.read_bytes())
    monkeypatch.setattr(cli, "MOST_BYTES", 100)
    with pytest.raises(Refused, match="file_too_large"):
        cli._read(str(file))
