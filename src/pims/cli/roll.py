"""`pims roll`: the nominal roll at a time, as known at a time."""

from pims.cli.reading import reader, record_reading, the_establishment
from pims.cli.times import as_of
from pims.custody.selectors import RollFilters, roll
from pims.facilities.selectors import units
from pims.foundation.console import show, words
from pims.kernel.errors import NotFound

COLUMNS = {
    "number": "Number",
    "name": "Name",
    "sex": "Sex",
    "age": "Age",
    "legal_status": "Status",
    "unit": "Unit",
    "place": "Place",
    "whereabouts": "In or out",
    "out_kind": "Out with",
    "next_appearance": "Next appearance",
}


def print_roll(*, establishment: str, unit: str, at: str, known: str, as_json: bool) -> None:
    viewer = reader()
    where = the_establishment(viewer, establishment)
    unit_id = None
    if unit:
        chosen = [
            u
            for u in units(viewer, where.establishment_id)
            if unit.lower() in (u.code.lower(), u.name.lower())
        ]
        if not chosen:
            raise NotFound("unit", unit)
        unit_id = chosen[0].unit_id
    rows = roll(
        viewer,
        where.establishment_id,
        as_of(at, known, zone=where.time_zone),
        filters=RollFilters(unit_id=unit_id),
    )
    record_reading(viewer, "cli.roll", [row.person_id for row in rows], where.establishment_id)
    show(rows, as_json=as_json, columns=COLUMNS, title="" if as_json else where.name)
    if not as_json:
        out = sum(not row.inside for row in rows)
        words.print(f"{len(rows)} on the books, {len(rows) - out} in the prison, {out} out")
