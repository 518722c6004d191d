"""Who calls whom among the functions of the product, as far as its text says."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tests.architecture.tree import SOURCE, files

Function = tuple[str, str]


@dataclass
class Module:
    """A module's functions, and what its other names stand for: a module, or a name of one."""

    name: str
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    imported: dict[str, Function] = field(default_factory=dict)


@cache
def modules() -> dict[str, Module]:
    found = {}
    for path in files():
        if path.suffix != ".py" or SOURCE not in path.parents:
            continue
        if {"tests", "migrations"} & set(path.parts):
            continue
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        found[name] = _read(name, ast.parse(path.read_text()))
    return found


def _read(name: str, tree: ast.Module) -> Module:
    module = Module(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module.imported[alias.asname or alias.name] = (node.module, alias.name)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            module.functions[node.name] = node
    return module


def services() -> Iterator[Function]:
    """Every function that is decorated with `service`."""
    for module in modules().values():
        for node in module.functions.values():
            if any(isinstance(d, ast.Name) and d.id == "service" for d in node.decorator_list):
                yield module.name, node.name


def reached_from(start: Function) -> set[Function]:
    """The functions that are called from here, and those that they call; `start` among them."""
    seen: set[Function] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        waiting += _called(one)
    return seen


def node_of(function: Function) -> ast.FunctionDef:
    return modules()[function[0]].functions[function[1]]


@cache
def _called(function: Function) -> tuple[Function, ...]:
    """The product's functions that one names: called, or handed on to be called."""
    module = modules()[function[0]]
    found = set()
    body = ast.Module(node_of(function).body, [])  # its decorators are not what it does
    for node in ast.walk(body):
        if isinstance(node, ast.Name):
            found.add(_meant(module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package, name = module.imported.get(node.value.id, ("", ""))
            inner = modules().get(f"{package}.{name}")
            if inner is not None:
                found.add(_meant(inner, node.attr))
    return tuple(sorted(f for f in found if f is not None))


def _meant(module: Module, name: str) -> Function | None:
    """The function that a name of a module stands for, through whatever names it again."""
    for _step in range(5):
        if name in module.functions:
            return module.name, name
        package, name = module.imported.get(name, ("", ""))
        if package not in modules():
            return None
        module = modules()[package]
    return None
