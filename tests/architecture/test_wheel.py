"""The wheel carries what an installation needs, and no tests."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, SOURCE


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])",
            str(folder),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _of(pattern: str) -> set[str]:
    found = {f"pims/{path.relative_to(SOURCE)}" for path in SOURCE.glob(pattern) if path.is_file()}
    return {name for name in found if "/tests/" not in name}


@pytest.mark.parametrize(
    "pattern",
    [
        "ui/static/dist/*",
        "ui/locale/*/LC_MESSAGES/django.mo",
        "ui/wording/*.toml",
        "ui/templates/**/*",
        "*/templates/**/*",
        "**/*.toml",
        "**/*.typ",
        "*/sql/*.sql",
        "**/static/**/*",
        "**/migrations/*.py",
        "**/*.py",
    ],
)
def test_the_wheel_carries(names: set[str], pattern: str) -> None:
    wanted = {name for name in _of(pattern) if not Path(name).name.startswith(".")}
    assert wanted, f"nothing matches {pattern}: the wheel would lack it"
    assert wanted - names == set()


def test_the_wheel_carries_no_tests_and_no_state(names: set[str]) -> None:
    assert [name for name in names if "/tests/" in name or name.endswith((".po", ".pyc"))] == []


def test_the_wheel_brings_the_command_and_the_licence(names: set[str]) -> None:
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)
    assert any(name.endswith("dist-info/entry_points.txt") for name in names)
