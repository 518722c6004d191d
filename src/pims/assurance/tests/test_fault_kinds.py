"""The table of faults says of each who owns it, by when, what ends it, and on what it rests."""

import pytest

from pims.assurance.kinds import kinds_of_file
from pims.assurance.proof import fault_kinds
from pims.assurance.proof.kinds import FaultKind
from pims.foundation.access.roles import definitions
from pims.ui.wording import catalogue


@pytest.mark.parametrize("kind", fault_kinds().values(), ids=lambda kind: kind.code)
def test_each_kind_has_its_words_owner_and_confidence(kind: FaultKind) -> None:
    for part in ("", ".title", ".ends"):
        words = catalogue()[f"proof.{kind.code}{part}"]
        assert words["en"]
        assert words["es"]
        assert words["en"] != words["es"]
    assert kind.ladder
    assert set(kind.ladder) <= set(definitions())
    assert all(minutes > 0 for minutes in kind.minutes)
    assert kind.severity in (1, 2, 3, 4)
    assert kind.confidence in ("read", "memory", "unconfirmed")
    assert kind.reference or kind.confidence == "unconfirmed"
    assert len(kind.code) <= 32  # as long as the code of an alarm may be


def test_a_kind_that_an_alarm_tells_of_already_names_one_that_there_is() -> None:
    known = kinds_of_file()
    for kind in fault_kinds().values():
        assert kind.alarm == "" or kind.alarm in known
        assert kind.code not in known
