"""Pages in plain HTML: no script, everything that is said escaped."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from pims_agency.desk import Desk, Page

ZONE = ZoneInfo("America/Belize")
STYLE = """
:root { color-scheme: light; --ink: #1c2733; --line: #b9c4cc; --accent: #4b2e83; --warn: #9b1c1c }
* { box-sizing: border-box }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: #f4f5f7 }
header { background: var(--accent); color: #fff; padding: .75rem 1rem }
header p { margin: 0; font-size: 1.15rem; font-weight: 700 }
header nav a { color: #fff; margin-right: 1rem }
main { max-width: 70rem; margin: 0 auto; padding: 1rem }
section { background: #fff; border: 1px solid var(--line); padding: .5rem 1rem 1rem;
  margin: 1rem 0 }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem }
table { border-collapse: collapse; width: 100% }
.wide { overflow-x: auto }
th, td { text-align: left; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top }
.bad { color: var(--warn); font-weight: 700 }
.faces { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none }
.faces img { width: 8rem; height: 10rem; object-fit: cover; background: #ddd; display: block }
label { display: block; font-weight: 700; margin-top: .75rem }
input, select, textarea { font: inherit; padding: .4rem; width: 100%; max-width: 30rem;
  border: 2px solid var(--ink) }
button { font: inherit; font-weight: 700; margin-top: 1rem; padding: .5rem 1rem; border: 0;
  background: var(--accent); color: #fff }
:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px }
"""


def page(desk: Desk, title: str, parts: Iterable[str], *, again: int = 3) -> Page:
    """A whole page; it looks again every so many seconds (0: never)."""
    refresh = f'<meta http-equiv="refresh" content="{again}">' if again else ""
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{refresh}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<header><p>{escape(title)}</p>"
        '<nav aria-label="Pages"><a href="/">Desk</a><a href="/messages">Messages</a></nav>'
        f"</header><main>{connection(desk)}{''.join(parts)}</main></body></html>"
    )
    return Page(body.encode())


def connection(desk: Desk) -> str:
    """Whether PIMS is heard: silence is shown, never taken for quiet."""
    if desk.problem:
        return f'<p class="bad" role="status">PIMS is not heard: {escape(desk.problem)}</p>'
    heard = moment(desk.heard_at.isoformat()) if desk.heard_at else "never"
    return f'<p role="status">Connected to PIMS. Last heard {heard}.</p>'


def section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> str:
    """`rows` are HTML already."""
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not lines:
        return f"<p>{escape(empty)}</p>"
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def moment(text: str) -> str:
    """An instant as this country's clock shows it."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(ZONE)
    return f'<time datetime="{escape(text)}">{at:%d %b %H:%M:%S}</time>'


def words(code: object) -> str:
    return escape(str(code or "").removeprefix("pims.").replace("_", " "))


def name_of(records: dict[str, object]) -> str:
    person = records.get("person")
    if not isinstance(person, dict):
        return ""
    family, given = str(person.get("family_name", "")), str(person.get("given_names", ""))
    return escape(f"{family.upper()}, {given}".strip(", "))


def messages(desk: Desk, title: str) -> Page:
    """Everything that went back and forth, the newest first."""
    rows = desk.store.rows(
        "SELECT 'feed' AS how, id, type, number, at, learnt_at, taken_back_by FROM happened"
        " UNION ALL SELECT 'push', id, type, '', '', came_at, NULL FROM pushed"
        " WHERE type <> 'pims.heartbeat'"
        " UNION ALL SELECT 'sent', message_id, kind, '', '', sent_at, NULL FROM sent"
        " ORDER BY learnt_at DESC LIMIT 200"
    )
    lines = [
        (
            moment(row["learnt_at"]), {"sent": "→ PIMS"}.get(row["how"], f"← {row['how']}"),
            words(row["type"]) + (" (taken back)" if row["taken_back_by"] else ""),
            escape(row["number"]), f"<code>{escape(row['id'])}</code>",
        )
        for row in rows
    ]  # fmt: skip
    shown = table(("When", "How", "What", "Number", "Message"), lines, empty="Nothing yet.")
    return page(desk, title, ["<h1>Messages</h1>", section("Newest first", shown)])
