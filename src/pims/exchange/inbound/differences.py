"""What a message says beside what is on record, and what would be done: for the officer's page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.custody import selectors as custody
from pims.exchange.inbound.applying import court_order as orders
from pims.exchange.inbound.applying import hearing_list as lists
from pims.exchange.inbound.kinds import (
    arrest,
    arrest_of_released,
    court_order,
    further_warrant,
    hearing_list,
    police_interest,
)
from pims.exchange.inbound.kinds.parts import Subject
from pims.exchange.inbound.rows import Said, said
from pims.exchange.models import Inbound
from pims.exchange.rules import inbound as rules
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel import clock
from pims.people import selectors as people
from pims.people.selectors import PersonHeader


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` is a code of the page's words; both sides as they stand, "" where there is nothing.

    `differs` where they do not say the same.
    """

    what: str
    said: str
    held: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that would be done: a code of the page's words, with what it is about."""

    what: str
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """`papers` are the open papers that an order can end or take the place of, those `named` by its
    references; `same_paper` are papers and orders on record that may be this very one."""

    differences: tuple[Difference, ...] = ()
    deeds: tuple[Deed, ...] = ()
    remarks: tuple[Deed, ...] = ()
    papers: tuple[WarrantBrief, ...] = ()
    named: frozenset[int] = frozenset()
    same_warrants: tuple[WarrantBrief, ...] = ()
    same_releases: tuple[authority.ReleaseOrderInfo, ...] = ()
    lines: tuple[lists.Line, ...] = ()


