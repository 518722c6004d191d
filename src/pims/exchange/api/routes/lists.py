"""Lists over many: who is to be produced in court, who is in custody."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import AfterValidator, Field

from pims.exchange.api import schemas
from pims.exchange.api.callers import inquire
from pims.exchange.api.reading import by_person, freshness
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.enforcement import Reader, reading

router = Router(tags=["lists"])
Code = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(schemas.plain)]


@router.get(
    "/hearings", response=answers(schemas.ProductionAnswer, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="production", summary="Who is to be produced, court and day",
)  # fmt: skip
def production(
    request: HttpRequest,
    day: schemas.Date = Query(...),  # noqa: B008
    court: Code | None = Query(None),  # noqa: B008
) -> Any:
    """Without `court`: every court that the agreement reaches. Who is not on it is not free."""
    where = {"day": day.isoformat()} | ({"court_code": court} if court else {})
    inquired = inquire(request, "list.production", where, tables=("hearing",))
    with reading(inquired) as reader:
        rows = reader.read("hearing", where=where)
        reader.give("hearing", rows)
        who = _names(reader, {row.person_id for row in rows})
        fresh = freshness()
    lines = [{**row.fields, "person": who.get(row.person_id)} for row in rows]
    return {
        "inquiry": inquired.inquiry_id, "freshness": fresh,
        "hearings": sorted(lines, key=lambda one: str(one.get("time"))),
    }  # fmt: skip


@router.get(
    "/roll", response=answers(schemas.RollAnswer, 422), openapi_extra=HEADERS, exclude_none=True,
    operation_id="roll", summary="Who is in custody",
)  # fmt: skip
def roll(
    request: HttpRequest,
    establishment: Code | None = Query(None),  # noqa: B008
) -> Any:
    where: dict[str, object] = {"held": True}
    if establishment:
        where["establishment"] = establishment
    inquired = inquire(request, "list.roll", where, tables=("custody",))
    with reading(inquired) as reader:
        rows = reader.read("custody", where=where)
        reader.give("custody", rows)
        who = _names(reader, {row.person_id for row in rows})
        fresh = freshness()
    lines = [{"custody": dict(row.fields), "person": who.get(row.person_id)} for row in rows]
    return {"inquiry": inquired.inquiry_id, "freshness": fresh, "lines": lines}


def _names(reader: Reader, people: set[int]) -> dict[int, dict[str, Any]]:
    """Who they are, where the agreement says that too."""
    if "person" not in reader.inquired.terms.tables or not people:
        return {}
    rows = reader.read("person", person_ids=sorted(people))
    reader.give("person", rows)
    return {person: dict(one[0].fields) for person, one in by_person(rows).items()}
