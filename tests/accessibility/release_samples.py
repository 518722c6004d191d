"""Preparations, parole and the register with something of everything to show."""

from collections.abc import Mapping
from datetime import timedelta

from pims.authority import selectors as papers
from pims.authority import services as authority
from pims.courts import services as courts
from pims.courts.services import OrderName, SentenceInput
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.release import services
from pims.release.models import Preparation
from pims.release.rules.preparing import ITEMS
from pims.sentences import services as sentences
from tests.fixtures.small_prison import SmallPrison


def release_samples(prison: SmallPrison) -> Mapping[str, tuple[object, ...]]:
    """CHOC goes in nine days by different counts, GILLETT left two days late, MYERS is inside
    beyond her day; PECH's parole is before the board, NUNEZ's was granted."""
    held, here, system = prison.held, prison.establishment_id, system_actor()
    today, now = clock.today("America/Belize"), clock.now()

    def until(name: str, days: int) -> None:
        warrant_name_id = held[name].warrant_name_id
        assert warrant_name_id is not None
        paper = papers.warrant_name(system, warrant_name_id)
        authority.amend_warrant_name(
            Command(system), warrant_name_id=warrant_name_id, version=paper.version,
            reason="Keyed wrongly", name_as_written=paper.name_as_written, charges=paper.charges,
            starts_at=paper.starts_at, until=today + timedelta(days=days),
            next_appearance=paper.next_appearance, amount_cents=paper.amount_cents,
        )  # fmt: skip

    until("CHOC", 9)
    until("GILLETT", -2)
    with clock.at(now - timedelta(days=4)):
        services.open_due_preparations(Command(system), establishment_id=here)
    gone = services.record_paper_discharge(
        Command(system), episode_id=held["GILLETT"].episode_id, happened_at=now
    )
    services.end_preparations(Command(system), person_id=held["GILLETT"].person_id, released=True)
    services.open_due_preparations(Command(system), establishment_id=here)
    near = Preparation.objects.get(person_id=held["CHOC"].person_id, state="open")
    officer = prison.officers.command
    for role, days in (("records_officer", 9), ("duty_senior_officer", 11)):
        services.read_release_date(
            officer(role), preparation_id=near.pk, release_on=today + timedelta(days=days)
        )
    services.settle_preparation_item(
        officer("records_officer"), preparation_id=near.pk, code="travel", done=True,
        note="Bus to Punta Gorda",
    )  # fmt: skip
    services.tell_agency(
        officer("records_officer"), preparation_id=near.pk, stage="14d", kind="police",
        agency="Hattieville", how="telephone", spoke_to="Sgt Flowers",
    )  # fmt: skip
    line = services.record_over_detention(
        officer("officer_in_charge"), person_id=held["MYERS"].person_id, establishment_id=here,
        began_on=today - timedelta(days=12), ended_on=today - timedelta(days=9), cause="credit",
        account="The certificate of remand came late.", lessons="Ask a week before.",
    )  # fmt: skip
    cases = [_parole(prison, name) for name in ("PECH", "NUNEZ")]
    services.decide_parole(
        officer("records_officer"), parole_id=cases[1], decision="granted", decided_on=today,
        reasons="Good conduct; work waits.", conditions="Reports each Monday.", reference="PB 9/26",
    )  # fmt: skip
    return {
        "preparation_id": (near.pk,),
        "release:prepare_item code": ITEMS,
        "release:left_late discharge_id": (gone.discharge_id,),
        "parole_id": tuple(cases),
        "release:decide_parole parole_id": (cases[0],),
        "release:revoke_parole parole_id": (cases[1],),
        "detention_error_id": (line.detention_error_id,),
    }


def _parole(prison: SmallPrison, name: str) -> int:
    """A case for somebody who has served enough of a long sentence."""
    person_id, today = prison.held[name].person_id, clock.today("America/Belize")
    passed = today - timedelta(days=30)
    courts.record_court_order(
        Command(system_actor()),
        establishment_id=prison.establishment_id,
        kind="commitment_sentence",
        body_id=prison.body("HC"),
        names=[OrderName(person_id)],
        received_at=clock.now(),
        dated=passed,
        sentences=[SentenceInput(years=6, pronounced_on=passed, offence_class="lesser")],
    )
    sentences.record_adjustment(
        Command(system_actor()), person_id=person_id, kind="remand_credit", days=900,
        for_pronounced_on=passed, basis="Certificate 9/26",
    )  # fmt: skip
    sentences.recalculate(Command(system_actor()), person_ids=[person_id])
    made = services.open_parole(prison.officers.command("officer_in_charge"), person_id=person_id)
    return made.parole_id
