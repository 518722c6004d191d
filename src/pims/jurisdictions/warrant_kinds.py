"""Kinds of warrant and the legal statuses they give, read from a jurisdiction's data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pims.jurisdictions.here import HERE


@dataclass(frozen=True, slots=True)
class WarrantKind:
    """`needs` names what the paper must carry: until, next_appearance, review, amount."""

    code: str
    label: Mapping[str, str]
    legal_status: str
    needs: tuple[str, ...]
    bodies: tuple[str, ...]
    citation: str
    confidence: str
    precedence: int


@dataclass(frozen=True, slots=True)
class BodyRow:
    code: str
    name: str
    kind: str
    district: str


@cache
def warrant_kinds(jurisdiction: str = HERE) -> Mapping[str, WarrantKind]:
    rows = _read(jurisdiction, "warrant_kinds.toml")["kind"]
    return {
        row["code"]: WarrantKind(
            code=row["code"],
            label={"en": row["en"], "es": row["es"]},
            legal_status=row["legal_status"],
            needs=tuple(row["needs"]),
            bodies=tuple(row["bodies"]),
            citation=row["citation"],
            confidence=row["confidence"],
            precedence=precedence,
        )
        for precedence, row in enumerate(rows)
    }


@cache
def legal_statuses(jurisdiction: str = HERE) -> Mapping[str, Mapping[str, str]]:
    """Status code to its label by language, in the order in which counts are shown."""
    rows = _read(jurisdiction, "warrant_kinds.toml")["status"]
    return {row["code"]: {"en": row["en"], "es": row["es"]} for row in rows}


@cache
def bodies(jurisdiction: str = HERE) -> tuple[BodyRow, ...]:
    rows = _read(jurisdiction, "bodies.toml")["body"]
    return tuple(
        BodyRow(row["code"], row["name"], row["kind"], row.get("district", "")) for row in rows
    )


def _read(jurisdiction: str, name: str) -> dict[str, Any]:
    text = (files("pims.jurisdictions") / jurisdiction / name).read_text("utf-8")
    return tomllib.loads(text)
