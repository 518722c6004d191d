"""Carrying a search to the gallery and its answer back; by the worker, never by a page."""

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
    found = [
        searching.Found(persons[hit.key], hit.score, dict(hit.fingers))
        for hit in answer.hits
        if hit.score >= least and hit.key in persons
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
