"""One of everything, so that every page of the site has something to show."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from urllib.parse import quote

from pims.assurance import selectors as assurance
from pims.authority import selectors as authority_selectors
from pims.authority import services as authority
from pims.courts import selectors as courts_selectors
from pims.courts import services as courts
from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput, EscortInput
from pims.custody.web.admission_steps import STEPS
from pims.custody.web.occurrences import KINDS
from pims.facilities import selectors as facilities
from pims.facilities import services as facilities_services
from pims.foundation.commands.transaction import Command
from pims.foundation.vault import services as vault
from pims.kernel import clock
from pims.people import selectors as people_read
from pims.people import services as people
from pims.people.web.parts import PARTS
from pims.property import selectors as property_selectors
from pims.release import services as release
from pims.release.rules import ITEMS
from pims.release.selectors.signatures import vouchings
from pims.safety import services as safety
from tests.access.walk import Address
from tests.accessibility.biometrics_samples import biometrics_samples
from tests.accessibility.exchange_samples import exchange_samples
from tests.accessibility.release_samples import release_samples
from tests.accessibility.sentence_samples import sentence_samples
from tests.fixtures.small_prison import SmallPrison, last_day_of
from tests.journeys.desk import photograph

Samples = Mapping[str, tuple[object, ...]]


def addresses_of(address: Address, samples: Samples) -> Iterator[str]:
    """The address with every sample of its parts. Raises KeyError for a part without one."""
    parts = [piece.split(">")[0].split(":")[-1] for piece in address.pattern.split("<")[1:]]
    values = [samples.get(f"{address.name} {part}") or samples[part] for part in parts]
    for chosen in product(*values):
        path = address.pattern
        for value in chosen:
            before, _, rest = path.partition("<")
            path = before + quote(str(value)) + rest.partition(">")[2]
        yield f"/{path}"


def make_samples(prison: SmallPrison) -> Samples:
    """By the name of an address's part: the values to open it with."""
    held, here = prison.held, prison.establishment_id
    records, senior = "records_officer", "duty_senior_officer"
    command = prison.officers.command
    now = clock.now()
    tun, cal = held["TUN"], held["CAL"]
    van = custody.record_body_receipts(
        command("reception_officer"),
        establishment_id=here,
        receipts=[
            BodyReceiptInput(
                given="Carlos Alberto",
                family="Tunn",
                sex="male",
                warrant_state="defective",
                birth_date=people_read.person_headers(prison.officers.system, [tun.person_id])[
                    tun.person_id
                ].birth_date,
                birth_precision="day",
            ),
            BodyReceiptInput(name_as_given="", warrant_state="no", complaint=True),
        ],
        from_where="Police station, San Ignacio",
        handed_over_by="Sgt Pott",
        received_by="Marva Gentle",
    )
    defective = authority.record_warrant(
        command(records),
        establishment_id=here,
        kind="remand",
        body_id=prison.body("MC-BZ"),
        received_at=now,
        defects=("no_seal",),
        names=[
            authority.WarrantNameInput(
                person_id=van.receipts[0].person_id,
                name_as_written="Carlos Tunn",
                starts_at=now,
                next_appearance=None,
                until=None,
                charges="",
            )
        ],
    )
    order = authority.record_release_order(
        command(records),
        establishment_id=here,
        person_id=held["LOPEZ"].person_id,
        kind="bail",
        body_id=prison.body("MC-DG"),
        received_at=clock.now(),
        ends_all=True,
    )
    in_doubt = authority.record_warrant(
        command(records),
        establishment_id=here,
        kind="committal_sentence",
        body_id=prison.body("MC-BZ"),
        reference="MC-BZ 71/26",
        dated=None,
        received_at=now,
        names=[
            authority.WarrantNameInput(
                person_id=held["MARTINEZ"].person_id,
                name_as_written="Martinez",
                starts_at=now,
                until=now.date() - timedelta(days=300),
            )
        ],
    )
    case = release.start_discharge(
        command(records), episode_id=held["MARTINEZ"].episode_id, basis="final_date",
        final_date=last_day_of("MARTINEZ"),
    )  # fmt: skip
    officers = prison.officers.by_role
    release.establish_identity(
        command(records), case_id=case.case_id, how="two_officers",
        vouchers=[
            release.Voucher(officers["gate_officer"].user_id),
            release.Voucher(officers["unit_officer"].user_id, signed=False),
        ],
    )  # fmt: skip
    vouched = vouchings(case_id=case.case_id)
    removed = custody.record_removal(
        command(records), episode_id=held["GARCIA"].episode_id, country="GT"
    )
    gone = [
        release.record_paper_discharge(
            command(records), episode_id=held[family].episode_id, happened_at=now,
            order_seen="Receipt 81", first_officer="Officer Ical",
        )
        for family in ("STAINE", "BANNER")
    ]  # fmt: skip
    error = release.record_release_in_error(
        command(records), discharge_id=gone[1].discharge_id, discovered_at=now, how="Wrong person"
    )
    escorted = custody.send_out(
        command("gate_officer"),
        establishment_id=here,
        prisoners=[EscortInput(person_id=held["USHER"].person_id)],
        kind="hospital",
        destination="Karl Heusner Memorial Hospital",
        left_at=now - timedelta(minutes=40),
        expected_back_at=now - timedelta(minutes=5),
        officers=["Officer Sho"],
    )
    interest = authority.record_police_interest(
        command(records), person_id=tun.person_id, agency="Belize Police Department, CIB"
    )
    flag = safety.raise_flag(
        command(senior), person_id=tun.person_id, kind="self_harm", note="Seen by the nurse"
    )
    pair = safety.keep_apart(
        command(senior), person_id=tun.person_id, other_person_id=held["MEJIA"].person_id,
        reason="Fought in the yard",
    )  # fmt: skip
    infant = people.record_infant(
        command(records), person_id=cal.person_id, name="Ana", entered_at=now - timedelta(days=3)
    )
    people.add_photograph(
        command(records), person_id=tun.person_id, kind="front", data=photograph(120, 150)
    )
    viewer = prison.officers.system
    remand = next(u for u in facilities.units(viewer, here) if u.code == "REM")
    place = facilities.places(viewer, here, at=now, unit_ids=[remand.unit_id])[-1]
    closed = facilities_services.take_out_of_use(
        command(senior), cell_id=place.cell_id, starts_at=now, reason="Broken lock"
    )
    confirmed = replace(prison.officers.by_role["superintendent"], confirmed_at=now.timestamp())
    erasure = vault.order_erasure(
        Command(confirmed), person_id=held["STAINE"].person_id, order_body="High Court of Belize",
        order_reference="HC 9/2026", order_dated=now.date(),
    )  # fmt: skip
    court = _courts(prison)
    item = property_selectors.property_of(viewer, tun.person_id)[0]
    query = authority_selectors.open_queries(viewer, here)
    return {
        **biometrics_samples(prison),
        **sentence_samples(prison),
        **exchange_samples(prison),
        **release_samples(prison),
        "number": (tun.number,),
        "prisoner number": tuple(h.number for h in (tun, held["MARTINEZ"], held["LOPEZ"])),
        "person_id": (tun.person_id,),
        "into_person_id": (held["MEJIA"].person_id,),
        "other_id": (held["MEJIA"].person_id,),
        "custody:correct_receipt receipt_id": tuple(r.receipt_id for r in van.receipts),
        "custody:wrong_person receipt_id": (van.receipts[0].receipt_id,),
        "episode_id": (held["YOUNG"].episode_id,),
        "custody:place episode_id": (tun.episode_id,),
        "step": tuple(STEPS),
        "custody:occurrence kind": tuple(KINDS),
        "part": tuple(PARTS),
        "van_id": (van.van_id,),
        "unit_id": (remand.unit_id,),
        "form": ("csv",),
        "day": (now.date().isoformat(),),
        "warrant_id": (tun.warrant_id, defective.warrant_id, in_doubt.warrant_id),
        "warrant_name_id": (tun.warrant_name_id,),
        "end_id": (removed.end_id,),
        "escort_id": (escorted.escorts[0].escort_id,),
        "vouching_id": tuple(v.vouching_id for v in vouched if v.is_open),
        "query_id": tuple(q.query_id for q in query[:1]),
        "release_order_id": (order.release_order_id,),
        "police_interest_id": (interest.police_interest_id,),
        "body_id": (prison.body("HC"),),
        "case_id": (case.case_id,),
        "code": ITEMS[:3],
        "discharge_id": (gone[0].discharge_id,),
        "release:of_stay episode_id": (held["STAINE"].episode_id,),
        "error_id": (error.error_id,),
        "alarm_id": tuple(a.alarm_id for a in assurance.open_alarms(viewer, here, limit=1)),
        "assurance:work kind": ("no_valid_warrant",),
        "match_id": van.receipts[0].possible_match_ids[:1],
        "flag_id": (flag.flag_id,),
        "keep_apart_id": (pair.keep_apart_id,),
        "infant_id": (infant.infant_id,),
        "people:infant_left person_id": (cal.person_id,),
        "out_of_use_id": (closed.out_of_use_id,),
        "item_id": (item.item_id,),
        "receipt_id": (1,),
        "erasure_id": (erasure.erasure_id,),
        "user_id": (prison.everywhere.pk,),
        **court,
    }


