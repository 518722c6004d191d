"""The court registry: who is to be produced, orders sent to the prison, and what became of them."""

import json
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any
from uuid import uuid4

from pims_agency import html_pages as html
from pims_agency.desk import Asked, Desk, Page, Program
from pims_client.errors import PimsError, PimsRefused

TITLE = "Court registry"
COURT = "MC-BZ"
ASK_EVERY = 2.0
FETCH_EVERY, DAYS = 30.0, 4
# What the registry can send: the order, the kind of message that carries it, whether it frees.
ORDERS = {
    "bail_taken_up": ("bail", "Bail, taken up", True),
    "charge_withdrawn": ("release_order", "Charge withdrawn", True),
    "acquittal": ("release_order", "Acquittal", True),
    "remand": ("remand_order", "Remand to a next date", False),
}
_SETTLED = frozenset({"refused", "rejected", "superseded"})
# What says something of the order itself: anything else may pass, and the order is sent again.
_NEVER_TAKEN = frozenset({409, 413, 422})


def _pages(desk: Desk, asked: Asked) -> Page:
    if asked.path == "/" and asked.form:
        return _send(desk, asked)
    if asked.path == "/":
        return _desk(desk, asked.query)
    if asked.path == "/messages":
        return html.messages(desk, TITLE)
    return Page(b"There is no such page.", 404)


# -- sending -----------------------------------------------------------------------------------
def _send(desk: Desk, asked: Asked) -> Page:
    """Keep the order first, then send it: what is kept is sent again until PIMS has it."""
    form = {name: value.strip() for name, value in asked.form.items()}
    order = form.get("order", "")
    problems = _problems(form)
    if problems:
        return _desk(desk, {**form, "problems": "\n".join(problems)})
    kind, _, frees = ORDERS[order]
    content: dict[str, Any] = {
        "issued_by": COURT,
        "subject": {"number": form["number"]},
        "order": order,
        "reference": form["reference"],
        "case_number": form.get("case_number", ""),
        "dated": datetime.now(html.ZONE).date().isoformat(),
        "pronounced_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "as_written": form.get("as_written", ""),
    }
    if frees:
        content["ends_all"] = True
    else:
        content["next_date"] = form["next_date"]
    message_id = str(uuid4())
    message: dict[str, Any] = {
        "v": 1,
        "message_id": message_id,
        "kind": kind,
        "sent_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "content": content,
    }
    desk.store.keep_sent(message_id, kind, json.dumps(message))
    _hand_over(desk, message_id, message)
    return Page(b"", goes_to="/")


def _problems(form: dict[str, str]) -> list[str]:
    found = [
        f"Enter the {label}"
        for name, label in (("number", "prisoner number"), ("reference", "reference"))
        if not form.get(name)
    ]
    if form.get("order") not in ORDERS:
        found.append("Choose the order")
    elif not ORDERS[form["order"]][2]:
        try:
            datetime.fromisoformat(form.get("next_date", ""))
        except ValueError:
            found.append("Enter the next date")
    return found


def _hand_over(desk: Desk, message_id: str, message: dict[str, Any]) -> None:
    status: dict[str, Any] = {"state": "received"}
    try:
        desk.client.send(message)
    except PimsError as problem:
        status = {"state": "to_send", "problem": str(problem)[:200]}
        if isinstance(problem, PimsRefused) and problem.status in _NEVER_TAKEN:
            status = {"state": "rejected", "code": problem.code, "words": dict(problem.words)}
    desk.store.keep_status(message_id, status)
    if status["state"] == "received":
        _refresh(desk, message_id)


def _is_settled(status: dict[str, Any]) -> bool:
    """Whether nothing more is to be heard of it: of an order that frees, once the person walked."""
    clock = status.get("clock") or {}
    walks = bool(clock) and not (clock.get("freed_at") or clock.get("stopped_because"))
    return status["state"] in _SETTLED or (status["state"] == "applied" and not walks)


def _ask(desk: Desk) -> None:
    """Send what PIMS does not have yet, and ask what became of the rest."""
    while not desk.stop.wait(ASK_EVERY):
        ask_once(desk)


def ask_once(desk: Desk) -> None:
    for row in desk.store.rows("SELECT * FROM sent ORDER BY sent_at DESC LIMIT 50"):
        status = json.loads(row["status"])
        if status["state"] == "to_send":
            _hand_over(desk, row["message_id"], json.loads(row["body"]))
        elif not _is_settled(status):
            _refresh(desk, row["message_id"])


def _refresh(desk: Desk, message_id: str) -> None:
    try:
        desk.store.keep_status(message_id, dict(desk.client.message_status(message_id)))
    except PimsError as problem:
        desk.heard(problem)


