"""The mutants of the first engine: how they are made, planted and kept account of.

All of them are tried by ``python -m tests.sentences.mutation``.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pims.sentences.engine import Dates, case_from, chains
from pims.sentences.tests.making import sentence
from tests.sentences.mutation import listing, making, remembering
from tests.sentences.mutation.planting import plant


@pytest.fixture(scope="module")
def every() -> dict[str, making.Mutant]:
    return {one.name: one for name in making.modules() for one in making.mutants(name)}


def test_each_mutant_has_a_name_of_its_own(every: dict[str, making.Mutant]) -> None:
    assert len(every) == sum(len(making.mutants(name)) for name in making.modules())
    assert len(every) > 2_500
    assert {one.kind for one in every.values()} == {"function", "defaults", "field", "value"}


def test_whatever_is_said_to_change_nothing_is_still_made(every: dict[str, making.Mutant]) -> None:
    known = listing.listed(listing.FILE.read_text("utf-8"))
    assert [name for name in known if name not in every] == []


def told_by(mutant: making.Mutant, ask: Callable[[], object]) -> str:
    """What a process that has the mutant answers."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            plant(mutant)
            os.write(writes, str(ask()).encode())
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as told:
        said = told.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.parametrize(
    ("start", "kind", "ask", "was", "is_then"),
    [
        ("chains.days_claimed: ", "function", lambda: chains.days_claimed(sentence()) is None,
         "False", "True"),
        ("reading.case_from: ", "defaults", lambda: case_from(3).case_id, "#1", "#2"),
        ("result.Dates.remission_days: ", "field", lambda: Dates().remission_days, "0", "1"),
        ("reading._LONGEST_ID: ", "value", lambda: len(case_from({"id": "x" * 500}).case_id),
         "200", "201"),
    ],
)  # fmt: skip
def test_a_mutant_is_another_engine_in_its_own_process_alone(
    every: dict[str, making.Mutant],
    start: str,
    kind: str,
    ask: Callable[[], object],
    was: str,
    is_then: str,
) -> None:
    mutants = [one for name, one in every.items() if name.startswith(start) and one.kind == kind]
    assert is_then in {told_by(one, ask) for one in mutants}, "what the child has"
    assert str(ask()) == was, "and the parent has not"


def test_a_new_one_that_nothing_noticed_and_an_entry_that_is_wrong_are_told() -> None:
    text = '[[equivalent]]\nwhy = "same"\nmutants = [\'a.f: x\', "b.g: y"]\n'
    known = listing.listed(text)
    assert known == {"a.f: x": "same", "b.g: y": "same"}
    made = {"a.f: x", "a.f: z"}
    fine = listing.verdict(made=made, left=["a.f: x"], noticed={"a.f: z"}, known=known)
    assert fine.is_fine, "nothing is said of modules that were not tried"
    new = listing.verdict(made=made, left=["a.f: x", "a.f: z"], noticed=set(), known=known)
    assert (new.new, new.is_fine) == (("a.f: z",), False)
    wrong = listing.verdict(made={"a.f: z"}, left=[], noticed={"a.f: z"}, known=known)
    assert wrong.gone == ("a.f: x",)
    late = listing.verdict(made=made, left=[], noticed={"a.f: x"}, known=known)
    assert late.noticed == ("a.f: x",)
    assert listing.listed(listing.as_entry(["it's ⟨a → b⟩"]).replace('""', '"so"', 1))


@pytest.mark.parametrize(
    "text",
    [
        '[[equivalent]]\nwhy = " "\nmutants = ["a"]\n',
        '[[equivalent]]\nwhy = "so"\nmutants = ["a", "a"]\n',
    ],
)
def test_an_entry_without_a_reason_or_named_twice_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="without a reason"):
        listing.listed(text)


def test_what_was_tried_is_tried_again_where_what_it_stands_on_is_not_as_it_was(
    tmp_path: Path,
) -> None:
    memory = remembering.Remembered(tmp_path / "tried")
    memory.keep("seen", remembering.Answer("test a", 3), on=["a1"])
    memory.keep("unseen", remembering.Answer("", 2), on=["b1", "a1"])
    whole = (tmp_path / "tried").read_text("utf-8")
    (tmp_path / "tried").write_text(whole + '{"name": "cut o', "utf-8")
    again = remembering.Remembered(tmp_path / "tried")
    assert again.noticed("seen", {"test a": "a1"}) == remembering.Answer("test a", 3)
    assert again.noticed("seen", {"test a": "a2"}) is None, "the test is another"
    assert again.noticed("seen", {"test b": "a1"}) is None, "the test is gone"
    assert again.noticed_last_by("seen") == "test a"
    assert again.asked_in_vain("seen") == frozenset()
    assert again.noticed("unseen", {"": "a1"}) is None
    assert again.asked_in_vain("unseen") == {"a1", "b1"}
    assert again.asked_in_vain("never tried") == frozenset()


def test_an_answer_stands_on_the_engine_and_on_what_its_test_imports_and_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    def forget() -> None:
        remembering.engine.cache_clear()
        remembering.tests_in.cache_clear()

    def stands_on(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        forget()
        return remembering.tests_in(tmp_path / "tests" / "test_it.py")

    request.addfinalizer(forget)
    monkeypatch.setattr(remembering, "ROOT", tmp_path)
    monkeypatch.setattr(remembering, "_CHANGED_BY", ())
    found = stands_on("tests/test_it.py", 'import tests.near\nx.with_name("kept.json")\n')
    for name, text, counts in (
        ("tests/near.py", "from tests import far\n", True),
        ("tests/far.py", "import json\n", True),
        ("tests/far.py", "import sys\n", True),
        ("tests/kept.json", "1", True),
        ("tests/kept.json", "2", True),
        ("tests/other.py", "", False),
        ("src/pims/kernel/terms.py", "", True),
        ("src/pims/kernel/tests/test_terms.py", "", False),
        ("src/pims/jurisdictions/plain/law.toml", "", True),
    ):
        was, found = found, stands_on(name, text)
        assert (found != was) is counts, name
