"""A record made by every room's own services, as in a year of work, and then erased by order."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.courts import selectors
from pims.courts import services as courts
from pims.courts.services import OrderName, SentenceInput
from pims.custody import services as custody
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.erasure import orders
from pims.foundation.vault.filecheck import check_files
from pims.foundation.vault.tests import samples
from pims.foundation.vault.tests.raw import data_directory, files_with, sees_nothing
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.people import services as people
from pims.people.selectors import person_headers, search_people
from pims.people.services import NameInput
from pims.property import services as property_room
from pims.release import services as release
from pims.safety import services as safety
from tests.fixtures.database import FreshDatabase

# Letters alone, so that it is found whether kept as typed or as a search key. No other test writes
# it: the search is through all files of a server, which holds the rows of other tests too.
MARK = "Objuzentha"


@pytest.fixture
def prison(fresh_database: FreshDatabase, system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def test_nothing_of_a_year_of_records_is_left_in_any_file_or_table(
    prison: Prison,
    fresh_database: FreshDatabase,
    make_actor: Callable[..., Actor],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pims.foundation.vault.disk.folder", lambda: tmp_path / "blobs")
    neighbour = prison.held("Benito Cal").person_id
    person_id, episode_id = _a_year(prison, neighbour)
    number = person_headers(prison.actor, [person_id])[person_id].number
    officers = [
        Command(make_actor("people.erase", confirmed_at=clock.now().timestamp())) for _ in range(2)
    ]
    with pytest.raises(Refused):
        orders.erase_person(*officers, person_id=person_id, order_reference="HC 1")
    release.record_paper_discharge(
        prison.command, episode_id=episode_id, happened_at=clock.now(),
        order_seen=f"Order for {MARK}", first_officer="Officer A", destination=f"{MARK} Street",
    )  # fmt: skip
    with psycopg.connect(fresh_database.dsn("superuser"), autocommit=True) as superuser:
        superuser.execute("ANALYZE")
        superuser.execute("CHECKPOINT")
    folder = data_directory(fresh_database)
    assert files_with(folder, MARK)
    assert _found(prison.actor) == [person_id]

    done = orders.erase_person(
        *(Command(officer.actor) for officer in officers),
        person_id=person_id, order_reference="HC 2",
    )  # fmt: skip

    assert [paper.split()[0] for paper in done.by_hand] == [
        "authority_warrant", "authority_warrant", "courts_case",
    ]  # fmt: skip
    sees_nothing(MARK)
    for spelling in (MARK, MARK.lower(), MARK.upper()):
        assert files_with(folder, spelling) == []
        assert files_with(tmp_path / "blobs", spelling) == []
    assert _found(prison.actor) == []
    assert person_headers(prison.actor, [person_id])[person_id].number == number
    assert check_files().good
    # The neighbour, who shared the paper and the prison, is whole.
    assert [s.term.years for s in selectors.sentences_of([neighbour])[neighbour]] == [1]
    assert search_people(prison.actor, "Benito Cal")[0].person_id == neighbour
    assert custody.record_identity_check(
        prison.command, episode_id=_episode_of(neighbour), how="photograph",
        officers=["Officer A"], purpose="roll",
    )  # fmt: skip


def _found(viewer: Actor) -> list[int]:
    return [hit.person_id for hit in search_people(viewer, MARK)]


def _episode_of(person_id: int) -> int:
    from pims.custody.models import Episode

    return Episode.objects.get(person_id=person_id, ends_at=None).pk


def _a_year(prison: Prison, neighbour: int) -> tuple[int, int]:
    """The mark in whatever a service takes in words, and in a file of each kind."""
    now = clock.now()
    held_since = now - timedelta(days=9)
    receipt = prison.receive(
        man(f"{MARK} Ical", injuries=f"{MARK} hurt", complaint=True), at=held_since
    )[0]
    person, episode = receipt.person_id, receipt.episode_id
    _identity(prison, person)
    authority.record_warrant(
        prison.command, establishment_id=prison.establishment_id, kind="remand",
        body_id=prison.court, reference="1/2026", dated=held_since.date(),
        received_at=held_since, as_written=f"Hold {MARK}",
        scan=samples.pdf_bytes(title=f"Warrant of {MARK}"),
        names=[_named(person, MARK, held_since.date(), prison)],
    )  # fmt: skip
    authority.record_warrant(
        prison.command, establishment_id=prison.establishment_id, kind="remand",
        body_id=prison.court, reference="2/2026", dated=held_since.date(),
        received_at=held_since, scan=samples.pdf_bytes(title=f"{MARK} and Cal"),
        names=[_named(person, MARK, held_since.date(), prison),
               _named(neighbour, "B. Cal", held_since.date(), prison)],
    )  # fmt: skip
    _at_court(prison, person, neighbour, held_since)
    authority.record_police_interest(
        prison.command, person_id=person, agency="Police", note=f"Ask about {MARK}"
    )
    custody.record_injury(
        prison.command, episode_id=episode, body_area="arm", description=f"{MARK} cut"
    )
    custody.record_arrest(
        prison.command, episode_id=episode, version=1, arrested_at=held_since - timedelta(hours=5),
        place=f"{MARK} bridge", reasons=f"said {MARK}",
    )  # fmt: skip
    prison.put(episode, "REM A-1/1")
    escort = prison.out(person, destination=f"{MARK} court")[0]
    prison.back(escort_id=escort, outcome="same_warrant")
    safety.raise_flag(prison.command, person_id=person, kind="escape_risk", note=f"{MARK} ran")
    safety.keep_apart(
        prison.command, person_id=person, other_person_id=neighbour, reason=f"{MARK} owes"
    )
    property_room.record_property(
        prison.command, person_id=person, establishment_id=prison.establishment_id, signed=True,
        items=[property_room.ItemInput(category="other", description=f"Ring of {MARK}")],
    )  # fmt: skip
    return person, episode


def _named(person_id: int, name: str, since: date, prison: Prison) -> WarrantNameInput:
    start = clock.now() - timedelta(days=9)
    return WarrantNameInput(
        person_id=person_id, name_as_written=name, starts_at=start,
        next_appearance=since + timedelta(days=30), charges=f"theft from {name}",
    )  # fmt: skip


def _identity(prison: Prison, person: int) -> None:
    command = lambda: Command(prison.actor)  # noqa: E731
    people.add_name(
        command(), person_id=person, name=NameInput(given=MARK, family="Choc", kind="alias")
    )
    withdrawn = people.add_name(
        command(), person_id=person, name=NameInput(given=f"Old{MARK}", family="Po", kind="street")
    )
    people.withdraw_name(command(), name_id=withdrawn.name_id, reason=f"not {MARK}")
    child = people.add_child(command(), person_id=person, name=f"Little {MARK}")
    people.amend_person(
        command(), person_id=person, version=child.version, birth_place=f"{MARK} village"
    )
    people.add_contact(
        command(), person_id=person, kind="next_of_kin", name=f"Mother {MARK}", phone="1"
    )
    people.add_identifier(command(), person_id=person, kind="passport", number=MARK)
    people.add_address(command(), person_id=person, lines=f"1 {MARK} Road")
    people.add_mark(
        command(), person_id=person, kind="tattoo", body_part="arm", side="left", text=MARK
    )
    people.add_photograph(
        command(), person_id=person, kind="front", data=samples.jpeg_with_position(MARK)
    )


def _at_court(prison: Prison, person: int, neighbour: int, at: datetime) -> None:
    """A case of one's own and one with the neighbour, whose sentence follows the person's."""
    alone, both = (
        courts.open_case(
            prison.command, establishment_id=prison.establishment_id, number=number,
            body_id=prison.court, person_ids=who, title=title,
        ).case_id
        for number, who, title in (
            ("S 1/26", [person], f"R v {MARK}"), ("S 2/26", [person, neighbour], ""),
        )
    )  # fmt: skip
    charge = courts.add_charge(
        prison.command, case_id=alone, person_id=person, as_written=f"{MARK} broke in"
    ).charge_id
    courts.schedule_hearing(
        prison.command, establishment_id=prison.establishment_id, person_id=person,
        body_id=prison.court, case_id=alone, on=at.date(), purpose=f"Plea of {MARK}",
    )  # fmt: skip

    def order(kind: str, *who: int, case_id: int, **more: object) -> int:
        return courts.record_court_order(
            prison.command, establishment_id=prison.establishment_id, kind=kind,
            body_id=prison.court, received_at=at, case_id=case_id,
            names=[OrderName(one, MARK if one == person else "B. Cal") for one in who], **more,
        ).order_ids[0]  # fmt: skip

    # Without a surety: the court is asked about it.
    order("bail_awaiting_surety", person, case_id=alone, conditions=f"{MARK} reports",
          charge_ids=[charge])  # fmt: skip
    order("commitment_sentence", person, case_id=alone, as_written=f"{MARK}: two years",
          sentences=[SentenceInput(years=2, charge_id=charge)])  # fmt: skip
    (own,) = selectors.sentences_of([person])[person]
    order(
        "commitment_sentence", person, neighbour, case_id=both,
        sentences=[
            SentenceInput(
                years=1, link="consecutive", consecutive_to_id=own.sentence_id, person_id=neighbour
            )
        ],
    )  # fmt: skip