# -- the page ----------------------------------------------------------------------------------
def _desk(desk: Desk, filled: dict[str, str] | Any) -> Page:
    problems = [one for one in str(filled.get("problems", "")).split("\n") if one]
    typing = bool(filled.get("number") or filled.get("new") or problems)
    parts = ["<h1>Orders and productions</h1>"]
    if problems:
        listed = "".join(f"<li>{escape(one)}</li>" for one in problems)
        parts.append(
            f'<section role="alert"><h2 class="bad">Not sent</h2><ul>{listed}</ul></section>'
        )
    parts.append(
        html.section("Send an order", _form(filled))
        if typing
        else '<p><a href="/?new=1">Send an order to the prison</a></p>'
    )
    parts += [html.section("Sent", _sent(desk)), html.section("To be produced", _list(desk))]
    return html.page(desk, TITLE, parts, again=0 if typing else 3)


def _form(filled: Any) -> str:
    def value(name: str) -> str:
        return escape(str(filled.get(name, "")), quote=True)

    options = "".join(
        f'<option value="{code}"{" selected" if filled.get("order") == code else ""}>'
        f"{escape(words)}</option>"
        for code, (_, words, _) in ORDERS.items()
    )
    fortnight = (datetime.now(html.ZONE).date() + timedelta(days=14)).isoformat()
    return (
        '<form method="post" action="/">'
        '<label for="order">Order</label>'
        f'<select id="order" name="order">{options}</select>'
        '<label for="number">Prisoner number</label>'
        f'<input id="number" name="number" value="{value("number")}" autocomplete="off">'
        '<label for="reference">Reference of the order</label>'
        f'<input id="reference" name="reference" value="{value("reference")}">'
        '<label for="case_number">Case number (if any)</label>'
        f'<input id="case_number" name="case_number" value="{value("case_number")}">'
        '<label for="next_date">Next date (of a remand)</label>'
        '<input id="next_date" name="next_date" type="date"'
        f' value="{value("next_date") or fortnight}">'
        '<label for="as_written">The order, as it was pronounced</label>'
        f'<textarea id="as_written" name="as_written" rows="3">{value("as_written")}</textarea>'
        "<button>Sign and send</button></form>"
    )


def _sent(desk: Desk) -> str:
    rows = []
    for row in desk.store.rows("SELECT * FROM sent ORDER BY sent_at DESC LIMIT 30"):
        content = json.loads(row["body"])["content"]
        status = json.loads(row["status"])
        steps = [
            f"{html.moment(str(step.get('at', '')))} {html.words(step.get('state'))}"
            for step in status.get("steps") or []
        ]
        said = status.get("words", {}).get("en") or status.get("problem") or ""
        clock = status.get("clock") or {}
        rows.append((
            html.moment(row["sent_at"]),
            html.words(content["order"]), escape(content["subject"]["number"]),
            escape(content["reference"]),
            f"<strong>{html.words(status['state'])}</strong> {escape(str(said))}",
            "<br>".join(steps), html.moment(str(clock.get("freed_at") or "")),
        ))  # fmt: skip
    heads = ("Sent", "Order", "Number", "Reference", "State", "What became of it", "Freed")
    return html.table(heads, rows, empty="Nothing was sent yet.")


def _list(desk: Desk) -> str:
    """The productions of the next days, as PIMS answered last."""
    wanted = {day.isoformat() for day in _days()}
    rows = [
        (
            escape(str(one.get("day", ""))), escape(str(one.get("time") or "")),
            escape(str(one.get("court") or "")), escape(str(one.get("number") or "")),
            html.name_of({"person": one.get("person")}), escape(str(one.get("case_number") or "")),
            _order_link(str(one.get("number") or "")),
        )
        for row in desk.store.rows("SELECT * FROM production ORDER BY day")
        if row["day"] in wanted
        for one in json.loads(row["lines"])
    ]  # fmt: skip
    heads = ("Day", "Hour", "Court", "Number", "Name", "Case", "")
    return html.table(heads, rows, empty="Nobody in the next days.")


def _order_link(number: str) -> str:
    return f'<a href="/?number={escape(number, quote=True)}">Send an order</a>'


def _days() -> list[date]:
    today = datetime.now(html.ZONE).date()
    return [today + timedelta(days=n) for n in range(DAYS)]


def _fetch(desk: Desk) -> None:
    """Ask for the productions of the next days, again and again."""
    while not desk.stop.is_set():
        try:
            for day in _days():
                found = desk.client.production(day)["hearings"]
                desk.store.keep_production(day.isoformat(), list(found))
        except PimsError as problem:
            desk.heard(problem)
        desk.stop.wait(FETCH_EVERY)


PROGRAM = Program(
    "court_production", "Clerk of Court, Belize City", _pages, (Desk.follow, _ask, _fetch)
)
