"""The guided admission: steps done by whoever is there, left and resumed (Mandela Rule 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.models import AdmissionStep, Episode, Injury
from pims.custody.rules import admission as rules
from pims.custody.services import steps
from pims.custody.services.about import about
from pims.custody.services.common import (
    begun,
    moment,
    require_episode,
    require_open,
    told_clock_back,
)
from pims.custody.services.words import line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Stale


@dataclass(frozen=True, slots=True)
class StepResult:
    """`next_step` is the first one still to do, None when the admission is complete."""

    episode_id: int
    step: str
    state: str
    next_step: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class InjuryResult:
    injury_id: int


@dataclass(frozen=True, slots=True)
class ArrestResult:
    episode_id: int
    version: int


@service
def complete_step(
    tx: Transaction,
    *,
    episode_id: int,
    step: str,
    data: Mapping[str, str | int | bool | None] | None = None,
    not_needed: bool = False,
    reason: str = "",
) -> StepResult:
    """Mark one step of the admission done, or not needed with a reason.

    `data` holds ids and codes, nothing personal. Done again, the first mark stands. Raises
    InvalidInput for an unknown step, Refused for a step that cannot be left out or after the end
    of custody.
    """
    episode = require_episode(tx, episode_id, "custody.admit")
    if step not in rules.STEPS:
        raise InvalidInput({"step": Reason("custody.step_unknown")})
    state = AdmissionStep.State.NOT_NEEDED if not_needed else AdmissionStep.State.DONE
    rules.decide_step(step, state, reason=reason, ended=episode.ends_at is not None).require()
    kept = dict(data or {})
    if reason.strip():
        kept["reason"] = line("reason", reason, 300)
    complete = steps.mark(tx, episode, step, state=state, data=kept)
    return _step_result(episode, step, state, complete=complete)


@service
def complete_steps(
    tx: Transaction, *, episode_id: int, done: Sequence[str] = (), left_out: Mapping[str, str]
) -> bool:
    """Mark several steps done, and others left out with a reason, as one change.

    Gives whether the admission is complete. Raises as `complete_step`.
    """
    episode = require_episode(tx, episode_id, "custody.admit")
    if {*done, *left_out} - set(rules.STEPS):
        raise InvalidInput({"step": Reason("custody.step_unknown")})
    over = episode.ends_at is not None
    for step in done:
        rules.decide_step(step, AdmissionStep.State.DONE, reason="", ended=over).require()
    for step, reason in left_out.items():
        rules.decide_step(step, AdmissionStep.State.NOT_NEEDED, reason=reason, ended=over).require()
    complete = steps.mark_all(tx, episode, done, state=AdmissionStep.State.DONE)
    by_reason: dict[str, list[str]] = {}
    for step, reason in left_out.items():
        by_reason.setdefault(line("reason", reason, 300), []).append(step)
    for reason, together in by_reason.items():
        complete = steps.mark_all(
            tx, episode, together, state=AdmissionStep.State.NOT_NEEDED, reason=reason
        )
    return complete


@service
def reopen_step(tx: Transaction, *, episode_id: int, step: str) -> StepResult:
    """Take back a mark made by mistake, while the admission is not complete.

    Raises InvalidInput for an unknown step, Refused once the admission is complete.
    """
    episode = require_episode(tx, episode_id, "custody.admit")
    require_open(episode)
    if step not in rules.STEPS:
        raise InvalidInput({"step": Reason("custody.step_unknown")})
    if episode.admission_state == Episode.AdmissionState.ADMITTED:
        raise InvalidInput({"step": Reason("custody.admission_complete")})
    steps.mark(tx, episode, step, state=AdmissionStep.State.TODO)
    return _step_result(episode, step, AdmissionStep.State.TODO, complete=False)


@service
def record_arrest(
    tx: Transaction,
    *,
    episode_id: int,
    version: int,
    arrested_at: datetime | None = None,
    place: str = "",
    reasons: str = "",
    officer: str = "",
) -> ArrestResult:
    """Record when, where, why and by whom the prisoner was arrested (Mandela Rule 7 (b)).

    Raises Stale where the episode was changed since, InvalidInput for an arrest in the future or
    after reception.
    """
    episode = require_episode(tx, episode_id, "custody.admit")
    if episode.version != version:
        raise Stale
    if arrested_at is not None:
        at = moment(tx, arrested_at, "arrested_at").at
        if at > episode.starts_at:
            raise InvalidInput({"arrested_at": Reason("custody.arrest_after_reception")})
        episode.arrested_at = at
    episode.arrest_place = line("place", place, 300)
    episode.arrest_reasons = prose("reasons", reasons)
    episode.arresting_officer = line("officer", officer, 200)
    episode.version += 1
    episode.save()
    tx.record(
        events.ArrestRecorded(
            **about(episode, (episode.arrested_at or tx.now)),
        ),
        details={"place": episode.arrest_place, "reasons": episode.arrest_reasons},
    )
    steps.mark(tx, episode, "arrest")
    return ArrestResult(episode.pk, episode.version)


@service
def record_injury(
    tx: Transaction,
    *,
    episode_id: int,
    description: str = "",
    body_area: str = "",
    complaint: str = "",
    complaint_of_ill_treatment: bool = False,
    by_whom: str = "",
    seen_at: datetime | None = None,
    photo: bytes | None = None,
) -> InjuryResult:
    """Record an injury seen or a complaint made (Mandela Rules 7 (d), 57), with a picture of it.

    Raises InvalidInput where neither is said nor shown, for a time in the future or before
    reception, and for a file that is no picture.
    """
    episode = require_episode(tx, episode_id, "custody.admit")
    when = begun(moment(tx, seen_at, "seen_at"), episode, "seen_at")
    seen = when.at
    said = description.strip() or complaint.strip() or complaint_of_ill_treatment
    if not said and photo is None:
        raise InvalidInput({"description": Reason("custody.injury_empty")})
    complained = complaint_of_ill_treatment or bool(complaint.strip())
    picture = None
    if photo is not None:
        picture = store_file(
            tx, person_id=episode.person_id, kind="photo", data=photo, name="photo"
        )
    injury = Injury.objects.create(
        episode=episode,
        person_id=episode.person_id,
        seen_at=seen,
        body_area=line("body_area", body_area, 60),
        description=prose("description", description),
        complaint_of_ill_treatment=complained,
        complaint=prose("complaint", complaint),
        by_whom=line("by_whom", by_whom, 300),
        photo_id=None if picture is None else picture.blob_id,
        recorded_by_id=tx.actor.user_id,
    )
    kind = events.IllTreatmentComplained if complained else events.InjuryRecorded
    tx.record(
        kind(
            **about(episode, seen),
            injury_id=injury.pk,
        ),
        details={"description": injury.description, "complaint": injury.complaint},
    )
    if when.disputed:
        told_clock_back(tx, episode, "injury", injury.pk, tx.now)
    return InjuryResult(injury.pk)


def _step_result(episode: Episode, step: str, state: str, *, complete: bool) -> StepResult:
    return StepResult(
        episode.pk, step, str(state), rules.next_step(steps.states(episode.pk)), complete
    )
