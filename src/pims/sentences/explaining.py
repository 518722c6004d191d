"""A calculation in words: each step and finding as a reason, and the whole as plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date

from pims.kernel.reasons import Reason
from pims.sentences.engine import Calculation, Dates, Finding, Step
from pims.ui.wording import LANGUAGES, catalogue, render

Words = dict[str, str]

# Numbers of days, which are written "1 day" or "12 days".
_DAYS = frozenset({
    "days", "credit", "at_large", "remission", "forfeited", "restored", "kept", "part", "between",
    "term", "left",
})  # fmt: skip
_UNITS = ("years", "months", "weeks", "days")


def reason_of(said: Step | Finding) -> Reason:
    """A step or a finding with the parameters of its wording, in either language.

    `reference` is what the rules cited say of themselves.
    """
    params = dict(_worded(said.params))
    if said.code == "sentences.term_ends":
        params["term"] = _term(said.params)
    cited = said.rules if isinstance(said, Step) else ()
    reference = "; ".join(dict.fromkeys(rule.citation for rule in cited if rule.citation))
    return Reason(said.code, params, reference=reference)


def told(said: Step | Finding, language: str) -> str:
    return render(reason_of(said), language)


def as_data(
    found: Calculation, *, language: str, signed: frozenset[str] = frozenset()
) -> dict[str, object]:
    """The whole answer as JSON holds it; the explanation with its words in the language."""
    return {
        "id": found.case_id,
        "status": found.status,
        "law": found.law,
        "versions": list(found.versions),
        **_dates(found.dates),
        "earliest_arguable": _iso(found.earliest_arguable),
        "provisional": list(found.provisional),
        "reasons": [one.code for one in found.findings if one.outcome != "remark"],
        "sentences": [
            {"number": one.number, "first_day": _iso(one.first_day), **_dates(one.dates)}
            for one in found.sentences
        ],
        "explanation": [
            *(_said(one, one.outcome, language) for one in found.findings),
            *(
                {
                    **_said(one, "step", language),
                    "rules": [
                        {
                            "code": rule.code,
                            "citation": rule.citation,
                            "confidence": rule.confidence,
                            "signed": rule.code in signed,
                            "text": rule.text.get(language, rule.text["en"]),
                        }
                        for rule in one.rules
                    ],
                }
                for one in found.steps
            ),
        ],
    }


def _said(said: Step | Finding, outcome: str, language: str) -> dict[str, object]:
    params = {name: _plain(value) for name, value in said.params.items()}
    return {
        "code": said.code, "outcome": outcome, "params": params, "text": told(said, language)
    }  # fmt: skip


def _dates(dates: Dates) -> dict[str, object]:
    return {name: _plain(value) for name, value in asdict(dates).items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _worded(params: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in params.items():
        if name in _DAYS and isinstance(value, int):
            yield name, _counted(value, "days")
        elif name in ("kind", "first", "second", "offence_class") and isinstance(value, str):
            yield name, catalogue().get(f"sentences.word_{value}", value)
        elif name == "field" and isinstance(value, str):
            yield name, value
        elif name.endswith("_cents") and isinstance(value, int):
            yield name.removesuffix("_cents"), f"BZ${value / 100:,.2f}"
        else:
            yield name, value
    if "start" in params:
        yield "span", _span(params["start"], params.get("end"))


def _counted(number: object, unit: str) -> Words:
    key = f"sentences.unit_{unit if number != 1 else unit.removesuffix('s')}"
    texts = catalogue()[key]
    return {language: f"{number} {texts[language]}" for language in LANGUAGES}


def _term(params: Mapping[str, object]) -> Words:
    """``1 year, 3 months``."""
    parts = [_counted(params[unit], unit) for unit in _UNITS if params[unit]]
    return {language: ", ".join(part[language] for part in parts) for language in LANGUAGES}


def _span(start: object, end: object) -> Words:
    """`` (7 Mar 2026 to 9 Apr 2026)``, or nothing where the days are not known."""
    if not isinstance(start, date):
        return dict.fromkeys(LANGUAGES, "")
    code = "sentences.span" if isinstance(end, date) else "sentences.span_open"
    reason = Reason(code, {"start": start, "end": end})
    return {language: f" ({render(reason, language)})" for language in LANGUAGES}
