"""What the codes of this room are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.ui.shapes import Tone

FINGERS: dict[int, Promise] = {
    0: _("Any finger"),
    1: _("Right thumb"),
    2: _("Right index"),
    3: _("Right middle"),
    4: _("Right ring"),
    5: _("Right little"),
    6: _("Left thumb"),
    7: _("Left index"),
    8: _("Left middle"),
    9: _("Left ring"),
    10: _("Left little"),
}
SLAPS: dict[int, Promise] = {
    13: _("Right hand, four fingers"),
    14: _("Left hand, four fingers"),
    15: _("Both thumbs"),
}
STATES: dict[str, Promise] = {
    "present": _("Taken"),
    "missing": _("Missing"),
    "bandaged": _("Bandaged"),
    "amputated": _("Amputated"),
    "refused": _("Refused"),
    "unreadable": _("Can't be read"),
    "": _("Not yet"),
}
ENROLMENTS: dict[str, Promise] = {
    "": _("Nothing taken yet"),
    "open": _("Being taken"),
    "complete": _("Taken"),
    "no_usable_finger": _("No usable finger"),
}
ENROLMENT_TONES: dict[str, Tone] = {
    "": "quiet", "open": "info", "complete": "ok", "no_usable_finger": "info",
}  # fmt: skip
# How a print came; the page sends the first three, a file of a station the others.
SOURCES: dict[str, Promise] = {
    "upload": _("From a file"),
    "scanner": _("From the scanner"),
    "slap": _("Cut out of several fingers at once"),
    "station": _("From a live-scan station"),
    "station slap": _("From a live-scan station, cut out of several fingers at once"),
}
QUALITIES: dict[str, Promise] = {
    "good": _("Good"),
    "usable": _("Usable"),
    "again": _("Take it again"),
}
QUALITY_TONES: dict[str, Tone] = {"good": "ok", "usable": "info", "again": "warn"}
# What the sequence check saw, and what to do; `finger` is what it was called, `other` what it is.
DOUBTS: dict[str, Promise] = {
    "same_twice": _(
        "This is the same finger as the %(other)s, taken just now. Take the %(finger)s again. If "
        "it was the %(other)s that was wrong, choose that finger and take it again."
    ),
    "other_position": _(
        "On record this finger is the %(other)s. Look at the hand: take the %(finger)s again, or "
        "choose the %(other)s if that is what lay on the scanner."
    ),
    "not_as_before": _(
        "This is not the %(finger)s that is on record. Look at the hand and take it again. If it "
        "is another one again, go on: the search tells who else this may be."
    ),
}


def doubt_text(code: str, position: int, other: int | None) -> str:
    """What to tell the officer; "" where nothing is doubted."""
    if code not in DOUBTS:
        return ""
    return str(DOUBTS[code]) % {"finger": within(position), "other": within(other or position)}


def within(position: int) -> str:
    """The finger's name in the middle of a sentence."""
    name = str(FINGERS[position])
    return name[:1].lower() + name[1:]


DECISIONS: dict[str, Promise] = {
    "open": _("To decide"),
    "same": _("The same person"),
    "different": _("Two people"),
    "unsure": _("Unsure: a second examiner"),
}
DECISION_TONES: dict[str, Tone] = {
    "open": "warn", "same": "ok", "different": "quiet", "unsure": "warn",
}  # fmt: skip
PURPOSES: dict[str, Promise] = {
    "gate": _("Gate"),
    "departure": _("Going out"),
    "return": _("Coming back"),
    "roll": _("Roll check"),
    "visit": _("Visit"),
    "discharge": _("Discharge"),
}
OUTCOMES: dict[str, Promise] = {
    "match": _("This is the person"),
    "no_match": _("This is somebody else"),
    "unavailable": _("Could not be compared"),
}
OUTCOME_TONES: dict[str, Tone] = {"match": "ok", "no_match": "alarm", "unavailable": "warn"}
SEARCHES: dict[str, Promise] = {
    "admission": _("Admission"),
    "again": _("Asked for again"),
    "sweep": _("Comparison of all"),
}
GROUNDS: dict[str, Promise] = {
    "acquittal": _("Acquittal"),
    "order": _("Order of a court"),
}
