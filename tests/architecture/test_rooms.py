"""The furniture of a room is the same everywhere, and the contracts name every room."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import DOMAINS, ROOT, SOURCE, shown

# `rules` are there where the room decides anything; who has them keeps them private (below).
FURNITURE = ("models", "services", "selectors", "events", "apps", "migrations", "tests")


def _contracts() -> dict[str, dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}


def _exists(room: Path, name: str) -> bool:
    return (room / f"{name}.py").is_file() or (room / name / "__init__.py").is_file()


@pytest.mark.parametrize("room", DOMAINS)
def test_every_domain_has_the_same_furniture(room: str) -> None:
    missing = [name for name in FURNITURE if not _exists(SOURCE / room, name)]
    assert missing == []


@pytest.mark.parametrize("room", DOMAINS)
def test_every_domain_keeps_its_models_and_rules_to_itself(room: str) -> None:
    contract = _contracts()[f"private-{room}"]
    assert contract["type"] == "protected"
    assert contract["allowed_importers"] == [f"pims.{room}"]
    private = [
        f"pims.{room}.{name}" for name in ("models", "rules") if _exists(SOURCE / room, name)
    ]
    assert contract["protected_modules"] == private


def test_the_layers_name_every_room() -> None:
    layers = _contracts()["layers"]["layers"]
    assert isinstance(layers, list)
    named = {room.strip() for layer in layers for room in layer.split("|")}
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert named == rooms


def _public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _service_files() -> list[Path]:
    found: list[Path] = []
    for room in DOMAINS:
        single = SOURCE / room / "services.py"
        found += [single] if single.is_file() else sorted((SOURCE / room / "services").glob("*.py"))
    return found


def _is_service(node: ast.FunctionDef) -> bool:
    names = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
    return "service" in names


def test_every_write_takes_its_facts_by_name_and_says_what_it_gives() -> None:
    wrong = [
        f"{shown(path)}: {node.name}"
        for path in _service_files()
        for node in _public_functions(path)
        if _is_service(node) and (len(node.args.args) != 1 or node.returns is None)
    ]
    assert wrong == []


def test_there_are_writes_to_check() -> None:
    count = sum(_is_service(node) for path in _service_files() for node in _public_functions(path))
    assert count > 30


def test_nothing_is_hidden_in_save_or_in_signals() -> None:
    found: list[str] = []
    for room in DOMAINS:
        for path in (SOURCE / room).rglob("*.py"):
            if "tests" in path.parts or "migrations" in path.parts:
                continue
            text = path.read_text()
            if "def save(" in text or "post_save" in text or "pre_save" in text:
                found.append(shown(path))
    assert found == []


def test_only_pages_ask_whether_a_permission_is_held_anywhere() -> None:
    """`Actor.can` draws menus: what decides asks for the reach of a grant."""
    asked = [
        f"{shown(path)}:{node.lineno}"
        for path in SOURCE.rglob("*.py")
        if not {"web", "ui", "tests"} & set(path.relative_to(SOURCE).parts)
        if re.search(r"\.can\b", text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "can"
    ]
    assert asked == []
