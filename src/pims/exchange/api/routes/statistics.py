"""Numbers for whoever may know of no person; small ones are left out before they get here."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import AfterValidator, Field

from pims.exchange.api import schemas
from pims.exchange.api.callers import inquire
from pims.exchange.api.reading import freshness
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.enforcement import reading

router = Router(tags=["statistics"])
Code = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(schemas.plain)]


@router.get(
    "/statistics", response=answers(schemas.StatisticsAnswer, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="statistics", summary="Tables of numbers, a month at a time",
)  # fmt: skip
def statistics(
    request: HttpRequest,
    indicator: Code | None = Query(None),  # noqa: B008
    period: date | None = Query(None),  # noqa: B008
) -> Any:
    """`period` is the first day of the month. A number that is left out is `suppressed`."""
    where: dict[str, object] = {}
    if indicator:
        where["indicator"] = indicator
    if period:
        where["period"] = period.isoformat()
    inquired = inquire(request, "list.statistics", where, tables=("statistic",))
    with reading(inquired) as reader:
        rows = reader.read("statistic", where=where)
        reader.give("statistic", rows)
        fresh = freshness()
    return {
        "inquiry": inquired.inquiry_id, "freshness": fresh,
        "cells": [dict(row.fields) for row in rows],
    }  # fmt: skip
