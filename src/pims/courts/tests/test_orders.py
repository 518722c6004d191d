"""An order is recorded as written and takes effect; what it contradicts is marked."""

from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import selectors, services
from pims.courts.models import CourtOrder, Hearing, OrderQuery, SecondReading, Sentence
from pims.courts.rules.defects import to_ask_about
from pims.courts.rules.terms import review_day
from pims.courts.services import OrderName, SentenceInput
from pims.courts.tests.court import Court
from pims.custody.tests.prison import told
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.tests import samples
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.kernel.terms import MonthRule

ZONE = "America/Belize"


def warrants(person_id: int) -> dict[int, authority.WarrantBrief]:
    found = authority.warrants_of([person_id], zone=ZONE).get(person_id, [])
    return {brief.warrant_name_id: brief for brief in found}


def doubts(made: services.CourtOrderResult) -> tuple[str, ...]:
    """What the court is asked about: tests run on Sundays too."""
    return to_ask_about(made.defects)


def test_a_remand_becomes_a_warrant_a_hearing_and_a_second_reading(court: Court) -> None:
    case = court.case()
    day = court.today + timedelta(days=7)
    made = court.order(
        "remand",
        OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)),
        case_id=case,
        charge_ids=[court.charge(case)],
        next_date=day,
    )
    held = warrants(court.ana)
    assert held[made.warrant_name_ids[0]].next_appearance == day
    assert held[made.warrant_name_ids[0]].charges == "Burglary"
    assert held[court.ana_warrant].end_kind == "replaced"
    hearing = Hearing.objects.get()
    assert (hearing.on, hearing.case_id, hearing.warrant_name_id) == (
        day, case, made.warrant_name_ids[0],
    )  # fmt: skip
    assert SecondReading.objects.get().read_at is None
    assert told(court.ana)[-1] == "courts.order_recorded"


def test_a_sentence_takes_the_place_of_the_remand(court: Court) -> None:
    case = court.case()
    charge = court.charge(case, offence_to=court.today - timedelta(days=90))
    made = court.order(
        "commitment_sentence",
        OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)),
        case_id=case,
        charge_ids=[charge],
        sentences=[
            SentenceInput(years=2, charge_id=charge),
            SentenceInput(months=6, link="consecutive", consecutive_to_position=1),
        ],
    )
    first, second = Sentence.objects.order_by("position")
    assert second.consecutive_to_id == first.pk
    assert first.offence_on == court.today - timedelta(days=90)
    held = warrants(court.ana)
    assert held[court.ana_warrant].end_kind == "sentenced"
    assert held[made.warrant_name_ids[0]].kind == "committal_sentence"
    assert held[made.warrant_name_ids[0]].until is not None
    assert doubts(made) == ()


@pytest.mark.any_server
def test_an_acquittal_is_a_release_order_that_the_registry_confirms(court: Court) -> None:
    case = court.case()
    charge = court.charge(case)
    remand = court.order(
        "remand", case_id=case, charge_ids=[charge], next_date=court.today + timedelta(days=3)
    )
    made = court.order("acquittal", case_id=case, charge_ids=[charge], reference="A 2/26")
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert order.release_order_id == made.release_order_ids[0]
    assert order.warrant_name_ids == (remand.warrant_name_ids[0],)
    assert warrants(court.ana)[remand.warrant_name_ids[0]].ends_at is None
    authority_services.set_registry_phone(
        court.prison.command, body_id=court.body(), telephone="227-1234"
    )
    authority_services.verify_release_order(
        court.prison.command, release_order_id=order.release_order_id, spoke_to="Ms Coc"
    )
    assert authority.release_orders([court.ana])[court.ana][0].verified_spoke_to == "Ms Coc"


@pytest.mark.any_server
def test_one_of_two_charges_withdrawn_frees_nobody(court: Court) -> None:
    case = court.case()
    first, second = court.charge(case), court.charge(case, as_written="Assault")
    court.order(
        "remand", case_id=case, charge_ids=[first, second],
        next_date=court.today + timedelta(days=3),
    )  # fmt: skip
    made = court.order("charge_withdrawn", case_id=case, charge_ids=[first])
    assert made.release_order_ids == (None,)
    assert "frees_from_nothing_known" in made.defects
    made = court.order("charge_withdrawn", case_id=case, charge_ids=[second])
    assert made.release_order_ids != (None,)


