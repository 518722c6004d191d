"""The description of the events that an agency's developer is given."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]

from pims.custody.tests.prison import Prison
from pims.exchange import catalogue
from pims.exchange.catalogue_docs.asyncapi import document
from pims.exchange.tests.feed import Follower, read
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.actor import Actor

ROOT = Path(__file__).resolve().parents[4]
SCHEMA = ROOT.parent / "shared" / "data" / "exchange" / "asyncapi-3.0.0.schema.json"
WRITTEN = ROOT / "docs" / "exchange" / "asyncapi.json"


def test_it_is_asyncapi_as_its_schema_has_it() -> None:
    if not SCHEMA.is_file():
        pytest.skip("the reference data is not here")
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = validator_for(schema, default=Draft7Validator)(schema)
    assert [e.message for e in validator.iter_errors(document())] == []


def test_the_file_that_is_given_out_says_the_same() -> None:
    assert json.loads(WRITTEN.read_text("utf-8")) == document(), (
        "write it anew: pims exchange asyncapi docs/exchange/asyncapi.json"
    )


def _resolved(found: Any, whole_document: Any) -> Any:
    """References inlined, so that any validator of JSON Schema reads it."""
    if isinstance(found, list):
        return [_resolved(one, whole_document) for one in found]
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        target: Any = whole_document
        for part in found["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _resolved(target, whole_document)
    return {key: _resolved(one, whole_document) for key, one in found.items()}


def test_what_is_really_sent_is_as_described(db: None, system_actor: Actor) -> None:
    prison = Prison.build(system_actor)
    follower = Follower()
    held = prison.held()
    tables = {
        name: whole(name) for name, t in catalogue.TABLES.items() if not t.aggregate
    }  # fmt: skip
    agency = agency_with(terms_of(tables=tables, events=dict.fromkeys(catalogue.EVENTS, "fat")))
    from pims.custody import services as custody

    custody.record_court_discharge(
        prison.command, episode_id=held.episode_id, order_seen="Order 4/26"
    )
    custody.take_back_end(prison.command, episode_id=held.episode_id, reason="Another man")
    follower.follow()
    described = document()
    messages = {one["name"]: one for one in described["components"]["messages"].values()}
    events = read(agency).events
    assert {e["type"] for e in events} >= {"pims.admitted", "pims.released", "pims.retraction"}
    for event in events:
        schema = _resolved(messages[event["type"]]["payload"], described)
        Draft7Validator(schema).validate(event)
        known = schema["allOf"][1]["properties"]["data"]["properties"]
        assert event["data"].keys() - known.keys() == set()
