"""`pims prisoner`: one person, with what holds them and where."""

from datetime import datetime
from zoneinfo import ZoneInfo

import typer

from pims.authority.selectors import legal_status, warrants_of
from pims.cli.reading import reader, record_reading
from pims.cli.times import At, Known, as_of
from pims.custody.selectors import EpisodeBrief, RollFilters, episodes, roll
from pims.facilities.selectors import establishments
from pims.foundation.access.days import zones_of
from pims.foundation.console import JsonFlag, show
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people.selectors import person_detail, person_headers, resolve_number, search_people

app = typer.Typer()


@app.command("show")
def show_prisoner(number: str, at: At = "", known: Known = "", json: JsonFlag = False) -> None:
    """One prisoner by number: who, under what authority, where, until when."""
    viewer = reader()
    person_id = resolve_number(viewer, number)
    if person_id is None:
        raise NotFound("person", number)
    zone = zones_of([person_id])[person_id]
    when = as_of(at, known, zone=zone)
    moment = when or AsOf(clock.now())
    header = person_headers(viewer, [person_id], as_of=moment)[person_id]
    held = episodes(viewer, person_id, when)
    current = next((e.episode for e in held if covers(e.episode, moment.valid_at)), None)
    row = None
    if current is not None:
        zone = next(
            e.time_zone
            for e in establishments(viewer)
            if e.establishment_id == current.establishment_id
        )
        rows = roll(viewer, current.establishment_id, when, filters=RollFilters(text=header.number))
        row = next((r for r in rows if r.person_id == person_id), None)
    status = legal_status([person_id], zone=zone, as_of=moment)[person_id]
    warrants = warrants_of([person_id], zone=zone, as_of=when).get(person_id, [])
    detaining = [w for w in warrants if w.warrant_name_id in status.detaining]
    record_reading(
        viewer, "cli.prisoner", [person_id], current.establishment_id if current else None
    )
    if json:
        show(
            {
                "person": header,
                "detail": person_detail(viewer, person_id, when),
                "legal_status": status,
                "warrants": warrants,
                "episodes": held,
                "on_the_roll": row,
            },
            as_json=True,
        )
        return
    show(
        {
            "number": header.number,
            "name": header.display_name,
            "born": header.birth_date,
            "age": header.age,
            "sex": header.sex,
            "nationalities": list(header.nationality_codes),
            "legal_status": status.code if current else "",
            "detained_by": [f"{w.body_name} {w.reference}".strip() for w in detaining],
            "next_appearance": status.next_appearance,
            "valid_until": _local(status.valid_until, zone),
            # Whoever is not held needs no warrant.
            "faults": list(status.faults) if current else [],
            "received_at": _local(current.starts_at if current else None, zone),
            "unit": row.unit if row else "",
            "place": row.place if row else "",
            "whereabouts": f"{row.whereabouts} {row.out_kind}".strip() if row else "not held",
            "flags": list(row.flags) if row else [],
        },
        as_json=False,
        columns={
            "number": "Number",
            "name": "Name",
            "born": "Born",
            "age": "Age",
            "sex": "Sex",
            "nationalities": "Nationalities",
            "legal_status": "Legal status",
            "detained_by": "Detained by",
            "next_appearance": "Next appearance",
            "valid_until": "Valid until",
            "faults": "What is wrong with it",
            "received_at": "Received",
            "unit": "Unit",
            "place": "Place",
            "whereabouts": "In or out",
            "flags": "Flags",
        },
    )


@app.command("find")
def find_prisoner(text: str, limit: int = 20, json: JsonFlag = False) -> None:
    """Find people by name, alias or number, also misspelt."""
    hits = search_people(reader(), text, limit=limit)  # which records that it was asked
    columns = {"number": "Number", "name": "Name", "birth_year": "Born", "how": "Found by"}
    show(hits, as_json=json, columns=columns)


def covers(episode: EpisodeBrief, at: datetime) -> bool:
    return episode.starts_at <= at and (episode.ends_at is None or at < episode.ends_at)


def _local(instant: datetime | None, zone: str) -> str:
    return "" if instant is None else f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
