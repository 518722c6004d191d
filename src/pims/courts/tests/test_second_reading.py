"""Two officers read an order without seeing each other's reading, and a difference is settled."""

from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.courts import selectors, services
from pims.courts.models import SecondReading, Sentence
from pims.courts.services import OrderReading, SentenceInput, SentenceReading
from pims.courts.tests.court import Court
from pims.custody.tests.prison import told
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel import clock
from pims.kernel.errors import NotFound, NotPermitted, Refused
from tests.access.staff import staff


def sentenced(court: Court, years: int = 2) -> int:
    made = court.order("commitment_sentence", sentences=[SentenceInput(years=years)])
    return made.order_ids[0]


def read(court: Court, order_id: int, years: int = 2, **more: object) -> tuple[str, ...]:
    reading = OrderReading(dated=court.today, sentences=(SentenceReading(years=years),), **more)
    result = services.read_order_again(Command(court.reader), order_id=order_id, reading=reading)
    return result.differences


@pytest.mark.any_server
def test_two_readings_that_agree_end_the_wait(court: Court) -> None:
    order_id = sentenced(court)
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    assert (due.order_id, due.own, due.differs) == (order_id, False, False)
    assert selectors.unread_orders([court.ana]) == {court.ana: [order_id]}
    assert read(court, order_id) == ()
    assert selectors.readings_due(court.reader, court.prison.establishment_id) == []
    assert selectors.unread_orders([court.ana]) == {}
    assert "courts.order_read_again" in told(court.ana)


@pytest.mark.any_server
def test_nobody_reads_their_own_entry_a_second_time(court: Court) -> None:
    order_id = sentenced(court)
    (due,) = selectors.readings_due(court.clerk, court.prison.establishment_id)
    assert due.own
    with pytest.raises(Refused) as refused:
        services.read_order_again(
            Command(court.clerk), order_id=order_id, reading=OrderReading(dated=court.today)
        )
    assert refused.value.reasons()[0].code == "courts.own_reading"
    assert SecondReading.objects.get().read_at is None


@pytest.mark.any_server
def test_the_blind_form_tells_nothing_of_the_first_reading(court: Court) -> None:
    order_id = sentenced(court, years=7)
    blind = selectors.order_to_read(court.reader, order_id)
    assert "term" in blind.fields
    assert not {"years", "dated", "until", "sentences", "as_written"} & set(dir(blind))
    read(court, order_id, years=7)
    with pytest.raises(NotFound):
        selectors.order_to_read(court.reader, order_id)


@pytest.mark.any_server
def test_a_difference_is_kept_until_somebody_settles_it(court: Court) -> None:
    order_id = sentenced(court)
    assert read(court, order_id, years=3) == ("sentence_1.years",)
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    assert due.differs
    assert selectors.unread_orders([court.ana]) == {court.ana: [order_id]}
    assert Sentence.objects.get().years == 2
    services.settle_difference(
        Command(court.reader), reading_id=due.reading_id, takes="first", reason="Two, in words"
    )
    assert Sentence.objects.get().years == 2
    assert selectors.unread_orders([court.ana]) == {}
    with pytest.raises(Refused):
        services.settle_difference(
            Command(court.reader), reading_id=due.reading_id, takes="second", reason="Again"
        )


@pytest.mark.any_server
def test_where_the_second_is_right_order_sentence_and_warrant_read_so(court: Court) -> None:
    order_id = sentenced(court)
    read(court, order_id, years=3, until=court.today + timedelta(days=1000))
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    assert due.differences == ("until", "sentence_1.years")
    services.settle_difference(
        Command(court.reader), reading_id=due.reading_id, takes="second", reason="Three"
    )
    assert Sentence.objects.get().years == 3
    order = selectors.order(court.reader, order_id)
    assert order.until == court.today + timedelta(days=1000)
    held = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    (warrant,) = [w for w in held if w.warrant_name_id == order.warrant_name_id]
    assert warrant.until == order.until


