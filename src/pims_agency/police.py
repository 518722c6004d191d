"""The police desk: who is in custody, and an alert for each release and each escape."""

from html import escape
from typing import Any

from pims_agency import html_pages as html
from pims_agency.desk import Asked, Desk, Page, Program
from pims_client.errors import PimsError

TITLE = "Police desk"
LOUD = ("pims.released", "pims.released_in_error", "pims.escaped", "pims.absent", "pims.died")
MOST = 50


def _pages(desk: Desk, asked: Asked) -> Page:
    if asked.path == "/":
        return _desk(desk, asked.query.get("q", ""))
    if asked.path == "/messages":
        return html.messages(desk, TITLE)
    if asked.path.startswith("/photographs/"):
        return _photograph(desk, asked.path)
    return Page(b"There is no such page.", 404)


def _desk(desk: Desk, wanted: str) -> Page:
    people = dict(desk.store.people())
    held = sum(1 for one in people.values() if one.get("custody", {}).get("held"))
    missing = {
        number: one for number, one in people.items()
        if one.get("custody", {}).get("whereabouts") == "at_large"
    }  # fmt: skip
    alerts = desk.store.rows(
        "SELECT * FROM happened WHERE type IN (?, ?, ?, ?, ?) ORDER BY sequence DESC LIMIT 30",
        *LOUD,
    )
    lines = [
        (
            html.moment(row["at"]), html.words(row["type"]), escape(row["number"]),
            html.name_of(people.get(row["number"], {})),
            "taken back" if row["taken_back_by"] else "",
        )
        for row in alerts
    ]  # fmt: skip
    heads = ("When", "What", "Number", "Name", "")
    return html.page(
        desk,
        TITLE,
        [
            "<h1>Released, escaped, missing</h1>",
            html.section("Alerts", html.table(heads, lines, empty="No alert yet.")),
            html.section("Missing", _faces(missing)),
            html.section("In custody", f"<p>{held:,} people.</p>", _search(people, wanted)),
        ],
        again=0 if wanted else 3,
    )


def _faces(missing: dict[str, Any]) -> str:
    if not missing:
        return "<p>Nobody is missing.</p>"
    cards = [
        f"<li>{_picture(number, one)}<p><strong>{html.name_of(one)}</strong><br>{escape(number)}"
        f"<br>Missing since {html.moment(one['custody'].get('at_large_since', ''))}"
        f"<br>{escape(_looks(one.get('person') or {}))}</p></li>"
        for number, one in missing.items()
    ]
    return f'<ul class="faces">{"".join(cards)}</ul>'


def _picture(number: str, one: dict[str, Any]) -> str:
    found = [p for p in one.get("photograph") or [] if p.get("kind") == "front"]
    if not found:
        return "<p>No photograph</p>"
    place = f"/photographs/{escape(number)}/{escape(str(found[0]['photograph']))}"
    return f'<img src="{place}" alt="Photograph of {html.name_of(one)}">'


def _looks(person: dict[str, Any]) -> str:
    height = person.get("height_cm")
    parts = [person.get("sex"), f"{height} cm" if height else "", person.get("build")]
    parts += [f"hair {person['hair']}" if person.get("hair") else ""]
    parts += [f"eyes {person['eyes']}" if person.get("eyes") else ""]
    parts += [str(mark) for mark in person.get("marks") or []]
    return ", ".join(str(part) for part in parts if part)


def _search(people: dict[str, Any], wanted: str) -> str:
    form = (
        '<form method="get" action="/"><label for="q">Name or number</label>'
        f'<input id="q" name="q" value="{escape(wanted, quote=True)}"><button>Find</button></form>'
    )
    if not wanted:
        return form
    low = wanted.casefold()
    found = [
        (number, one) for number, one in people.items()
        if low in number or low in html.name_of(one).casefold()
    ][:MOST]  # fmt: skip
    rows = [
        (
            escape(number), html.name_of(one),
            "in custody" if one.get("custody", {}).get("held") else "not in custody",
            html.words(one.get("custody", {}).get("legal_status")),
        )
        for number, one in found
    ]  # fmt: skip
    empty = "Nothing about this. It does not mean that the person is free: ring the prison."
    return form + html.table(("Number", "Name", "Custody", "Status"), rows, empty=empty)


def _photograph(desk: Desk, path: str) -> Page:
    parts = path.split("/")
    if len(parts) != 4:
        return Page(b"There is no such picture.", 404)
    try:
        kind, picture = desk.client.photograph(parts[2], parts[3])
    except PimsError:
        return Page(b"There is no such picture.", 404)
    if kind not in ("image/jpeg", "image/png"):
        return Page(b"There is no such picture.", 404)
    return Page(picture, kind=kind)


PROGRAM = Program("public_safety", "Duty desk, Belize City", _pages, (Desk.follow,))
