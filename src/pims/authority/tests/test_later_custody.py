"""What a paper says in a later custody, and what a decision of today says of before."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pims.authority import selectors, services
from pims.authority.models import WarrantName
from pims.authority.rules import LegalStatus
from pims.custody import services as custody
from pims.custody.tests.prison import LAYOUT, Prison, man
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput

DAY = timedelta(days=1)
ZONE = ZoneInfo(LAYOUT.time_zone)


def status(person_id: int, at: datetime | None = None) -> LegalStatus:
    as_of = AsOf(at or clock.now())
    return selectors.legal_status([person_id], zone=ZONE.key, as_of=as_of)[person_id]


def let_go(prison: Prison, episode_id: int, at: datetime) -> None:
    custody.end_episode(prison.command, episode_id=episode_id, kind="discharged", ended_at=at)


def test_a_court_date_of_years_ago_is_no_fault_of_somebody_held_on_a_new_remand(
    prison: Prison,
) -> None:
    now = clock.now()
    held = prison.one(at=now - 700 * DAY)
    prison.remand(held.person_id, at=now - 700 * DAY)
    let_go(prison, held.episode_id, now - 600 * DAY)
    prison.receive(man("Juan Perez", person_id=held.person_id), at=now - timedelta(hours=2))
    new = prison.remand(held.person_id, at=now - timedelta(hours=2))
    found = status(held.person_id)
    assert (found.code, found.faults, found.detaining) == ("unsentenced", (), (new,))
    order = services.record_release_order(
        prison.command, establishment_id=prison.establishment_id, person_id=held.person_id,
        kind="bail", body_id=prison.court, received_at=now, ends_all=True,
    )  # fmt: skip
    (info,) = selectors.release_orders([held.person_id])[held.person_id]
    assert (info.release_order_id, info.warrant_name_ids) == (order.release_order_id, (new,))


def test_whoever_comes_back_on_the_afternoon_of_his_last_day_is_not_held_on_a_sentence_served(
    prison: Prison,
) -> None:
    now = clock.now()
    last = (now - 30 * DAY).astimezone(ZONE).date()
    morning = datetime.combine(last, datetime.min.time(), ZONE) + timedelta(hours=8)
    held = prison.one(at=now - 90 * DAY)
    name = prison.remand(held.person_id, at=now - 90 * DAY, kind="committal_sentence", until=last)
    let_go(prison, held.episode_id, morning)
    assert WarrantName.objects.get(pk=name).end_kind == "expired"
    assert status(held.person_id, morning - timedelta(hours=1)).code == "convicted"
    assert status(held.person_id, morning + timedelta(hours=4)).code == "none"


def test_a_sentence_that_was_keyed_too_short_holds_again_once_it_is_corrected(
    prison: Prison,
) -> None:
    now = clock.now()
    today = now.astimezone(ZONE).date()
    held = prison.one(at=now - 90 * DAY)
    began = now - 90 * DAY
    prison.remand(held.person_id, at=began, kind="committal_sentence", until=today)
    let_go(prison, held.episode_id, now - timedelta(minutes=1))
    name = WarrantName.objects.get()
    assert name.end_kind == "expired"
    services.amend_warrant_name(
        prison.command, warrant_name_id=name.pk, version=name.version, reason="A year was lost",
        name_as_written="As Written", charges="", starts_at=began, until=today + 365 * DAY,
        next_appearance=None,
    )  # fmt: skip
    name.refresh_from_db()
    assert (name.ends_at, name.end_kind) == (None, "")
    assert status(held.person_id).code == "convicted"


@pytest.mark.parametrize("kind", ["died", "discharged"])
def test_what_had_run_out_stands_open_again_where_custody_did_not_end_after_all(
    prison: Prison, kind: str
) -> None:
    held = prison.one(at=clock.now() - 40 * DAY)
    name = prison.remand(held.person_id, at=clock.now() - 40 * DAY)
    if kind == "died":
        custody.record_death(prison.command, episode_id=held.episode_id)
    else:
        let_go(prison, held.episode_id, clock.now())
    assert WarrantName.objects.get(pk=name).ends_at is not None
    if kind == "died":
        custody.take_back_end(prison.command, episode_id=held.episode_id, reason="Another man")
    else:
        custody.take_back_discharge_end(
            prison.command, episode_id=held.episode_id, reason="Another man"
        )
    assert WarrantName.objects.get(pk=name).ends_at is None
    assert {"warrant_expired", "next_appearance_passed"} <= set(status(held.person_id).faults)


def test_a_paper_returned_today_held_somebody_until_today(prison: Prison) -> None:
    now = clock.now()
    at = now - 3 * DAY
    held = prison.one(at=at)
    made = services.record_warrant(
        prison.command, establishment_id=prison.establishment_id, kind="remand",
        body_id=prison.court, reference="1/26", dated=at.date(), received_at=at,
        defects=["no_seal"],
        names=[
            services.WarrantNameInput(
                person_id=held.person_id, name_as_written="Juan", starts_at=at,
                next_appearance=(now + 9 * DAY).date(),
            )
        ],
    )  # fmt: skip
    services.decide_defective(
        prison.command, warrant_id=made.warrant_id, decision="returned", reason="Not theirs"
    )
    assert status(held.person_id, now - DAY).code == "unsentenced"
    today = status(held.person_id, clock.now())
    assert today.code == "none"
    assert today.lapsed_at is not None
    assert today.lapsed_at >= now


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (clock.now() - timedelta(hours=2), "authority.ends_before_start"),
        (clock.now().replace(tzinfo=None), "authority.zone_missing"),
        (datetime(9026, 3, 7, 8, 0, tzinfo=ZONE), "authority.begins_in_no_such_year"),
    ],
)
def test_a_beginning_that_cannot_be_is_told_at_its_field(
    prison: Prison, starts_at: datetime, code: str
) -> None:
    held = prison.held()
    name = WarrantName.objects.get(person_id=held.person_id)
    services.end_warrant(
        prison.command, warrant_name_id=name.pk, end_kind="released",
        ended_at=clock.now() - timedelta(hours=5), basis="MC 12/26",
    )  # fmt: skip
    name.refresh_from_db()
    with pytest.raises(InvalidInput) as refused:
        services.amend_warrant_name(
            prison.command, warrant_name_id=name.pk, version=name.version, reason="A slip",
            name_as_written="A", charges="", starts_at=starts_at, until=None,
            next_appearance=name.next_appearance,
        )  # fmt: skip
    assert refused.value.fields["starts_at"].code == code
