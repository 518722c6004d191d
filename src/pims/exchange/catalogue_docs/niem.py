"""Fields of the catalogue under their names in NIEM 6, and under ours where NIEM has none.

A field whose NIEM type is an object (a date, an identification, a status) is written as that
object, so that whoever reads NIEM finds what the model says is there. `plain` reads it back.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pims.exchange import catalogue

OURS = "pims"
CONTEXT: Mapping[str, str] = {
    "nc": "https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/",
    "j": "https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/",
    OURS: "urn:pims:exchange:1#",
}
HELD, NOT_HELD = "in custody", "not in custody"

# What a message may say of itself; each table and each field without a name in NIEM is ours too.
OF_A_MESSAGE = (
    "link", "missing", "otherNumber", "because", "takesBack", "takesBackType", "change", "country",
    "kind",
)  # fmt: skip

Writer = Callable[[Any], Any]


def _date(value: Any) -> Any:
    return {"nc:Date": value}


def _identification(value: Any) -> Any:
    return {"nc:IdentificationID": value}


def _facility(value: Any) -> Any:
    return {"nc:FacilityIdentification": {"nc:IdentificationID": value}}


def _status(value: Any) -> Any:
    return {"nc:StatusDescriptionText": HELD if value else NOT_HELD}


def _centimetres(value: Any) -> Any:
    return {"nc:MeasureValueText": str(value), "nc:MeasureUnitText": "cm"}


def _documents(value: Any) -> Any:
    return [
        {
            "nc:IdentificationID": one.get("number", ""),
            "nc:IdentificationCategoryDescriptionText": one.get("kind", ""),
            "pims:country": one.get("country", ""),
        }
        for one in value
    ]


# By the name in NIEM: how its type is written.
WRITERS: Mapping[str, Writer] = {
    "j:SubjectIdentification": _identification,
    "nc:ActivityIdentification": _identification,
    "nc:ActivityDate": _date,
    "nc:PersonBirthDate": _date,
    "j:IncarcerationParoleEligibilityDate": _date,
    "j:IncarcerationProjectedReleaseDate": _date,
    "j:SupervisionReleaseDate": _date,
    "nc:SupervisionFacility": _facility,
    "nc:SupervisionCustodyStatus": _status,
    "nc:PersonHeightMeasure": _centimetres,
    "nc:PersonOtherIdentification": _documents,
}


def ours(name: str) -> str:
    """A name of our own: ``expected_back`` is ``pims:expectedBack``."""
    first, *rest = name.split("_")
    return f"{OURS}:{first}{''.join(part.capitalize() for part in rest)}"


def own_terms() -> frozenset[str]:
    """Every property of our own namespace, declared by this and by nothing else."""
    found = {ours(name) for name in catalogue.TABLES if name != catalogue.STATISTIC}
    found |= {
        ours(f.name)
        for table in catalogue.TABLES.values()
        if not table.aggregate
        for f in table.fields
        if not f.niem
    }
    return frozenset(found | {f"{OURS}:{name}" for name in OF_A_MESSAGE})


def written(table: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A record's fields as a message has them."""
    names = _names(table)
    return {
        names[name]: WRITERS.get(names[name], _same)(value)
        for name, value in sorted(fields.items())
    }


def plain(table: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that `written` made, by their names in the catalogue."""
    fields = _fields(table)
    return {fields[niem]: _read(niem, value) for niem, value in record.items() if niem in fields}


@cache
def _names(table: str) -> Mapping[str, str]:
    return {f.name: f.niem or ours(f.name) for f in catalogue.TABLES[table].fields}


@cache
def _fields(table: str) -> Mapping[str, str]:
    return {niem: name for name, niem in _names(table).items()}


def _same(value: Any) -> Any:
    return value


def _read(niem: str, value: Any) -> Any:
    writer = WRITERS.get(niem)
    if writer is None:
        return value
    if writer is _status:
        return bool(value["nc:StatusDescriptionText"] == HELD)
    if writer is _facility:
        return value["nc:FacilityIdentification"]["nc:IdentificationID"]
    if writer is _centimetres:
        return int(value["nc:MeasureValueText"])
    if writer is _documents:
        return [
            {
                "kind": one["nc:IdentificationCategoryDescriptionText"],
                "number": one["nc:IdentificationID"],
                "country": one["pims:country"],
            }
            for one in value
        ]
    return next(iter(value.values()))