def test_bail_goes_from_granted_to_revoked(court: Court) -> None:
    case = court.case()
    charge = court.charge(case)
    remand = court.order(
        "remand", case_id=case, charge_ids=[charge], next_date=court.today + timedelta(days=3)
    )
    granted = court.order("bail_granted", case_id=case, charge_ids=[charge], amount_cents=500_00)
    waits = court.order("bail_awaiting_surety", case_id=case, charge_ids=[charge])
    assert granted.release_order_ids == waits.release_order_ids == (None,)
    assert doubts(waits) == ("lacks_sureties",)
    assert OrderQuery.objects.get().order_id == waits.order_ids[0]
    assert warrants(court.ana)[remand.warrant_name_ids[0]].ends_at is None
    taken = court.order(
        "bail_taken_up", case_id=case, charge_ids=[charge], sureties="Maria Chan, Corozal"
    )
    assert taken.release_order_ids != (None,)
    revoked = court.order(
        "bail_revoked", case_id=case, changes_order_id=taken.order_ids[0], change="revokes",
        next_date=court.today + timedelta(days=9),
    )  # fmt: skip
    assert warrants(court.ana)[revoked.warrant_name_ids[0]].kind == "remand"
    assert court.row(taken).state == CourtOrder.State.SET_ASIDE
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert order.state == "withdrawn"


def test_one_emergency_order_names_many(court: Court) -> None:
    made = court.order(
        "emergency_detention", court.ana, court.ben, body="MIN",
        until=court.today + timedelta(days=30),
    )  # fmt: skip
    assert len(set(made.order_ids)) == len(set(made.warrant_name_ids)) == 2
    briefs = [
        warrants(p)[n] for p, n in zip((court.ana, court.ben), made.warrant_name_ids, strict=True)
    ]
    assert briefs[0].warrant_id == briefs[1].warrant_id
    assert CourtOrder.objects.values("paper").distinct().count() == 1
    services.read_order_again(
        Command(court.reader),
        order_id=made.order_ids[0],
        reading=services.OrderReading(dated=court.today, until=court.today + timedelta(days=30)),
    )
    assert not SecondReading.objects.filter(read_at=None).exists()


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("more", "defect"),
    [
        ({"next": -20, "dated_days": -3}, "dates_out_of_order"),
        ({"dated_days": 2}, "date_in_the_future"),
        ({"dates_as_written": {"next_date": "30 February 2027"}}, "impossible_date"),
        ({"dates_as_written": {"next_date": "4/13/2026"}}, "lacks_next_date"),
        ({"changes_reference": "R 1/26", "change": "revokes"}, "revokes_itself"),
        ({"changes_reference": "X 9/99", "change": "revokes"}, "changes_unknown"),
        ({"body": "MIN"}, "cannot_order"),
    ],
)
def test_a_remand_with_a_mistake_is_recorded_and_detains(
    court: Court, more: dict[str, object], defect: str
) -> None:
    more = dict(more)
    ahead = more.pop("next", None)
    if ahead is not None:
        more["next_date"] = court.today + timedelta(days=ahead)
    elif "dates_as_written" not in more:
        more["next_date"] = court.today + timedelta(days=5)
    if "dated_days" in more:
        more["dated"] = court.today + timedelta(days=more.pop("dated_days"))
    made = court.order("remand", **more)
    assert defect in made.defects
    assert made.warrant_name_ids != (None,)
    brief = warrants(court.ana)[made.warrant_name_ids[0]]
    assert brief.state == "as_received"
    assert authority.queries_of(brief.warrant_id)


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("sentence", "defect"),
    [
        (SentenceInput(), "term_of_nothing"),
        (SentenceInput(years=10_000), "term_beyond_a_life"),
        (SentenceInput(years=1, minimum_years=2), "minimum_beyond_term"),
        (SentenceInput(years=1, link="consecutive"), "consecutive_to_nothing"),
        (SentenceInput(years=1, link="consecutive", consecutive_to_position=1),
         "consecutive_to_itself"),
        (SentenceInput(years=1, link="consecutive", consecutive_to_position=7),
         "consecutive_to_unknown"),
        (SentenceInput(years=1, link="consecutive", consecutive_to_id=10**9),
         "consecutive_to_unknown"),
    ],
)  # fmt: skip
def test_a_sentence_with_a_mistake_is_recorded(
    court: Court, sentence: SentenceInput, defect: str
) -> None:
    made = court.order("commitment_sentence", sentences=[sentence])
    assert defect in made.defects
    kept = Sentence.objects.get()
    assert (kept.years, kept.link) == (sentence.years, sentence.link)
    assert warrants(court.ana)[made.warrant_name_ids[0]].state == "as_received"


