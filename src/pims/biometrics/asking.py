"""Carrying a search to the gallery and its answer back; by the worker, never by a page."""

import numpy as np

from pims.biometrics import deciding, stored
from pims.biometrics.gallery.client import Gallery, GalleryAway, gallery
from pims.biometrics.services import searching
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.errors import VaultError
from pims.kernel.errors import NotFound


def carry_search(search_id: int, *, of: Gallery = gallery) -> bool:
    """Whether it is answered now; where the gallery is away it goes on waiting, and says why."""
    person_id = searching.who_asks(search_id)
    if person_id is None:
        return True
    own = stored.keys_of(searching.keys_to_pass(person_id))
    try:
        packed = _probe(person_id)
        answer = of.identify(packed, limit=deciding.MOST_CANDIDATES, without=list(own.values()))
    except GalleryAway as away:
        searching.note_problem(search_id, away.code)
        return False
    persons = stored.persons_of_keys(hit.key for hit in answer.hits)
    least = deciding.shown_from()
    near = [hit for hit in answer.hits if hit.score >= least and hit.key in persons]
    faces = _faces(person_id, [persons[hit.key] for hit in near])
    found = [
        searching.Found(persons[hit.key], hit.score, dict(hit.fingers), faces.get(persons[hit.key]))
        for hit in near
    ]
    try:
        searching.answer_search(
            Command(system_actor()),
            search_id=search_id,
            found=found,
            gallery_size=answer.size,
            engine=answer.engine,
        )
    except NotFound:
        pass  # erased while it was being asked
    return True


def _probe(person_id: int) -> dict[int, bytes]:
    try:
        return stored.packed_fingers([person_id]).get(person_id, {})
    except VaultError:
        return {}


def _faces(person_id: int, others: list[int]) -> dict[int, float]:
    """What the faces say beside the fingers: a second opinion, that finds and loses nobody."""
    if not others:
        return {}
    from pims.biometrics.engine.faces import DOCUMENTED, distance

    try:
        known = stored.face_descriptors([person_id, *others])
    except VaultError:
        return {}
    own = known.pop(person_id, None)
    if own is None:
        return {}
    apart = {other: distance(own, face) for other, face in known.items()}
    scores = DOCUMENTED.score(np.array(list(apart.values()), dtype=np.float32))
    return dict(zip(apart, (float(score) for score in scores), strict=True))
