"""`pims law`: what the law of sentences is, who signed it, and whose dates a change would move."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer

from pims.courts.selectors import PaperDay
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.console import JsonFlag, show, words
from pims.foundation.ledger.append import append_read
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel import clock
from pims.people import selectors as people
from pims.sentences import law as laws
from pims.sentences import selectors, services
from pims.sentences.selectors import Comparison, MovedPerson

app = typer.Typer(help="The law of sentences.", no_args_is_help=True)

RULES = {
    "code": "Rule", "confidence": "Confidence", "signed_by": "Signed by", "office": "Office",
    "signed_on": "On", "resting": "People's dates on it", "citation": "Citation",
}  # fmt: skip
MOVES = {
    "number": "Number", "name": "Name", "status": "Status", "date": "Date", "before": "Before",
    "after": "After", "days": "Days",
}  # fmt: skip
PAPERS = {
    "number": "Number", "name": "Name", "paper": "Paper", "what": "Day", "recorded": "On record",
    "before": "Before", "after": "After", "days": "Days",
}  # fmt: skip
PAPER_DAYS = {"last_day": "last day", "review": "review"}
DATES = {
    "edr": "earliest release", "ldr": "latest release", "sentence_expiry": "expiry",
    "full_term_end": "full term", "ped": "parole", "next_review": "review",
    "release_day": "gate opens",
}  # fmt: skip
TELL_EVERY = 500


@app.command("list")
def list_rules(
    unsigned: Annotated[bool, typer.Option(help="Only rules in use that nobody signed.")] = False,
    json: JsonFlag = False,
) -> None:
    """Every rule of the law in force, who stands for it, and how many people's dates rest on it."""
    viewer = system_actor()
    found = selectors.unsigned_rules(viewer) if unsigned else selectors.law_rules(viewer)
    rows = [
        {
            "code": one.rule.code,
            "confidence": one.rule.confidence,
            "signed_by": one.signature.signed_by_name if one.signature else None,
            "office": one.signature.office if one.signature else None,
            "signed_on": one.signature.signed_on if one.signature else None,
            "resting": one.resting,
            "citation": one.rule.citation,
            "text": dict(one.rule.text),
            "signature_id": one.signature.signature_id if one.signature else None,
        }
        for one in found
    ]
    show(rows, as_json=json, columns=RULES)


@app.command()
def compare(
    old: Annotated[str, typer.Argument(help="A law, one version of it, or a TOML file.")],
    new: Annotated[str, typer.Argument(help="The same, to compare with.")],
    json: JsonFlag = False,
) -> None:
    """Each prisoner whose dates move, and each paper stated in months whose day does, before a
    change of the law is activated."""
    viewer = system_actor()
    told = 0

    def progress(done: int, of: int) -> None:
        nonlocal told
        if done == of or done - told >= TELL_EVERY:
            told = done
            words.print(f"  {done:,} of {of:,}", markup=False)

    found = selectors.compare_laws(
        viewer, laws.law_asked_for(old), laws.law_asked_for(new), progress=progress
    )
    persons = sorted({m.person_id for m in found.moved} | {p.person_id for p in found.papers})
    append_read(
        actor_id=viewer.user_id,
        page="cli.law_compare",
        person_ids=persons,
        establishment_id=None,
        at=clock.now(),
    )
    headers = people.person_headers(viewer, persons, brief=True)
    names = {i: (header.number, header.display_name) for i, header in headers.items()}
    if json:
        show(_as_data(found, names), as_json=True)
        return
    rows = [row for one in found.moved for row in _rows(one, names)]
    title = f"{len(found.moved):,} of {found.looked_at:,} people with a sentence move"
    if rows:
        show(rows, as_json=False, columns=MOVES, title=title)
    else:
        typer.echo(title)
    if found.papers:
        show(
            [_paper_row(one, names) for one in found.papers],
            as_json=False,
            columns=PAPERS,
            title=f"Papers stated in months with another day: {len(found.papers):,}",
        )


@app.command()
def sign(
    rule: Annotated[str, typer.Argument(help="Its code, such as belize-2017.remission.")],
    name: Annotated[str, typer.Option(help="Who signed it.")],
    office: Annotated[str, typer.Option(help="In which office.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When. Default: today.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Record who stands for a rule as it is; dates that rested on it are worked out anew."""
    made = services.sign_rule(
        Command(system_actor()),
        rule_code=rule,
        signed_by_name=name,
        office=office,
        signed_on=_today() if on is None else on.date(),
    )
    show(
        made,
        as_json=json,
        columns={"signature_id": "Signature", "recalculated": "People whose dates were worked out"},
    )


@app.command()
def withdraw(
    signature_id: Annotated[int, typer.Argument(help="See `pims law list --json`.")],
    reason: Annotated[str, typer.Option(help="Why nobody stands for it any more.")],
    json: JsonFlag = False,
) -> None:
    """A signature no longer stands: dates that rest on the rule are provisional again."""
    made = services.withdraw_signature(
        Command(system_actor()), signature_id=signature_id, reason=reason
    )
    show(
        made,
        as_json=json,
        columns={"signature_id": "Signature", "recalculated": "People whose dates were worked out"},
    )


def _today() -> date:
    from pims.sentences.assembling import today

    return today()


def _rows(one: MovedPerson, names: dict[int, tuple[str, str]]) -> list[dict[str, object]]:
    number, name = names.get(one.person_id, (str(one.person_id), ""))
    status = one.status_after
    if one.status_before != one.status_after:
        status = f"{one.status_before} → {one.status_after}"
    who = {"number": number, "name": name, "status": status}
    if not one.dates:
        return [{**who, "date": "", "before": None, "after": None, "days": None}]
    return [
        {
            **who,
            "date": DATES[moved.name],
            "before": moved.before,
            "after": moved.after,
            "days": "" if moved.days is None else f"{moved.days:+d}",
        }
        for moved in one.dates
    ]


def _paper_row(one: PaperDay, names: dict[int, tuple[str, str]]) -> dict[str, object]:
    number, name = names.get(one.person_id, (str(one.person_id), ""))
    label = order_kinds()[one.kind].label["en"]
    return {
        "number": number,
        "name": name,
        "paper": ", ".join(filter(None, (label, one.body, one.reference))),
        "what": PAPER_DAYS[one.what],
        "recorded": one.recorded,
        "before": one.before,
        "after": one.after,
        "days": "" if one.days is None else f"{one.days:+d}",
    }


def _as_data(found: Comparison, names: dict[int, tuple[str, str]]) -> dict[str, object]:
    return {
        "old": found.old,
        "new": found.new,
        "looked_at": found.looked_at,
        "moved": [
            {
                "person_id": one.person_id,
                "number": names.get(one.person_id, ("", ""))[0],
                "status_before": one.status_before,
                "status_after": one.status_after,
                "dates": {
                    moved.name: {
                        "before": moved.before, "after": moved.after, "days": moved.days,
                    }
                    for moved in one.dates
                },
            }
            for one in found.moved
        ],
        "papers": [
            {"number": names.get(one.person_id, ("", ""))[0], **asdict(one), "days": one.days}
            for one in found.papers
        ],
    }  # fmt: skip