def test_a_sentence_after_another_persons_is_recorded_with_its_link(court: Court) -> None:
    theirs = court.order("commitment_sentence", court.ben, sentences=[SentenceInput(years=1)])
    target = Sentence.objects.get(order_id=theirs.order_ids[0])
    made = court.order(
        "commitment_sentence",
        sentences=[SentenceInput(years=1, link="consecutive", consecutive_to_id=target.pk)],
    )
    assert "consecutive_to_another_person" in made.defects
    assert Sentence.objects.get(order_id=made.order_ids[0]).consecutive_to_id == target.pk


@pytest.mark.any_server
def test_a_sentence_before_its_offence_is_recorded(court: Court) -> None:
    case = court.case()
    charge = court.charge(case, offence_from=court.today + timedelta(days=1))
    made = court.order(
        "commitment_sentence", case_id=case, charge_ids=[charge],
        sentences=[SentenceInput(years=1, charge_id=charge)],
    )  # fmt: skip
    assert "sentence_before_offence" in made.defects


@pytest.mark.any_server
def test_a_figure_that_no_row_holds_is_refused(court: Court) -> None:
    with pytest.raises(InvalidInput) as wrong:
        court.order("commitment_sentence", sentences=[SentenceInput(years=2**40)])
    assert "sentences.1.years" in wrong.value.fields
    with pytest.raises(InvalidInput):
        court.order("commitment_sentence", sentences=[SentenceInput(days=-1)])
    assert not CourtOrder.objects.exists()


@pytest.mark.any_server
def test_an_order_that_varies_another_replaces_it_with_its_sentences(court: Court) -> None:
    first = court.order("commitment_sentence", sentences=[SentenceInput(years=4)])
    second = court.order(
        "appeal_varied", body="HC", reference="A 5/26", changes_reference="r 1/26",
        change="varies", sentences=[SentenceInput(years=2)],
    )  # fmt: skip
    assert doubts(second) == ()
    assert court.row(first).state == CourtOrder.State.REPLACED
    assert Sentence.objects.get(order_id=first.order_ids[0]).state == "replaced"
    assert warrants(court.ana)[first.warrant_name_ids[0]].end_kind == "replaced"
    assert court.row(second).changes_id == first.order_ids[0]


@pytest.mark.any_server
def test_an_appeal_allowed_quashes_the_sentence_and_waits_for_the_gate(court: Court) -> None:
    first = court.order("commitment_sentence", body="HC", sentences=[SentenceInput(years=4)])
    allowed = court.order(
        "appeal_allowed", body="CA", reference="CA 1/26", change="sets_aside",
        changes_order_id=first.order_ids[0],
    )  # fmt: skip
    assert Sentence.objects.get().state == "stands"
    court.verify(allowed)
    assert Sentence.objects.get().state == "quashed"
    assert warrants(court.ana)[first.warrant_name_ids[0]].ends_at is None
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert order.warrant_name_ids == first.warrant_name_ids
    assert allowed.release_order_ids == (order.release_order_id,)


@pytest.mark.any_server
def test_a_lower_court_does_not_change_unseen_what_a_higher_one_ordered(court: Court) -> None:
    first = court.order("commitment_sentence", body="HC", sentences=[SentenceInput(years=4)])
    second = court.order(
        "resentencing", reference="R 2/26", changes_order_id=first.order_ids[0],
        change="replaces", sentences=[SentenceInput(years=1)],
    )  # fmt: skip
    assert "lower_court_changes" in second.defects


