"""About one prisoner, by number. Not held, not covered and not known have one answer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Path

from pims.exchange.api import refusals, schemas
from pims.exchange.api.answers import nothing
from pims.exchange.api.callers import inquire
from pims.exchange.api.reading import first, freshness, given, of_number
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.enforcement import reading
from pims.exchange.window import WindowAway, picture

router = Router(tags=["persons"])
NUMBER = Path(description="A prisoner number, with or without its dash.")


def _about(
    request: HttpRequest, kind: str, number: str, *tables: str
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """What an answer begins with, and the records of each table. Raises ApiRefused."""
    inquired = inquire(request, kind, {"number": number[:32]}, tables=tables, lookup="number")
    agreed = [table for table in tables if table in inquired.terms.tables]
    with reading(inquired) as reader:
        records = given(reader, of_number(reader, number, agreed))
        fresh = freshness()
    if not any(records.values()):
        raise nothing()
    return {"inquiry": inquired.inquiry_id, "freshness": fresh}, records


@router.get(
    "/{number}", response=answers(schemas.PersonAnswer, 404, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="person", summary="Who it is, and whether in custody",
)  # fmt: skip
def person(request: HttpRequest, number: schemas.Number = NUMBER) -> Any:
    answer, found = _about(request, "person.status", number, "person", "custody", "alert")
    return answer | {
        "person": first(found.get("person", [])),
        "custody": first(found.get("custody", [])),
        "alerts": found.get("alert", []),
    }


@router.get(
    "/{number}/custody", response=answers(schemas.CustodyAnswer, 404, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="custody",
    summary="Custody now, the warrants behind it, release orders",
)  # fmt: skip
def custody(request: HttpRequest, number: schemas.Number = NUMBER) -> Any:
    answer, found = _about(request, "person.custody", number, "custody", "warrant", "order")
    return answer | {
        "custody": first(found.get("custody", [])),
        "warrants": found.get("warrant", []),
        "orders": found.get("order", []),
    }


@router.get(
    "/{number}/custody/history", response=answers(schemas.HistoryAnswer, 404, 422),
    openapi_extra=HEADERS, exclude_none=True, operation_id="history",
    summary="Every time in custody",
)  # fmt: skip
def history(request: HttpRequest, number: schemas.Number = NUMBER) -> Any:
    answer, found = _about(request, "person.history", number, "episode")
    return answer | {"episodes": found["episode"]}


@router.get(
    "/{number}/hearings", response=answers(schemas.HearingsAnswer, 404, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="person_hearings", summary="Hearings, past and to come",
)  # fmt: skip
def hearings(request: HttpRequest, number: schemas.Number = NUMBER) -> Any:
    answer, found = _about(request, "person.hearings", number, "hearing")
    return answer | {"hearings": sorted(found["hearing"], key=lambda one: str(one.get("day")))}


@router.get(
    "/{number}/dates", response=answers(schemas.DatesAnswer, 404, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="dates", summary="Release dates, as they were worked out",
)  # fmt: skip
def dates(request: HttpRequest, number: schemas.Number = NUMBER) -> Any:
    answer, found = _about(request, "person.dates", number, "dates")
    return answer | {"dates": found["dates"][0]}


@router.get(
    "/{number}/photographs", response=answers(schemas.PhotographsAnswer, 404, 422),
    openapi_extra=HEADERS, exclude_none=True, operation_id="photographs",
    summary="Which photographs there are",
)  # fmt: skip
def photographs(request: HttpRequest, number: schemas.Number = NUMBER) -> Any:
    answer, found = _about(request, "person.photographs", number, "photograph")
    return answer | {"photographs": found["photograph"]}


PICTURE: dict[str, Any] = {
    **HEADERS,
    "responses": {200: {"description": "The picture", "content": {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in ("image/jpeg", "image/png")
    }}},
}  # fmt: skip


@router.get(
    "/{number}/photographs/{photograph}", response=answers(None, 404, 422), openapi_extra=PICTURE,
    operation_id="photograph", summary="One photograph",
)  # fmt: skip
def photograph(
    request: HttpRequest, photograph: UUID, number: schemas.Number = NUMBER
) -> HttpResponse:
    asked = {"number": number[:32], "photograph": str(photograph)}
    inquired = inquire(request, "person.photograph", asked, tables=("photograph",), lookup="number")
    with reading(inquired) as reader:
        rows = [
            row
            for row in of_number(reader, number, ("photograph",))["photograph"]
            if row.fields.get("photograph") == str(photograph)
        ]
        reader.give("photograph", rows)
    if not rows:
        raise nothing()
    try:
        found = picture(inquired.inquiry_id, photograph)
    except WindowAway:
        raise ApiRefused(refusals.part_away("photographs")) from None
    if found is None:
        raise nothing()
    return HttpResponse(found.content, content_type=found.media_type)
