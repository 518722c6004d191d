"""Cases from JSON, as files and agencies give them: bounded, and never an exception for bad data.

A case is an object with ``id``, ``sentences`` and ``adjustments``::

    {"id": "a", "sentences": [{"number": 1, "pronounced_on": "2021-09-21",
                               "term": {"months": 17}, "consecutive_to": null}],
     "adjustments": [{"kind": "remand", "days": 118, "from": "2021-05-25", "to": "2021-09-20",
                      "applies_from": "2021-09-21"}]}

A sentence may also have ``effective_from``, ``offence_on``, ``kind``, ``offence_class``,
``amount_cents``, ``review_on``, ``reviewed_on``, and for life a term ``{"life": true, "minimum":
{...}}``; an adjustment ``sentence`` and ``paid_cents``; a case ``as_of`` and ``born_on``, and
``expected``, which is left alone. What cannot be read becomes a finding of the case, so that one
bad case does not lose the others; a field that is not known is remarked on, and in a term, where it
could be a unit misspelt, refused.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from pims.kernel.terms import Term
from pims.sentences.engine.case import (
    Adjustment,
    AdjustmentKind,
    Case,
    Finding,
    OffenceClass,
    Sentence,
    SentenceKind,
)

MOST_CASES = 200_000
MOST_SENTENCES = 500
MOST_ADJUSTMENTS = 2_000
_LARGEST = 10**9
_LONGEST_ID = 200

# The key under which a decoder may put the names that an object had more than once.
REPEATED = "\0repeated"

_KINDS = frozenset(get_args(SentenceKind))
_CLASSES = frozenset(get_args(OffenceClass))
_ADJUSTMENTS = frozenset(get_args(AdjustmentKind))
_UNITS = ("years", "months", "weeks", "days")
_OF_CASE = frozenset({"id", "sentences", "adjustments", "as_of", "born_on", "expected"})
_OF_SENTENCE = frozenset({
    "number", "pronounced_on", "term", "consecutive_to", "effective_from", "offence_on", "kind",
    "offence_class", "amount_cents", "review_on", "reviewed_on",
})  # fmt: skip
_OF_ADJUSTMENT = frozenset({"kind", "days", "from", "to", "applies_from", "sentence", "paid_cents"})
_OF_TERM = frozenset({*_UNITS, "life", "minimum"})


class NotCases(ValueError):
    """What was given holds neither a case nor a list of cases, or more of them than `most`."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__("not cases" if most is None else f"more than {most:,} cases")
        self.most = most


def cases_from(data: object) -> list[Case]:
    """A case, a list of cases, or an object with ``cases``. Raises NotCases."""
    if isinstance(data, Mapping) and "cases" in data:
        data = data["cases"]
    found = [data] if isinstance(data, Mapping) else data
    if not isinstance(found, list):
        raise NotCases
    if len(found) > MOST_CASES:
        raise NotCases(MOST_CASES)
    return [case_from(one, place) for place, one in enumerate(found, 1)]


def case_from(data: object, place: int = 1) -> Case:
    """One case; what is wrong with it is in its `faults`."""
    reader = _Reader()
    if not isinstance(data, Mapping):
        reader.fault("not_a_case", place=place)
        return Case(f"#{place}", (), faults=tuple(reader.faults))
    reader.fields(data, _OF_CASE)
    sentences = tuple(
        sentence
        for n, one in enumerate(reader.listed(data, "sentences", MOST_SENTENCES), 1)
        if (sentence := reader.sentence(one, n)) is not None
    )
    adjustments = tuple(
        adjustment
        for n, one in enumerate(reader.listed(data, "adjustments", MOST_ADJUSTMENTS), 1)
        if (adjustment := reader.adjustment(one, n)) is not None
    )
    return Case(
        case_id=_case_id(data.get("id"), place),
        sentences=sentences,
        adjustments=adjustments,
        as_of=reader.day(data, "as_of"),
        born_on=reader.day(data, "born_on"),
        faults=tuple(reader.faults),
    )


