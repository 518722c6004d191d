"""Who is meant: by name and date of birth, by document, by fingerprint, by a list of numbers."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Body

from pims.biometrics.engine import Unusable
from pims.biometrics.gallery.client import GalleryAway
from pims.exchange.api import fingerprints, refusals, schemas
from pims.exchange.api.answers import nothing
from pims.exchange.api.callers import inquire
from pims.exchange.api.reading import by_person, close, freshness, of_people
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.enforcement import Inquired, Reader, reading
from pims.exchange.rules.lookup_keys import (
    DOCUMENT,
    FINGERPRINT,
    NAME_BIRTH,
    NUMBER,
    document_key,
    name_birth_key,
    number_key,
)
from pims.kernel.collation import search_key

router = Router(tags=["searches"])
TABLES = ("person", "custody")


@router.post(
    "", response=answers(schemas.SearchAnswer, 404, 413, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="search", summary="Find a prisoner",
)  # fmt: skip
def search(request: HttpRequest, body: schemas.Search = Body(...)) -> Any:  # noqa: B008
    match body:
        case schemas.ByNameAndBirth():
            return _by_key(
                request, "search.name", NAME_BIRTH, body.model_dump(mode="json"),
                name_birth_key(body.family_name, body.given_name, body.birth_date)
                if search_key(body.family_name) and search_key(body.given_name) else "",
            )  # fmt: skip
        case schemas.ByDocument():
            return _by_key(
                request, "search.document", DOCUMENT, body.model_dump(mode="json"),
                document_key(body.kind, body.number),
            )  # fmt: skip
        case schemas.ByList():
            return _by_list(request, body)
    return _by_fingerprint(request, body)


def _by_key(
    request: HttpRequest, kind: str, lookup: str, asked: Mapping[str, Any], key: str
) -> dict[str, Any]:
    inquired = inquire(request, kind, asked, tables=TABLES, lookup=lookup)
    with reading(inquired) as reader:
        people = reader.find(lookup, key[:240])
        matches = _matches(reader, inquired, people)
        fresh = freshness()
    return _answer(inquired, fresh, list(matches.values()))


def _by_list(request: HttpRequest, body: schemas.ByList) -> dict[str, Any]:
    inquired = inquire(request, "search.list", {"numbers": body.numbers}, tables=TABLES,
                       lookup="list")  # fmt: skip
    with reading(inquired) as reader:
        meant = {number: reader.find(NUMBER, number_key(number)) for number in body.numbers}
        found = _matches(reader, inquired, sorted({i for ids in meant.values() for i in ids}))
        fresh = freshness()
    matches, without = [], []
    for number, ids in meant.items():
        own = [found[i] | {"asked": number} for i in ids if i in found]
        matches += own
        without += [] if own else [number]
    return _answer(inquired, fresh, matches, nothing_for=without)


def _by_fingerprint(request: HttpRequest, body: schemas.ByFingerprint) -> dict[str, Any]:
    try:
        record = b64decode(body.record, validate=True)
    except (NotBase64, ValueError):
        raise ApiRefused(_not_this(body.format, "not base64")) from None
    asked = {"format": body.format, "sha256": sha256(record).hexdigest()}
    inquired = inquire(request, "search.fingerprint", asked, tables=TABLES, lookup=FINGERPRINT)
    try:
        probe = fingerprints.templates_in(record, body.format)
        hits = fingerprints.likest(probe)
    except Unusable as unusable:
        close(inquired)
        raise ApiRefused(_not_this(body.format, str(unusable))) from None
    except GalleryAway:
        close(inquired)
        raise ApiRefused(refusals.part_away("fingerprints")) from None
    with reading(inquired) as reader:
        scores: dict[int, float] = {}
        for hit in hits:
            for person in reader.find(FINGERPRINT, hit.key.hex):
                scores[person] = max(hit.score, scores.get(person, hit.score))
        found = _matches(reader, inquired, sorted(scores))
        fresh = freshness()
    ranked = sorted(found, key=lambda person: -scores[person])
    return _answer(inquired, fresh, [found[i] | {"score": round(scores[i], 2)} for i in ranked])


def _matches(reader: Reader, inquired: Inquired, people: list[int]) -> dict[int, dict[str, Any]]:
    """Person -> what may be told of them; of whom nothing may be told is absent."""
    agreed = [table for table in TABLES if table in inquired.terms.tables]
    rows = of_people(reader, people, agreed)
    found: dict[int, dict[str, Any]] = {}
    for table, given in rows.items():
        reader.give(table, given)
        for person, records in by_person(given).items():
            found.setdefault(person, {})[table] = dict(records[0].fields)
    return found


def _answer(
    inquired: Inquired, fresh: object, matches: list[dict[str, Any]], **more: object
) -> dict[str, Any]:
    if not matches:
        raise nothing()
    return {"inquiry": inquired.inquiry_id, "freshness": fresh, "matches": matches, **more}


def _not_this(form: str, why: str) -> refusals.Refusal:
    return refusals.bad_input([{"loc": ["body", "record"], "msg": f"{form}: {why}"[:200]}])