def plan(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    """Of the record as it is now. Without a person, only what the message says by itself."""
    content = heard.content
    if isinstance(content, hearing_list.Content):
        return _list(viewer, row, content)
    if content is None or row.person_id is None or row.establishment_id is None:
        return Plan()
    who = _differences(viewer, content.subjects[0], row.person_id)
    made = _PLANS[type(content)](viewer, row, heard)
    remarks = (*_standing(viewer, row, heard), *made.remarks, *_against(row, heard))
    return Plan(
        differences=(*who, *made.differences),
        deeds=made.deeds,
        remarks=remarks,
        papers=made.papers,
        named=made.named,
        same_warrants=made.same_warrants,
        same_releases=made.same_releases,
    )


def _differences(viewer: Actor, subject: Subject, person_id: int) -> tuple[Difference, ...]:
    head = people.person_headers(viewer, [person_id]).get(person_id)
    if head is None:
        return ()
    name = subject.full_name
    same_name = not name or people.answers_to(person_id, name)
    found = [
        Difference("number", subject.number, head.number, _other_number(subject, head)),
        Difference("name", name, head.display_name, not same_name),
        Difference(
            "birth",
            _day(subject.birth_date),
            _day(head.birth_date),
            bool(subject.birth_date and head.birth_date and subject.birth_date != head.birth_date),
        ),
        Difference(
            "sex", "" if subject.sex == "unknown" else subject.sex, head.sex,
            "unknown" not in (subject.sex, head.sex) and subject.sex != head.sex,
        ),
        Difference(
            "nationality", subject.nationality, " ".join(head.nationality_codes),
            bool(subject.nationality and head.nationality_codes)
            and subject.nationality not in head.nationality_codes,
        ),
    ]  # fmt: skip
    return tuple(one for one in found if one.said or one.what in ("number", "name"))


def _other_number(subject: Subject, head: PersonHeader) -> bool:
    """A number of a record that was joined is the person's own."""
    if not subject.number:
        return False
    found = people.ids_of_numbers([_spelt(subject.number)])
    return not found or people.canonical_id(next(iter(found.values()))) != head.person_id


def _spelt(number: str) -> str:
    digits = "".join(c for c in number if c.isascii() and c.isdigit())
    return f"{digits[:7]}-{digits[7:]}"


def _standing(viewer: Actor, row: Inbound, heard: Said) -> tuple[Deed, ...]:
    """Whether it can be about somebody who stands as this person does."""
    assert row.person_id is not None
    where = custody.whereabouts(viewer, [row.person_id]).get(row.person_id)
    inside = where is not None and where.held
    head = people.person_headers(viewer, [row.person_id]).get(row.person_id)
    found = []
    if head is not None and head.died_on is not None:
        found.append(Deed("has_died", {"on": _day(head.died_on)}))
    if heard.kind is not None and heard.kind.code == "arrest_of_released" and inside:
        found.append(Deed("is_in_custody_here"))
    elif heard.frees is True and not inside:
        found.append(Deed("is_not_in_custody"))
    return tuple(found)


def _against(row: Inbound, heard: Said) -> tuple[Deed, ...]:
    """Other messages of these days that say the opposite, of whichever agency."""
    rows = Inbound.objects.filter(person_id=row.person_id).exclude(pk=row.pk)
    others = [
        rules.Other(str(one.pk), one.message_id, one.state, said(one).frees, one.received_at)
        for one in rows.select_related("agency").order_by("-received_at")[:40]
    ]
    return tuple(
        Deed("contradicts", {"message": one.message_id, "id": one.inbound_id, "state": one.state})
        for one in rules.contradictions(heard.frees, row.received_at, others)
    )


def _order(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    content = heard.content
    assert isinstance(content, court_order.Content)
    assert row.person_id is not None
    assert row.establishment_id is not None
    zone = facilities.time_zone(row.establishment_id)
    named = orders.named_by(viewer, content, person_id=row.person_id, zone=zone)
    body = next(b for b in authority.bodies() if b.code == content.issued_by)
    papers = [
        one
        for one in authority.warrants_of([row.person_id], zone=zone).get(row.person_id, [])
        if one.ends_at is None
    ]
    remarks = [Deed("reference_unknown", {"reference": one}) for one in named.lacking]
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    if rules.day_passed(content.next_date, today):
        remarks.append(Deed("day_passed", {"day": _day(content.next_date)}))
    if content.pronounced_at is not None and content.pronounced_at > row.received_at:
        remarks.append(Deed("made_later_than_it_came", {"at": content.pronounced_at}))
    if heard.frees and not papers:
        remarks.append(Deed("nothing_to_free_from"))
    others = [one for one in papers if one.body_id != body.body_id and one in named.warrants]
    remarks += [Deed("other_court", {"reference": one.reference}) for one in others]
    deeds = [Deed("record_order", {"order": content.order, "body": body.name})]
    if content.case_number and named.case is None:
        deeds.append(Deed("open_case", {"number": content.case_number}))
    for charge in content.charges if content.case_number else ():
        own = named.case.charges if named.case else ()
        if not any(orders.same_charge(one, charge) for one in own):
            deeds.append(Deed("add_charge", {"charge": charge.words or charge.offence}))
    if content.next_date is not None:
        deeds.append(Deed("put_in_diary", {"day": _day(content.next_date)}))
    reference = _plain(content.reference)
    same = [one for one in papers if reference and _plain(one.reference) == reference]
    releases = [
        one
        for one in authority.release_orders([row.person_id]).get(row.person_id, [])
        if heard.frees and reference and _plain(one.reference) == reference
    ]
    return Plan(
        differences=_order_differences(content, papers, same),
        deeds=tuple(deeds),
        remarks=tuple(remarks),
        papers=tuple(papers),
        named=frozenset(one.warrant_name_id for one in named.warrants),
        same_warrants=tuple(one for one in same if one.body_id == body.body_id),
        same_releases=tuple(releases),
    )


def _order_differences(
    content: court_order.Content, papers: list[WarrantBrief], same: list[WarrantBrief]
) -> tuple[Difference, ...]:
    """The days of the message beside those of the papers that hold the person now."""
    beside = same or papers
    found = []
    for what, says, held in (
        ("next_date", content.next_date, [one.next_appearance for one in beside]),
        ("until", content.until, [one.until for one in beside]),
    ):
        known = sorted({day for day in held if day is not None})
        if says is not None or (known and what == "next_date"):
            found.append(
                Difference(
                    what, _day(says), " · ".join(_day(day) for day in known),
                    says is not None and says not in known,
                )
            )  # fmt: skip
    if content.amount_cents is not None:
        known_amounts = sorted({o.amount_cents for o in beside if o.amount_cents is not None})
        found.append(
            Difference(
                "amount", f"{content.amount_cents / 100:.2f}",
                " · ".join(f"{cents / 100:.2f}" for cents in known_amounts),
                content.amount_cents not in known_amounts,
            )
        )  # fmt: skip
    return tuple(found)


def _warrant(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    content = heard.content
    assert isinstance(content, further_warrant.Content)
    assert row.person_id is not None
    assert row.establishment_id is not None
    zone = facilities.time_zone(row.establishment_id)
    body = next(b for b in authority.bodies() if b.code == content.issued_by)
    same = [
        one
        for one in authority.warrants_of([row.person_id], zone=zone).get(row.person_id, [])
        if one.body_id == body.body_id and _plain(one.reference) == _plain(content.reference)
    ]
    remarks = []
    if row.agency.kind == "police":
        remarks.append(
            Deed("court_not_heard", {"body": body.name, "telephone": body.registry_phone})
        )
    return Plan(
        deeds=(Deed("record_warrant", {"warrant": content.warrant, "body": body.name}),),
        remarks=tuple(remarks),
        same_warrants=tuple(one for one in same if one.ends_at is None),
    )


def _interest(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    content = heard.content
    assert isinstance(content, police_interest.Content)
    what = "withdraw_interest" if content.withdrawn else "record_interest"
    return Plan(deeds=(Deed(what, {"agency": row.agency.name}),), remarks=(Deed("holds_nobody"),))


def _arrest(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    content = heard.content
    assert isinstance(content, arrest.Content)
    deeds = []
    if content.court is not None and content.charges:
        deeds.append(Deed("open_case", {"number": content.case_number or content.reference}))
        deeds += [
            Deed("add_charge", {"charge": one.words or one.offence}) for one in content.charges
        ]
        if content.first_appearance is not None:
            deeds.append(Deed("put_in_diary", {"day": _day(content.first_appearance)}))
    return Plan(deeds=tuple(deeds) or (Deed("note"),), remarks=(Deed("holds_nobody"),))


def _arrest_of_released(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    return Plan(deeds=(Deed("note"),), remarks=(Deed("holds_nobody"),))


def _list(viewer: Actor, row: Inbound, content: hearing_list.Content) -> Plan:
    if row.establishment_id is None:
        return Plan()
    found = lists.lines(viewer, row, content)
    today = clock.now().astimezone(ZoneInfo(facilities.time_zone(row.establishment_id))).date()
    remarks = []
    if rules.day_passed(content.on, today):
        remarks.append(Deed("day_passed", {"day": _day(content.on)}))
    if content.whole and lists.earlier_lists(row):
        remarks.append(Deed("takes_the_place"))
    return Plan(remarks=tuple(remarks), lines=tuple(found))


_PLANS: Mapping[type, Callable[[Actor, Inbound, Said], Plan]] = {
    court_order.Content: _order,
    further_warrant.Content: _warrant,
    police_interest.Content: _interest,
    arrest.Content: _arrest,
    arrest_of_released.Content: _arrest_of_released,
}


def _day(day: date | datetime | None) -> str:
    return "" if day is None else day.isoformat()


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


__all__ = ["Deed", "Difference", "Plan", "plan"]
