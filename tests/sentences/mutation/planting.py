"""A mutant put in the place of what it was made from, in this process alone: no file is written."""

import inspect
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.sentences.mutation.making import PACKAGE, Mutant, module_named


def plant(mutant: Mutant) -> None:
    """From here on this process has the changed engine."""
    code, module = mutant.make(), module_named(mutant.module)
    if mutant.kind == "function":
        _change(module, mutant.owner, _code_of(code, mutant.owner))
        return
    changed = ModuleType(module.__name__)
    _run_as(module, changed, code)
    if mutant.kind == "defaults":
        function, other = (function_named(one, mutant.owner) for one in (module, changed))
        function.__defaults__, function.__kwdefaults__ = other.__defaults__, other.__kwdefaults__
    elif mutant.kind == "field":
        name = mutant.owner.partition(".")[0]
        made, other = (getattr(one, name).__init__ for one in (module, changed))
        made.__defaults__ = other.__defaults__
    else:
        _replace(mutant.owner, getattr(module, mutant.owner), getattr(changed, mutant.owner))


def _change(module: ModuleType, owner: str, code: CodeType) -> None:
    function = function_named(module, owner)
    if code.co_freevars == function.__code__.co_freevars:
        function.__code__ = code
        return
    # Without its only `super()` it needs its class no more, and is another function.
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in code.co_freevars)
    made = FunctionType(code, function.__globals__, closure=closure)
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    room, _, name = owner.rpartition(".")
    setattr(getattr(module, room), name, made)


def function_named(module: ModuleType, owner: str) -> FunctionType:
    """A function of a module, or the function behind a method or a property of its classes."""
    found: Any = module
    for name in owner.split("."):
        found = inspect.getattr_static(found, name)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    assert isinstance(found, FunctionType), owner
    return found


def _code_of(code: CodeType, owner: str) -> CodeType:
    pending = [code]
    while pending:
        one = pending.pop()
        if one.co_qualname == owner:
            return one
        pending += [inner for inner in one.co_consts if isinstance(inner, CodeType)]
    raise LookupError(owner)


def _run_as(module: ModuleType, changed: ModuleType, code: CodeType) -> None:
    # A dataclass looks for the module that it says it is of.
    sys.modules[module.__name__] = changed
    changed.__file__ = module.__file__
    try:
        exec(code, changed.__dict__)
    finally:
        sys.modules[module.__name__] = module


def _replace(name: str, old: object, new: object) -> None:
    """The value that a module names, also where others have taken it from there."""
    for module in list(sys.modules.values()):
        if (
            getattr(module, "__name__", "").startswith(PACKAGE)
            and getattr(module, name, None) is old
        ):
            setattr(module, name, new)
