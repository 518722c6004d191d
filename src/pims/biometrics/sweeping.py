"""Carrying a sweep out: a few subjects at a time, each batch kept before the next begins."""

from collections.abc import Callable

from pims.biometrics import deciding, stored
from pims.biometrics.gallery.client import Gallery, GalleryAway, gallery
from pims.biometrics.models import Subject
from pims.biometrics.services import searching, sweeping
from pims.biometrics.services.searching import Found
from pims.biometrics.services.sweeping import SweepResult
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command

AT_ONCE = 50
MOST_HITS = 5


def sweep_everything(
    *, of: Gallery = gallery, shown: Callable[[SweepResult], None] = lambda result: None
) -> SweepResult | None:
    """Begin or go on, to the end; None where the gallery is away: it goes on the next time.

    `shown` is told after each batch. A subject is compared with those that came after it, so that
    each pair is looked at once.
    """
    command = Command(system_actor())
    state = sweeping.start_sweep(command, threshold=deciding.sweep(), engine="")
    while not state.finished:
        subjects = list(
            Subject.objects.filter(pk__gt=state.done_upto, pk__lte=state.last_subject)
            .order_by("pk")
            .values_list("pk", "person_id")[:AT_ONCE]
        )
        try:
            found = _double(subjects, of)
        except GalleryAway:
            return None
        last = subjects[-1][0] if subjects else state.last_subject
        state = sweeping.keep_sweep(
            Command(command.actor),
            sweep_id=state.sweep_id,
            done_upto=last,
            subjects=len(subjects),
            found=found,
            finished=not subjects or last >= state.last_subject,
        )
        shown(state)
    return state


def _double(subjects: list[tuple[int, int]], of: Gallery) -> dict[int, list[Found]]:
    packed = stored.packed_fingers([person_id for _, person_id in subjects])
    threshold, found = deciding.sweep(), dict[int, list[Found]]()
    for subject_id, person_id in subjects:
        if person_id not in packed:
            continue
        own = stored.keys_of(searching.keys_to_pass(person_id))
        answer = of.identify(packed[person_id], limit=MOST_HITS, without=list(own.values()))
        hits = {hit.key: hit for hit in answer.hits if hit.score >= threshold}
        later = Subject.objects.filter(key__in=list(hits), pk__gt=subject_id)
        for key, other_id in later.values_list("key", "person_id"):
            found.setdefault(person_id, []).append(
                Found(other_id, hits[key].score, dict(hits[key].fingers))
            )
    return found
