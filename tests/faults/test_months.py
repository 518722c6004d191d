"""A proof counts months as the export says that they are counted, and as nothing else does.

The same life is lawful under the law that it was counted by, and is none, or shows a date that the
words do not bear out, under one that counts otherwise.
"""

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pims.assurance.proof.counting import Counting, Version, counting_of
from pims.assurance.proof.history import History, Review, Sentence
from pims.assurance.proof.reading import NotAnExport, export_from, written
from pims.cli.verify import app
from pims.jurisdictions.sentence_law import laws, sentence_law
from pims.kernel.terms import MonthRule, Term, last_day
from tests.faults.lawful import AS_OF, DAY, TODAY, Life, at

RULES = [
    MonthRule(missing, order)
    for missing in ("last_of_month", "day_before_last")
    for order in ("months_first", "days_first")
]  # fmt: skip


def by(rule: MonthRule, **more: Any) -> Counting:
    return Counting(versions=(Version(months=rule, **more),))


def verified(folder: Path, history: History, counting: Counting | None) -> dict[str, Any]:
    """What `pims verify custody` says of the file; with None one of the first version."""
    text = "".join(
        written(iter([history]), law="belize", as_of=AS_OF, counting=counting or Counting())
    )
    data = json.loads(text)
    if counting is None:
        data["version"] = 1
        del data["counting"]
    file = folder / "export.json"
    file.write_text(json.dumps(data))
    done = CliRunner().invoke(app, ["custody", str(file), "--json"])
    assert done.exit_code in (0, 1), done.output
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["counted_by"] == ("program" if counting is None else "export")
    return told


def kinds(told: dict[str, Any]) -> set[str]:
    return {fault["kind"] for one in told["persons_with_faults"] for fault in one["faults"]}


def serving(first: date, term: Term, last: date, left: date | None) -> History:
    """Sentenced on the first day, with the last as it was worked out; gone at noon of `left`."""
    life = Life(random.Random(1), "P")
    order = life.order("commitment_sentence", "MC-BZ", first, case="A")
    life.sentences.append(
        Sentence(
            sentence_id="P/s", order_id=order.order_id, pronounced_on=first, expiry=last,
            full_term_end=last, months=term.months, days=term.days,
        )
    )  # fmt: skip
    if left is None:
        life.inside(at(first, 18))
    else:
        life.inside(at(first, 18), at(left), "discharged")
    return life.history()


