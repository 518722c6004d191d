"""The mutants: every small change that can be made to the engine's functions and values."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType

import pims.sentences.engine as engine

PACKAGE = engine.__name__
_CONTEXT = 36  # letters of the statement shown on either side of what was changed
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_TURNED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_NOT_VALUES = {"annotation", "returns", "decorator_list", "bases", "type_comment"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """`name` says where and what, and is the same as long as the statement is. `make`
    gives the code of the changed module, `owner` is what differs in it."""

    name: str
    module: str
    owner: str
    kind: str  # function, defaults, field or value
    make: Callable[[], CodeType]


def modules() -> list[str]:
    """The modules of the engine, by name."""
    folder = Path(str(engine.__file__)).parent
    return sorted(one.stem for one in folder.glob("*.py") if one.stem != "__init__")


def module_named(name: str) -> ModuleType:
    return import_module(f"{PACKAGE}.{name}")


def source_of(name: str) -> str:
    return Path(str(module_named(name).__file__)).read_text("utf-8")


def mutants(module: str) -> list[Mutant]:
    """Those of one module, in the order of its text; each has a name of its own."""
    tree = ast.parse(source_of(module))
    times: Counter[str] = Counter()
    found = []
    for place in _places(tree):
        for made in _instead(place):
            new = ast.copy_location(made, place.node)
            change = place.told(new)
            name = f"{module}.{place.owner}: {change}"
            times[name] += 1
            if times[name] > 1:
                name += f" #{times[name]}"
            found.append(Mutant(name, module, place.owner, place.kind, _maker(tree, place, new)))
    return found


@dataclass(slots=True)
class _Place:
    """A node, where it hangs, and the statement and the owner that it is part of."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt
    owner: str
    kind: str

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def told(self, new: ast.AST) -> str:
        """What the statement was and is: only what differs, and a little on either side."""
        if self.node is self.statement:
            was, now = _line(self.statement), _line(new)
        else:
            was = _line(self.statement)
            self.put(new)
            now = _line(self.statement)
            self.put(self.node)
        start = _same(was, now)
        end = _same(was[start:][::-1], now[start:][::-1])
        before, after = was[:start], was[len(was) - end :]
        if len(before) > _CONTEXT:
            before = "…" + before[-_CONTEXT:]
        if len(after) > _CONTEXT:
            after = after[:_CONTEXT] + "…"
        cut = was[start : len(was) - end], now[start : len(now) - end]
        return f"{before}⟨{cut[0]} → {cut[1]}⟩{after}"


def _maker(tree: ast.Module, place: _Place, new: ast.AST) -> Callable[[], CodeType]:
    def make() -> CodeType:
        place.put(new)
        try:
            return compile(ast.fix_missing_locations(tree), "<mutant>", "exec")
        finally:
            place.put(place.node)

    return make


def _line(node: ast.AST) -> str:
    """A statement in one line; of one that has others in it only the head."""
    if isinstance(node, ast.If | ast.While | ast.For | ast.With | ast.FunctionDef | ast.Try):
        node = copy.copy(node)
        node.body = [ast.Pass()]
        if hasattr(node, "orelse"):
            node.orelse = []
        if isinstance(node, ast.Try):
            node.handlers, node.finalbody = [], [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
        return " ".join(ast.unparse(node).removesuffix("pass").split())
    return " ".join(ast.unparse(node).split())


def _same(one: str, other: str) -> int:
    """How many letters they begin with together."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


# -- where -------------------------------------------------------------------------------------
def _places(tree: ast.Module) -> Iterator[_Place]:
    for top in tree.body:
        if isinstance(top, ast.FunctionDef):
            yield from _of_function(top, top.name)
        elif isinstance(top, ast.ClassDef):
            for one in top.body:
                if isinstance(one, ast.FunctionDef):
                    yield from _of_function(one, f"{top.name}.{one.name}")
                elif isinstance(one, ast.AnnAssign) and isinstance(one.value, ast.Constant):
                    owner = f"{top.name}.{ast.unparse(one.target)}"
                    yield _Place(one.value, one, "value", None, one, owner, "field")
        elif (named := _named_value(top)) is not None:
            name, statement, value = named
            yield from _inside(value, statement, "value", None, statement, name, "value")


def _named_value(top: ast.stmt) -> tuple[str, ast.stmt, ast.expr] | None:
    """A value that the module names, save what is there for other modules or the type checker."""
    if isinstance(top, ast.Assign) and isinstance(top.targets[0], ast.Name):
        name, value = top.targets[0].id, top.value
    elif isinstance(top, ast.AnnAssign) and isinstance(top.target, ast.Name) and top.value:
        name, value = top.target.id, top.value
    else:
        return None
    return None if name == "__all__" or isinstance(value, ast.Subscript) else (name, top, value)


def _of_function(function: ast.FunctionDef, owner: str) -> Iterator[_Place]:
    given = function.args
    for field in ("defaults", "kw_defaults"):
        for n, default in enumerate(getattr(given, field)):
            if default is not None:
                yield from _inside(default, given, field, n, function, owner, "defaults")
    first = 1 if ast.get_docstring(function) is not None else 0
    for n, statement in enumerate(function.body[first:], first):
        yield from _inside(statement, function, "body", n, statement, owner, "function")


def _inside(
    node: ast.AST, parent: ast.AST, field: str, index: int | None, statement: ast.stmt,
    owner: str, kind: str,
) -> Iterator[_Place]:  # fmt: skip
    yield _Place(node, parent, field, index, statement, owner, kind)
    for name, value in ast.iter_fields(node):
        if name in _NOT_VALUES or isinstance(node, ast.Assert):
            continue
        for n, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or _is_for_the_checker(node, name, n):
                continue
            its = child if isinstance(child, ast.stmt) else statement
            yield from _inside(child, node, name, n, its, owner, kind)


def _is_for_the_checker(node: ast.AST, field: str, index: int | None) -> bool:
    """The type in a cast, and in `isinstance` where it is spelled with a bar, is no value."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "cast"
        and (field, index) == ("args", 0)
    )