def test_an_order_about_another_person_changes_nothing_of_hers(court: Court) -> None:
    hers = court.order("commitment_sentence", court.ben, sentences=[SentenceInput(years=4)])
    made = court.order(
        "resentencing", body="HC", reference="R 2/26", changes_order_id=hers.order_ids[0],
        change="replaces", sentences=[SentenceInput(years=1)],
    )  # fmt: skip
    assert "changes_another_person" in made.defects
    assert court.row(hers).state == CourtOrder.State.STANDS


@pytest.mark.any_server
def test_an_order_entered_by_mistake_leaves_everything_as_before(court: Court) -> None:
    first = court.order("commitment_sentence", sentences=[SentenceInput(years=4)])
    second = court.order(
        "resentencing", reference="R 2/26", changes_order_id=first.order_ids[0],
        change="replaces", sentences=[SentenceInput(years=1)],
    )  # fmt: skip
    services.set_aside_order(
        Command(court.reader), order_id=second.order_ids[0], how="void", reason="Another Ana Chan"
    )
    held = warrants(court.ana)
    assert held[first.warrant_name_ids[0]].ends_at is None
    assert held[second.warrant_name_ids[0]].end_kind == "void"
    assert court.row(first).state == CourtOrder.State.STANDS
    assert Sentence.objects.get(order_id=first.order_ids[0]).state == "stands"
    with pytest.raises(Refused):
        services.set_aside_order(
            Command(court.reader), order_id=second.order_ids[0], how="void", reason="Again"
        )


def test_a_court_that_takes_its_order_back_ends_the_warrant(court: Court) -> None:
    made = court.order("remand", next_date=court.today + timedelta(days=4))
    services.set_aside_order(
        Command(court.reader), order_id=made.order_ids[0], how="set_aside",
        reason="Told by telephone", told_by="Ms Coc",
    )  # fmt: skip
    assert warrants(court.ana)[made.warrant_name_ids[0]].end_kind == "withdrawn"
    assert court.row(made).state == CourtOrder.State.SET_ASIDE


@pytest.mark.any_server
def test_a_committal_of_the_court_is_made_of_people_under_18_only(court: Court) -> None:
    made = court.order("courts_pleasure", body="HC", review_months=6)
    assert "not_under_18" in made.defects
    brief = warrants(court.ana)[made.warrant_name_ids[0]]
    assert brief.next_appearance == review_day(court.today, 6, MonthRule())


@pytest.mark.any_server
def test_who_may_not_record_orders_records_none(court: Court, make_actor) -> None:
    viewer = make_actor("courts.view", establishment_id=court.prison.establishment_id)
    with pytest.raises(NotPermitted):
        court.order("remand", actor=viewer)
    elsewhere = make_actor("courts.record", establishment_id=court.prison.establishment_id + 99)
    with pytest.raises(NotPermitted):
        court.order("remand", actor=elsewhere)
    with pytest.raises(InvalidInput):
        court.order("remand", received_at=clock.now() + timedelta(hours=1))
    assert not CourtOrder.objects.exists()


@pytest.mark.any_server
def test_an_acquittal_entered_by_mistake_leaves_the_charge_open(court: Court) -> None:
    case = court.case()
    charge = court.charge(case)
    court.order("remand", case_id=case, charge_ids=[charge],
                next_date=court.today + timedelta(days=3))  # fmt: skip
    made = court.order("acquittal", case_id=case, charge_ids=[charge], reference="A 2/26")
    (info,) = selectors.cases(court.clerk, [court.ana])[court.ana]
    assert info.charges[0].state == "acquitted"
    services.set_aside_order(
        Command(court.reader), order_id=made.order_ids[0], how="void", reason="Another case"
    )
    (info,) = selectors.cases(court.clerk, [court.ana])[court.ana]
    assert (info.charges[0].state, info.charges[0].decided_on) == ("open", None)
    assert authority.release_orders([court.ana])[court.ana][0].state == "struck_out"


@pytest.mark.any_server
def test_an_order_that_let_somebody_go_is_no_mistake_of_entry(court: Court) -> None:
    made = court.order("acquittal", OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)))
    authority_services.act_on_release_order(
        court.prison.command, release_order_id=made.release_order_ids[0], at=clock.now()
    )
    with pytest.raises(Refused) as refused:
        services.set_aside_order(
            Command(court.reader), order_id=made.order_ids[0], how="void", reason="Oh"
        )
    assert refused.value.reasons()[0].code == "courts.order_freed_someone"


