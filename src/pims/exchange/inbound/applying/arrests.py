"""Arrests that the police tell of: the charges are recorded; who is nobody of ours yet is made."""

from zoneinfo import ZoneInfo

from pims.courts import selectors as courts
from pims.courts import services
from pims.exchange.inbound.applying.common import (
    Choices,
    Done,
    body_named,
    person_of,
    place_of,
    zone_of,
)
from pims.exchange.inbound.applying.court_order import same_charge
from pims.exchange.inbound.kinds import arrest, arrest_of_released
from pims.exchange.inbound.kinds.parts import Subject
from pims.exchange.inbound.rows import Said
from pims.exchange.models import Inbound
from pims.foundation.commands.transaction import Transaction
from pims.kernel.decisions import Reason, refuse
from pims.people.services import NameInput, create_person


def apply_arrest(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    """The case and the charges, where the police name the court before which they go. It puts
    nobody in custody here: that is for the gate, when somebody is brought."""
    content = heard.content
    assert isinstance(content, arrest.Content)
    made: dict[str, list[int]] = {}
    if row.person_id is None and choices.new_person:
        row.person_id = _made(tx, row, content.subject)
        made["persons"] = [row.person_id]
    person_id = person_of(row)
    if content.court is not None and content.charges:
        body = body_named(content.court)
        number = content.case_number or content.reference
        own = courts.cases(tx.actor, [person_id]).get(person_id, [])
        case = next((c for c in own if c.number == number and c.body_id == body.body_id), None)
        case_id = case.case_id if case else services.open_case(
            tx, establishment_id=place_of(row), number=number, body_id=body.body_id,
            person_ids=[person_id],
            opened_on=content.arrested_at.astimezone(ZoneInfo(zone_of(row))).date(),
        ).case_id  # fmt: skip
        made["cases"] = [case_id]
        known = [c for c in (case.charges if case else ()) if c.person_id == person_id]
        made["charges"] = [
            services.add_charge(
                tx, case_id=case_id, person_id=person_id, offence_code=said.offence,
                as_written=said.words, offence_from=said.offence_from,
                offence_to=said.offence_to,
            ).charge_id
            for said in content.charges
            if not any(same_charge(one, said) for one in known)
        ]  # fmt: skip
        if content.first_appearance is not None:
            made["hearings"] = [
                services.schedule_hearing(
                    tx, establishment_id=place_of(row), person_id=person_id,
                    body_id=body.body_id, on=content.first_appearance, case_id=case_id,
                ).hearing_id
            ]  # fmt: skip
    return Done(made=made, told={"recorded": True}, codes=("noted",))


def apply_arrest_of_released(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    """Noted on the person's record by the event of this decision: nobody is in custody by it."""
    assert isinstance(heard.content, arrest_of_released.Content)
    person_of(row)
    return Done(told={"recorded": True}, codes=("noted",))


def _made(tx: Transaction, row: Inbound, subject: Subject) -> int:
    """A record of somebody whom the police arrested and we have never seen."""
    if row.agency.sandbox:
        refuse(Reason("exchange.sandbox_of_test_prisoners")).require()
    return create_person(
        tx,
        names=[NameInput(given=subject.given_names, family=subject.family_name)]
        if subject.full_name
        else [],
        sex=subject.sex,
        birth_date=subject.birth_date,
        birth_precision="day" if subject.birth_date else "unknown",
        nationalities=[subject.nationality] if subject.nationality else [],
        establishment_id=row.establishment_id,
        source="exchange",
    ).person_id
