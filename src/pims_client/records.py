"""The records of an event by the names that answers have (`models`), read from their NIEM form."""

from collections.abc import Mapping
from typing import Any

from pims_client.names import FIELDS, TABLES

_IN_CUSTODY = "in custody"


def records(data: Mapping[str, Any]) -> dict[str, Any]:
    """By table, of an event's `data` or of a person of a snapshot: one record, a list of them, or
    None where the record is not this agency's any more."""
    return {table: _each(table, data[member]) for member, table in TABLES.items() if member in data}


def _each(table: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [record(table, one) for one in value]
    return record(table, value)


def record(table: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """One record; members that this version does not know are left out."""
    names = FIELDS[table]
    return {names[member]: _plain(value) for member, value in written.items() if member in names}


def _plain(value: Any) -> Any:
    """What a NIEM object says, as one value."""
    if isinstance(value, list):
        return [_plain(one) if _is_simple(one) else one for one in value]
    if not isinstance(value, Mapping):
        return value
    if "nc:StatusDescriptionText" in value:
        return value["nc:StatusDescriptionText"] == _IN_CUSTODY
    if "nc:MeasureValueText" in value:
        return int(value["nc:MeasureValueText"])
    if "nc:FacilityIdentification" in value:
        return _plain(value["nc:FacilityIdentification"])
    if _is_simple(value):
        return next(iter(value.values()))
    return value


def _is_simple(value: Any) -> bool:
    """An object around one value."""
    return isinstance(value, Mapping) and len(value) == 1