@pytest.mark.any_server
def test_co_defendants_on_one_paper_have_terms_of_their_own(court: Court) -> None:
    made = court.order(
        "commitment_sentence", court.ana, court.ben,
        sentences=[
            SentenceInput(years=1, person_id=court.ana),
            SentenceInput(years=3, person_id=court.ben),
        ],
    )  # fmt: skip
    terms = {
        person: [s.term.years for s in found]
        for person, found in selectors.sentences_of([court.ana, court.ben]).items()
    }
    assert terms == {court.ana: [1], court.ben: [3]}
    ends = [
        warrants(p)[n].until
        for p, n in zip((court.ana, court.ben), made.warrant_name_ids, strict=True)
    ]
    assert None not in ends
    assert ends[0] < ends[1]


@pytest.mark.any_server
def test_a_sentence_that_follows_an_earlier_paper_reaches_beyond_it(court: Court) -> None:
    first = court.order("commitment_sentence", sentences=[SentenceInput(years=2)])
    (earlier,) = selectors.sentences_of([court.ana])[court.ana]
    second = court.order(
        "commitment_sentence", reference="R 2/26",
        sentences=[
            SentenceInput(years=1, link="consecutive", consecutive_to_id=earlier.sentence_id)
        ],
    )  # fmt: skip
    held = warrants(court.ana)
    until = [held[one.warrant_name_ids[0]].until for one in (first, second)]
    assert doubts(second) == ()
    assert None not in until
    assert (until[1] - until[0]).days in (365, 366)


@pytest.mark.any_server
def test_a_fine_says_what_frees(court: Court) -> None:
    made = court.order("fine_default", amount_cents=750_00, sentences=[SentenceInput(months=3)])
    (sentence,) = selectors.sentences_of([court.ana])[court.ana]
    assert (sentence.kind, sentence.amount_cents) == ("fine_default", 750_00)
    warrant = warrants(court.ana)[made.warrant_name_ids[0]]
    assert (warrant.kind, warrant.amount_cents) == ("fine_default", 750_00)
    without = court.order("fine_default", reference="F 2/26", sentences=[])
    assert {"lacks_amount_cents", "lacks_default_term"} <= set(without.defects)


def test_the_same_form_sent_twice_is_one_order(court: Court) -> None:
    command = Command(court.clerk)
    given = {
        "establishment_id": court.prison.establishment_id, "kind": "remand",
        "body_id": court.body(), "names": [OrderName(court.ana)], "received_at": clock.now(),
        "next_date": court.today + timedelta(days=5),
    }  # fmt: skip
    first = services.record_court_order(command, **given)
    assert services.record_court_order(command, **given) == first
    assert CourtOrder.objects.count() == 1


@pytest.mark.parametrize("kind", ["remand", "acquittal", "bail_granted"])
def test_the_scan_of_the_paper_is_kept_once(court: Court, kind: str) -> None:
    made = court.order(
        kind,
        OrderName(court.ana, warrant_name_ids=(court.ana_warrant,)),
        next_date=court.today + timedelta(days=4),
        scan=samples.pdf_bytes(title="R 1/26"),
    )
    blob_id = selectors.order(court.clerk, made.order_ids[0]).scan_blob_id
    assert blob_id is not None
    if kind == "remand":
        assert warrants(court.ana)[made.warrant_name_ids[0]].scan_blob_id == blob_id


@pytest.mark.any_server
def test_an_order_of_no_kind_that_we_know_is_recorded_as_what_it_does(court: Court) -> None:
    held = court.order(
        "other_detains", body="MIN", reference="EX 1", until=court.today + timedelta(days=30),
        as_written="To be extradited",
    )  # fmt: skip
    (pk,) = held.warrant_name_ids
    assert pk is not None
    brief = warrants(court.ana)[pk]
    assert (brief.kind, brief.legal_status) == ("other", "other")
    noted = court.order("other_notes", reference="N 1")
    assert (noted.warrant_name_ids, noted.release_order_ids) == ((None,), (None,))
    court.order("other_frees", OrderName(court.ana, warrant_name_ids=(pk,)), reference="EX 2")
    (order,) = authority.release_orders([court.ana])[court.ana]
    assert (order.kind, order.warrant_name_ids) == ("other", (pk,))