def _case_id(value: object, place: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return f"#{place}"
    return printable(str(value))[:_LONGEST_ID]


class _Reader:
    """Reads one case and gathers what is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[Finding] = []

    def fault(self, what: str, *sentences: int, **params: object) -> None:
        self.faults.append(Finding("invalid", f"sentences.{what}", params, sentences))

    def fields(self, data: Mapping[str, Any], known: frozenset[str], *sentences: int) -> None:
        """Remark on fields that are not known; refuse an object that says one thing twice."""
        if data.keys() <= known:
            return
        if names := data.get(REPEATED):
            self.fault("field_repeated", *sentences, field=", ".join(map(_shown, names)))
        unknown = sorted(_shown(name) for name in data if name not in known and name != REPEATED)
        if unknown:
            params: dict[str, object] = {"field": ", ".join(unknown[:10])}
            self.faults.append(Finding("remark", "sentences.field_not_read", params, sentences))

    def listed(self, data: Mapping[str, Any], key: str, most: int) -> Sequence[Any]:
        found = data.get(key)
        if found is None:
            return ()
        if not isinstance(found, list):
            self.fault("not_a_list", field=key)
            return ()
        if len(found) > most:
            self.fault("too_many", field=key, most=most)
            return ()
        return found

    def sentence(self, data: object, place: int) -> Sentence | None:
        if not isinstance(data, Mapping):
            self.fault("not_a_sentence", place=place)
            return None
        number = self.whole(data, "number", place)
        if number is None:
            number = place
        self.fields(data, _OF_SENTENCE, number)
        own = {"sentence": number}
        pronounced_on = self.day(data, "pronounced_on", **own)
        if pronounced_on is None and not data.get("pronounced_on"):
            self.fault("date_missing", number, field="pronounced_on", **own)
        kind = self.word(data, "kind", _KINDS, "imprisonment", **own)
        term, life = self.term(data.get("term"), number)
        if life and kind not in ("life", "imprisonment"):
            self.fault("life_and_days", number, **own)
        found = Sentence(
            number=number,
            pronounced_on=pronounced_on or date.max,
            term=term,
            consecutive_to=self.link(data, number),
            effective_from=self.day(data, "effective_from", **own),
            offence_on=self.day(data, "offence_on", **own),
            kind="life" if life else kind,  # type: ignore[arg-type]
            offence_class=self.word(data, "offence_class", _CLASSES, "", **own),  # type: ignore[arg-type]
            amount_cents=self.whole(data, "amount_cents", place, **own),
            review_on=self.day(data, "review_on", **own),
            reviewed_on=self.day(data, "reviewed_on", **own),
        )
        return None if pronounced_on is None else found

    def link(self, data: Mapping[str, Any], number: int) -> int | None:
        """The number of the sentence that this one follows: of the same person, so a number."""
        value = data.get("consecutive_to")
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value if value is None or abs(value) <= _LARGEST else number
        self.fault("follows_elsewhere", number, sentence=number, value=_shown(value))
        return None

    def term(self, data: object, number: int) -> tuple[Term, bool]:
        """The term, and whether it is life. Life has no days of its own, only a minimum."""
        if data is None:
            return Term(), False
        if not isinstance(data, Mapping):
            self.fault("not_a_term", number, sentence=number)
            return Term(), False
        if not data.keys() <= _OF_TERM:
            unknown = ", ".join(sorted(_shown(name) for name in data if name not in _OF_TERM)[:5])
            self.fault("unit_unknown", number, sentence=number, field=unknown)
        life = data.get("life", False)
        if not isinstance(life, bool):
            self.fault("not_a_term", number, sentence=number)
            return Term(), False
        if life and any(data.get(unit) is not None for unit in _UNITS):
            self.fault("life_and_days", number, sentence=number)
            return Term(), True
        if "minimum" in data and not life:
            self.fault("minimum_without_life", number, sentence=number)
        minimum = data.get("minimum") if life else data
        if minimum is None:
            return Term(), life
        if not isinstance(minimum, Mapping) or (life and not minimum.keys() <= set(_UNITS)):
            self.fault("not_a_term", number, sentence=number)
            return Term(), life
        units = {}
        for unit in _UNITS:
            value = minimum.get(unit)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
                self.fault("number_wrong", number, field=unit, value=_shown(value), sentence=number)
            else:
                units[unit] = value
        return Term(**units), life

    def adjustment(self, data: object, place: int) -> Adjustment | None:
        if not isinstance(data, Mapping):
            self.fault("not_an_adjustment", place=place)
            return None
        self.fields(data, _OF_ADJUSTMENT)
        kind = data.get("kind")
        if not isinstance(kind, str) or kind not in _ADJUSTMENTS:
            self.fault("kind_unknown", field="kind", value=_shown(kind))
            return None
        return Adjustment(
            kind=kind,  # type: ignore[arg-type]
            days=self.whole(data, "days", place, kind=kind),
            starts=self.day(data, "from", kind=kind),
            ends=self.day(data, "to", kind=kind),
            applies_from=self.day(data, "applies_from", kind=kind),
            sentence=self.whole(data, "sentence", place, kind=kind),
            paid_cents=self.whole(data, "paid_cents", place, kind=kind),
        )

    def day(self, data: Mapping[str, Any], key: str, **params: object) -> date | None:
        """A date written YYYY-MM-DD; a 13th month or a 30 February is a fault."""
        value = data.get(key)
        if value is None:
            return None
        if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault("no_such_date", field=key, value=_shown(value), **params)
        return None

    def whole(self, data: Mapping[str, Any], key: str, place: int, **params: object) -> int | None:
        value = data.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
            return value
        self.fault("number_wrong", field=key, value=_shown(value), place=place, **params)
        return None

    def word(
        self,
        data: Mapping[str, Any],
        key: str,
        known: frozenset[str],
        default: str,
        **params: object,
    ) -> str:
        value = data.get(key)
        if value is None:
            return default
        if isinstance(value, str) and value in known:
            return value
        self.fault("kind_unknown", field=key, value=_shown(value), **params)
        return default


def printable(text: str) -> str:
    """The text without what no file can hold: half of a character, a line's or a page's end."""
    whole = text.encode(errors="replace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in whole)


def _shown(value: object) -> str:
    """A value as it was given, short enough to be shown again."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = printable(value[:80] if isinstance(value, str) else repr(value))
    return text if len(text) <= 40 else text[:39] + "…"
