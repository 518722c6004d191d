"""An end of custody put right: details added, a second officer, or that it never was.

Nothing is deleted: what was recorded stays in the history, with who changed it, when and why.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from pims.authority import services as authority_services
from pims.custody import events
from pims.custody.beginnings import has_happened
from pims.custody.models import Absence, AdmissionStep, BodyReceipt, EndOfCustody, Episode
from pims.custody.reading import establishment_names
from pims.custody.services.about import about
from pims.custody.services.closing import TEXTS, EndResult, told
from pims.custody.services.common import (
    moment,
    not_before,
    open_absence,
    require_episode,
    scope_from_rows,
)
from pims.custody.services.corrections import EpisodeResult, tell_corrected
from pims.custody.services.never_held import undo
from pims.custody.services.restoring import restore_rows
from pims.custody.services.words import PROSE, given_reason, line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.kernel.minutes import INSTANT
from pims.people import services as people_services

CORRECT = "custody.correct"
# An end by discharge is the release room's: who should not have left was released in error.
MAY_BE_TAKEN_BACK = (
    Episode.EndKind.DIED,
    Episode.EndKind.REMOVED,
    Episode.EndKind.DISCHARGED_AT_COURT,
    Episode.EndKind.NEVER_HELD,
    Episode.EndKind.TRANSFERRED,
)
# How the warrants ended with each of them.
ENDED_AS = {"died": "died", "removed": "removed", "discharged_at_court": "released"}
# An end that has an hour of its own; a stay that never was goes with its receipt.
MAY_BE_MOVED = tuple(ENDED_AS)
_TIMES = ("coroner_told_at", "family_told_at", "body_released_at")
_LINES = {**TEXTS, "coroner_reference": 100, "body_released_to": 300}


@service
def amend_end(
    tx: Transaction,
    *,
    end_id: int,
    version: int,
    given: Mapping[str, str | datetime | None],
    reason: str = "",
) -> EndResult:
    """Add to an end what was not known, or put right what was keyed wrongly.

    `given` are texts and instants of `EndOfCustody`; None leaves as it is. What only adds needs
    no reason; what changes something does. Raises Stale, NotFound, InvalidInput by field.
    """
    end, episode = _end_of(tx, end_id, "custody.record_event")
    if end.version != version:
        raise Stale
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for field, value in given.items():
        new = _cleaned(tx, end, field, value)
        old = getattr(end, field)
        if new is None or new == old:
            continue
        before[field], after[field] = old, new
        setattr(end, field, new)
    reason = line("reason", reason, 500)
    if any(before.values()) and not reason:
        raise InvalidInput({"reason": Reason("custody.reason_missing")})
    if after:
        end.version += 1
        end.save()
        tx.record(
            events.EndAmended(**about(episode, tx.now), end_id=end.pk, fields=" ".join(after)),
            details={"reason": reason, "before": before, "after": after},
        )
    return EndResult(end.pk, episode.pk, end.at)


@service
def countersign_end(tx: Transaction, *, end_id: int) -> EndResult:
    """A second officer stands for an end that no order covers. A repeat changes nothing.

    So, too, for a stay that was taken off the books as never held.

    Raises Refused for whoever recorded it, NotFound.
    """
    end, episode = _end_of(tx, end_id, "release.second_check")
    if end.recorded_by_id == tx.actor.user_id:
        refuse(Reason("custody.second_is_first", decided_by="release.second_check")).require()
    if end.countersigned_at is None:
        end.countersigned_at, end.countersigned_by_id = tx.now, tx.actor.user_id
        end.save(update_fields=["countersigned_at", "countersigned_by_id"])
        tx.record(events.EndCountersigned(**about(episode, tx.now), end_id=end.pk))
    return EndResult(end.pk, episode.pk, end.at)


@service
def take_back_end(tx: Transaction, *, episode_id: int, reason: str) -> EpisodeResult:
    """It never happened, or to somebody else: custody goes on as it was before.

    Warrants that ended with it detain again, an escort or an absence that it closed is open
    again, and the place is taken again where nobody else lies there. With a transfer goes the stay
    that it began elsewhere, where nothing is recorded of it yet. Raises Refused where custody did
    not end in one of these ways or the person was received since, InvalidInput.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    reason = given_reason(reason)
    if episode.end_kind == Episode.EndKind.TRANSFERRED:
        _undo_onward(tx, episode, reason)
    end, kind = end_to_undo(episode, MAY_BE_TAKEN_BACK), episode.end_kind
    beyond = tx.beyond_scope()
    if kind in ENDED_AS:
        authority_services.reopen_warrants_by_fact(
            beyond,
            person_id=episode.person_id,
            end_kind=ENDED_AS[kind],
            at=end.at,
            basis=reason,
        )
    if kind == Episode.EndKind.DIED:
        people_services.withdraw_death(beyond, person_id=episode.person_id)
    undo_end(tx, episode, end, reason=reason)
    return EpisodeResult(episode.pk, episode.version)


