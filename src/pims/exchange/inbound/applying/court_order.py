"""An order of a court, recorded as written by the courts' own service, with all that it does."""

from dataclasses import dataclass
from datetime import date

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts import selectors as courts
from pims.courts import services
from pims.courts.selectors import CaseInfo, ChargeInfo
from pims.courts.services import OrderName, SentenceInput
from pims.exchange.inbound.applying.common import (
    Choices,
    Done,
    body_named,
    earlier_of,
    made_by,
    person_of,
    place_of,
    zone_of,
)
from pims.exchange.inbound.kinds.court_order import Content, SentenceSaid
from pims.exchange.inbound.kinds.parts import ChargeSaid
from pims.exchange.inbound.rows import Said
from pims.exchange.models import Inbound
from pims.exchange.rules import inbound as rules
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Named:
    """What of our record the order names: its case, and the papers to which its references lead."""

    case: CaseInfo | None
    warrants: tuple[WarrantBrief, ...]
    lacking: tuple[str, ...]


def named_by(viewer: Actor, content: Content, *, person_id: int, zone: str) -> Named:
    """The case by the court's number, and the open papers by the references in `frees_from`."""
    body = body_named(content.issued_by)
    cases = courts.cases(viewer, [person_id]).get(person_id, [])
    wanted = _plain(content.case_number)
    case = next(
        (c for c in cases if wanted and c.body_id == body.body_id and _plain(c.number) == wanted),
        None,
    )
    open_ones = [
        one
        for one in authority.warrants_of([person_id], zone=zone).get(person_id, [])
        if one.ends_at is None
    ]
    asked = {_plain(reference): reference for reference in content.frees_from if reference}
    warrants = tuple(one for one in open_ones if _plain(one.reference) in asked)
    found = {_plain(one.reference) for one in warrants}
    return Named(case, warrants, tuple(asked[one] for one in asked if one not in found))


def apply(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    content = heard.content
    assert isinstance(content, Content)
    person_id, where = person_of(row), place_of(row)
    body = body_named(content.issued_by)
    named = named_by(tx.actor, content, person_id=person_id, zone=zone_of(row))
    case_id = named.case.case_id if named.case else None
    if case_id is None and content.case_number:
        case_id = services.open_case(
            tx,
            establishment_id=where,
            number=content.case_number,
            body_id=body.body_id,
            person_ids=[person_id],
        ).case_id
    charge_ids = _charges(tx, content, named.case, case_id, person_id)
    earlier = earlier_of(row)
    changes = next(iter(made_by(earlier, "orders")), None)
    chosen = choices.warrant_name_ids
    ends_all = content.ends_all if choices.ends_all is None else choices.ends_all
    result = services.record_court_order(
        tx,
        establishment_id=where,
        kind=content.order,
        body_id=body.body_id,
        names=[
            OrderName(
                person_id=person_id,
                name_as_written=content.subject.full_name,
                warrant_name_ids=tuple(w.warrant_name_id for w in named.warrants)
                if chosen is None
                else chosen,
                ends_all=ends_all,
                keyed_warrant_name_id=choices.keyed_warrant_name_id,
                keyed_release_order_id=choices.keyed_release_order_id,
            )
        ],
        received_at=row.received_at,
        pronounced_at=rules.at_most(content.pronounced_at, row.received_at),
        case_id=case_id,
        charge_ids=charge_ids,
        reference=content.reference,
        dated=content.dated,
        as_written=content.as_written,
        next_date=content.next_date,
        next_mode=content.next_mode,
        until=content.until,
        amount_cents=content.amount_cents,
        review_months=content.review_months,
        conditions=content.conditions,
        sureties=content.sureties,
        sentences=[_sentence(one, charge_ids) for one in content.sentences],
        changes_order_id=changes,
        changes_reference=content.changes,
        change=content.change or ("replaces" if changes else ""),
        dates_as_written={str(k): v for k, v in content.dates_as_written.items()},
    )
    releases = [one for one in result.release_order_ids if one is not None]
    return Done(
        made={
            "orders": result.order_ids,
            "warrant_names": [one for one in result.warrant_name_ids if one is not None],
            "release_orders": releases,
        },
        told={"recorded": True, "defects": list(result.defects)},
        codes=tuple(f"defect:{one}" for one in result.defects),
    )


def _charges(
    tx: Transaction,
    content: Content,
    case: CaseInfo | None,
    case_id: int | None,
    person_id: int,
) -> list[int]:
    """The charges of the message, each with ours: the same one of the case, else recorded anew."""
    if case_id is None:
        return []
    own = [one for one in (case.charges if case else ()) if one.person_id == person_id]
    found = []
    for said in content.charges:
        same = next((c for c in own if same_charge(c, said) and c.charge_id not in found), None)
        found.append(
            same.charge_id
            if same
            else services.add_charge(
                tx,
                case_id=case_id,
                person_id=person_id,
                offence_code=said.offence,
                as_written=said.words,
                offence_from=said.offence_from,
                offence_to=said.offence_to,
            ).charge_id
        )
    return found


def same_charge(charge: ChargeInfo, said: ChargeSaid) -> bool:
    if said.offence and charge.offence_code:
        return charge.offence_code == said.offence and _near(charge.offence_from, said)
    return bool(said.words) and _plain(charge.as_written) == _plain(said.words)


def _near(on_record: date | None, said: ChargeSaid) -> bool:
    return said.offence_from is None or on_record is None or on_record == said.offence_from


def _sentence(said: SentenceSaid, charge_ids: list[int]) -> SentenceInput:
    at = None if said.charge is None else said.charge - 1
    return SentenceInput(
        kind=said.kind,
        years=said.years,
        months=said.months,
        weeks=said.weeks,
        days=said.days,
        minimum_years=said.minimum_years,
        minimum_months=said.minimum_months,
        minimum_weeks=said.minimum_weeks,
        minimum_days=said.minimum_days,
        pronounced_on=said.pronounced_on,
        effective_from=said.effective_from,
        link="concurrent" if said.after is None else "consecutive",
        consecutive_to_position=said.after,
        charge_id=charge_ids[at] if at is not None and at < len(charge_ids) else None,
        offence_class=said.offence_class,
        amount_cents=said.amount_cents,
    )


def _plain(text: str) -> str:
    """References are the same whatever stands between their letters and digits."""
    return "".join(c for c in text.casefold() if c.isalnum())
