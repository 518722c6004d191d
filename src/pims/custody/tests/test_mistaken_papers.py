"""A paper with mistakes is recorded as written; it says what is wrong and is worth what it says."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.services import WarrantNameInput
from pims.authority.services.warrants import WarrantResult
from pims.custody.tests.prison import Prison, man
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf

ZONE = "America/Belize"
TODAY = clock.today("America/Belize")


def record(prison: Prison, person_id: int, **changes: object) -> WarrantResult:
    # Received today, also in the first hour after midnight.
    now = max(clock.now() - timedelta(hours=1), datetime.combine(TODAY, time(), ZoneInfo(ZONE)))
    name = {
        "person_id": person_id,
        "name_as_written": "As Written",
        "starts_at": now,
        "next_appearance": TODAY + timedelta(days=14),
    }
    paper = {"kind": "remand", "dated": TODAY, "reference": "12/2026", "received_at": now}
    for key, value in changes.items():
        (name if key in name or key in ("until", "amount_cents") else paper)[key] = value
    return authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        body_id=prison.court,
        names=[WarrantNameInput(**name)],  # type: ignore[arg-type]
        **paper,  # type: ignore[arg-type]
    )


def code(person_id: int, days: int = 0) -> str:
    as_of = AsOf(clock.now() + timedelta(days=days))
    return authority.legal_status([person_id], zone=ZONE, as_of=as_of)[person_id].code


@pytest.mark.any_server
def test_dates_in_the_wrong_order_are_recorded_with_their_defect(prison: Prison) -> None:
    receipt = prison.one()
    made = record(
        prison, receipt.person_id, kind="committal_sentence", next_appearance=None,
        until=TODAY - timedelta(days=365),
    )  # fmt: skip
    assert set(made.defects) == {"dates_out_of_order", "date_passed"}
    assert code(receipt.person_id) == "none"
    (paper,) = authority.warrants_of([receipt.person_id], zone=ZONE)[receipt.person_id]
    assert paper.until == TODAY - timedelta(days=365)
    assert paper.state == "as_received"


@pytest.mark.any_server
def test_a_date_before_birth_is_recorded_with_its_defect(prison: Prison) -> None:
    receipt = prison.receive(man("Juan Perez", birth_date=date(1990, 5, 4)))[0]
    made = record(prison, receipt.person_id, dated=date(1926, 11, 2))
    assert made.defects == ("date_before_birth",)
    assert code(receipt.person_id) == "unsentenced"


@pytest.mark.any_server
def test_a_contradiction_reaches_to_the_papers_own_last_day_until_the_court_speaks(
    prison: Prison,
) -> None:
    receipt = prison.one()
    made = record(prison, receipt.person_id, until=TODAY + timedelta(days=5))
    assert made.defects == ("appearance_after_end",)
    assert [code(receipt.person_id, days) for days in (4, 7)] == ["unsentenced", "none"]

    authority_services.decide_defective(
        prison.command, warrant_id=made.warrant_id, decision="acted_on", reason="Clerk asked"
    )
    assert [code(receipt.person_id, days) for days in (4, 7)] == ["unsentenced", "none"]

    authority_services.set_next_appearance(
        prison.command,
        warrant_name_id=made.warrant_name_ids[0],
        next_appearance=TODAY + timedelta(days=14),
        happened_at=clock.now(),
        basis="Registry, in writing",
    )
    assert [code(receipt.person_id, days) for days in (0, 4, 7, 13)] == ["unsentenced"] * 4
    history = authority.warrants_of([receipt.person_id], zone=ZONE)[receipt.person_id]
    assert [paper.end_kind for paper in history] == ["replaced", ""]


@pytest.mark.any_server
def test_a_correction_takes_its_defects_away_and_brings_new_ones(prison: Prison) -> None:
    receipt = prison.one()
    made = record(prison, receipt.person_id, until=TODAY - timedelta(days=360))
    assert "dates_out_of_order" in made.defects

    def corrected(until: date | None) -> authority.WarrantBrief:
        (paper,) = authority.warrants_of([receipt.person_id], zone=ZONE)[receipt.person_id]
        authority_services.amend_warrant_name(
            prison.command,
            warrant_name_id=paper.warrant_name_id,
            version=paper.version,
            reason="Keyed wrongly",
            name_as_written=paper.name_as_written,
            charges=paper.charges,
            starts_at=paper.starts_at,
            until=until,
            next_appearance=paper.next_appearance,
        )
        (paper,) = authority.warrants_of([receipt.person_id], zone=ZONE)[receipt.person_id]
        return paper

    sound = corrected(TODAY + timedelta(days=30))
    assert (sound.state, sound.defects) == ("acted_on", ())
    again = corrected(TODAY + timedelta(days=3))
    assert (again.state, again.defects) == ("as_received", ("appearance_after_end",))


def test_a_spelling_corrected_after_a_court_extended_shortens_nothing(prison: Prison) -> None:
    receipt = prison.one()
    made = record(
        prison, receipt.person_id, until=TODAY + timedelta(days=5),
        next_appearance=TODAY + timedelta(days=5),
    )  # fmt: skip
    authority_services.set_next_appearance(
        prison.command,
        warrant_name_id=made.warrant_name_ids[0],
        next_appearance=TODAY + timedelta(days=20),
        happened_at=clock.now(),
        basis="Adjourned",
    )
    (paper,) = authority.warrants_of([receipt.person_id], zone=ZONE)[receipt.person_id]
    authority_services.amend_warrant_name(
        prison.command,
        warrant_name_id=paper.warrant_name_id,
        version=paper.version,
        reason="The hour was wrong",
        name_as_written="Juan Peres",
        charges=paper.charges,
        starts_at=paper.starts_at - timedelta(minutes=5),
        until=paper.until,
        next_appearance=paper.next_appearance,
    )
    (paper,) = authority.warrants_of([receipt.person_id], zone=ZONE)[receipt.person_id]
    assert paper.defects == ()
    assert code(receipt.person_id, 15) == "unsentenced"


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["To the clerk", "Its next appearance is after its own last day"]),
        ("es", ["Al secretario", "La próxima comparecencia es posterior a su último día"]),
    ],
)
def test_the_query_to_the_clerk_is_in_words_and_never_in_codes(
    prison: Prison, make_actor, language: str, words: list[str]
) -> None:
    officer = make_actor("authority.record", "people.view", language=language)
    receipt = prison.one()
    with translation.override("en"):
        made = authority_services.record_warrant(
            Command(officer),
            establishment_id=prison.establishment_id,
            kind="remand",
            body_id=prison.court,
            received_at=clock.now(),
            dated=TODAY,
            names=[
                WarrantNameInput(
                    receipt.person_id, "As Written", clock.now(),
                    until=TODAY + timedelta(days=2),
                    next_appearance=TODAY + timedelta(days=9),
                )
            ],
        )  # fmt: skip
    (query,) = authority.queries_of(made.warrant_id)
    for part in words:
        assert part in query.text
    assert "_" not in query.text
