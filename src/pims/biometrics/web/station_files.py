"""A live-scan station's file: its fingers kept, and told which came from where."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.biometrics import rules, selectors, services, stations
from pims.biometrics.stations import StationFile, StationFinger
from pims.biometrics.web.words import FINGERS, SLAPS, STATES, within
from pims.ui import wording
from pims.ui.commands import command_from, then

# From where in the file, by the kind of the image and the number of a slap.
SINGLE: dict[str, Promise] = {
    stations.ROLLED: _("Rolled"),
    stations.PLAIN: _("Plain"),
}
# What 14.018 says of a finger that is not in the file, as a state of the finger here.
ABSENCES = {"XX": "amputated", "UP": "unreadable"}


def keep_station(request: Any, data: bytes, person_id: int) -> tuple[int, ...]:
    """Keep the fingers of the file and why others are not in it; the positions that were kept.

    Raises Unusable, Refused.
    """
    found = stations.read_station(data)
    command = command_from(request)
    done = services.enrol_fingers(
        command, person_id=person_id, fingers=[one.taken for one in found.fingers]
    )
    gone = _absent(request, command, found, person_id)
    told = ngettext(
        "%(count)s finger read from the file.", "%(count)s fingers read from the file.", len(done)
    ) % {"count": len(done)}  # fmt: skip
    messages.success(request, " ".join([told, *_origins(found.fingers)]))
    wanting = [*_passed(found), *gone]
    if wanting:
        messages.warning(request, " ".join(wanting))
    strange = [one for one in done if one.doubt == rules.NOT_AS_BEFORE]
    if len(strange) > len(done) / 2:
        messages.warning(
            request,
            gettext(
                "Most of these are not the fingers that are on record. Is it the file of another "
                "person? The search tells whose they are."
            ),
        )
        return tuple(one.position for one in done)
    doubted = [one.position for one in done if one.doubt or one.word == "again"]
    if doubted:
        messages.warning(
            request, gettext("Look at these again: %(fingers)s.") % {"fingers": _names(doubted)}
        )
    return tuple(one.position for one in done)


def _absent(request: Any, command: Any, found: StationFile, person_id: int) -> list[str]:
    """Record what the file says of fingers that nobody has spoken of yet."""
    left = set(selectors.enrolment_of(request.actor, person_id).left)
    told = []
    for position, why in found.absent.items():
        state = ABSENCES.get(why)
        if state is None or position not in left:
            continue
        services.record_finger_not_taken(
            then(command, f"absent {position}"), person_id=person_id, position=position,
            state=state, reason=gettext("By the file of the live-scan station (%(code)s)")
            % {"code": why},
        )  # fmt: skip
        told.append(
            gettext("By the file there is no print of the %(finger)s: %(why)s.")
            % {"finger": within(position), "why": str(STATES[state]).lower()}
        )
    return told


def _origins(fingers: Sequence[StationFinger]) -> list[str]:
    """A sentence for each place in the file that fingers came from."""
    by_place: dict[tuple[str, int, bool], list[int]] = {}
    for one in fingers:
        by_place.setdefault((one.kind, one.whole, one.marked), []).append(one.taken.position)
    sentences = []
    for (kind, whole, marked), positions in by_place.items():
        given = {"slap": _whole(whole), "fingers": _names(positions)}
        if kind in SINGLE:
            sentences.append(f"{SINGLE[kind]}: {given['fingers']}.")
        elif marked:
            sentences.append(
                gettext("Cut out of “%(slap)s” as the file marks them: %(fingers)s.") % given
            )
        else:
            sentences.append(gettext("Cut out of “%(slap)s”: %(fingers)s.") % given)
    return sentences


def _passed(found: StationFile) -> list[str]:
    language = get_language() or "en"
    told = []
    for one in found.passed_over:
        why = " ".join(wording.explain(one.refusal.reasons(), language))
        name = _whole(one.position)
        told.append(f"{name}: {why}" if name else why)
    return list(dict.fromkeys(told))


def _whole(position: int) -> str:
    """What the file calls it, in words; "" where it says nothing that we know."""
    if position in SLAPS:
        return str(SLAPS[position])
    if position in stations.WHOLES:
        return _names(stations.WHOLES[position])
    position = stations.PLAIN_THUMBS.get(position, position)
    return str(FINGERS[position]) if position in FINGERS and position else ""


def _names(positions: Iterable[int]) -> str:
    return ", ".join(within(position) for position in positions)
