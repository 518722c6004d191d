"""What agencies are given stands alone: no program of theirs can need what is ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT

CLIENT = {"pims_client"}
# What a machine of an agency needs besides Python.
LIBRARIES = {"cryptography", "http_message_signatures", "httpx", "joserfc"}


def _imported(folder: Path, *named: str) -> Iterator[tuple[str, str]]:
    """Each file and what it imports; with `named` only files that have one of these words."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text()
        if named and not any(name in text for name in named):
            continue
        for node in ast.walk(ast.parse(text)):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [str(node.module)]
            for name in names:
                yield str(path.relative_to(ROOT)), name.partition(".")[0]


def test_the_client_and_the_agencies_know_nothing_of_pims_but_its_interface() -> None:
    import sys

    known = LIBRARIES | set(sys.stdlib_module_names)
    allowed = {
        ROOT / "src" / "pims_client": known | CLIENT,
        ROOT / "src" / "pims_agency": set(sys.stdlib_module_names) | CLIENT | {"pims_agency"},
    }
    assert [
        found
        for folder, names in allowed.items()
        for found in _imported(folder)
        if found[1] not in names
    ] == []


def test_nothing_of_pims_needs_the_agencies() -> None:
    theirs = ("pims_agency", "pims_client")
    assert [
        found for found in _imported(ROOT / "src" / "pims", *theirs)
        if found[1] in theirs and "/tests/" not in found[0]
    ] == []  # fmt: skip
