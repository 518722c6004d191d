"""Reading the layout of an establishment from its TOML file."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

BUNDLED = ("belize_central", "testville_lockup")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CellBlock(_Strict):
    """`count` cells named `prefix` + number, each with `places` places."""

    prefix: str = Field(max_length=6)
    count: int = Field(ge=1, le=500)
    places: int = Field(ge=1, le=60)
    place_kind: Literal["bed", "mat", "cot", "medical", "holding"] = "bed"
    features: tuple[str, ...] = ()

    def codes(self) -> list[str]:
        width = len(str(self.count))
        return [f"{self.prefix}{n:0{width}d}" for n in range(1, self.count + 1)]


class UnitLayout(_Strict):
    code: str
    name: str
    kind: str = "residential"
    for_sex: Literal["", "male", "female"] = ""
    for_age: Literal["", "adult", "juvenile"] = ""
    for_status: Literal["", "unsentenced", "convicted"] = ""
    main_compound: bool = True
    certified: int | None = None
    operational: int | None = None
    cells: tuple[CellBlock, ...]

    @property
    def places(self) -> int:
        return sum(block.count * block.places for block in self.cells)


class Layout(_Strict):
    code: str
    name: str
    time_zone: str
    telephone: str = ""
    unit: tuple[UnitLayout, ...]


def read_layout(source: str | Path) -> Layout:
    """A bundled layout by name, or a TOML file by path.

    Raises pydantic.ValidationError naming each field that is wrong, OSError where there is none.
    """
    if isinstance(source, str) and source in BUNDLED:
        text = (files("pims.facilities") / "layouts" / f"{source}.toml").read_text("utf-8")
    else:
        text = Path(source).read_text("utf-8")
    return Layout.model_validate(tomllib.loads(text))
