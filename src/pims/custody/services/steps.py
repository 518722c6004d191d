"""Marking a step of an admission, by whatever service has done it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from pims.custody import events
from pims.custody.models import AdmissionStep, Episode
from pims.custody.rules import admission as rules
from pims.custody.services.about import about
from pims.foundation.commands.transaction import Transaction


def open_steps(episode: Episode, *, by: int) -> None:
    """Write the steps of a new episode, all still to do."""
    AdmissionStep.objects.bulk_create(
        AdmissionStep(episode=episode, step=step, recorded_by_id=by) for step in rules.STEPS
    )


def states(episode_id: int) -> dict[str, str]:
    return dict(AdmissionStep.objects.filter(episode_id=episode_id).values_list("step", "state"))


def mark(
    tx: Transaction,
    episode: Episode,
    step: str,
    *,
    state: str = "done",
    data: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> bool:
    """Set one step and, when none is left, the admission; give whether it is complete now.

    A step that is so already is left as it was: who did it first stays on the record.
    """
    row, _ = AdmissionStep.objects.get_or_create(
        episode=episode, step=step, defaults={"recorded_by_id": tx.actor.user_id}
    )
    when = at or tx.now
    if row.state != state:
        row.state = state
        row.done_by_id = tx.actor.user_id if state != AdmissionStep.State.TODO else None
        row.done_at = when if state != AdmissionStep.State.TODO else None
        row.data = dict(data or {})
        row.recorded_by_id = tx.actor.user_id
        row.save()
        tx.record(
            events.AdmissionStepDone(
                **about(episode, when),
                step=step,
                state=state,
            )
        )
    return _settle(tx, episode)


def mark_all(
    tx: Transaction, episode: Episode, steps: Collection[str], *, state: str, reason: str = ""
) -> bool:
    """Set several steps to one state at once; give whether the admission is complete now."""
    rows = AdmissionStep.objects.filter(episode=episode, step__in=steps).exclude(state=state)
    changed = list(rows.values_list("step", flat=True))
    if changed:
        rows.update(
            state=state,
            data={"reason": reason} if reason else {},
            done_by_id=tx.actor.user_id,
            done_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
        tx.record(
            events.AdmissionStepsDone(
                **about(episode, tx.now), steps=tuple(sorted(changed)), state=state
            )
        )
    return _settle(tx, episode)


def _settle(tx: Transaction, episode: Episode) -> bool:
    """Bring the episode's admission state into line with its steps.

    It is complete when the last of them was done, whichever of them is entered last.
    """
    found = states(episode.pk)
    complete = rules.complete(found)
    if episode.admission_state == Episode.AdmissionState.ADMITTED:
        return True
    before = episode.admission_state
    if complete:
        episode.admission_state = Episode.AdmissionState.ADMITTED
        done = AdmissionStep.objects.filter(episode=episode, done_at__isnull=False)
        hours = done.values_list("done_at", flat=True)
        episode.admitted_at = max([episode.starts_at, *filter(None, hours)])
    elif any(state != AdmissionStep.State.TODO for state in found.values()):
        episode.admission_state = Episode.AdmissionState.IN_ADMISSION
    if episode.admission_state != before:
        episode.save(update_fields=["admission_state", "admitted_at"])
    if complete and episode.admitted_at is not None:
        taken = episode.admitted_at - episode.starts_at
        tx.record(
            events.AdmissionCompleted(
                **about(episode, episode.admitted_at),
                hours=round(taken.total_seconds() / 3600, 2),
            )
        )
    return complete