def end_to_undo(episode: Episode, kinds: Collection[str]) -> EndOfCustody:
    """The end of the episode, where it is one of `kinds` and nothing followed; else Refused."""
    end = EndOfCustody.objects.filter(episode=episode, taken_back_at=None).first()
    if end is None or episode.ends_at is None or episode.end_kind not in kinds:
        refuse(Reason("custody.end_stands")).require()
        raise AssertionError("a refusal was not raised")
    others = Episode.objects.filter(person_id=episode.person_id).exclude(pk=episode.pk)
    others = others.exclude(end_kind=Episode.EndKind.NEVER_HELD)
    if others.filter(
        Q(starts_at__gte=episode.ends_at) | Q(ends_at__gt=episode.starts_at) | Q(ends_at=None)
    ).exists():
        refuse(Reason("custody.received_since")).require()
    return end


def _undo_onward(tx: Transaction, episode: Episode, reason: str) -> None:
    """The stay that the transfer began never was. Raises Refused once it has a life of its own."""
    onward = Episode.objects.filter(continues=episode)
    stay = onward.exclude(end_kind=Episode.EndKind.NEVER_HELD).first()
    if stay is None:
        return
    done = AdmissionStep.objects.filter(episode=stay).exclude(state=AdmissionStep.State.TODO)
    came = BodyReceipt.objects.filter(episode=stay)
    if stay.ends_at is not None or has_happened(stay) or done.exists() or came.exists():
        place = establishment_names()[stay.establishment_id]
        refuse(Reason("custody.held_there_since", {"place": place})).require()
    undo(tx, stay, reason)


def undo_end(tx: Transaction, episode: Episode, end: EndOfCustody, *, reason: str) -> None:
    """Custody goes on as if it had not ended, inside a service that has asked for permission."""
    ended_at, kind = end.at, episode.end_kind
    episode.ends_at, episode.end_kind = None, Episode.EndKind.NONE
    episode.version += 1
    episode.save(update_fields=["ends_at", "end_kind", "version"])
    end.taken_back_at, end.taken_back_by_id = tx.now, tx.actor.user_id
    end.taken_back_reason = reason
    end.version += 1
    end.save()
    restore_rows(tx, episode, ended_at, kind, goes_on=True)
    scope_from_rows(episode)
    tell_corrected(
        tx, episode, ("ends_at", "end_kind"), reason,
        {"ends_at": ended_at, "end_kind": kind}, {"ends_at": None, "end_kind": ""},
    )  # fmt: skip
    tx.record(events.EndTakenBack(**about(episode, tx.now), end_id=end.pk, end_kind=kind))


@service
def take_back_escape(tx: Transaction, *, episode_id: int, reason: str) -> EpisodeResult:
    """Nobody escaped: the absence that is open never was, and all is as before it.

    Raises Refused where nobody is at large, InvalidInput without a reason.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    reason = given_reason(reason)
    absence = open_absence(episode)
    if absence is None:
        refuse(Reason("custody.not_at_large")).require()
        raise AssertionError("a refusal was not raised")
    began = absence.starts_at
    absence.ends_at, absence.end_kind = began + INSTANT, Absence.EndKind.NEVER_WAS
    absence.save(update_fields=["ends_at", "end_kind"])
    restore_rows(tx, episode, began, "escaped", goes_on=True)
    scope_from_rows(episode)
    tell_corrected(
        tx, episode, ("at_large",), reason, {"at_large_since": began}, {"at_large_since": None}
    )
    tx.record(events.EscapeTakenBack(**about(episode, tx.now), absence_id=absence.pk))
    return EpisodeResult(episode.pk, episode.version)


def _end_of(tx: Transaction, end_id: int, permission: str) -> tuple[EndOfCustody, Episode]:
    found = EndOfCustody.objects.filter(pk=end_id, taken_back_at=None).first()
    if found is None:
        raise NotFound("end_of_custody", end_id)
    episode = require_episode(tx, found.episode_id, permission)
    found.refresh_from_db()
    return found, episode


def _cleaned(
    tx: Transaction, end: EndOfCustody, field: str, value: str | datetime | None
) -> str | datetime | None:
    if value is None or value == "":
        return None
    if field in _TIMES:
        assert isinstance(value, datetime)
        if (old := getattr(end, field)) is not None and minutes.same(value, old):
            return None  # a form gives hours and minutes; the seconds are no correction
        if field == "body_released_at":
            at = moment(tx, value, field).at
            return not_before(at, end.at, field, "custody.before_death")
        return told(tx, value, field, happened_at=end.at)
    assert isinstance(value, str)
    limit = _LINES[field]
    return prose(field, value) if limit == PROSE else line(field, value, limit)
