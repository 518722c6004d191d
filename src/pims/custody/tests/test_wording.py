"""Every reason of this room has its words in both languages."""

import re
from pathlib import Path

from pims.custody import rules, services
from pims.custody.models import Episode, Escort
from pims.custody.rules.returns import OUTCOMES, PLAIN_OUTCOMES
from pims.ui.wording import LANGUAGES, catalogue

SOURCES = (Path(rules.__file__).parent, Path(services.__file__).parent)
REASON = re.compile(r'Reason\(\s*f?"(custody\.[a-z_{}.]+)"')
CODE = re.compile(r'"(custody\.(?:place_(?:just_taken|occupied)|which_warrant|no_warrant_to_set))"')


def used() -> set[str]:
    texts = [p.read_text("utf-8") for folder in SOURCES for p in folder.glob("*.py")]
    codes = {code for text in texts for code in (*REASON.findall(text), *CODE.findall(text))}
    return {code for code in codes if "{" not in code} | {
        "custody.place_for_male",
        "custody.place_for_female",
    }


def timeline_codes() -> set[str]:
    return {
        *(f"custody.timeline_received_{kind}" for kind in Episode.ReceptionKind.values),
        *(f"custody.timeline_escort_left_{kind}" for kind in Escort.Kind.values),
        *(f"custody.timeline_court_{outcome}" for outcome in (*OUTCOMES, *PLAIN_OUTCOMES)),
        *(f"custody.timeline_ended_{kind}" for kind in Episode.EndKind.values if kind),
    }


def test_every_reason_and_every_line_of_the_timeline_is_worded_in_both_languages() -> None:
    words = catalogue()
    found = used()
    assert len(found) > 70
    missing = {
        (code, language)
        for code in found | timeline_codes()
        for language in LANGUAGES
        if not words.get(code, {}).get(language)
    }
    assert not missing
