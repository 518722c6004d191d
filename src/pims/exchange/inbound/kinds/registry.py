"""The kinds of message as data, each with the shape of its content."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pims.exchange.inbound.kinds import (
    arrest,
    arrest_of_released,
    court_order,
    further_warrant,
    hearing_list,
    police_interest,
    status_request,
)
from pims.jurisdictions.order_kinds import order_kinds

Content = (
    court_order.Content
    | hearing_list.Content
    | further_warrant.Content
    | police_interest.Content
    | arrest.Content
    | arrest_of_released.Content
    | status_request.Content
)
SHAPES: Mapping[str, type[Content]] = {
    "court_order": court_order.Content,
    "hearing_list": hearing_list.Content,
    "further_warrant": further_warrant.Content,
    "police_interest": police_interest.Content,
    "arrest": arrest.Content,
    "arrest_of_released": arrest_of_released.Content,
    "status_request": status_request.Content,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """`senders` are kinds of agency; `urgency` its place among the kinds, 0 the most urgent."""

    code: str
    label: Mapping[str, str]
    senders: frozenset[str]
    shape: str
    orders: frozenset[str]
    speaks: bool
    sounds: bool
    by_itself: bool
    urgency: int

    @property
    def content(self) -> type[Content]:
        return SHAPES[self.shape]


@cache
def message_kinds() -> Mapping[str, Kind]:
    """By code, the most urgent first. Raises ValueError where the table is wrong."""
    text = (files("pims.exchange.inbound.kinds") / "kinds.toml").read_text("utf-8")
    found = {}
    for urgency, row in enumerate(tomllib.loads(text)["kind"]):
        orders = frozenset(row.get("orders", ()))
        if row["shape"] not in SHAPES or not orders <= order_kinds().keys():
            raise ValueError(f"{row['code']}: no such shape or order")
        found[row["code"]] = Kind(
            code=row["code"],
            label={"en": row["en"], "es": row["es"]},
            senders=frozenset(row["from"]),
            shape=row["shape"],
            orders=orders,
            speaks=row["speaks"],
            sounds=row["sounds"],
            by_itself=row.get("by_itself", False),
            urgency=urgency,
        )
    return found