@pytest.mark.any_server
def test_a_sentence_that_only_the_second_saw_is_added(court: Court) -> None:
    order_id = sentenced(court)
    services.read_order_again(
        Command(court.reader),
        order_id=order_id,
        reading=OrderReading(
            dated=court.today,
            sentences=(SentenceReading(years=2), SentenceReading(months=6)),
        ),
    )
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    assert due.differences == ("sentences",)
    services.settle_difference(
        Command(court.reader), reading_id=due.reading_id, takes="second", reason="Overleaf"
    )
    kept = selectors.sentences_of([court.ana])[court.ana]
    assert [(s.position, s.term.years, s.term.months, s.stands) for s in kept] == [
        (1, 2, 0, True), (2, 0, 6, True),
    ]  # fmt: skip


@pytest.mark.any_server
def test_a_reading_is_late_after_the_noon_of_the_next_working_day(court: Court) -> None:
    sentenced(court)
    due = SecondReading.objects.get().due_at
    with clock.at(due + timedelta(minutes=1)):
        (row,) = selectors.readings_due(court.reader, court.prison.establishment_id)
        assert row.late
    with clock.at(due - timedelta(minutes=1)):
        (row,) = selectors.readings_due(court.reader, court.prison.establishment_id)
        assert not row.late


@pytest.mark.any_server
def test_who_may_not_read_again_may_not(court: Court, make_actor) -> None:
    viewer = make_actor("courts.view", establishment_id=court.prison.establishment_id)
    with pytest.raises(NotPermitted):
        services.read_order_again(
            Command(viewer), order_id=sentenced(court), reading=OrderReading()
        )


def test_a_day_in_court_keyed_wrongly_is_put_right_in_the_diary_too(court: Court) -> None:
    wrong, right = court.today + timedelta(days=7), court.today + timedelta(days=17)
    made = court.order("remand", next_date=wrong)
    services.read_order_again(
        Command(court.reader), order_id=made.order_ids[0],
        reading=OrderReading(dated=court.today, next_date=right),
    )  # fmt: skip
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    services.settle_difference(
        Command(court.reader), reading_id=due.reading_id, takes="second", reason="17, not 7"
    )
    where = court.prison.establishment_id
    (row,) = selectors.diary(court.clerk, where, right, right)
    assert row.person_id == court.ana
    assert selectors.diary(court.clerk, where, wrong, wrong) == []
    held = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    (warrant,) = [w for w in held if w.warrant_name_id == made.warrant_name_ids[0]]
    assert warrant.next_appearance == right


@pytest.mark.any_server
def test_an_order_is_read_again_once(court: Court, make_actor) -> None:
    order_id = sentenced(court)
    read(court, order_id)
    third = make_actor("courts.read_again", establishment_id=court.prison.establishment_id)
    with pytest.raises(Refused) as refused:
        services.read_order_again(
            Command(third), order_id=order_id, reading=OrderReading(dated=court.today)
        )
    assert refused.value.reasons()[0].code == "courts.read_already"


@pytest.mark.any_server
def test_an_order_that_fell_needs_no_second_reading(court: Court) -> None:
    order_id = sentenced(court)
    services.set_aside_order(
        Command(court.reader), order_id=order_id, how="void", reason="Entered twice"
    )
    assert selectors.readings_due(court.reader, court.prison.establishment_id) == []
    assert selectors.unread_orders([court.ana]) == {}
    with pytest.raises(Refused):
        read(court, order_id)


@pytest.mark.any_server
def test_what_was_read_right_the_second_time_is_no_defect_any_more(court: Court) -> None:
    made = court.order("remand", dates_as_written={"next_date": "30 February"})
    assert {"impossible_date", "lacks_next_date"} <= set(made.defects)
    right = court.today + timedelta(days=9)
    services.read_order_again(
        Command(court.reader), order_id=made.order_ids[0],
        reading=OrderReading(dated=court.today, next_date=right),
    )  # fmt: skip
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    services.settle_difference(
        Command(court.reader), reading_id=due.reading_id, takes="second", reason="It says 3rd"
    )
    order = selectors.order(court.reader, made.order_ids[0])
    assert not {"impossible_date", "lacks_next_date"} & set(order.defects)
    assert order.dates_as_written == {}
    (hearing,) = selectors.hearings(court.clerk, [court.ana])[court.ana]
    assert hearing.on == right


def take(court: Court, order_id: int, reading: OrderReading, takes: str = "second") -> None:
    result = services.read_order_again(Command(court.reader), order_id=order_id, reading=reading)
    services.settle_difference(
        Command(court.reader), reading_id=result.reading_id, takes=takes, reason="As I read it"
    )