# -- what --------------------------------------------------------------------------------------
def _instead(place: _Place) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    node = place.node
    if isinstance(node, ast.Constant):
        yield from _other_constant(node, place)
    elif isinstance(node, ast.Compare):
        for n, operator in enumerate(node.ops):
            ops = [*node.ops[:n], _COMPARED[type(operator)](), *node.ops[n + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)
    elif isinstance(node, ast.BinOp):
        if not _joins_types(node):
            yield ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node.op, ast.USub):
            yield ast.UnaryOp(ast.UAdd(), node.operand)
    elif isinstance(node, ast.Lambda):
        yield ast.Lambda(node.args, ast.Constant(None))
    elif isinstance(node, ast.Call):
        yield from _other_call(node)
    elif isinstance(node, ast.stmt):
        yield from _other_statement(node)
    if _is_asked(place) and isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]


def _is_asked(place: _Place) -> bool:
    """Whether only its truth is asked for: the test of an `if`, a loop or a comprehension."""
    return place.field in ("test", "ifs")


def _joins_types(node: ast.BinOp) -> bool:
    """``str | int``: a bar between types."""
    known = {"str", "int", "bool", "None"}
    return (
        isinstance(node.op, ast.BitOr)
        and {ast.unparse(one) for one in (node.left, node.right)} <= known
    )


def _other_constant(node: ast.Constant, place: _Place) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"XX{value}XX")
    elif value is None and not isinstance(place.parent, ast.Compare | ast.Return | ast.keyword):
        yield ast.Constant("")


def _other_call(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in _TURNED:
        turned = ast.Name(_TURNED[node.func.id], ast.Load())
        yield ast.Call(turned, node.args, node.keywords)
    for n, given in enumerate(node.args):
        if (
            isinstance(given, ast.Starred)
            or _is_none(given)
            or _is_for_the_checker(node, "args", n)
        ):
            continue
        args = [*node.args[:n], ast.Constant(None), *node.args[n + 1 :]]
        yield ast.Call(node.func, args, node.keywords)
    for n, named in enumerate(node.keywords):
        without = [*node.keywords[:n], *node.keywords[n + 1 :]]
        yield ast.Call(node.func, node.args, without)
        if named.arg is not None and not _is_none(named.value):
            none = ast.keyword(named.arg, ast.Constant(None))
            replaced = [*node.keywords[:n], none, *node.keywords[n + 1 :]]
            yield ast.Call(node.func, node.args, replaced)


def _other_statement(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return):
        if node.value is not None and not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Assign):
        if not _is_none(node.value) and not isinstance(node.targets[0], ast.Tuple):
            yield ast.Assign(node.targets, ast.Constant(None))
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None and not _is_none(node.value):
            yield ast.AnnAssign(node.target, node.annotation, ast.Constant(None), node.simple)
    elif isinstance(node, ast.AugAssign):
        yield ast.AugAssign(node.target, _COUNTED[type(node.op)](), node.value)
        yield ast.Assign([node.target], node.value)
    elif isinstance(node, ast.Expr):
        yield ast.Pass()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
        yield ast.Pass()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
