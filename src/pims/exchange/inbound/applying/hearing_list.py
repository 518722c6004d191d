"""A court's list in the diary: each line once, and a line that a newer list leaves out is off."""

from dataclasses import dataclass

from pims.courts import selectors as courts
from pims.courts import services
from pims.courts.selectors import HearingInfo
from pims.exchange.inbound.applying.common import (
    Choices,
    Done,
    body_named,
    earlier_of,
    made_by,
    place_of,
)
from pims.exchange.inbound.kinds.hearing_list import Content, Entry
from pims.exchange.inbound.rows import Said
from pims.exchange.models import Inbound
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Transaction
from pims.kernel.decisions import refuse
from pims.kernel.reasons import Reason

# What becomes of a line.
ADD, MOVE, CANCEL, STANDS, NOBODY, LEFT_OUT = (
    "add", "move", "cancel", "stands", "nobody", "left_out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """`hearing` is the one of ours that the line is about, None where there is none."""

    at: int
    entry: Entry
    person_id: int | None
    what: str
    hearing: HearingInfo | None = None


def lines(
    viewer: Actor, row: Inbound, content: Content, *, without: tuple[int, ...] = ()
) -> list[Line]:
    """What is to be done with each line, against the diary as it is now."""
    entries = row.proposal.get("entries", [])
    persons = [entry.get("person_id") for entry in entries]
    diary = courts.hearings(viewer, {one for one in persons if one is not None})
    body_id = body_named(content.issued_by).body_id
    found = []
    for at, (entry, person_id) in enumerate(zip(content.entries, persons, strict=True)):
        if person_id is None:
            found.append(Line(at, entry, None, NOBODY))
            continue
        standing = next(
            (
                one
                for one in diary.get(person_id, [])
                if one.stands and one.on == content.on and one.body_id == body_id
            ),
            None,
        )
        what = LEFT_OUT if at in without else _what(entry, standing)
        found.append(Line(at, entry, person_id, what, standing))
    return found


def _what(entry: Entry, standing: HearingInfo | None) -> str:
    if standing is None:
        return ADD if entry.state == "on" else STANDS
    if entry.state == "cancelled":
        return CANCEL
    same = standing.mode == entry.mode and entry.at_time in (None, standing.at_time)
    return STANDS if same else MOVE


def apply(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    content = heard.content
    assert isinstance(content, Content)
    body = body_named(content.issued_by)
    done: dict[str, list[int]] = {"hearings": [], "moved": [], "cancelled": []}
    found = lines(tx.actor, row, content, without=choices.without)
    if all(line.what in (NOBODY, LEFT_OUT) for line in found):
        refuse(Reason("exchange.list_without_anybody")).require()
    reason = f"{body.name}: {row.message_id}"[:300]
    tx.lock_persons(line.person_id for line in found if line.person_id is not None)
    for line in found:
        entry, hearing = line.entry, line.hearing
        if line.what == ADD and line.person_id is not None:
            done["hearings"].append(
                services.schedule_hearing(
                    tx,
                    establishment_id=place_of(row),
                    person_id=line.person_id,
                    body_id=body.body_id,
                    on=content.on,
                    at_time=entry.at_time,
                    mode=entry.mode,
                    purpose=entry.purpose,
                    case_id=_case(tx.actor, line.person_id, body.body_id, entry.case_number),
                ).hearing_id
            )
        elif line.what == MOVE and hearing is not None:
            services.move_hearing(
                tx, hearing_id=hearing.hearing_id, version=hearing.version, on=content.on,
                at_time=entry.at_time or hearing.at_time, mode=entry.mode, reason=reason,
            )  # fmt: skip
            done["moved"].append(hearing.hearing_id)
        elif line.what == CANCEL and hearing is not None:
            services.cancel_hearing(
                tx, hearing_id=hearing.hearing_id, version=hearing.version, reason=reason
            )
            done["cancelled"].append(hearing.hearing_id)
        if line.what == STANDS and hearing is not None:
            done["hearings"].append(hearing.hearing_id)
    done["cancelled"] += _left_out(tx, row, content, found, reason)
    unknown = [line.at for line in found if line.what == NOBODY]
    return Done(
        made=done,
        told={
            "recorded": len(found) - len(unknown),
            "unknown": [
                {"line": at + 1, "own_reference": content.entries[at].subject.own_reference}
                for at in unknown
            ],
        },
        codes=tuple(f"unknown_person:{at + 1}" for at in unknown[:15]),
    )


def earlier_lists(row: Inbound) -> list[Inbound]:
    """The lists whose place this one takes: the one that it corrects, and older ones of its day."""
    key = row.proposal.get("list", "")
    same = Inbound.objects.filter(
        agency_id=row.agency_id, proposal__list=key, state=Inbound.State.APPLIED
    ).exclude(pk=row.pk)
    corrected = earlier_of(row)
    return [*(same if key else ()), *([corrected] if corrected is not None else [])]


def _left_out(
    tx: Transaction, row: Inbound, content: Content, found: list[Line], reason: str
) -> list[int]:
    """What an earlier list named, and this one, which is whole, no longer does."""
    if not content.whole:
        return []
    kept = {line.hearing.hearing_id for line in found if line.hearing is not None}
    named = {
        one
        for earlier in earlier_lists(row)
        for what in ("hearings", "moved")
        for one in made_by(earlier, what)
    }
    gone = []
    for hearing_id in sorted(named - kept):
        hearing = courts.hearing(tx.actor, hearing_id)
        if hearing.stands:
            services.cancel_hearing(
                tx, hearing_id=hearing_id, version=hearing.version, reason=reason
            )
            gone.append(hearing_id)
    return gone


def _case(viewer: Actor, person_id: int, body_id: int, number: str) -> int | None:
    wanted = number.casefold().strip()
    for case in courts.cases(viewer, [person_id]).get(person_id, []):
        if wanted and case.body_id == body_id and case.number.casefold().strip() == wanted:
            return case.case_id
    return None
