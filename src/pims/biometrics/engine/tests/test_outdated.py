"""Machine code from an earlier version is not run."""

import os
from pathlib import Path

import pytest

from pims.biometrics.engine.outdated import FOLDERS, HERE, forget_outdated

pytestmark = pytest.mark.any_server


def test_machine_code_goes_when_a_source_that_it_rests_on_is_newer(tmp_path: Path) -> None:
    for number, folder in enumerate(FOLDERS):
        kept = tmp_path / folder / "__pycache__"
        kept.mkdir(parents=True)
        (tmp_path / folder / "one.py").write_text("")
        os.utime(tmp_path / folder / "one.py", (1_000, 1_000))
        (kept / "one.nbi").write_text("")
        os.utime(kept / "one.nbi", (2_000 + number, 2_000 + number))
    forget_outdated(tmp_path)
    assert len(list(tmp_path.rglob("*.nbi"))) == len(FOLDERS)
    os.utime(tmp_path / "matching" / "one.py", (3_000, 3_000))
    forget_outdated(tmp_path)
    left = {path.parent.parent.name for path in tmp_path.rglob("*.nbi")}
    assert left == {"wsq", "synthetic"}


def test_every_folder_with_compiled_code_is_looked_after() -> None:
    compiled = {
        path.parent.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if path.parent.name != "tests" and "@njit" in path.read_text(encoding="utf-8")
    }
    assert compiled <= set(FOLDERS)
