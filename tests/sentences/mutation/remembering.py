"""What was tried, and what each answer stands on: nothing is asked twice while that is as it was.

A test that noticed a mutant notices it again, and one that did not will not, as long as the engine
and the file of the test are the same. So a test that was added is asked alone.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LOADING = "loading"  # noticed before any test was asked: the changed module can't be loaded
_ENGINE = ("src/pims/sentences/engine", "src/pims/jurisdictions", "src/pims/kernel")
_CHANGED_BY = ("making.py", "planting.py")
_OURS = ("pims.sentences.", "tests.")  # what else a test imports is as it is for every mutant
_BESIDE = re.compile(r'with_name\("([^"]+)"\)')


@dataclass(frozen=True, slots=True)
class Answer:
    """`by` is the test that noticed, "" where none did. `asked` is how many were tried."""

    by: str
    asked: int


class Remembered:
    """What came of each mutant, a line each, as it came: whoever is stopped goes on from there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text("utf-8").splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    continue  # cut off as it was written
                self.rows[row["name"]] = row

    def noticed(self, name: str, stand: Mapping[str, str]) -> Answer | None:
        """What noticed it, if that stands on the same as then. `stand`: test -> what it stands on
        now."""
        row = self.rows.get(name)
        if row and row["by"] and stand.get(row["by"]) in row.get("on", ()):
            return Answer(row["by"], row["asked"])
        return None

    def asked_in_vain(self, name: str) -> frozenset[str]:
        """What all stood on that were asked and did not notice it."""
        row = self.rows.get(name, {})
        return frozenset(() if row.get("by") else row.get("on", ()))

    def noticed_last_by(self, name: str) -> str:
        return str(self.rows.get(name, {}).get("by", ""))

    def keep(self, name: str, answer: Answer, on: Iterable[str]) -> None:
        """`on` is what the test that noticed stands on; where none did, what all of them do."""
        row = {"name": name, "by": answer.by, "asked": answer.asked, "on": sorted(set(on))}
        self.rows[name] = row
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def forget(self) -> None:
        self.rows.clear()
        self.path.unlink(missing_ok=True)


@cache
def engine() -> str:
    """Changes with the engine, with what it is made of and with how it is changed."""
    files = {Path(__file__).with_name(name) for name in _CHANGED_BY}
    for folder in _ENGINE:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml") and "tests" not in path.relative_to(ROOT).parts:
                files.add(path)
    return _digest(files)


@cache
def tests_in(path: Path) -> str:
    """Changes with the engine, with a file of tests and with what of ours that imports or reads."""
    pending, files = [path], set()
    while pending:
        one = pending.pop()
        if one not in files:
            files.add(one)
            pending += _imported(one)
    texts = {one: one.read_text("utf-8") for one in files}
    beside = {one.with_name(name) for one, text in texts.items() for name in _BESIDE.findall(text)}
    return _digest(files | beside, engine())


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        else:
            continue
        for name in names:
            if name.startswith(_OURS) and (found := _file_of(name)) is not None:
                yield found


def _file_of(module: str) -> Path | None:
    folder = ROOT / "src" if module.startswith("pims.") else ROOT
    path = folder.joinpath(*module.split("."))
    for one in (path.with_suffix(".py"), path / "__init__.py"):
        if one.is_file():
            return one
    return None


def _digest(files: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256("".join(more).encode())
    for path in sorted(files):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.relative_to(ROOT).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]
