"""Migrating an empty database in seconds: what only adds need not be drawn anew.

The framework keeps models of every step of the migrations, and after a step draws again whatever
is related to what changed. All our tables are related to each other, so drawing would take most of
a minute. A step that only adds (a model, a field, an index, a constraint, a trigger) leaves every
other model as it was; here it draws its own model alone, and marks the rest as not yet drawn, which
a step that runs Python asks for and gets.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import MethodType
from typing import Any

import pgtrigger.migrations
from django.db.migrations.state import ProjectState

_ADDING: tuple[tuple[type, str], ...] = (
    (ProjectState, "add_model"),
    (ProjectState, "add_field"),
    (ProjectState, "_append_option"),
    (pgtrigger.migrations.AddTrigger, "state_forwards"),
)


@contextmanager
def only_what_changed() -> Iterator[None]:
    """Within the block, steps of migrations that add draw nothing but their own model."""
    before = [(owner, name, getattr(owner, name)) for owner, name in _ADDING]
    for owner, name, method in before:
        setattr(owner, name, _alone(method))
    try:
        yield
    finally:
        for owner, name, method in before:
            setattr(owner, name, method)


def _alone(method: Callable[..., None]) -> Callable[..., None]:
    @wraps(method)
    def run(owner: object, *args: Any, **kwargs: Any) -> None:
        state: Any = owner if isinstance(owner, ProjectState) else args[1]
        state.reload_model = MethodType(_draw_alone, state)
        try:
            method(owner, *args, **kwargs)
        finally:
            del state.reload_model

    return run


def _draw_alone(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in state.__dict__:
        state.is_delayed = True
        state._reload({(app_label, model_name.lower())})
