"""Those who go: on the day that is calculated, when the fine is paid, on an order of bail."""

from datetime import date

from pims.authority import services as authority
from pims.demo.inmates import Inmate
from pims.demo.keying import OrderPaper, key_papers
from pims.demo.records import note, read
from pims.demo.state import State
from pims.property import selectors as property_selectors
from pims.property import services as property_room
from pims.release import services as release

# What is done before each gate; see the list of the discharge check.
SETTLED = ("medication", "travel", "documents", "next_of_kin")


def leave_in_the_morning(simulation: State, day: date, inmate: Inmate) -> None:
    if inmate.episode_id not in simulation.inside:
        return
    if inmate.stay.ends_by == "fine_paid":
        with simulation.at(day, 10, 0):
            (keyed,) = key_papers(
                simulation.officers.command("records_officer"),
                establishment_id=simulation.establishment_id,
                papers=[
                    OrderPaper(
                        kind="fine_paid",
                        body_id=simulation.bodies[inmate.stay.court],
                        person_ids=(inmate.person_id,),
                        reference=f"Receipt {inmate.stay.index}",
                        dated=day,
                        amount_cents=inmate.stay.amount_cents,
                        in_court=inmate.in_court,
                        ends_all=True,
                    )
                ],
            )
            note(simulation, [inmate], keyed, day)
        discharge(simulation, day, inmate, order_id=keyed.release_order_ids[0], hour=10)
    else:
        discharge(simulation, day, inmate, order_id=None, hour=8)


def discharge(
    simulation: State, day: date, inmate: Inmate, *, order_id: int | None, hour: int
) -> None:
    with simulation.at(day, hour, 8):
        first = simulation.officers.command
        read(simulation, [inmate])
        case = release.start_discharge(
            first("records_officer"),
            episode_id=inmate.episode_id,
            basis="order" if order_id is not None else "final_date",
            release_order_id=order_id,
            final_date=None if order_id is not None else day,
        ).case_id
        if order_id is not None:
            authority.verify_release_order(
                first("records_officer"), release_order_id=order_id, spoke_to="The clerk"
            )
        release.establish_identity(
            first("records_officer"),
            case_id=case,
            how="two_officers",
            vouchers=[
                release.Voucher(simulation.officers.by_role[role].user_id)
                for role in ("reception_officer", "unit_officer")
            ],
        )
    with simulation.at(day, hour, 14):
        held = property_selectors.held_items([inmate.person_id]).get(inmate.person_id, [])
        if held:
            property_room.return_property(
                first("reception_officer"),
                person_id=inmate.person_id,
                establishment_id=simulation.establishment_id,
                item_ids=[item.item_id for item in held],
            )
        release.settle_items(first("records_officer"), case_id=case, done=SETTLED)
        release.second_officer_agrees(first("duty_senior_officer"), case_id=case)
    with simulation.at(day, hour, simulation.rng.randint(18, 34)):
        release.discharge_person(first("records_officer"), case_id=case, destination="Home")
    simulation.free_place(inmate)
    del simulation.inside[inmate.episode_id]
