"""The van at the gate: nobody is turned back by the software, and nobody is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from pims.custody import selectors, services
from pims.custody.models import BodyReceipt, Episode, Injury
from pims.custody.selectors.births import births_in_doubt
from pims.custody.services import BodyReceiptInput
from pims.custody.tests.prison import Prison, man, told
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.models import CommandResult
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import CommandReused, InvalidInput, NotPermitted
from pims.people import selectors as people

TWELVE = tuple(man(f"Given{n} Family{n}") for n in range(12))


@pytest.mark.any_server
def test_a_van_with_twelve_is_received_in_one_command(prison: Prison) -> None:
    receipts = prison.receive(*TWELVE)
    assert len({r.person_id for r in receipts}) == 12
    assert len({r.number for r in receipts}) == 12
    rows = selectors.roll(prison.actor, prison.establishment_id)
    assert {row.person_id for row in rows} == {r.person_id for r in receipts}
    assert {row.unit for row in rows} == {"Reception"}
    assert {row.whereabouts for row in rows} == {"in"}


def test_unknown_defective_and_complaining_are_all_received(prison: Prison) -> None:
    unknown, defective, hurt = prison.receive(
        BodyReceiptInput(sex="male"),
        man("Ana Cho", warrant_state="defective"),
        man("Luis Pop", warrant_state="no", injuries="Cut over left eye", complaint=True),
    )
    assert unknown.number
    assert "custody.no_warrant_seen" in told(defective.person_id)
    assert "custody.ill_treatment_complained" in told(hurt.person_id)
    assert Injury.objects.get(person_id=hurt.person_id).description == "Cut over left eye"


@pytest.mark.any_server
def test_a_disputed_age_counts_as_a_juvenile_until_someone_decides(prison: Prison) -> None:
    (receipt,) = prison.receive(man("Young Person", age_disputed=True))
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.is_juvenile
    assert "juvenile" in PersonScope.objects.get(pk=receipt.person_id).labels


def test_a_repeat_of_the_command_receives_nobody_twice(prison: Prison) -> None:
    command = prison.command
    once = services.record_body_receipts(
        command, establishment_id=prison.establishment_id, receipts=TWELVE
    )
    again = services.record_body_receipts(
        command, establishment_id=prison.establishment_id, receipts=TWELVE
    )
    assert once == again
    assert Episode.objects.count() == 12
    assert CommandResult.objects.filter(command_id=command.command_id).count() == 1
    with pytest.raises(CommandReused):
        services.record_body_receipts(
            command, establishment_id=prison.establishment_id, receipts=TWELVE[:1]
        )


@pytest.mark.any_server
def test_someone_at_large_who_is_brought_back_joins_the_open_episode(prison: Prison) -> None:
    held = prison.held()
    services.record_escape(prison.command, episode_id=held.episode_id)
    (again,) = prison.receive(man("Juan Perez", person_id=held.person_id))
    assert (again.episode_id, again.found) == (held.episode_id, "at_large")
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.whereabouts, row.unit) == ("in", "Reception")
    assert "custody.recaptured" in told(held.person_id)


@pytest.mark.any_server
def test_someone_out_on_escort_who_is_brought_by_another_van_is_back(prison: Prison) -> None:
    held = prison.held()
    (escort_id,) = prison.out(held.person_id, left_at=clock.now() - timedelta(hours=5))
    (again,) = prison.receive(man("Juan Perez", person_id=held.person_id))
    assert (again.episode_id, again.found) == (held.episode_id, "out_on_escort")
    found = selectors.escort(prison.actor, escort_id)
    assert found is not None
    assert found[2].outcome == "brought_back"


@pytest.mark.any_server
def test_an_episode_left_open_long_ago_takes_the_new_receipt_and_tells_an_alarm(
    prison: Prison,
) -> None:
    old = prison.one(at=clock.now() - timedelta(days=400))
    (again,) = prison.receive(man("Juan Perez", person_id=old.person_id))
    assert (again.episode_id, again.found) == (old.episode_id, "books_said_inside")
    assert "custody.episode_was_open" in told(old.person_id)
    assert Episode.objects.count() == 1


@pytest.mark.any_server
def test_who_is_in_a_cell_by_the_books_cannot_be_on_the_van_and_nobody_is_refused(
    prison: Prison,
) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    (other,) = prison.receive(man("Juan Perez", person_id=held.person_id))
    assert other.found == "wrong_identity"
    assert other.person_id != held.person_id
    assert other.possible_match_ids
    assert "custody.identity_in_doubt" in told(other.person_id)
    assert selectors.counts(prison.actor, prison.establishment_id).on_books == 2


@pytest.mark.any_server
def test_the_officer_may_say_that_the_books_are_wrong(prison: Prison) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    (same,) = prison.receive(man("Juan Perez", person_id=held.person_id, attach="same"))
    assert same.person_id == held.person_id
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.unit == "Reception"
    assert "custody.episode_was_open" in told(held.person_id)


@pytest.mark.any_server
def test_two_on_one_van_who_are_taken_for_one_person_become_two(prison: Prison) -> None:
    released = prison.held("Pedro Ack")
    services.end_episode(prison.command, episode_id=released.episode_id, kind="discharged")
    twice = man("Pedro Ack", person_id=released.person_id)
    with clock.at(clock.now() + timedelta(minutes=5)):
        first, second = prison.receive(twice, twice)
    assert first.person_id == released.person_id
    assert first.episode_id != released.episode_id
    assert second.person_id != released.person_id
    assert second.found == "wrong_identity"


@pytest.mark.any_server
def test_a_receipt_entered_late_moves_the_start_of_the_stay_back(prison: Prison) -> None:
    received = prison.one(at=clock.now() - timedelta(hours=1))
    earlier = clock.now() - timedelta(hours=9)
    (late,) = prison.receive(man("Juan Perez", person_id=received.person_id), at=earlier)
    assert late.episode_id == received.episode_id
    episode = Episode.objects.get(pk=received.episode_id)
    assert (episode.starts_at, episode.version) == (earlier, 2)
    assert "custody.episode_corrected" in told(received.person_id)


def test_a_much_earlier_receipt_is_a_stay_of_its_own_whose_end_was_not_recorded(
    prison: Prison,
) -> None:
    received = prison.one(at=clock.now() - timedelta(hours=1))
    long_ago = clock.now() - timedelta(days=90)
    (late,) = prison.receive(man("Juan Perez", person_id=received.person_id), at=long_ago)
    first, second = Episode.objects.order_by("starts_at")
    assert (first.pk, first.end_kind) == (late.episode_id, "not_recorded")
    assert first.ends_at == second.starts_at


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"warrant_state": "perhaps"}, "receipts.0.warrant_state"),
        ({"birth_date": date(2999, 1, 1)}, "receipts.0.birth_date"),
        ({"birth_date": date(1880, 1, 1)}, "receipts.0.birth_date"),
        ({"nationalities": ("XQ",)}, "receipts.0.nationalities"),
        ({"name_as_given": "x" * 250}, "receipts.0.name_as_given"),
        ({"family": "x" * 201}, "receipts.0.family"),
        ({"age_as_given": 300}, "receipts.0.age_as_given"),
        ({"name_as_given": "x" * 10_000}, "receipts.0.name_as_given"),
        ({"person_id": 999_999}, "receipts.0.person_id"),
        ({"sex": "x"}, "receipts.0.sex"),
        ({"attach": "x"}, "receipts.0.attach"),
    ],
)
def test_what_cannot_be_is_told_by_line_and_field_and_nothing_is_kept(
    prison: Prison, line: dict[str, object], field: str
) -> None:
    values: dict[str, object] = {"name_as_given": "A B", **line}
    with pytest.raises(InvalidInput) as caught:
        prison.receive(BodyReceiptInput(**values))  # type: ignore[arg-type]
    assert set(caught.value.fields) == {field}
    assert not BodyReceipt.objects.exists()
    assert not Episode.objects.exists()


@pytest.mark.any_server
@pytest.mark.parametrize("name", ["???", "-", ". ,"])
def test_who_is_written_down_without_a_letter_is_received_as_unknown(
    prison: Prison, name: str
) -> None:
    known, unknown = prison.receive(man("Juan Perez"), man(name))
    assert BodyReceipt.objects.get(pk=unknown.receipt_id).name_as_given == name
    heads = people.person_headers(prison.actor, [known.person_id, unknown.person_id])
    assert heads[known.person_id].display_name == "PEREZ, Juan"
    assert name not in heads[unknown.person_id].display_name


@pytest.mark.any_server
def test_a_birth_is_compared_with_the_day_where_the_prison_is(prison: Prison) -> None:
    evening = datetime(2026, 3, 4, 2, tzinfo=UTC)  # still the 3rd in Belize
    with clock.at(evening), pytest.raises(InvalidInput) as caught:
        prison.receive(man("A B"), man("C D", birth_date=date(2026, 3, 4)), at=evening)
    assert set(caught.value.fields) == {"receipts.1.birth_date"}


@pytest.mark.any_server
def test_nobody_is_received_in_the_future(prison: Prison) -> None:
    with pytest.raises(InvalidInput) as caught:
        prison.receive(man("A B"), at=clock.now() + timedelta(hours=1))
    assert caught.value.fields["received_at"].code == "custody.in_the_future"


@pytest.mark.any_server
def test_a_reception_before_the_recorded_birth_is_recorded_and_the_birth_is_in_doubt(
    prison: Prison,
) -> None:
    known = prison.one()
    (early,) = prison.receive(man(person_id=known.person_id), at=datetime(1980, 1, 1, tzinfo=UTC))
    assert births_in_doubt([early.episode_id, known.episode_id]) == {
        early.episode_id: "born_after_reception"
    }


@pytest.mark.any_server
def test_a_stay_put_before_the_one_on_the_books_tells_an_alarm(prison: Prison) -> None:
    known = prison.one(at=clock.now() - timedelta(hours=1))
    prison.receive(man(person_id=known.person_id), at=clock.now() - timedelta(days=2557))
    assert "custody.stay_put_before" in told(known.person_id)


def test_the_officer_may_say_that_the_number_is_somebody_elses_whatever_the_hour(
    prison: Prison,
) -> None:
    known = prison.held()
    (other,) = prison.receive(
        man("Dan Testd", person_id=known.person_id, attach="new"),
        at=clock.now() - timedelta(days=2557),
    )
    assert (other.found, other.person_id == known.person_id) == ("wrong_identity", False)
    assert Episode.objects.get(person_id=known.person_id).pk == known.episode_id
    assert "custody.identity_in_doubt" in told(other.person_id)


def test_a_van_entered_long_after_its_hour_tells_one_alarm_for_all_on_it(prison: Prison) -> None:
    prison.receive(*TWELVE, at=clock.now() - timedelta(days=2557))
    assert told().count("custody.received_long_ago") == 1
    prison.receive(man("Ana Cho"), at=clock.now() - timedelta(hours=30))
    assert told().count("custody.received_long_ago") == 1


def test_the_database_itself_refuses_two_episodes_of_one_person_at_once(prison: Prison) -> None:
    known = prison.one()
    open_episode = Episode.objects.get(pk=known.episode_id)
    open_episode.pk = None
    with pytest.raises(IntegrityError, match="one_episode_a_person"), transaction.atomic():
        open_episode.save(force_insert=True)


@pytest.mark.any_server
def test_whoever_may_receive_may_receive_without_being_allowed_to_edit_people(
    prison: Prison, make_actor: object
) -> None:
    gate = make_actor("custody.receive", establishment_id=prison.establishment_id)  # type: ignore[operator]
    assert prison.receive(man("A B"), actor=gate)
    stranger = make_actor("custody.receive", establishment_id=prison.establishment_id + 999)  # type: ignore[operator]
    with pytest.raises(NotPermitted):
        prison.receive(man("A B"), actor=stranger)


def test_one_order_with_forty_names_is_received_and_recorded_once(prison: Prison) -> None:
    lines = tuple(man(f"Given{n} Family{n}") for n in range(40))
    result = services.receive_under_one_order(
        prison.command,
        establishment_id=prison.establishment_id,
        receipts=lines,
        warrant_kind="emergency",
        body_id=prison.bodies["MC-BZ"],
        reference="SI 40/2026",
        dated=clock.today("America/Belize"),
        until=clock.today("America/Belize") + timedelta(days=30),
    )
    rows = selectors.roll(prison.actor, prison.establishment_id)
    assert len(rows) == len(result.receipts) == 40
    assert {row.legal_status for row in rows} == {"emergency"}


def test_whoever_is_turned_away_is_recorded_with_the_reason(prison: Prison) -> None:
    services.turn_away(
        prison.command,
        establishment_id=prison.establishment_id,
        name_as_given="Juan Perez",
        reason="no_warrant",
        brought_by="PC 7",
    )
    (row,) = selectors.turned_away(
        prison.actor, prison.establishment_id, since=clock.now() - timedelta(hours=1)
    )
    assert (row.name_as_given, row.reason) == ("Juan Perez", "no_warrant")
    with pytest.raises(InvalidInput):
        services.turn_away(
            Command(prison.actor),
            establishment_id=prison.establishment_id,
            name_as_given="",
            reason="did not like the look of it",
        )


@pytest.mark.any_server
def test_the_reception_book_lists_the_day_in_order(prison: Prison) -> None:
    now = clock.now()
    prison.one("Late Comer", at=now - timedelta(minutes=1))
    prison.one("Early Comer", at=now - timedelta(hours=2))
    book = selectors.reception_book(
        prison.actor, prison.establishment_id, since=now - timedelta(days=1), until=now
    )
    assert [line.name_as_given for line in book] == ["Early Comer", "Late Comer"]
    assert {line.handed_over_by for line in book} == {"PC 114 Castillo"}
