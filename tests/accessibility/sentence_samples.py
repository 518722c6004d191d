"""Sentences of people in the small prison: dates drawn, refused, by hand, without an end."""

from collections.abc import Mapping
from datetime import timedelta

from pims.courts import services as courts
from pims.courts.services import OrderName, SentenceInput
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.sentence_law import shipped_text
from pims.kernel import clock
from pims.sentences import selectors, services
from pims.sentences.services import HandDates
from tests.fixtures.small_prison import SmallPrison


def sentence_samples(prison: SmallPrison) -> Mapping[str, tuple[object, ...]]:
    """POP's dates are drawn with everything there is, MEJIA's are by hand, CAL's have no end."""
    held, today = prison.held, clock.today("America/Belize")
    pop, mejia, cal = (held[name].person_id for name in ("POP", "MEJIA", "CAL"))

    def pass_on(person_id: int, *sentences: SentenceInput) -> None:
        courts.record_court_order(
            Command(system_actor()),
            establishment_id=prison.establishment_id,
            kind="commitment_sentence",
            body_id=prison.body("HC"),
            names=[OrderName(person_id)],
            received_at=clock.now(),
            reference="HC 41/26",
            dated=today,
            sentences=sentences,
        )

    passed = today - timedelta(days=400)
    pass_on(
        pop,
        SentenceInput(
            years=4, pronounced_on=passed, offence_on=passed - timedelta(days=90),
            offence_class="serious",
        ),
        SentenceInput(
            months=18, pronounced_on=passed, link="consecutive", consecutive_to_position=1,
            offence_class="lesser",
        ),
        SentenceInput(
            kind="fine_default", months=6, amount_cents=300_000, offence_class="lesser"
        ),
    )  # fmt: skip
    pass_on(mejia, SentenceInput(months=8, link="consecutive"))
    pass_on(cal, SentenceInput(kind="life", minimum_years=25, offence_class="serious"))
    services.recalculate(Command(system_actor()), person_ids=[pop, mejia, cal])
    made = None
    for kind, more in (
        ("remand_credit", {"days": 120, "for_pronounced_on": passed}),
        ("at_large", {"first_day": passed + timedelta(days=100),
                      "last_day": passed + timedelta(days=160)}),
        ("forfeited", {"days": 30, "first_day": passed + timedelta(days=165)}),
    ):  # fmt: skip
        made = services.record_adjustment(
            Command(system_actor()), person_id=pop, kind=kind, basis="Certificate 4/26", **more
        )
    assert made is not None
    hand = services.certify_by_hand(
        prison.officers.command("records_officer"),
        person_id=mejia,
        dates=HandDates(edr=today + timedelta(days=90), ldr=today + timedelta(days=200)),
        reason="The clerk says that it follows the sentence of 2024.",
    )
    signed = services.sign_rule(
        Command(system_actor()),
        rule_code="belize-2017.remission",
        signed_by_name="A. Pech",
        office="Legal officer",
        signed_on=today,
    )
    (fine,) = [
        one.sentence_id
        for one in selectors.assembled(system_actor(), pop).sentences
        if one.kind == "fine_default"
    ]
    paid = services.take_payment(
        prison.officers.command("gate_officer"),
        establishment_id=prison.establishment_id,
        person_id=pop,
        sentence_id=fine,
        amount_cents=125_000,
        received_at=clock.now(),
        paid_by="Her brother Mateo",
        how="bank",
        paper="Slip 88213",
    )
    shipped = shipped_text("belize").rules
    proposed = services.propose_law(
        prison.officers.command("records_officer"),
        reason="S.I. 12 of 2026",
        rules=shipped.replace('fraction = "1/3"', 'fraction = "1/2"'),
    )
    return {
        "proposal_id": (proposed.proposal_id,),
        "sentences:fine person_id": (pop, cal),
        "payment_id": (paid.payment_id,),
        "sentences:person person_id": (pop, mejia, cal),
        "sentences:what_if person_id": (pop,),
        "sentences:certify person_id": (mejia,),
        "adjustment_id": (made.adjustment_id,),
        "hand_calculation_id": (hand.hand_calculation_id,),
        "sentences:sign code": ("belize-2017.parole",),
        "signature_id": (signed.signature_id,),
    }
