"""The daily state: the counts of the board, what the prison was built for, and who is out."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison, man
from pims.facilities import selectors as facilities
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.live import selectors
from pims.people import selectors as people
from pims.ui.tests.papers import HOSTILE, Printed
from tests.access.staff import signed_in, staff

# What is printed does not depend on the server.
pytestmark = pytest.mark.any_server

__all__ = ["prison"]


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))


@pytest.fixture
def paper_url() -> str:
    return reverse("live:daily_state_paper")


def number_of(prison: Prison, person_id: int) -> str:
    return people.person_headers(prison.actor, [person_id])[person_id].number


def test_the_daily_state_has_the_counts_of_the_board_on_one_sheet(
    prison, client, paper_url
) -> None:
    inside = [prison.held(f"Person Number{n}") for n in range(3)]
    out = prison.held("Ana Chan")
    prison.out(out.person_id, destination="Orange Walk", left_at=clock.now() - timedelta(hours=5),
               expected_back_at=clock.now() - timedelta(hours=1))  # fmt: skip

    answer = client.get(paper_url)
    paper = Printed(answer)

    board = selectors.board(prison.actor, prison.establishment_id)
    assert (board.counts.on_books, board.counts.in_prison, board.counts.out_with) == (4, 3, 1)
    units = facilities.units(prison.actor, prison.establishment_id)
    certified = sum(unit.certified_capacity for unit in units)
    operational = sum(unit.operational_capacity for unit in units)
    for promised in (
        "4 On the books", "3 In the prison", "1 Out with", f"{certified} Certified capacity",
        f"{operational} Operational capacity", "Remand", "Total 4 3 1", "At court, Orange Walk",
        "CHAN, Ana", number_of(prison, out.person_id), "(overdue)", "Male 4",
    ):  # fmt: skip
        assert promised in paper.text, promised
    assert number_of(prison, inside[0].person_id) not in paper.text
    assert len(paper.sheets) == 1
    assert paper.tagged
    assert paper.language == "en"
    assert answer["Content-Disposition"].startswith('inline; filename="daily-state-')
    entry = LedgerEntry.objects.get(body__contains="paper.daily_state")
    assert entry.person_ids == [out.person_id]


def test_an_empty_prison_has_its_daily_state(prison, client, paper_url) -> None:
    paper = Printed(client.get(paper_url, {"language": "es"}))

    assert paper.language == "es"
    assert "Estado diario" in paper.text
    assert "Nadie está fuera" in paper.text
    assert len(paper.sheets) == 1


def test_twenty_who_are_out_still_fit_on_the_sheet_and_none_is_dropped_of_more(
    prison, client, paper_url
) -> None:
    made = prison.receive(*[man(f"Person Number{n}") for n in range(60)])
    prison.out(*[one.person_id for one in made[:20]])
    assert len(Printed(client.get(paper_url)).sheets) == 1
    prison.out(*[one.person_id for one in made[20:]])

    paper = Printed(client.get(paper_url))

    assert all(f"NUMBER{n}, Person" in paper.text for n in range(60))


def test_what_people_wrote_is_shown_and_never_carried_out(prison, client, paper_url) -> None:
    out = prison.held("Ana Chan")
    prison.out(out.person_id, destination=HOSTILE)

    Printed(client.get(paper_url)).shows_literally()


@pytest.mark.parametrize("role", ["unit_officer", "controller", "visiting_justice", "auditor"])
def test_whoever_may_not_print_gets_no_daily_state(prison, paper_url, role) -> None:
    reader = signed_in(staff(role, establishment_id=prison.establishment_id))

    assert reader.get(paper_url).status_code == 403
    assert paper_url not in reader.get(reverse("live:board")).content.decode()


def test_the_board_leads_to_its_paper(prison, client, paper_url) -> None:
    assert paper_url in client.get(reverse("live:board")).content.decode()
