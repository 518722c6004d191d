"""The engine's modules stand on one another in one direction."""

import ast
from graphlib import TopologicalSorter
from importlib.resources import files

from pims.sentences import engine


def test_no_module_of_the_engine_needs_one_that_needs_it() -> None:
    needs: dict[str, set[str]] = {}
    inside: set[str] = set()
    for path in files(engine).iterdir():
        if not path.name.endswith(".py") or path.name == "__init__.py":
            continue
        name = path.name.removesuffix(".py")
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(engine.__name__):
                needs.setdefault(name, set()).add(str(node.module).rpartition(".")[2])
                inside |= set() if node in tree.body else {name}
    assert len(needs) > 10
    assert inside == set(), "what is imported inside a function is a circle that is hidden"
    TopologicalSorter(needs).prepare()  # raises CycleError
