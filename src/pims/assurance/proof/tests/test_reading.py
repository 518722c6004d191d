"""An export says what it says; what it does not say well is told with its place, never guessed."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.assurance.proof.counting import PLAIN
from pims.assurance.proof.history import History, Payment
from pims.assurance.proof.reading import (
    Export,
    NotAnExport,
    NotPlainJson,
    Unreadable,
    as_known,
    decoded,
    export_from,
    person_data,
    person_from,
    written,
)
from tests.faults import chaos
from tests.faults.lawful import AS_OF, lawful_history, on_remand
from tests.faults.planting import PLANTERS, plant


def exported(*histories: History) -> Export:
    text = "".join(written(iter(histories), law="belize", as_of=AS_OF, counting=PLAIN))
    return export_from(decoded(text.encode()))


def test_what_is_written_is_read_as_it_was() -> None:
    chance = random.Random(5)
    lives = [lawful_history(random.Random(n), f"P{n}") for n in range(40)]
    lives += [plant(kind, chance, kind).history for kind in PLANTERS]
    export = exported(*lives)
    assert (export.law, export.as_of) == ("belize", AS_OF)
    assert list(export.read()) == lives


@given(st.integers(0, 2**40))
def test_papers_in_any_disorder_are_read_as_they_were(seed: int) -> None:
    history = chaos.history(seed)
    found = person_from(json.loads(json.dumps(person_data(history))))
    if isinstance(found, History):
        assert found == history
    else:
        # What belongs to an order that is not there, or ends before it begins, is no record.
        known = ("not there", "ends before it begins")
        assert all(any(words in problem for words in known) for problem in found.problems)


HOUR = "2026-11-01T00:00:00Z"
SOUND: dict[str, Any] = {
    "id": "A1",
    "zone": "America/Belize",
    "custody": [{"id": "c", "begins": "2026-11-01T18:30:00-06:00"}],
    "orders": [{"id": "o", "kind": "remand", "dated": "2026-11-01", "next_date": "2026-11-10"}],
}


def wrong(**changes: object) -> str:
    found = person_from({**SOUND, **changes})
    assert isinstance(found, Unreadable)
    return "; ".join(found.problems)


def order(**fields: object) -> str:
    return wrong(orders=[{**SOUND["orders"][0], **fields}])


def custody(*periods: tuple[str, str | None]) -> str:
    return wrong(
        custody=[
            {"id": f"c{n}", "begins": begins, "ends": ends}
            for n, (begins, ends) in enumerate(periods)
        ]
    )


def test_a_sound_record_is_read() -> None:
    assert isinstance(person_from(SOUND), History)


@pytest.mark.parametrize(
    "day",
    ["2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "2026-1-1", "2026-W01-1", "", 20260101,
     True, [], {}, "２０２６-01-01", "2026-11-10T00:00"],
)  # fmt: skip
def test_a_day_that_no_calendar_has_is_told_with_its_place(day: object) -> None:
    assert order(next_date=day).startswith("person.orders[0].next_date: no such date")


@pytest.mark.parametrize(
    "instant",
    ["2026-11-01T18:30:00", "2026-11-01", "2026-11-01T25:00:00-06:00", "9999-12-31T23:59:59-06:00",
     "2026-11-01T18:30:00+99:00", "now", 5, None.__class__.__name__, "2" * 10_000],
)  # fmt: skip
def test_an_hour_without_its_offset_is_no_instant(instant: object) -> None:
    told = wrong(custody=[{"id": "c", "begins": instant}])
    assert told.startswith("person.custody[0].begins: no date and time")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (lambda: order(untill="2026-11-10"), "person.orders[0]: unknown: untill"),
        (lambda: order(state="stand"), "none of replaced, set_aside, stands, void: stand"),
        (lambda: order(id=""), "person.orders[0].id: empty"),
        (lambda: order(id="a\u202eb"), "printable"),
        (lambda: order(id="\ud800"), "printable"),
        (lambda: order(kind="x" * 201), "at most 200"),
        (lambda: order(kind=None), "person.orders[0].kind: missing"),
        (lambda: order(amount_cents=-1), "no whole number"),
        (lambda: order(amount_cents=10**30), "no whole number"),
        (lambda: order(amount_cents=True), "no whole number"),
        (lambda: order(review_months=100_000), "no whole number"),
        (lambda: order(charges="x"), "person.orders[0].charges: no list"),
        (lambda: order(reading={"due": "soon"}), "person.orders[0].reading.due"),
        (lambda: wrong(custody=[]), "person.custody: empty"),
        (lambda: wrong(custody=None), "person.custody: empty"),
        (lambda: wrong(custody=[{**SOUND["custody"][0], "end_kind": "died"}]), "nobody says when"),
        (lambda: wrong(hearings=[{"id": "h", "on": "2026-11-01"}] * 2), "h is there twice"),
        (lambda: wrong(interests=[{"id": "i", "begins": HOUR}] * 2), "i is there twice"),
        (lambda: wrong(preparations=[{"opened_at": HOUR, "owed": ["x"]}]), "none of"),
        (lambda: wrong(orders=[1]), "person.orders[0]: no object"),
        (lambda: wrong(orders={}), "person.orders: no list"),
        (lambda: wrong(orders=SOUND["orders"] * 2), "o is there twice"),
        (lambda: wrong(orders=[{}] * 501), "more than 500"),
        (lambda: wrong(zone="../../etc/passwd"), "no such time zone"),
        (lambda: wrong(zone="America"), "no such time zone"),
        (lambda: wrong(zone="Nowhere/City"), "no such time zone"),
        (lambda: wrong(sentences=[{"id": "s", "order_id": "q"}]), "of order q, which is not there"),
        (
            lambda: custody(("2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z")),
            "ends before it begins",
        ),
        (
            lambda: custody(("2026-11-01T00:00:00Z", None), ("2026-11-02T00:00:00Z", None)),
            "at the same time",
        ),
    ],
)  # fmt: skip
def test_what_no_record_can_be_is_told_with_its_place(told: Any, expected: str) -> None:
    assert expected in told()


def test_one_bad_record_loses_no_other() -> None:
    persons = [SOUND, {**SOUND, "id": "A2", "zone": "x y"}, 7, {**SOUND, "id": "A3"}, SOUND]
    data = {"format": "pims-custody", "version": 1, "law": "belize", "persons": persons}
    data["persons"] = [_of_their_own(one, number) for number, one in enumerate(persons)]
    found = list(export_from({**data, "as_of": AS_OF.isoformat()}).read())
    assert [one.person_id for one in found] == ["A1", "A2", "persons[2]", "A3", "A1"]
    assert [isinstance(one, History) for one in found] == [True, False, False, True, False]


def _of_their_own(person: Any, number: int) -> Any:
    """The record with a custody and an order that nobody else has."""
    if not isinstance(person, dict):
        return person
    return {
        **person,
        "custody": [{**person["custody"][0], "id": f"c{number}"}],
        "orders": [{**person["orders"][0], "id": f"o{number}"}],
    }


def export_of(*persons: Any) -> Export:
    head = {"format": "pims-custody", "version": 1, "law": "belize", "as_of": AS_OF.isoformat()}
    return export_from({**head, "persons": list(persons)})


@pytest.mark.parametrize("name", ["custody", "orders"])
def test_an_order_or_a_custody_of_two_persons_proves_nothing_of_either(name: str) -> None:
    one, other = _of_their_own(SOUND, 1), {**_of_their_own(SOUND, 2), "id": "A2"}
    third = {**_of_their_own(SOUND, 3), "id": "A3"}
    other[name] = one[name]
    found = list(export_of(one, other, third).read())
    assert [isinstance(person, History) for person in found] == [False, False, True]
    assert isinstance(found[0], Unreadable)
    assert "is another person's as well" in found[0].problems[0]


@pytest.mark.parametrize(
    "later",
    [
        {"custody": [{"id": "c", "begins": "2026-11-21T00:00:00Z"}]},
        {"custody": [{"id": "c", "begins": HOUR, "ends": "2026-11-21T00:00:00Z"}]},
        {"orders": [{**SOUND["orders"][0], "received_at": "2026-11-20T18:00:01Z"}]},
        {"orders": [{**SOUND["orders"][0], "new_dates": [
            {"said_at": "2026-11-21T00:00:00Z", "next_date": "2026-12-01"}]}]},
        {"payments": [{"order_id": "o", "at": "2026-11-21T00:00:00Z", "amount_cents": 1}]},
        {"last_recorded_at": "2027-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_what_an_export_cannot_know_yet_is_no_record(later: dict[str, Any]) -> None:
    (found,) = export_of({**SOUND, **later}).read()
    assert isinstance(found, Unreadable)
    assert "is after the export" in found.problems[0]
    # A paper of a day that is to come is a paper, and proves none before it.
    ahead = {**SOUND["orders"][0], "dated": "2027-01-01"}
    (early,) = export_of({**SOUND, "orders": [ahead]}).read()
    assert isinstance(early, History)


def test_an_export_leaves_out_what_was_keyed_ahead_of_its_hour() -> None:
    history = lawful_history(random.Random(3), "P", on_remand)
    order = history.orders[0]
    ahead = replace(
        history,
        orders=(replace(order, received_at=AS_OF + timedelta(hours=1)), *history.orders[1:]),
        payments=(Payment(order_id=order.order_id, at=AS_OF + timedelta(days=2), amount_cents=5),),
    )
    data = person_data(as_known(ahead, AS_OF))
    assert isinstance(person_from(json.loads(json.dumps(data)), as_of=AS_OF), History)


def test_a_record_of_nothing_but_mistakes_tells_a_few_and_stops() -> None:
    found = person_from({**SOUND, "orders": [{"x": n} for n in range(500)]})
    assert isinstance(found, Unreadable)
    assert len(found.problems) == 20


@pytest.mark.parametrize(
    "content",
    [b'{"a": NaN}', b'{"a": -Infinity}', b"[" * 200_000, b"\xff\xfe",
     b'{"a": 1, "a": 2}', b"9" * 10_000, b"[" + b"0," * 25_000_001 + b"0]"],
)  # fmt: skip
def test_what_is_no_plain_json_is_told_as_that(content: bytes) -> None:
    with pytest.raises(NotPlainJson):
        decoded(content)


@pytest.mark.parametrize(
    "changes",
    [{"format": "other"}, {"version": 2}, {"version": 3}, {"version": True}, {"counting": {}},
     {"as_of": None}, {"law": ""},
     {"persons": {}}, {"persons": []}, {"extra": 1}, {"as_of": "2026-11-20"}, {"version": 1.0}],
)  # fmt: skip
def test_another_format_or_version_is_no_export(changes: dict[str, object]) -> None:
    data = {"format": "pims-custody", "version": 1, "law": "belize", "persons": [SOUND],
            "as_of": AS_OF.isoformat()}  # fmt: skip
    assert export_from(data).persons == [SOUND]
    with pytest.raises(NotAnExport):
        export_from({**data, **changes})
    with pytest.raises(NotAnExport):
        export_from([data])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("id", "zone", "custody", "orders", "begins", "kind", "on", "x")),
            inner, max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_nothing_that_json_can_hold_breaks_the_reader(data: Any) -> None:
    assert isinstance(person_from(data), History | Unreadable)
