"""Command groups that live in the rooms, imported when one of their commands is used.

`pims --help` must not wait for the framework, so a group is known here by name and help alone.
"""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from pims.cli import boot


def later(
    name: str, module: str, help_text: str, *, bare: bool = False, fills: bool = False
) -> type[TyperGroup]:
    """A group whose commands are those of the typer `app` in `module`.

    A `bare` group sees to framework and database itself, where a command of it needs them: keys
    must be recoverable while neither can start. One that `fills` a database may have it made.
    """

    class Later(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**{**settings, "name": name, "help": help_text})

        def _real(self) -> TyperGroup:
            if not bare:
                boot.framework()
            found = typer.main.get_group(import_module(module).app)
            self.commands = found.commands
            return found

        def list_commands(self, ctx: Any) -> list[str]:
            return self._real().list_commands(ctx)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self._real().get_command(ctx, cmd_name)

        def invoke(self, ctx: Any) -> Any:
            wanted = not bare and not asked_for_help()
            with boot.database_running(made=fills) if wanted else nullcontext():
                return super().invoke(ctx)

    return Later


def asked_for_help() -> bool:
    return "--help" in sys.argv


def mount(
    app: typer.Typer,
    name: str,
    module: str,
    help_text: str,
    *,
    bare: bool = False,
    fills: bool = False,
) -> None:
    """Add the group `name`, whose commands are in `module`, to `app`."""
    group_class = later(name, module, help_text, bare=bare, fills=fills)
    group = typer.Typer(cls=group_class, no_args_is_help=True)
    nothing: Callable[[], None] = lambda: None  # noqa: E731 - typer wants a callback for a group
    group.callback()(nothing)
    app.add_typer(group, name=name, help=help_text)
