"""An order entered from its paper: as it is written, looked at twice where it is odd."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.authority import selectors as authority
from pims.courts import selectors, services
from pims.courts.models import CaseParty, Charge, CourtCase, CourtOrder, Sentence
from pims.courts.tests.court import Court
from pims.courts.tests.desk import (
    TODAY,
    boxes,
    client_of,
    lines,
    order,
    sentence_order,
    sitting,
    text,
    yes,
)
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.order_kinds import order_kinds
from pims.people import selectors as people


@pytest.fixture
def client(court: Court) -> Any:
    return client_of(court)


def address(court: Court) -> str:
    return reverse("courts:record_order", args=[court.ana])


def recorded(court: Court) -> CourtOrder:
    return CourtOrder.objects.get(person_id=court.ana)


@pytest.mark.any_server
def test_a_sound_remand_is_recorded_at_once_and_says_until_when_it_detains(
    court: Court, client: Any
) -> None:
    answer = client.post(address(court), order(court), follow=True)
    made = recorded(court)
    assert answer.redirect_chain == [(reverse("courts:order", args=[made.pk]), 302)]
    assert (made.kind, made.next_date, made.defects) == ("remand", sitting(14), [])
    said = text(answer)
    assert "What it did It detains until" in said
    assert "Second reading: due by" in said


@pytest.mark.any_server
def test_a_form_sent_twice_is_one_order(court: Court, client: Any) -> None:
    data = order(court)
    first, second = client.post(address(court), data), client.post(address(court), data)
    assert first.url == second.url
    assert CourtOrder.objects.count() == 1


@pytest.mark.any_server
def test_two_sentences_one_after_the_other_are_kept_as_written(court: Court, client: Any) -> None:
    data = sentence_order(
        court,
        {"years": 3, "months": 6, "link": "concurrent"},
        {"years": 1, "weeks": 2, "link": "line:1"},
    )
    answer = client.post(address(court), data, follow=True)
    first, second = Sentence.objects.order_by("position")
    assert (first.years, first.months, first.link) == (3, 6, "concurrent")
    assert (second.years, second.weeks, second.link) == (1, 2, "consecutive")
    assert second.consecutive_to_id == first.pk
    said = text(answer)
    assert "Imprisonment, 3 years, 6 months" in said
    assert "after sentence 1" in said


@pytest.mark.any_server
def test_lines_that_nobody_filled_in_change_no_number(court: Court, client: Any) -> None:
    data = sentence_order(
        court, {}, {"years": 2, "link": "concurrent"}, {"months": 4, "link": "line:2"}
    )
    client.post(address(court), data)
    first, second = Sentence.objects.order_by("position")
    assert (first.years, second.months) == (2, 4)
    assert second.consecutive_to_id == first.pk


@pytest.mark.any_server
def test_a_day_that_no_calendar_has_is_asked_about_and_kept_as_written(
    court: Court, client: Any
) -> None:
    data = order(court) | {"next_date_day": "30", "next_date_month": "2"}
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    said = text(answer)
    assert f"30 2 {sitting(14).year}" in said
    assert 'value="30"' in answer.content.decode()
    assert not CourtOrder.objects.exists()
    client.post(address(court), data | {"sure": yes(answer)})
    made = recorded(court)
    assert made.next_date is None
    assert made.dates_as_written == {"next_date": f"30 2 {sitting(14).year}"}
    assert "impossible_date" in made.defects


@pytest.mark.any_server
def test_a_day_of_no_calendar_in_a_sentence_is_kept_with_its_line(
    court: Court, client: Any
) -> None:
    data = sentence_order(court, {}, {"years": 2, "effective_from": "31/02/2026"})
    answer = client.post(address(court), data)
    client.post(address(court), data | {"sure": yes(answer)})
    assert recorded(court).dates_as_written == {"sentences.1.effective_from": "31/02/2026"}


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("row", "defect"),
    [({"years": 0}, "term_of_nothing"), ({"years": 10_000}, "term_beyond_a_life")],
)
def test_a_term_of_nothing_or_of_ages_is_asked_about_once_and_recorded(
    court: Court, client: Any, row: dict[str, int], defect: str
) -> None:
    data = sentence_order(court, row)
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    client.post(address(court), data | {"sure": yes(answer)})
    made = recorded(court)
    assert defect in made.defects
    page = text(client.get(reverse("courts:order", args=[made.pk])))
    assert "What is wrong with the paper" in page
    assert "Query to the clerk of court" in page
    assert defect not in page


@pytest.mark.any_server
def test_what_a_kind_must_say_and_does_not_is_asked_about(court: Court, client: Any) -> None:
    data = order(court, **boxes("next_date", None))
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    assert "id_next_date_day" in answer.content.decode()
    client.post(address(court), data | {"sure": yes(answer)})
    assert "lacks_next_date" in recorded(court).defects


def test_dates_in_the_wrong_order_and_an_order_that_revokes_itself_are_recorded(
    court: Court, client: Any
) -> None:
    data = order(
        court,
        **boxes("next_date", TODAY - timedelta(days=30)),
        change="revokes",
        changes_reference="MC 688/26",
    )
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    client.post(address(court), data | {"sure": yes(answer)})
    assert {"dates_out_of_order", "revokes_itself"} <= set(recorded(court).defects)


@pytest.mark.any_server
def test_bail_revoked_that_nobody_granted_is_asked_about_and_recorded(
    court: Court, client: Any
) -> None:
    data = order(court, kind="bail_revoked")
    asked = client.post(address(court), data)
    assert "we have no grant of it to this person" in text(asked)
    assert not CourtOrder.objects.exists()
    answer = client.post(address(court), data | {"sure": yes(asked)}, follow=True)
    assert recorded(court).defects == ["revokes_nothing_known"]
    assert "we have no grant of it to this person" in text(answer)


@pytest.mark.any_server
def test_yes_to_one_question_is_not_yes_to_another(court: Court, client: Any) -> None:
    data = order(court, **boxes("next_date", None))
    answer = client.post(address(court), data)
    other = (
        data | {"sure": yes(answer)} | boxes("dated", TODAY.replace(year=TODAY.year - 100, day=1))
    )
    assert client.post(address(court), other).status_code == 422
    assert not CourtOrder.objects.exists()


@pytest.mark.any_server
def test_the_same_paper_twice_is_asked_about(court: Court, client: Any) -> None:
    client.post(address(court), order(court))
    answer = client.post(address(court), order(court))
    assert answer.status_code == 422
    assert "MC 688/26" in text(answer)
    assert CourtOrder.objects.count() == 1


def test_a_case_and_charges_that_the_paper_is_the_first_to_name_are_recorded_with_it(
    court: Court, client: Any
) -> None:
    data = sentence_order(
        court,
        {"years": 2, "charge": "new_charge_2"},
        case_number="S 77/26",
        new_charge_1="Took a bicycle",
        new_charge_2="burglary",
    )
    assert client.post(address(court), data).status_code == 302
    case = CourtCase.objects.get(number="S 77/26")
    assert CaseParty.objects.filter(case=case, person_id=court.ana).exists()
    written, known = Charge.objects.order_by("pk")
    assert (written.as_written, written.offence_code) == ("Took a bicycle", "")
    assert known.offence_code
    assert Sentence.objects.get().charge_id == known.pk
    assert set(recorded(court).charges.all()) == {written, known}


def test_nothing_is_left_of_a_paper_that_could_not_be_recorded(court: Court, client: Any) -> None:
    answer = client.post(address(court), order(court, new_charge_1="Burglary"))
    assert answer.status_code == 422
    assert "id_case_number" in answer.content.decode()
    later = order(court, case_number="S 78/26", **boxes("received_at", TODAY, "23:59"))
    later |= boxes("received_at", TODAY + timedelta(days=2), "10:00")
    assert client.post(address(court), later).status_code == 422
    assert not CourtCase.objects.exists()
    assert not CourtOrder.objects.exists()


def test_one_order_names_many_and_a_wrong_number_is_told_at_its_box(
    court: Court, client: Any
) -> None:
    ben = people.person_headers(court.prison.actor, [court.ben])[court.ben].number
    data = order(
        court,
        kind="emergency_detention",
        body_id=court.body(),
        others=f"{ben}\n000000",
        **boxes("next_date", None),
        **boxes("until", TODAY + timedelta(days=30)),
    )
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    assert "Line 2: no prisoner has the number 000000." in text(answer)
    data["others"] = ben
    answer = client.post(address(court), data)
    if answer.status_code == 422:
        answer = client.post(address(court), data | {"sure": yes(answer)})
    assert CourtOrder.objects.values("paper").distinct().count() == 1
    assert set(CourtOrder.objects.values_list("person_id", flat=True)) == {court.ana, court.ben}
    page = text(client.get(reverse("courts:order", args=[recorded(court).pk])))
    assert "The same paper names too" in page


def test_bail_that_waits_for_a_surety_says_that_it_changes_nothing(
    court: Court, client: Any
) -> None:
    data = order(
        court, kind="bail_awaiting_surety", sureties="Rosa Chan", amount="2000",
        **boxes("next_date", None),
    )  # fmt: skip
    answer = client.post(address(court), data, follow=True)
    assert "It changes nothing until the surety comes." in text(answer)


@pytest.mark.any_server
def test_an_order_that_frees_names_the_warrants_and_how_it_is_verified(
    court: Court, client: Any
) -> None:
    data = order(
        court, kind="bail_taken_up", warrants=[str(court.ana_warrant)], **boxes("next_date", None)
    )
    answer = client.post(address(court), data, follow=True)
    said = text(answer)
    assert "It frees from:" in said
    assert "call the registry on its stored number" in said
    release = recorded(court).release_order_id
    assert reverse("authority:order", args=[release]) in answer.content.decode()


@pytest.mark.any_server
def test_one_of_two_warrants_frees_nobody_and_the_page_says_so(court: Court, client: Any) -> None:
    court.prison.remand(court.ana, at=None)
    data = order(
        court, kind="bail_taken_up", warrants=[str(court.ana_warrant)], **boxes("next_date", None)
    )
    answer = client.post(address(court), data, follow=True)
    assert "It frees nobody by itself" in text(answer)


@pytest.mark.any_server
def test_parole_beside_a_remand_says_that_the_remand_holds_on(court: Court, client: Any) -> None:
    court.order("commitment_sentence", body="HC", reference="S 1",
                sentences=[services.SentenceInput(years=4)])  # fmt: skip
    data = order(court, kind="parole_granted", body_id=court.body("PB"), reference="P 1")
    answer = client.post(address(court), data | boxes("next_date", None), follow=True)
    said = text(answer)
    assert "It frees from: Commitment on sentence S 1" in said
    assert "It frees nobody by itself: Remand" in said
    assert "frees from no warrant" not in said


@pytest.mark.any_server
def test_every_box_that_a_kind_needs_is_told_to_the_browser(court: Court, client: Any) -> None:
    page = client.get(address(court)).content.decode()
    for name, kinds in (
        ("next_date", "next_date"), ("until", "until"), ("amount", "amount_cents"),
        ("review_months", "review_months"), ("sureties", "sureties"),
    ):  # fmt: skip
        at = page.index(f'id="id_{name}')
        need = page.rindex('data-for="', 0, at)
        told = page[need + 10 : page.index('"', need + 10)].split()
        assert told == [c for c, k in order_kinds().items() if kinds in k.fields], name


@pytest.mark.any_server
def test_offences_are_found_in_either_language_without_accents(court: Court, client: Any) -> None:
    def found(words: str) -> list[str]:
        answer = client.get(reverse("courts:offences"), {"q": words})
        return [one["value"] for one in answer.json()]

    assert "Murder" in found("murd")
    assert "Murder" in found("homicidio")
    assert found("burg")[0].startswith("Burg")
    assert found("") == []
    assert found("no such offence at all") == []


@pytest.mark.any_server
def test_the_form_is_not_lost_where_a_box_is_wrong(court: Court, client: Any) -> None:
    data = sentence_order(court, {"years": "two"}, conditions="Reports on Mondays")
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="two"' in page
    assert "Reports on Mondays" in page
    assert 'href="#id_line-0-years"' in page


@pytest.mark.any_server
def test_lines_that_did_not_arrive_are_told(court: Court, client: Any) -> None:
    data = {k: v for k, v in order(court).items() if not k.startswith("line-")}
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    assert "did not arrive whole" in text(answer)


@pytest.mark.any_server
def test_what_the_defects_are_called_is_worded_on_the_persons_page(
    court: Court, client: Any
) -> None:
    data = order(court, **boxes("next_date", None))
    client.post(address(court), data | {"sure": yes(client.post(address(court), data))})
    page = text(client.get(reverse("courts:person", args=[court.ana])))
    assert "1 defect" in page
    assert "Remand to a next date" in page
    assert "Second reading due" in page
    assert selectors.unread_orders([court.ana])


@pytest.mark.any_server
def test_long_papers_have_as_many_lines_as_they_ask_for(court: Court, client: Any) -> None:
    page = client.get(address(court), {"lines": "12"}).content.decode()
    assert 'name="line-11-years"' in page
    assert lines({"years": 1})["line-TOTAL_FORMS"] == "3"


@pytest.mark.any_server
def test_a_paper_that_the_gate_recorded_is_keyed_and_no_second_warrant_comes_of_it(
    court: Court, client: Any
) -> None:
    before = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    queue = client.get(reverse("courts:papers")).content.decode()
    key = f"w{court.ana_warrant}"
    where = f"{address(court)}?paper={key}"
    assert where in queue
    form = client.get(where).context["form"]
    known = next(one for one in before if one.warrant_name_id == court.ana_warrant)
    assert form["reference"].value() == known.reference
    assert form["received_at"].value() == known.received_at
    data = order(court, paper=key, reference=known.reference)
    answer = client.post(address(court), data)
    if answer.status_code == 422:
        answer = client.post(address(court), data | {"sure": yes(answer)})
    after = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    assert {w.warrant_name_id for w in after} == {w.warrant_name_id for w in before}
    assert recorded(court).warrant_name_id == court.ana_warrant
    assert f"?paper={key}" not in client.get(reverse("courts:papers")).content.decode()


@pytest.mark.any_server
def test_a_paper_of_another_effect_is_told_and_nothing_is_lost(court: Court, client: Any) -> None:
    data = order(
        court, kind="bail_taken_up", paper=f"w{court.ana_warrant}", **boxes("next_date", None)
    )
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    assert not CourtOrder.objects.exists()


@pytest.mark.any_server
def test_what_would_be_a_defect_by_its_charge_is_asked_about_before(
    court: Court, client: Any
) -> None:
    case = court.case()
    charge = court.charge(case, offence_from=TODAY + timedelta(days=1))
    data = sentence_order(
        court, {"years": 3, "link": "concurrent", "charge": str(charge)}, case_id=case,
        charges=[str(charge)],
    )  # fmt: skip
    answer = client.post(address(court), data)
    assert answer.status_code == 422
    assert "passed before the day of the offence" in text(answer)
    assert not CourtOrder.objects.exists()


@pytest.mark.any_server
def test_an_appeal_that_names_no_earlier_order_is_asked_about_once(
    court: Court, client: Any
) -> None:
    data = order(court, kind="appeal_varied", body_id=court.body("CA")) | lines({"months": 9})
    answer = client.post(address(court), data | boxes("next_date", None))
    assert "names none: what it does is not known" in text(answer)
    client.post(address(court), data | boxes("next_date", None) | {"sure": yes(answer)})
    assert "changes_nothing_named" in recorded(court).defects


@pytest.mark.any_server
def test_what_came_of_a_hearing_leads_to_the_order_that_says_so(court: Court, client: Any) -> None:
    case = court.case()
    made = services.schedule_hearing(
        Command(court.clerk), establishment_id=court.prison.establishment_id,
        person_id=court.ana, body_id=court.body(), on=TODAY, case_id=case,
        warrant_name_id=court.ana_warrant,
    )  # fmt: skip
    said = {"command_id": str(uuid4()), "version": 1, "outcome": "acquitted",
            "next_mode": "in_person"}  # fmt: skip
    page = client.post(reverse("courts:outcome", args=[made.hearing_id]), said, follow=True)
    assert page.redirect_chain[-1][0].startswith(address(court))
    body = page.content.decode()
    assert 'value="acquittal" selected' in body
    assert f'value="{case}" selected' in body


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("term", "said", "unsaid"),
    [
        ({"months": 3}, "counted from the day on which it came", "No end is named"),
        ({"days": 0}, "No end is named", "end of the terms as written"),
    ],
    ids=["three months", "a term of nothing"],
)
def test_a_paper_without_a_date_says_from_when_its_terms_are_counted(
    court: Court, client: Any, term: dict[str, int], said: str, unsaid: str
) -> None:
    undated = boxes("next_date", None) | boxes("dated", None)
    data = order(court, kind="commitment_sentence", **undated, **lines(term))
    answer = client.post(address(court), data)
    page = text(client.post(address(court), data | {"sure": yes(answer)}, follow=True))
    assert "What it did" in page
    assert said in page
    assert unsaid not in page
