"""The observatory: tables of numbers, and never a person."""

import json
from collections import defaultdict
from html import escape
from typing import Any

from pims_agency import html_pages as html
from pims_agency.desk import Asked, Desk, Page, Program
from pims_client.errors import PimsError

TITLE = "Crime Observatory"
EVERY = 30.0


def _fetch(desk: Desk) -> None:
    while not desk.stop.is_set():
        try:
            desk.store.replace_cells(dict(one) for one in desk.client.statistics()["cells"])
            desk.heard(None)
        except PimsError as problem:
            desk.heard(problem)
        desk.stop.wait(EVERY)


def _pages(desk: Desk, asked: Asked) -> Page:
    if asked.path == "/":
        return _desk(desk)
    if asked.path == "/messages":
        return html.messages(desk, TITLE)
    return Page(b"There is no such page.", 404)


def _desk(desk: Desk) -> Page:
    """The newest month of every indicator."""
    by_indicator: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in desk.store.rows("SELECT line FROM cell"):
        cell = json.loads(row["line"])
        by_indicator[str(cell.get("indicator", ""))].append(cell)
    parts = ["<h1>Tables</h1>"]
    for indicator, cells in sorted(by_indicator.items()):
        newest = max(str(one.get("period", "")) for one in cells)
        rows = [
            (_dimensions(one.get("dimensions")), _count(one))
            for one in cells
            if one.get("period") == newest
        ]
        title = f"{html.words(indicator).capitalize()}, {newest}"
        parts.append(
            html.section(title, html.table(("Who", "Number"), sorted(rows), empty="No number."))
        )
    if not by_indicator:
        parts.append("<p>No table was received yet.</p>")
    return html.page(desk, TITLE, parts, again=15)


def _dimensions(found: Any) -> str:
    if not isinstance(found, dict) or not found:
        return "everybody"
    return escape(", ".join(f"{name}: {value}" for name, value in sorted(found.items())))


def _count(cell: dict[str, Any]) -> str:
    return "left out (too few)" if cell.get("suppressed") else f"{int(cell.get('count') or 0):,}"


PROGRAM = Program("statistics", "Statistics desk", _pages, (_fetch,))
