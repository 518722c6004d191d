"""Every way in which a line of policy could be wrong by a slip: one change at a time."""

import ast
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from types import ModuleType


def of_python(source: str) -> Iterator[tuple[str, ModuleType]]:
    """The module with one operator, condition or result changed, and what was changed."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    for place, node in enumerate(nodes):
        for what, change in _changes(node):
            mutant = deepcopy(tree)
            target = list(ast.walk(mutant))[place]
            change(mutant, target)
            module = ModuleType("pims.exchange.rules.policy_mutant")
            module.__dict__["__name__"] = "pims.exchange.rules.policy"
            code = compile(ast.fix_missing_locations(mutant), "<mutant>", "exec")
            exec(code, module.__dict__)
            yield f"{what} at line {getattr(node, 'lineno', 0)}", module


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST, ast.AST], None]]]:
    swaps = {
        ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
        ast.LtE: ast.GtE, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr,
        ast.BitOr: ast.BitAnd,
    }  # fmt: skip

    def replace(field: str, value: object) -> Callable[[ast.AST, ast.AST], None]:
        return lambda tree, target: setattr(target, field, value)

    if isinstance(node, ast.Compare) and type(node.ops[0]) in swaps:
        yield "another comparison", replace("ops", [swaps[type(node.ops[0])]()])
        yield "a comparison dropped", _become(ast.Constant(True))
        yield "a comparison failed", _become(ast.Constant(False))
    if isinstance(node, ast.BoolOp):
        yield "and for or", replace("op", swaps[type(node.op)]())
        for n in range(len(node.values)):
            left = [v for i, v in enumerate(node.values) if i != n]
            dropped = replace("values", deepcopy(left)) if len(left) > 1 else _become(left[0])
            yield f"condition {n} dropped", dropped
    if isinstance(node, ast.BinOp) and type(node.op) in swaps and not _is_type(node):
        yield "another operator", replace("op", swaps[type(node.op)]())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "a not dropped", _become(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "all":
        yield "any for all", lambda tree, target: setattr(target.func, "id", "any")
        yield "all dropped", _become(ast.Constant(True))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield "a filter dropped", replace("ifs", [])
    if isinstance(node, ast.If):
        yield "a branch never taken", replace("test", ast.Constant(False))
        yield "a branch always taken", replace("test", ast.Constant(True))
    if isinstance(node, ast.Return) and node.value is not None:
        if not isinstance(node.value, ast.Constant):
            yield "nothing returned", replace("value", ast.Constant(None))
        yield "true returned", replace("value", ast.Constant(True))
    if isinstance(node, ast.AugAssign):
        yield "what is added is lost", replace("value", ast.Dict(keys=[], values=[]))


def _is_type(node: ast.BinOp) -> bool:
    """``dict | None`` of an annotation, which is never run."""
    return isinstance(node.right, ast.Constant) and node.right.value is None


def _become(other: ast.AST) -> Callable[[ast.AST, ast.AST], None]:
    def change(tree: ast.AST, target: ast.AST) -> None:
        class Swap(ast.NodeTransformer):
            def visit(self, node: ast.AST) -> ast.AST:
                return deepcopy(other) if node is target else self.generic_visit(node)

        Swap().visit(tree)

    return change


# Of the judging statements: what is there, and what a slip would make of it.
_SLIPS = (
    (r" > 0\n", " >= 0\n"),
    (r"NOT EXISTS \(", "EXISTS ("),
    (r"AND NOT EXISTS \(", "OR NOT EXISTS ("),
    (r"\) IS NOT TRUE\)", ") IS TRUE)"),
    (r"\?\| facets", "?& facets"),
    (r"'rows'", "'columns'"),
    (r"terms -> 'labels' \? label", "true"),
    (r"\n        WHERE terms -> 'labels' \? by_label.label", ""),
    (r"terms -> 'labels' \? by_label.label", "false"),
    (r"\n    WHERE terms #> ARRAY\['tables', kind, 'columns'\] \? one.key", ""),
    (r"'columns'\] \? one.key", "'rows'] ? one.key"),
    (r"\n        false\)", "\n        true)"),
    (r"SELECT key, value FROM jsonb_each\(fields\)\n", "SELECT key, value FROM jsonb_each('{}')\n"),
    (r"\n      AND inquiry.outcome = 'ok'", ""),
    (r"\n      AND inquiry.closed_at IS NULL", ""),
    (r"\n      AND inquiry.opened_at > [^\n]+", ""),
    (r"\n      AND agreement.agency_id = inquiry.agency_id", ""),
    (r"agency.state = 'active' AND ", ""),
    (r"version.state = 'active'\n", "true\n"),
    (r"AND version.starts_at <= clock_timestamp\(\) ", ""),
    (r" AND clock_timestamp\(\) < version.ends_at", ""),
    (r"\n      AND token.revoked_at IS NULL", ""),
    (r"\n              AND inquiry.opened_xid IS DISTINCT FROM [^;]+\)", ")"),
    (r"inquiry.token_id IS NOT NULL\n\s+AND ", ""),
    (r"WHERE inquiry.id = named::uuid", "WHERE true"),
)


def of_sql(text: str) -> Iterator[tuple[str, str]]:
    """The statements with one slip, and which; each place of a pattern on its own."""
    for pattern, instead in _SLIPS:
        found = list(re.finditer(pattern, text))
        assert found, pattern
        for one in found:
            yield f"{pattern} -> {instead}", text[: one.start()] + instead + text[one.end() :]
