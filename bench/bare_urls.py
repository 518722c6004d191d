"""A bare view of the product's own stack: the prisoner page's SQL and entry, and no page.

Session, user, grants and headers as everywhere; no selector, no rule, no template.
"""

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.urls import path

from pims.config.urls import urlpatterns as product
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.ui.pages import page

_pages = json.loads(Path(os.environ["PIMS_BENCH_STATEMENTS"]).read_text("utf-8"))
_turn = count()


@page(permission="people.view")
def bare(request: Any) -> HttpResponse:
    seen = _pages[next(_turn) % len(_pages)]
    rows = 0
    with connection.cursor() as cursor:
        for statement in seen["statements"]:
            cursor.execute(statement)
            rows += len(cursor.fetchall())
    append_read(
        actor_id=request.actor.user_id,
        page="prisoner.overview",
        person_ids=[seen["person_id"]],
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    return HttpResponse(f"{rows} rows\n", content_type="text/plain")


urlpatterns = [path("bare/", bare, name="bare"), *product]
