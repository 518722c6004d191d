"""What developers are given describes what there is."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from pims.exchange.api import refusals
from pims.exchange.api.describing import openapi, openapi_text

DOCS = Path(__file__).parents[4] / "docs" / "exchange"


@pytest.mark.parametrize("role", ["agency", "observatory"])
def test_the_document_is_valid_and_the_one_that_is_handed_out(role: str) -> None:
    document = openapi(role)
    assert document["openapi"].startswith("3.1")
    validate(document, cls=OpenAPIV31SpecValidator)
    name = "openapi.json" if role == "agency" else "openapi-observatory.json"
    assert (DOCS / name).read_text("utf-8") == openapi_text(role), (
        f"pims exchange openapi docs/exchange/{name}"
    )


def test_every_call_names_its_purpose_and_its_official_and_says_how_it_can_be_refused() -> None:
    for role in ("agency", "observatory"):
        for path, methods in openapi(role)["paths"].items():
            for method, one in methods.items():
                assert {"400", "401", "403", "429", "503"} <= one["responses"].keys(), path
                named = {p["name"] for p in one.get("parameters", []) if p["in"] == "header"}
                without = path in ("/v1/token", "/v1/token/revoke", "/v1/keys")
                assert without or {"PIMS-Purpose", "PIMS-End-User"} <= named, (method, path)
                assert without or one["security"], path


def test_no_call_about_persons_exists_for_the_observatory() -> None:
    assert set(openapi("observatory")["paths"]) == {
        "/v1/token", "/v1/token/revoke", "/v1/keys", "/v1/statistics",
    }  # fmt: skip


def test_every_refusal_is_explained_to_developers() -> None:
    given = set(
        re.findall(r'Reason\(\s*"exchange\.api_(\w+)"', Path(refusals.__file__).read_text())
    )
    assert len(given) > 25
    page = (DOCS / "errors.md").read_text("utf-8")
    assert sorted(given - set(re.findall(r"`(\w+)`", page))) == []