def test_a_day_that_only_the_first_read_holds_nobody_for_ever(court: Court) -> None:
    day = court.today + timedelta(days=7)
    made = court.order("remand", next_date=day)
    take(court, made.order_ids[0], OrderReading(dated=court.today))
    order = selectors.order(court.reader, made.order_ids[0])
    assert (order.next_date, "lacks_next_date" in order.defects) == (None, True)
    held = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    (warrant,) = [w for w in held if w.warrant_name_id == made.warrant_name_ids[0]]
    # A mistake lengthens nobody's custody: the court is asked, and meanwhile the day stands.
    assert warrant.next_appearance == day
    assert warrant.detains is not None
    assert warrant.detains.end is not None
    assert len(selectors.queries_of_order(order.order_id)) == 1
    (hearing,) = selectors.hearings(court.clerk, [court.ana])[court.ana]
    assert hearing.cancelled_at is not None


@pytest.mark.any_server
def test_what_is_concurrent_after_all_follows_nothing(court: Court) -> None:
    sentenced(court)
    (first,) = selectors.sentences_of([court.ana])[court.ana]
    second = court.order(
        "commitment_sentence", reference="R2",
        sentences=[
            SentenceInput(years=1, link="consecutive", consecutive_to_id=first.sentence_id)
        ],
    )  # fmt: skip
    reading = OrderReading(dated=court.today, sentences=(SentenceReading(years=1),))
    take(court, second.order_ids[0], reading)
    assert Sentence.objects.get(order_id=second.order_ids[0]).consecutive_to_id is None
    held = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    (warrant,) = [w for w in held if w.warrant_name_id == second.warrant_name_ids[0]]
    assert warrant.until is not None
    assert (warrant.until - court.today).days < 367


@pytest.mark.any_server
def test_a_day_moved_to_one_on_which_the_court_sits_is_warned_about_no_more(court: Court) -> None:
    closed, open_ = court.today, court.today
    while doubt_of_day("MC-BZ", closed) is None:
        closed += timedelta(days=1)
    while doubt_of_day("MC-BZ", open_) is not None:
        open_ += timedelta(days=1)
    made = court.order("remand", next_date=closed)
    (hearing,) = selectors.hearings(court.clerk, [court.ana])[court.ana]
    assert hearing.defects == ("court_closed",)
    take(court, made.order_ids[0], OrderReading(dated=court.today, next_date=open_))
    (hearing,) = selectors.hearings(court.clerk, [court.ana])[court.ana]
    assert (hearing.on, hearing.defects) == (open_, ())


def test_where_neither_is_right_the_alarm_stands_until_the_order_is_void(court: Court) -> None:
    order_id = sentenced(court)
    reading = OrderReading(dated=court.today, sentences=(SentenceReading(years=3),))
    take(court, order_id, reading, "neither")
    assert selectors.unread_orders([court.ana]) == {court.ana: [order_id]}
    (due,) = selectors.readings_due(court.reader, court.prison.establishment_id)
    assert due.differs
    info = selectors.order(court.reader, order_id).reading
    assert info is not None
    assert (info.takes, info.settled_reason) == ("neither", "As I read it")
    services.set_aside_order(
        Command(court.reader), order_id=order_id, how="void", reason="Neither was right"
    )
    assert selectors.unread_orders([court.ana]) == {}


@pytest.mark.any_server
def test_neither_of_the_two_officers_settles_it_where_another_can(court: Court) -> None:
    order_id = sentenced(court)
    read(court, order_id, years=3)
    row = SecondReading.objects.get()
    third = actor_for(staff("officer_in_charge", establishment_id=court.prison.establishment_id))
    for own in (court.clerk, court.reader):
        with pytest.raises(Refused) as refused:
            services.settle_difference(
                Command(own), reading_id=row.pk, takes="first", reason="I was right"
            )
        assert refused.value.reasons()[0].code == "courts.own_cause"
    services.settle_difference(Command(third), reading_id=row.pk, takes="first", reason="Two")
    assert not SecondReading.objects.get().own_cause


@pytest.mark.any_server
def test_where_nobody_else_can_the_record_says_so(court: Court) -> None:
    order_id = sentenced(court)
    take(court, order_id, OrderReading(dated=court.today), "first")
    assert SecondReading.objects.get().own_cause
