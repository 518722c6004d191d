"""What a case measures, how it is shown, and how a run is kept."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
PARTS = ("django", "granian", "psycopg", "psycopg-binary", "pydantic", "uvicorn", "typst")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One measured number.

    `value` is in `unit` (`ms`, `s`, `req/s`, `share`, `queries`, ...). `target` is what was
    promised, `at_most` says on which side of it the value must be. `floor` is the same unit's
    number of what the value can't beat or of what a user would otherwise pick, measured in the
    same run, and `against` names it.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = True
    floor: float | None = None
    against: str = ""
    details: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times the floor the value is."""
        return None if not self.floor else self.value / self.floor

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target


def machine() -> dict[str, object]:
    """What a reader must know of the machine to weigh the numbers; never its name."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "parts": {name: metadata.version(name) for name in PARTS},
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def keep(
    results: Sequence[Result],
    *,
    full: bool,
    seconds: float,
    server: str,
    load: float,
    cases: Sequence[str] = (),
) -> Path:
    """Write the run to one JSON file and give its path; `cases` are those that were chosen, none
    for all.

    `load` is how many processes wanted a core on average in the minute before the run: above a
    half of the cores, the machine had other work and times are longer than they should be.
    """
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    kind = "full" if full else "short"
    name = "-".join((f"{now:%Y-%m-%dT%H%M%SZ}", kind, f"{os.cpu_count()}cores", *cases))
    path = RESULTS / f"{name}.json"
    run = {
        "at": now.isoformat(timespec="seconds"),
        "commit": _commit(),
        "kind": kind,
        "seconds": round(seconds, 1),
        "server": server,
        "machine": {**machine(), "load_before": round(load, 2)},
        "results": [{**asdict(one), "ratio": one.ratio, "met": one.met} for one in results],
    }
    path.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    return path


def show(results: Sequence[Result]) -> None:
    table = Table(box=None, header_style="bold", title_justify="left")
    for heading, side in (
        ("Measure", "left"), ("Value", "right"), ("Promised", "right"), ("", "left"),
        ("Floor or rival", "left"), ("It", "right"), ("Ratio", "right"),
    ):  # fmt: skip
        table.add_column(heading, justify=side, overflow="fold")  # type: ignore[arg-type]
    for one in results:
        sign = "" if one.target is None else ("≤ " if one.at_most else "≥ ")
        table.add_row(
            one.name,
            f"{number(one.value)} {one.unit}",
            "" if one.target is None else f"{sign}{number(one.target)} {one.unit}",
            {True: "[green]met[/]", False: "[bold red]missed[/]", None: ""}[one.met],
            one.against,
            "" if one.floor is None else f"{number(one.floor)} {one.unit}",
            "" if one.ratio is None else f"{one.ratio:.2f}",
        )
    Console(width=None if Console().is_terminal else 160).print(table)


def number(value: float) -> str:
    """With as many digits as mean something."""
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.3f}" if abs(value) < 1 else f"{value:,.1f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed, by nearest rank."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
