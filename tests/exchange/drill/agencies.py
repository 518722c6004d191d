"""Six agencies with six different agreements, each with a store of its own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pims.exchange.tests.helpers import SmallAgency, agency_with, terms_of
from pims.exchange.webhooks.loading import Goal
from tests.exchange.drill.stores import Store

TYPES = ("admitted", "released", "died", "escaped", "recaptured", "transferred", "order_recorded",
         "identity_merged")  # fmt: skip
CUSTODY = ["number", "held", "establishment", "since", "whereabouts", "at_large_since", "ended_at",
           "end_kind", "legal_status"]  # fmt: skip
PERSON = ["number", "family_name", "given_names", "sex", "earlier_numbers"]
ALL = [["everyone:yes"]]


@dataclass
class Receiver:
    """An agency and its store. `ahead` is by how many seconds its clock is wrong."""

    code: str
    agency: SmallAgency
    store: Store
    thin: bool = False
    ahead: int = 0
    dark: bool = False
    goal: Goal | None = None
    secrets: list[Any] = field(default_factory=list)

    @property
    def document(self) -> dict[str, Any]:
        return self.agency.terms


def six(folder: Path) -> list[Receiver]:
    """The police know everything; the others each a part, by rows, columns, labels or shape."""

    def one(
        code: str, kind: str, custody: Any, person: Any, *,
        labels: tuple[str, ...] = ("ordinary",), shape: str = "fat",
    ) -> Receiver:  # fmt: skip
        tables = {"custody": {"rows": custody[0], "columns": custody[1]}}
        if person:
            tables["person"] = {"rows": person[0], "columns": person[1]}
        terms = terms_of(
            code, tables=tables, labels=labels, events=dict.fromkeys(TYPES, shape),
            a_minute=1_000_000, a_day=10_000_000,
        )  # fmt: skip
        made = agency_with(terms, kind=kind)
        return Receiver(code, made, Store(folder / f"{code}.sqlite"), thin=shape == "thin")

    held = [["held:now"]]
    convicted, young = [*held, ["legal:convicted"]], [["establishment:WAG"]]
    return [
        one("police", "police", (ALL, CUSTODY), (ALL, PERSON),
            labels=("ordinary", "juvenile", "sealed")),
        one("court", "court", (held, CUSTODY), (held, ["number", "family_name"])),
        one("parole", "parole", (convicted, ["number", "held", "since"]), (convicted, PERSON)),
        one("immigration", "immigration", ([["held:now", "held:before"], ["sex:male"]],
            ["number", "held", "end_kind"]), None, labels=("ordinary", "juvenile")),
        one("social", "social", (young, CUSTODY), (young, ["number", "sex"]),
            labels=("ordinary", "juvenile")),
        one("forensic", "forensic", (ALL, ["number", "held", "establishment"]), None,
            shape="thin"),
    ]  # fmt: skip
