"""What `pims` promises whoever types it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from pims.cli import faults, parts
from pims.cli import main as command_line
from pims.foundation.database.errors import DatabaseUnavailable
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound, Refused

PROMISED = ("up", "migrate", "demo", "user", "prisoner", "roll", "check", "key", "database")
HERE = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"}
QUICK = "import sys; from pims.cli.main import main\ntry: main()\nexcept SystemExit: pass\n"


def pims(*arguments: str, program: str = QUICK) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_help_lists_every_promised_command_and_does_not_wait_for_the_framework() -> None:
    told = pims("--help", program=QUICK + "print('django' in sys.modules)")
    listed = re.findall(r"^│ (\w+) ", told.stdout, re.MULTILINE)
    assert set(PROMISED) <= set(listed)
    assert told.stdout.rstrip().endswith("False")


def _commands(group: typer.core.TyperGroup, path: str = "pims") -> Iterator[tuple[str, object]]:
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{path} {name}"
        yield f"{path} {name}", command
        if isinstance(command, typer.core.TyperGroup):
            yield from _commands(command, f"{path} {name}")


def test_every_command_of_every_room_can_be_had_and_says_what_it_does() -> None:
    found = dict(_commands(typer.main.get_group(command_line.app)))
    assert len(found) > 15
    assert [path for path, command in found.items() if not getattr(command, "help", "")] == []


def test_what_is_wrongly_asked_ends_with_2() -> None:
    program = "from pims.cli.main import main\nmain()"
    assert pims("up", "--port", "zero", program=program).returncode == 2


def test_a_refusal_is_said_in_words_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> None:
        raise Refused(
            Reason("test.nobody_knows", {"n": 3}, "Rule 7", decided_by="custody.override")
        )

    monkeypatch.setattr(command_line, "app", refused)
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == faults.REFUSED == 1
    told = capsys.readouterr().err
    assert "Rule 7" in told
    assert "custody.override" in told


def test_the_unforeseen_is_logged_under_a_reference_and_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a day of no hours")

    monkeypatch.setenv("PIMS_VAR", str(tmp_path))
    monkeypatch.setattr(command_line, "app", broken)
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == faults.UNEXPECTED == 3
    told = capsys.readouterr().err.replace("\n", "")
    found = re.search(r"Reference ([0-9A-F]{8})", told)
    assert found
    log = (tmp_path / "log" / "pims.log").read_text()
    assert found.group(1) in log
    assert "ZeroDivisionError: a day of no hours" in log


def test_a_taken_port_is_seen_with_its_holder() -> None:
    with socket.socket() as taken:
        taken.bind((parts.HERE, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not parts.port_is_free(port)
        if sys.platform == "linux":
            assert f"(process {os.getpid()})" in parts.who_listens(port)
        assert parts.free_port_after(port) > port
    assert parts.port_is_free(port)


def test_after_the_last_port_the_first_that_anybody_may_have_comes() -> None:
    assert 1024 <= parts.free_port_after(65_535) < 2000
    assert parts.free_port_after(80) >= 1024


def test_pims_goes_on_when_nobody_reads_any_more_what_it_says() -> None:
    program = (
        "import sys\n"
        "from pims.cli.telling import say\n"
        "say('read')\n"
        "sys.stdin.read()\n"
        "say('unread')\n"
        "say('unread')\n"
        "sys.stderr.write('goes on')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "read\n"
        child.stdout.close()
        _, told = child.communicate(timeout=20)
    assert (child.returncode, told) == (0, "goes on")


@pytest.mark.parametrize(
    "asked", [("roll",), ("check", "ledger"), ("user", "list"), ("prisoner", "find", "Coc")]
)
def test_what_is_asked_in_the_wrong_folder_makes_no_database_there(
    asked: tuple[str, ...], tmp_path: Path
) -> None:
    state, secrets = tmp_path / "var", tmp_path / "secrets"
    env = {**HERE, "PIMS_VAR": str(state), "PIMS_SECRETS": str(secrets), "COLUMNS": "300"}
    env.pop("DATABASE_URL", None)
    program = "from pims.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *asked],
        env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == faults.REFUSED, done.stderr
    assert "There is no database here yet" in done.stderr
    assert not list(tmp_path.rglob("PG_VERSION"))


def test_what_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    faults.explain_error(NotFound("unit", "NOPE"))
    assert "(unit NOPE)" in capsys.readouterr().err


def test_a_refusal_about_a_file_is_said_in_its_own_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    faults.explain_error(DatabaseUnavailable("pims.dump is there already; nothing was written."))
    told = capsys.readouterr().err
    assert told.strip() == "pims.dump is there already; nothing was written."


def test_what_is_asked_to_end_lets_go_of_what_it_holds() -> None:
    program = (
        "import os, signal, sys\n"
        "from pims.cli import main\n"
        "def app():\n"
        "    try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "    finally: print('let go')\n"
        "main.app = app\n"
        "main.main()\n"
    )
    done = pims(program=program)
    assert (done.returncode, done.stdout.strip()) == (143, "let go")
