"""Kinds of court order, and what each does to lawful custody, read from a jurisdiction's data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from pims.jurisdictions.here import HERE
from pims.jurisdictions.tables import Row, keyed, read_table, rows
from pims.jurisdictions.warrant_kinds import warrant_kinds

FIELDS = (
    "next_date", "until", "amount_cents", "default_term", "term", "minimum_term",
    "review_months", "sureties", "conditions",
)  # fmt: skip

# The kinds of release order that the records office keeps.
RELEASES = frozenset(
    {
        "bail", "acquittal", "discharge", "charge_withdrawn", "time_served", "sentence_served",
        "fine_paid", "appeal_allowed", "pardon", "parole", "immigration_release", "habeas_corpus",
        "other",
    }
)  # fmt: skip


class Effect(StrEnum):
    """What an order does to custody by itself."""

    DETAINS = "detains"
    FREES = "frees"
    SENTENCE = "sentence"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class OrderKind:
    """`warrant` is the kind of warrant that an order that detains or sentences becomes, `release`
    the kind of release order of one that frees; each is "" for all others.

    Of one that frees: `frees` are the kinds of warrant that it can end where it names none itself,
    `quashes` that it undoes the order that it names, not only the custody on it.
    `changes_earlier`: it is about an earlier order, without which its effect is not known.
    `after`: the kinds of order of which one must have been made before, for what this one takes
    back was granted by it.
    `must` and `may` are of FIELDS: without the former its effect is not known. `under_18`: it is
    made of people under 18 only; `many_names`: one order names many people.
    """

    code: str
    label: Mapping[str, str]
    effect: Effect
    warrant: str
    release: str
    must: tuple[str, ...]
    may: tuple[str, ...]
    under_18: bool
    many_names: bool
    frees: tuple[str, ...]
    quashes: bool
    changes_earlier: bool
    after: tuple[str, ...]
    citation: str
    confidence: str

    @property
    def fields(self) -> tuple[str, ...]:
        """All that it can carry, in the order in which it is asked for."""
        return tuple(field for field in FIELDS if field in self.must or field in self.may)

    def lacking(self, written: Collection[str]) -> tuple[str, ...]:
        """Of what it must say, what the paper does not; `written` are the fields that it has."""
        return tuple(field for field in self.must if field not in written)


@cache
def order_kinds(jurisdiction: str = HERE) -> Mapping[str, OrderKind]:
    """By code, in the order in which they are offered. Raises BadTable, FileNotFoundError."""
    return parse_order_kinds(read_table(jurisdiction, "order_kinds"), warrant_kinds(jurisdiction))


def parse_order_kinds(
    table: Mapping[str, Any], warrants: Collection[str]
) -> Mapping[str, OrderKind]:
    codes = [str(row.get("code")) for row in table.get("order", ()) if isinstance(row, Mapping)]
    kinds = (_order_kind(row, warrants, codes) for row in rows(table, "order"))
    return keyed("order", ((kind.code, kind) for kind in kinds))


def _order_kind(row: Row, warrants: Collection[str], codes: Collection[str]) -> OrderKind:
    effect = Effect(row.choice("effect", [one.value for one in Effect]))
    held = effect in (Effect.DETAINS, Effect.SENTENCE)
    frees = effect is Effect.FREES
    kind = OrderKind(
        code=row.word("code"),
        label=row.label(),
        effect=effect,
        # What does not belong to the effect is not asked for, and `done` then tells of it.
        warrant=row.choice("warrant", warrants) if held else "",
        release=row.choice("release", RELEASES) if frees else "",
        must=row.choices("must", FIELDS),
        may=row.choices("may", FIELDS),
        under_18=row.flag("under_18"),
        many_names=row.flag("many_names"),
        frees=row.choices("frees", warrants) if frees else (),
        quashes=row.flag("quashes") if frees else False,
        changes_earlier=row.flag("changes_earlier"),
        after=row.choices("after", codes),
        citation=row.text("citation"),
        confidence=row.confidence(),
    )
    row.done()
    if frees and not kind.frees:
        raise row.wrong("frees from no kind of warrant")
    if kind.changes_earlier and effect is Effect.NOTES:
        raise row.wrong("it changes nothing and yet an earlier order")
    if set(kind.must) & set(kind.may):
        raise row.wrong("what it must say is also among what it may say")
    return kind
