"""The names that messages use: NIEM's where it has one, ours where it has none."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange import catalogue
from pims.exchange.catalogue_docs import niem

ROOT = Path(__file__).resolve().parents[4]
DATA = ROOT.parent / "shared" / "data" / "exchange" / "niem6"

reference = pytest.mark.skipif(not DATA.is_dir(), reason="the reference data is not here")
TABLES = [t for t in catalogue.TABLES.values() if not t.aggregate]
EXAMPLE: dict[str, Any] = {
    "text": "words", "code": "a_code", "date": "2026-02-01", "flag": True, "count": 170,
    "instant": "2026-02-01T12:00:00.000000+00:00", "texts": ["one", "two"],
    "object": [{"kind": "passport", "number": "P1", "country": "BZ"}],
}  # fmt: skip


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def _example(table: catalogue.Table) -> dict[str, Any]:
    return {f.name: EXAMPLE[f.kind] for f in table.fields}


def _names(value: object) -> Iterator[str]:
    """Every property in a record, nested ones too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


@reference
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_property_exists_in_niem_or_is_declared_as_ours(table: catalogue.Table) -> None:
    known = {row["QualifiedProperty"] for row in _rows("Property_j_nc_biom_scr.csv")}
    used = set(_names(niem.written(table.name, _example(table))))
    assert used - known - niem.own_terms() == set()
    assert any(name.startswith(("nc:", "j:")) for name in used)


@reference
def test_what_stands_in_a_niem_object_belongs_in_it() -> None:
    """A date in a date, a number in an identification: as the types of NIEM have it."""
    properties = {r["QualifiedProperty"]: r for r in _rows("Property_j_nc_biom_scr.csv")}
    parents = {
        r["QualifiedType"]: r["ParentQualifiedType"] for r in _rows("Type_j_nc_biom_scr.csv")
    }
    holds: dict[str, set[str]] = {}
    for row in _rows("TypeContainsProperty_j_nc_biom_scr.csv"):
        holds.setdefault(row["QualifiedType"], set()).add(row["QualifiedProperty"])

    def allowed(kind: str) -> set[str]:
        found: set[str] = set()
        while kind:
            found |= holds.get(kind, set())
            kind = parents.get(kind, "")
        return found

    checked = 0
    for table in TABLES:
        for name, value in niem.written(table.name, _example(table)).items():
            for inner in value if isinstance(value, list) else [value]:
                if not isinstance(inner, dict):
                    continue
                may = allowed(properties[name]["QualifiedType"])
                for member in inner:
                    if member.startswith("pims:"):
                        continue
                    group = properties[member]["SubstitutionGroupQualifiedProperty"]
                    assert {member, group} & may, (name, member)
                    checked += 1
    assert checked > 15


@reference
def test_the_namespaces_are_those_of_niem() -> None:
    theirs = json.loads((DATA / "context.json").read_text("utf-8"))
    for prefix in ("nc", "j"):
        assert niem.CONTEXT[prefix] == theirs[prefix]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_record_is_read_back_as_it_was(table: catalogue.Table) -> None:
    fields = _example(table)
    assert niem.plain(table.name, niem.written(table.name, fields)) == fields


@given(held=st.booleans())
def test_whether_somebody_is_held_survives_the_words(held: bool) -> None:
    assert niem.plain("custody", niem.written("custody", {"held": held})) == {"held": held}


def test_each_field_of_a_table_has_a_name_of_its_own() -> None:
    for table in TABLES:
        names = list(niem.written(table.name, _example(table)))
        assert len(names) == len(set(names)) == len(table.fields)