# First day and term of which the four rules make several last days.
UNLIKE = [
    (date(2026, 1, 31), Term(months=1)),
    (date(2026, 1, 30), Term(months=1, days=2)),
    (date(2026, 2, 27), Term(months=1, days=3)),
    (date(2025, 10, 31), Term(months=4, days=1)),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_who_left_on_the_last_day_was_held_lawfully_by_the_law_that_counted_it(
    rule: MonthRule, tmp_path: Path
) -> None:
    """Also where another law would have let go days before: a near miss."""
    for first, term in UNLIKE:
        last = last_day(first, term, rule)
        told = verified(tmp_path, serving(first, term, last, last), by(rule))
        assert (told["all_proven"], told["faults"]) == (True, 0), (first, term)


def test_who_was_held_longer_than_the_exported_law_counts_was_held_unlawfully(
    tmp_path: Path,
) -> None:
    planted = 0
    for first, term in UNLIKE:
        days = {rule: last_day(first, term, rule) for rule in RULES}
        assert len(set(days.values())) > 1
        for rule, last in days.items():
            for other in set(days.values()):
                told = verified(tmp_path, serving(first, term, other, other), by(rule))
                late = (other - last).days
                assert told["not_proven"] == max(0, late), (first, term, rule)
                assert ("full_term_passed" in kinds(told)) == (late > 0)
                planted += late > 0
    assert planted >= 12


def test_a_date_that_the_exported_law_does_not_bear_out_is_told(tmp_path: Path) -> None:
    first, term = TODAY - DAY * 40, Term(months=3, days=3)
    for rule in RULES:
        last = last_day(first, term, rule)
        assert kinds(verified(tmp_path, serving(first, term, last, None), by(rule))) == set()
        late = serving(first, term, last + DAY, None)
        assert kinds(verified(tmp_path, late, by(rule))) == {"date_beyond_term"}


def test_the_law_of_the_offence_counts_where_the_export_goes_by_the_offence(
    tmp_path: Path,
) -> None:
    change = date(2026, 1, 1)
    old, new = MonthRule("day_before_last"), MonthRule("last_of_month")
    counting = Counting("offence", (Version(None, change, old), Version(change, None, new)))
    first, term = date(2026, 1, 31), Term(months=1)
    for offence, rule in ((change - DAY, old), (change, new), (None, new)):
        last = last_day(first, term, rule)
        history = serving(first, term, last, last)
        said = replace(history.sentences[0], offence_on=offence)
        found = verified(tmp_path, replace(history, sentences=(said,)), counting)
        assert (found["all_proven"], found["faults"]) == (True, 0)
        longer = serving(first, term, last + DAY, last + DAY)
        late = replace(longer, sentences=(replace(longer.sentences[0], offence_on=offence),))
        assert verified(tmp_path, late, counting)["not_proven"] == 1


def test_a_file_of_the_first_version_is_counted_as_the_program_has_it_and_says_so(
    tmp_path: Path,
) -> None:
    first, term = date(2026, 1, 31), Term(months=1)
    last = last_day(first, term, MonthRule())
    assert verified(tmp_path, serving(first, term, last, last), None)["all_proven"]
    short = serving(first, term, last, last)
    assert verified(tmp_path, short, by(MonthRule("day_before_last")))["not_proven"] == 1


def unfit(months: int | None, ago: timedelta, reviewed: date | None = None) -> History:
    life = Life(random.Random(3), "P")
    order = life.order("unfit_to_plead", "HC", TODAY - ago, review_months=months)
    if reviewed is not None:
        life.reviews.append(Review(on=reviewed, order_id=order.order_id))
    life.inside(at(TODAY - ago, 18))
    return life.history()


def test_a_review_is_due_when_the_exported_law_says_where_the_order_says_nothing(
    tmp_path: Path,
) -> None:
    ago = DAY * 120
    three, none = by(MonthRule(), review_months=3), by(MonthRule())
    assert "unfit_not_reviewed" in kinds(verified(tmp_path, unfit(None, ago), three))
    assert "unfit_not_reviewed" not in kinds(verified(tmp_path, unfit(None, ago), none))
    # What the court itself named, or did in time, is enough: near misses.
    assert "unfit_not_reviewed" not in kinds(verified(tmp_path, unfit(5, ago), three))
    seen = unfit(None, ago, TODAY - DAY * 50)
    assert "unfit_not_reviewed" not in kinds(verified(tmp_path, seen, three))
    # Nobody waits longer than six months, whatever law is exported.
    long = by(MonthRule(), review_months=12)
    assert "unfit_not_reviewed" in kinds(verified(tmp_path, unfit(None, DAY * 200), long))


@pytest.mark.parametrize("law", laws())
def test_what_an_export_says_of_counting_is_the_law_that_it_was_made_by(law: str) -> None:
    counting = counting_of(sentence_law(law))
    history = serving(date(2026, 1, 31), Term(months=1), date(2026, 2, 28), None)
    pieces = written(iter([history]), law="belize", as_of=AS_OF, counting=counting)
    assert export_from(json.loads("".join(pieces))).counting == counting


BAD: list[Any] = [
    None, [], {}, {"by": "sentence"}, {"by": "sentence", "versions": []},
    {"by": "luck", "versions": [{"missing_day": "last_of_month", "order": "days_first"}]},
    {"by": "sentence", "versions": [{"missing_day": "last_of_month"}]},
    {"by": "sentence", "versions": [{"missing_day": "first", "order": "days_first"}]},
    {"by": "sentence", "versions": ["x"]},
    {"by": "sentence", "versions": [{"missing_day": "last_of_month", "order": "days_first"}],
     "more": 1},
    *(
        {"by": "sentence", "versions": [
            {"missing_day": "last_of_month", "order": "days_first", **more}]}
        for more in ({"review_months": 0}, {"review_months": -1}, {"review_months": "6"},
                     {"review_months": True}, {"begins": "2026-02-30"}, {"leap": 1},
                     {"begins": "2026-02-02", "ends": "2026-02-01"})
    ),
    {"by": "sentence", "versions": [
        {"missing_day": "last_of_month", "order": "days_first", "ends": "2026-01-01"},
        {"missing_day": "last_of_month", "order": "days_first", "begins": "2026-01-02"}]},
]  # fmt: skip


@pytest.mark.parametrize("counting", BAD, ids=repr)
def test_a_file_that_does_not_say_well_how_months_are_counted_proves_nothing(
    counting: Any,
) -> None:
    head = {"format": "pims-custody", "version": 2, "law": "belize", "as_of": AS_OF.isoformat()}
    with pytest.raises(NotAnExport, match="counting"):
        export_from({**head, "persons": [{}], "counting": counting})
