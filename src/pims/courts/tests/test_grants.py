"""Bail or parole taken back: the court is asked where no grant of it is on record."""

from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.courts.models import OrderQuery
from pims.courts.services import OrderName
from pims.courts.tests.court import Court
from pims.courts.tests.test_orders import doubts, warrants


@pytest.mark.parametrize(
    ("kind", "body", "grant"),
    [
        ("bail_revoked", "MC-BZ", "bail_granted"), ("bail_surrendered", "MC-BZ", "bail_taken_up"),
        ("parole_revoked", "PB", "parole_granted"),
    ],
)  # fmt: skip
@pytest.mark.any_server
def test_a_court_is_asked_about_what_it_takes_back_and_nobody_granted(
    court: Court, kind: str, body: str, grant: str
) -> None:
    """Recorded all the same, and it holds: the paper may be the right one, and the grant lost."""
    day = court.today + timedelta(days=9)
    made = court.order(kind, court.ben, body=body, next_date=day, reference="X 1")
    assert doubts(made) == ("revokes_nothing_known",)
    brief = warrants(court.ben)[made.warrant_name_ids[0]]
    assert (brief.ends_at, brief.state) == (None, "as_received")
    assert brief.detains is not None
    (query,) = authority.queries_of(brief.warrant_id)
    assert "no grant of it" in query.text
    court.order(grant, court.ana, body=body, reference="G 1", amount_cents=1, sureties="One")
    again = court.order(kind, court.ben, body=body, next_date=day, reference="X 2")
    assert doubts(again) == ("revokes_nothing_known",)
    court.order(grant, court.ben, body=body, reference="G 2", amount_cents=1, sureties="One")
    third = court.order(kind, court.ben, body=body, next_date=day, reference="X 3")
    assert doubts(third) == ()


@pytest.mark.any_server
def test_the_clerk_is_asked_of_a_paper_that_the_gate_keyed_too(court: Court) -> None:
    day = court.today + timedelta(days=9)
    names = OrderName(court.ben, keyed_warrant_name_id=court.ben_warrant)
    made = court.order("bail_revoked", names, next_date=day)
    assert made.warrant_name_ids == (court.ben_warrant,)
    query = OrderQuery.objects.get(order_id=made.order_ids[0])
    assert "no grant of it" in query.text


@pytest.mark.any_server
def test_bail_granted_in_another_case_is_not_what_is_revoked(court: Court) -> None:
    first, second = court.case(), court.case(number="Another")
    granted = court.order("bail_granted", case_id=first, amount_cents=500_00)
    day = court.today + timedelta(days=9)
    other = court.order("bail_revoked", case_id=second, next_date=day, reference="X 1")
    assert doubts(other) == ("revokes_nothing_known",)
    known = court.order("bail_revoked", case_id=first, next_date=day, reference="X 2")
    assert doubts(known) == ()
    court.void(granted)
    mistaken = court.order("bail_revoked", case_id=first, next_date=day, reference="X 3")
    assert doubts(mistaken) == ("revokes_nothing_known",)
    said = court.order(
        "bail_revoked", OrderName(court.ana, granted=True), case_id=first, next_date=day,
        reference="X 4",
    )  # fmt: skip
    assert doubts(said) == ()