def _courts(prison: SmallPrison) -> Samples:
    """A case with charges, hearings, orders with and without defects, two readings that differ."""
    here, tun = prison.establishment_id, prison.held["TUN"]
    command, body = prison.officers.command, prison.body("MC-BZ")
    records, today = "records_officer", clock.today("America/Belize")
    case = courts.open_case(
        command(records), establishment_id=here, number="S 512/26", body_id=body,
        person_ids=[tun.person_id, prison.held["MEJIA"].person_id], title="The King v Tun",
    )  # fmt: skip
    charges = [
        courts.add_charge(
            command(records), case_id=case.case_id, person_id=tun.person_id, offence_code=code,
            as_written=words, offence_from=today - timedelta(days=60),
        )
        for code, words in (("burglary", ""), ("", "Took a bicycle"))
    ]  # fmt: skip
    made = [
        courts.schedule_hearing(
            command(records), establishment_id=here, person_id=held.person_id, body_id=body,
            on=today + timedelta(days=days), mode=mode, case_id=case.case_id, purpose="Plea",
            warrant_name_id=warrant,
        )
        for held, days, mode, warrant in (
            (tun, 1, "video", None), (tun, -1, "in_person", tun.warrant_name_id),
            (prison.held["MEJIA"], 1, "in_person", None),
        )
    ]  # fmt: skip

    def ordered(kind: str, **more: object) -> courts.CourtOrderResult:
        return courts.record_court_order(
            command(records), establishment_id=here, kind=kind, body_id=body,
            names=[courts.OrderName(tun.person_id)], received_at=clock.now(), **more,
        )  # fmt: skip

    remand = ordered(
        "remand", case_id=case.case_id, charge_ids=[c.charge_id for c in charges], dated=today,
        next_date=today + timedelta(days=14), reference="MC 512/26",
    )  # fmt: skip
    sentence = ordered(
        "commitment_sentence", dated=today + timedelta(days=40), reference="MC 513/26",
        dates_as_written={"until": "30 2 2031"}, change="revokes", changes_reference="MC 512/26",
        sentences=[
            courts.SentenceInput(years=3, months=6, charge_id=charges[0].charge_id),
            courts.SentenceInput(years=1, link="consecutive", consecutive_to_position=1),
        ],
    )  # fmt: skip
    bail = ordered("bail_awaiting_surety", dated=today, amount_cents=200_000)
    reading = courts.read_order_again(
        command("duty_senior_officer"), order_id=sentence.order_ids[0],
        reading=courts.OrderReading(
            dated=today, sentences=(courts.SentenceReading(years=3, months=5),)
        ),
    )  # fmt: skip
    query = courts_selectors.queries_of_order(bail.order_ids[0])
    return {
        **{
            f"courts:{page} case_id": (case.case_id,)
            for page in ("case", "amend_case", "add_charge", "certificate", "certificate_paper")
        },
        "charge_id": (charges[0].charge_id,),
        "hearing_id": (made[0].hearing_id,),
        "order_id": tuple(made.order_ids[0] for made in (remand, sentence, bail)),
        "courts:read order_id": remand.order_ids,
        "reading_id": (reading.reading_id,),
        "courts:query query_id": tuple(q.query_id for q in query[:1]),
        "courts:production_paper day": ((today + timedelta(days=1)).isoformat(),),
        "courts:production_paper body_id": (body,),
    }
