"""The assets are built on a machine that has Python and nothing else, and need no network."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pims.ui import assets, build


def test_the_lock_file_names_no_download_address() -> None:
    lock = json.loads((build.FRONTEND / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)


def test_every_package_is_pinned() -> None:
    package = json.loads((build.FRONTEND / "package.json").read_text())
    named = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in named.items() if not re.fullmatch(r"[\d.]+", version)] == []


def test_a_machine_without_node_uses_the_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    environment = build.node_environment()
    found = shutil.which("node", path=environment["PATH"])
    assert found is not None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    assert int(said.removeprefix("v").split(".")[0]) >= build.OLDEST_NODE


def test_nothing_is_built_twice() -> None:
    build.build_assets(say=lambda _line: None)
    assert build.build_assets(say=lambda _line: None) is False


def test_without_sources_the_wheels_assets_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "FRONTEND", tmp_path / "absent")
    monkeypatch.setattr(build, "DIST", tmp_path)
    with pytest.raises(build.BuildError):
        build.build_assets()
    (tmp_path / "assets.json").write_text("{}")
    assert build.build_assets() is False


def test_a_failing_step_says_which_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package.json").write_text("{}")
    for name in ("package-lock.json", "build.mjs"):
        (tmp_path / name).write_text("no lock file")
    monkeypatch.setattr(build, "FRONTEND", tmp_path)
    monkeypatch.setattr(build, "DIST", tmp_path / "dist")
    with pytest.raises(build.BuildError, match=r"npm ci .* failed"):
        build.build_assets(say=lambda _line: None)


def test_the_styles_fetch_nothing_from_elsewhere() -> None:
    build.build_assets(say=lambda _line: None)
    for sheet in build.DIST.glob("*.css"):
        addresses = re.findall(r"url\(([^)]*)\)", sheet.read_text())
        assert addresses
        assert [a for a in addresses if re.match(r"['\"]?(https?:)?//", a)] == []


def test_a_built_asset_is_served_under_a_name_of_its_content() -> None:
    build.build_assets(say=lambda _line: None)
    assert re.fullmatch(r"/static/dist/pims\.[0-9A-Z]{8}\.css", assets.asset_url("pims.css"))
    assert (build.DIST / assets.asset_url("pims.css").rsplit("/", 1)[1]).exists()


def test_pages_appear_before_the_assets_are_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "absent.json")
    assert assets.asset_url("pims.js") == "/static/dist/pims.js"
