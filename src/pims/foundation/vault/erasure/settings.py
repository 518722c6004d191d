"""The written part of the plan: `pims/config/erasure.toml`."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from django.utils.module_loading import import_string

from pims.kernel.decisions import Reason

Obstacle = Callable[[Sequence[int]], Sequence[Reason]]
Helper = Callable[[Sequence[int]], Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Settings:
    """`papers`: table -> (table, column) of the rows that say who is named on it."""

    obstacles: tuple[str, ...]
    helpers: tuple[str, ...]
    emptied: tuple[str, ...]
    papers: Mapping[str, tuple[str, str]]
    kept: Mapping[str, str]

    def is_kept(self, table: str) -> bool:
        base = table.removesuffix("_history")
        return any(fnmatchcase(name, pattern) for name in (table, base) for pattern in self.kept)


@cache
def settings() -> Settings:
    data = tomllib.loads((files("pims.config") / "erasure.toml").read_text(encoding="utf-8"))
    papers = {}
    for table, entry in data.get("papers", {}).items():
        names_table, _, column = entry["names"].partition(".")
        papers[table] = (names_table, column)
    return Settings(
        tuple(data["obstacles"]), tuple(data["helpers"]), tuple(data["emptied"]), papers,
        data["kept"],
    )  # fmt: skip


def obstacles(person_ids: Sequence[int]) -> tuple[Reason, ...] | None:
    """What the rooms above say against it; None where none is there to be asked."""
    names = settings().obstacles
    if not names:
        return None
    found: list[Reason] = []
    for name in names:
        ask: Obstacle = import_string(name)
        found.extend(ask(person_ids))
    return tuple(found)


def helpers(person_ids: Sequence[int]) -> list[Callable[[], None]]:
    """Ask every helper before the rows go; what to call after."""
    wanted: list[Helper] = [import_string(name) for name in settings().helpers]
    return [helper(person_ids) for helper in wanted]
