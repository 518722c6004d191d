"""What makes an officer look at a release order again before it is saved; it is never refused."""

from collections.abc import Mapping
from typing import Any

from pims.authority import selectors
from pims.authority.web.written import Written
from pims.kernel.decisions import Reason
from pims.ui.dates import day_text, instant_text
from pims.ui.doubts import Doubt

# The box to look at, by what is odd.
BOXES = {
    "dated_in_the_future": "id_dated_day",
    "dated_after_receipt": "id_dated_day",
    "dated_long_ago": "id_dated_day",
    "received_before_hold": "id_received_at_day",
    "received_long_ago": "id_received_at_day",
    "other_court": "id_body_id",
    "higher_court": "id_body_id",
    "no_reference": "id_reference",
}


def order_doubts(
    given: Mapping[str, Any],
    person_id: int,
    *,
    zone: str,
    impossible: Mapping[str, Written],
    labels: Mapping[str, Any],
) -> list[Doubt]:
    """The doubts about an order as typed: dates that no calendar has, and all that is odd."""
    doubts = [
        Doubt(
            Reason("authority.doubt_order_date", {"box": str(labels[box]), "text": written.text}),
            f"id_{box}_day",
        )
        for box, written in impossible.items()
    ]
    odd = selectors.odd_about(
        person_id=person_id,
        body_id=given["body_id"],
        reference=given["reference"],
        dated=given["dated"],
        received_at=given["received_at"],
        warrant_name_ids=given["warrants"],
        ends_all=given["ends_all"],
        zone=zone,
    )
    params = {
        "dated": day_text(given["dated"]) if given["dated"] else "—",
        "received": instant_text(given["received_at"]),
        "body": _body_name(given["body_id"]),
    }
    return doubts + [
        Doubt(Reason(f"authority.doubt_order_{code}", params), BOXES[code]) for code in odd
    ]


def _body_name(body_id: int) -> str:
    return next(body.name for body in selectors.bodies() if body.body_id == body_id)
