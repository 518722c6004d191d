"""The words of every reason, in each language, from the TOML files beside this one.

A file holds flat tables named by the code::

    ["custody.place_full"]
    en = "{place} already holds {count} people."
    es = "{place} ya tiene {count} personas."

A parameter that is missing leaves its name visible; it never breaks a page.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.utils import translation

from pims.kernel.decisions import Reason
from pims.ui.dates import day_text, instant_text

LANGUAGES = ("en", "es")
FOLDER = Path(__file__).parent


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Code -> language -> text. Raises ValueError where two files give the same code."""
    words: dict[str, Mapping[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for code, texts in _flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            if code in words:
                raise ValueError(f"{code} has its wording twice, once in {path.name}")
            words[code] = texts
    return words


def render(reason: Reason, language: str) -> str:
    """The reason as a sentence; the bare code and parameters where it has no wording."""
    texts = catalogue().get(reason.code, {})
    text = texts.get(language[:2]) or texts.get("en")
    if text is None:
        given = ", ".join(
            f"{name}: {_shown(value, language)}" for name, value in reason.params.items()
        )
        return f"{reason.code} ({given})" if given else reason.code
    return text.format_map(_Given({k: _shown(v, language) for k, v in reason.params.items()}))


def explain(reasons: Iterable[Reason], language: str) -> list[str]:
    """Each reason as a sentence, in order, without repeats."""
    return list(dict.fromkeys(render(reason, language) for reason in reasons))


class _Given(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _flat(
    tables: Mapping[str, object], prefix: str = ""
) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Quoted tables give ``room.what`` at once; unquoted ones nest, and mean the same."""
    for name, value in tables.items():
        code = f"{prefix}{name}"
        if isinstance(value, dict):
            texts = {k: v for k, v in value.items() if isinstance(v, str)}
            if texts:
                yield code, texts
            nested = {k: v for k, v in value.items() if isinstance(v, dict)}
            yield from _flat(nested, f"{code}.")


def _shown(value: object, language: str) -> str:
    """Scalars as the pages write them: ``7 Mar 2026 18:32``, in the page's time zone.

    A mapping of languages (a term of the law, which has its words as data) gives its own; of
    several values each is written, "—" where there is none.
    """
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one, language) for one in value) or "—"
    if isinstance(value, Mapping):
        return str(value.get(language[:2]) or value.get("en", ""))
    moment = _moment(value)
    if moment is not None:
        with translation.override(language):
            return instant_text(moment) if isinstance(moment, datetime) else day_text(moment)
    return str(value)


def _moment(value: object) -> date | datetime | None:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" == value[7:8]:
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment if moment.tzinfo else None
    return None
