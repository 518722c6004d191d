"""What a developer of another agency is told about sending is what is taken."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pims.exchange.inbound.kinds import message_kinds, read_content, read_envelope
from pims.exchange.inbound.kinds.schema import text
from pims.exchange.web.inbound_words import CODES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "exchange"
PAGE = (DOCS / "sending.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: str(json.loads(one)["message_id"]))
def test_every_example_is_a_message(example: str) -> None:
    read = read_envelope(example)
    assert read.faults == ()
    read_content(message_kinds()[read.kind], read.content)


def test_every_kind_is_told_of() -> None:
    assert [kind for kind in message_kinds() if f"`{kind}`" not in PAGE] == []


def test_the_schema_is_the_one_that_is_asked_for() -> None:
    """Write it anew with ``python -m pims.exchange.inbound.kinds.schema``."""
    assert (DOCS / "messages.schema.json").read_text("utf-8") == text()


def test_the_schema_takes_the_examples_and_refuses_what_is_refused() -> None:
    validator = Draft202012Validator(json.loads(text()))
    for example in EXAMPLES:
        assert list(validator.iter_errors(json.loads(example))) == []
        wrong = json.loads(example)
        wrong["content"]["colour"] = "blue"
        assert list(validator.iter_errors(wrong))


def test_every_problem_that_is_told_has_words_on_our_side() -> None:
    told = PAGE[PAGE.index("| problem |") : PAGE.index("A status request has")]
    codes = {one.partition(":")[0] for one in re.findall(r"`([a-z_…:]+)`", told)}
    assert codes - {"corrects_…"} <= CODES.keys()
