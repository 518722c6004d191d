"""One word for one thing, in Spanish as in English: a warrant is a *mandamiento*."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pims
from pims.assurance.kinds import alarm_kinds
from pims.jurisdictions.warrant_kinds import legal_statuses, warrant_kinds

ROOT = Path(pims.__file__).parent


def pairs() -> Iterator[tuple[str, str]]:
    """English beside Spanish, of pages, reasons, kinds, statuses and alarms."""
    for file in (ROOT / "ui" / "locale" / "es").glob("*.po"):
        if file.stem != "django":
            yield from re.findall(r'msgid "(.+)"\nmsgstr "(.+)"', file.read_text("utf-8"))
    for file in (ROOT / "ui" / "wording").glob("*.toml"):
        for row in tomllib.loads(file.read_text("utf-8")).values():
            yield row["en"], row["es"]
    for labels in (
        *(kind.label for kind in warrant_kinds().values()),
        *legal_statuses().values(),
        *(kind.label for kind in alarm_kinds().values()),
    ):
        yield labels["en"], labels["es"]


def test_whatever_is_a_warrant_in_english_is_a_mandamiento_in_spanish() -> None:
    seen = list(pairs())
    assert len(seen) > 500
    other = [
        (en, es) for en, es in seen if "warrant" in en.lower() and "mandamiento" not in es.lower()
    ]
    assert other == []


def test_no_kind_of_warrant_and_no_status_calls_the_paper_an_order() -> None:
    kinds = [kind.label["es"] for kind in warrant_kinds().values()]
    statuses = [labels["es"] for labels in legal_statuses().values()]
    assert [text for text in (*kinds, *statuses) if "orden" in text.lower().split()] == []
