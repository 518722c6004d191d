"""The pages of preparation, parole and the register, as officers of each role meet them."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pims.courts.services import OrderName, SentenceInput
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.release import services
from pims.release.models import AgencyTold, DateReading, DetentionError, Parole, Preparation
from pims.release.selectors.preparations import PreparationRow
from pims.release.tests.preparation import episode_of, sentenced
from pims.release.web.strip import MOST, strip
from pims.sentences.tests.bench import Bench
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


def client_of(bench: Bench, role: str) -> Client:
    return signed_in(staff(role, establishment_id=bench.court.prison.establishment_id))


def command(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid.uuid4()), **fields}


def day(name: str, when: date) -> dict[str, object]:
    return {f"{name}_{part}": getattr(when, part) for part in ("day", "month", "year")}


@pytest.fixture
def prepared(bench: Bench) -> Preparation:
    sentenced(bench, days_left=10)
    bench.read_twice()
    services.open_due_preparations(
        Command(system_actor()), establishment_id=bench.court.prison.establishment_id
    )
    return Preparation.objects.get(state="open")


def test_the_strip_draws_each_release_on_its_day_and_the_table_says_the_same(
    bench: Bench, prepared: Preparation
) -> None:
    mine = client_of(bench, "records_officer").get(reverse("release:preparations"))
    assert prepared.due_on.isoformat() not in mine.content.decode(), "worked out before it is told"
    assert reverse("release:read_date", args=[prepared.pk]) in mine.content.decode()
    page = client_of(bench, "gate_officer").get(reverse("release:preparations"))
    text = page.content.decode()
    assert text.count("<rect ") == 1
    assert f'datetime="{prepared.due_on.isoformat()}"' in text
    assert reverse("release:preparation", args=[prepared.pk]) in text
    assert "0 / 2" in text


def test_the_first_calculation_is_hidden_until_another_officer_has_done_the_second(
    bench: Bench, prepared: Preparation
) -> None:
    first, second = client_of(bench, "records_officer"), client_of(bench, "officer_in_charge")
    address = reverse("release:read_date", args=[prepared.pk])
    blind = first.get(address).content.decode()
    assert "Term" in blind
    assert prepared.due_on.isoformat() not in blind
    wrong = prepared.due_on + timedelta(days=20)
    done = first.post(address, command(**day("release_on", wrong), note="By the calendar"))
    assert done.status_code == 302, done.content.decode()[-3000:]
    home = reverse("release:preparation", args=[prepared.pk])
    assert first.get(address).status_code == 302, "nobody works it out twice"
    for client in (first, second):
        text = client.get(home).content.decode()
        assert wrong.isoformat() not in text
        assert "By the calendar" not in text
    assert wrong.isoformat() not in second.get(address).content.decode()
    second.post(address, command(**day("release_on", prepared.due_on)))
    assert DateReading.objects.count() == 2
    text = second.get(home).content.decode()
    assert wrong.isoformat() in text
    assert "The days differ" in text
    settle = reverse("release:settle_dates", args=[prepared.pk])
    third = client_of(bench, "duty_senior_officer")
    assert settle not in second.get(home).content.decode(), "whoever read decides nothing"
    assert third.post(settle, command(reason="")).status_code == 422
    right = command(reason="A leap year", day=prepared.due_on.isoformat())
    assert second.post(settle, right).status_code == 409
    assert third.post(settle, right | command()).status_code == 302
    assert "A leap year" in second.get(home).content.decode()


def test_who_was_told_is_kept_and_wrong_input_is_said_beside_its_box(
    bench: Bench, prepared: Preparation
) -> None:
    client = client_of(bench, "records_officer")
    address = reverse("release:tell_agency", args=[prepared.pk])
    assert client.post(address, command(stage="14d", how="telephone")).status_code == 422
    future = clock.now() + timedelta(days=2)
    late = client.post(
        address,
        command(stage="14d", kind="police", how="telephone", agency="Police", told_at_time="08:00",
                **day("told_at", future.date())),
    )  # fmt: skip
    assert late.status_code == 422
    done = client.post(
        address, command(stage="14d", kind="police", how="telephone", agency="Police")
    )
    assert done.status_code == 302
    assert AgencyTold.objects.get().stage == "14d"
    item = reverse("release:prepare_item", args=[prepared.pk, "other_warrants"])
    assert client.post(item, command(done="yes", note="")).status_code == 422
    assert client.post(item, command(done="yes", note="None found")).status_code == 302
    text = client.get(reverse("release:preparation", args=[prepared.pk])).content.decode()
    assert "None found" in text
    assert "Police" in text
    unknown = reverse("release:prepare_item", args=[prepared.pk, "dancing"])
    assert client.get(unknown).status_code == 404


def test_whoever_only_looks_is_offered_nothing_to_write(
    bench: Bench, prepared: Preparation
) -> None:
    client = client_of(bench, "auditor")
    text = client.get(reverse("release:preparation", args=[prepared.pk])).content.decode()
    for name in ("read_date", "tell_agency"):
        assert reverse(f"release:{name}", args=[prepared.pk]) not in text
        assert client.get(reverse(f"release:{name}", args=[prepared.pk])).status_code == 403


def test_a_case_for_parole_goes_from_the_list_to_the_order_of_the_board(bench: Bench) -> None:
    passed = bench.today - timedelta(days=5)
    bench.court.order(
        "commitment_sentence", OrderName(bench.ana, warrant_name_ids=(bench.court.ana_warrant,)),
        sentences=[SentenceInput(years=4, pronounced_on=passed, offence_class="lesser")],
        dated=passed,
    )  # fmt: skip
    bench.adjust("remand_credit", days=600, for_pronounced_on=passed)
    bench.work_out()
    client = client_of(bench, "records_officer")
    listed = client.get(reverse("release:paroles")).content.decode()
    start = reverse("release:open_parole", args=[bench.ana])
    assert start in listed
    assert client.post(start, command()).status_code == 302
    case = Parole.objects.get()
    address = reverse("release:decide_parole", args=[case.pk])
    none = client.post(address, command(decision="granted", **day("decided_on", bench.today)))
    assert none.status_code == 422
    done = client.post(
        address,
        command(decision="granted", reasons="Work waits for her", conditions="Lives in Dangriga",
                **day("decided_on", bench.today)),
    )  # fmt: skip
    assert done.status_code == 302, done.content.decode()[-2000:]
    case.refresh_from_db()
    assert start not in client.get(reverse("release:paroles")).content.decode()
    text = client.get(reverse("release:parole", args=[case.pk])).content.decode()
    assert "Work waits for her" in text
    assert reverse("courts:order", args=[case.order_id]) in text
    paper = client.get(reverse("release:parole_dossier", args=[case.pk]), {"language": "es"})
    assert paper.status_code == 200
    assert b"".join(paper).startswith(b"%PDF") if paper.streaming else paper.content[:4] == b"%PDF"
    revoke = reverse("release:revoke_parole", args=[case.pk])
    refused = client.post(revoke, command(reasons="Gone", **day("revoked_on", bench.today)))
    assert refused.status_code == 422, "a hearing must be named"


def test_the_register_shows_days_and_totals_and_takes_lessons(bench: Bench) -> None:
    left = clock.now() - timedelta(days=6)
    done = services.record_paper_discharge(
        Command(system_actor()), episode_id=episode_of(bench.ana), happened_at=left
    )
    error = services.record_release_in_error(
        Command(system_actor()), discharge_id=done.discharge_id, discovered_at=left,
        how="Order of another",
    )  # fmt: skip
    client = client_of(bench, "officer_in_charge")
    text = client.get(reverse("release:register")).content.decode()
    assert "Order of another" in text
    assert "Not said yet" in text
    address = reverse("release:lessons", args=[error.error_id])
    assert address in text
    assert client.post(address, command(cause="luck", lessons="")).status_code == 422
    good = client.post(address, command(cause="identity", lessons="Two photographs"))
    assert good.status_code == 302
    assert DetentionError.objects.get().lessons == "Two photographs"
    assert "Two photographs" in client.get(reverse("release:register")).content.decode()


def test_somebody_held_beyond_the_day_is_entered_from_the_preparation(bench: Bench) -> None:
    due = sentenced(bench, days_left=-3)
    services.open_due_preparations(
        Command(system_actor()), establishment_id=bench.court.prison.establishment_id
    )
    row = Preparation.objects.get()
    client = client_of(bench, "officer_in_charge")
    address = reverse("release:held_too_long", args=[row.pk])
    assert address in client.get(reverse("release:preparation", args=[row.pk])).content.decode()
    done = client.post(
        address,
        command(cause="credit", account="Certificate lost", lessons="", **day("began_on", due)),
    )
    assert done.status_code == 302, done.content.decode()[-2000:]
    line = DetentionError.objects.get()
    assert (line.began_on, line.ended_on, line.kind) == (due, None, "over_detention")
    amend = reverse("release:amend_error", args=[line.pk])
    client.post(
        amend,
        command(cause="credit", account="Certificate lost", lessons="Ask again",
                **day("ended_on", due + timedelta(days=2))),
    )  # fmt: skip
    line.refresh_from_db()
    assert line.ended_on == due + timedelta(days=2)


def test_a_full_day_is_drawn_up_to_its_room_and_counted_whole() -> None:
    rows = [
        PreparationRow(
            preparation_id=number, person_id=number, episode_id=number, due_on=date(2027, 1, 1),
            source="paper", provisional=False, moved_from=None, read_by=frozenset({1, 2}),
            differs=False, seen_to=4, late=(), days_left=left,
        )
        for left, many in ((-9, 2), (-1, 1), (0, MOST + 7), (14, 1))
        for number in range(many)
    ]  # fmt: skip
    drawn = strip(rows, date(2027, 1, 1))
    assert [one.count for one in drawn.days if one.count] == [3, MOST + 7, 1]
    assert len(drawn.blocks) == 3 + MOST + 1
    assert len(drawn.days) == 16
    assert all(block.x + block.width <= 100 for block in drawn.blocks)
    assert all(block.y < drawn.height for block in drawn.blocks)
