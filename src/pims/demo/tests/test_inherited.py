"""What is planted in the prison that was taken over from paper."""

import io
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from PIL import Image
from typer.testing import CliRunner

from pims.assurance import services as assurance
from pims.assurance.histories import everyone, histories
from pims.assurance.judging import due_of
from pims.assurance.proof import law_of
from pims.authority import selectors as authority_selectors
from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody import selectors as custody_selectors
from pims.custody import services as custody
from pims.demo import services
from pims.demo.alarms import judge_everyone
from pims.demo.cli import app
from pims.demo.inherited import GAPS, TOTAL, YEARS, Gap, read_back, still_open, with_gaps
from pims.demo.plan import make_plan
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import selectors as people_selectors
from pims.people import services as people
from pims.property import services as property_room
from tests.fixtures.database import FreshDatabase

pytestmark = pytest.mark.any_server

TODAY = date(2026, 11, 18)
IN_PAPERS = ("warrant_missing", "warrant_expired", "next_appearance_missing")


def test_exactly_three_hundred_gaps_are_planted_one_a_prisoner_held_now() -> None:
    plan = with_gaps(make_plan(prisoners=1114, years=YEARS, seed=1, today=TODAY), seed=1)
    gaps = [stay for stay in plan.stays if stay.gap]
    assert TOTAL == 300
    assert Counter(stay.gap for stay in gaps) == {kind: count for kind, (count, _) in GAPS.items()}
    assert all(stay.leaves is None and stay.inherited for stay in gaps)


def test_nothing_is_wrong_with_anybody_else() -> None:
    plan = with_gaps(make_plan(prisoners=1114, years=YEARS, seed=1, today=TODAY), seed=1)
    for stay in plan.stays:
        assert not stay.defective
        if stay.gap != "birth_missing":
            assert stay.person.birth_known != "unknown"
        if stay.gap != "warrant_expired" and stay.leaves is None and stay.until is not None:
            assert stay.until >= TODAY


def test_the_same_seed_plants_the_same_gaps() -> None:
    one, other = (
        with_gaps(make_plan(prisoners=300, years=YEARS, seed=4, today=TODAY), seed=4)
        for _ in range(2)
    )
    assert [(s.person.name, s.gap) for s in one.stays] == [
        (s.person.name, s.gap) for s in other.stays
    ]


# -- working them down -------------------------------------------------------------------------
@pytest.fixture
def gaps(fresh_database: FreshDatabase) -> list[Gap]:
    """A prison of sixty, with the gaps that it has in proportion."""
    services.load(prisoners=60, years=1, seed=5, report=lambda _: None, inherited=True)
    return read_back()


def test_every_kind_of_gap_is_closed_by_the_officers_own_work_and_its_alarm_ends(
    gaps: list[Gap],
) -> None:
    viewer = system_actor()
    assert {gap.kind for gap in gaps} == set(GAPS)
    assert still_open(viewer, gaps) == gaps
    assert amiss() == {gap.person_id for gap in gaps if gap.kind in IN_PAPERS}
    for number, kind in enumerate(GAPS):
        for gap in gaps:
            if gap.kind == kind:
                _CLOSE[kind](gap)
        assurance.sweep(Command(viewer))
        judge_everyone(clock.now())
        left = {gap.kind for gap in still_open(viewer, gaps)}
        assert left == set(list(GAPS)[number + 1 :])
    told = CliRunner().invoke(app, ["gaps", "--json"])
    assert (told.exit_code, json.loads(told.stdout)) == (0, [])
    assert amiss() == set()


def amiss() -> set[int]:
    """Those about whose custody the proof finds anything today."""
    law, now = law_of(), clock.now()
    judged = histories(everyone()).items()
    return {person_id for person_id, known in judged if list(due_of(known, law, now))}


def command() -> Command:
    return Command(system_actor())


def establishment_of(gap: Gap) -> int:
    found = custody_selectors.current_episode(gap.person_id)
    assert found is not None
    return found.establishment_id


def bring_paper(gap: Gap) -> None:
    """The paper was found in the court's registry."""
    today = clock.today("America/Belize")
    authority.record_warrant(
        command(),
        establishment_id=establishment_of(gap),
        kind="committal_sentence",
        body_id=authority_selectors.bodies()[0].body_id,
        reference=f"Found {gap.number}",
        dated=today - timedelta(days=30),
        received_at=clock.now(),
        names=[
            WarrantNameInput(
                person_id=gap.person_id,
                name_as_written=gap.name,
                starts_at=clock.now() - timedelta(days=30),
                until=today + timedelta(days=90),
            )
        ],
    )


def bring_missing_paper(gap: Gap) -> None:
    bring_paper(gap)
    custody.complete_step(command(), episode_id=gap.episode_id, step="warrant")


def ask_for_next_date(gap: Gap) -> None:
    (brief,) = authority_selectors.detaining_warrants(
        gap.person_id, zone="America/Belize", at=clock.now()
    )
    authority.set_next_appearance(
        command(),
        warrant_name_id=brief.warrant_name_id,
        next_appearance=clock.today("America/Belize") + timedelta(days=14),
        happened_at=clock.now(),
        basis="By telephone from the clerk of court",
    )
    authority.decide_defective(
        command(),
        warrant_id=brief.warrant_id,
        decision="acted_on",
        reason="The clerk gave the date",
    )


def ask_for_birth(gap: Gap) -> None:
    detail = people_selectors.person_detail(system_actor(), gap.person_id)
    people.amend_person(
        command(),
        person_id=gap.person_id,
        version=detail.header.version,
        birth_date=date(1990, 5, 4),
        birth_precision="day",
    )


def take_photograph(gap: Gap) -> None:
    picture = io.BytesIO()
    Image.effect_noise((200, 260), 90).convert("RGB").save(picture, "JPEG")
    people.add_photograph(command(), person_id=gap.person_id, kind="front", data=picture.getvalue())
    custody.complete_step(command(), episode_id=gap.episode_id, step="photograph")


def find_place(gap: Gap) -> None:
    ranked = custody_selectors.candidate_places(system_actor(), gap.episode_id, limit=5)
    place = next(candidate.place for candidate in ranked if candidate.allowed)
    custody.place_person(command(), episode_id=gap.episode_id, place_id=place.place_id)


def write_receipt(gap: Gap) -> None:
    property_room.record_property(
        command(),
        person_id=gap.person_id,
        establishment_id=establishment_of(gap),
        items=[],
        signed=True,
    )
    custody.complete_step(command(), episode_id=gap.episode_id, step="property")


_CLOSE = {
    "warrant_missing": bring_missing_paper,
    "warrant_expired": bring_paper,
    "next_appearance_missing": ask_for_next_date,
    "birth_missing": ask_for_birth,
    "photograph_missing": take_photograph,
    "place_unknown": find_place,
    "property_receipt_missing": write_receipt,
}
