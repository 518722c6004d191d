"""The mutants that change nothing that can be seen, each with the reason, as `equivalent.toml`
keeps them."""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run has to say: `new` were not noticed and are not in the file; `gone` are in it and
    are made no longer; `noticed` are in it and were noticed after all."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    noticed: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        return not (self.new or self.gone or self.noticed)


def listed(text: str) -> dict[str, str]:
    """Mutant -> why nothing changes. Raises ValueError for one without a reason or named twice."""
    found: dict[str, str] = {}
    for one in tomllib.loads(text).get("equivalent", ()):
        why = str(one.get("why", "")).strip()
        for name in one["mutants"]:
            if not why or name in found:
                raise ValueError(f"without a reason of its own: {name}")
            found[name] = why
    return found


def verdict(
    *, made: Collection[str], left: Iterable[str], noticed: Collection[str], known: Collection[str]
) -> Verdict:
    """`made` are all there are of the modules that were tried."""
    modules = {name.partition(".")[0] for name in made}
    ours = [name for name in known if name.partition(".")[0] in modules]
    return Verdict(
        new=tuple(name for name in left if name not in known),
        gone=tuple(name for name in ours if name not in made),
        noticed=tuple(name for name in ours if name in noticed),
    )


def as_entry(names: Iterable[str]) -> str:
    """An entry for the file, for a person to give its reason."""
    lines = "\n".join(f"  {quoted(name)}," for name in names)
    return f'[[equivalent]]\nwhy = ""\nmutants = [\n{lines}\n]'


def quoted(name: str) -> str:
    """As TOML writes a text: as it is where it can."""
    if "'" not in name:
        return f"'{name}'"
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
