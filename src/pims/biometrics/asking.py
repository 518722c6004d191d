"""Carrying a search to the gallery and its answer back; by the worker, never by a page."""

from collections.abc import Collection

from pims.biometrics import deciding, stored
from pims.biometrics.gallery.client import Gallery, GalleryAway, gallery
from pims.biometrics.services import searching
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.errors import VaultError
from pims.kernel.errors import NotFound

# By the face alone, and only where it speaks for one person as strongly as a face ever can: of
# strangers' faces some one in four thousand does, if the calibration holds.
MOST_BY_FACE = 3


def carry_search(search_id: int, *, of: Gallery = gallery) -> bool:
    """Whether it is answered now; where the gallery is away it goes on waiting, and says why."""
    person_id = searching.who_asks(search_id)
    if person_id is None:
        return True
    passed = searching.keys_to_pass(person_id)
    own = stored.keys_of(passed)
    size, engine, near = 0, "", dict[int, tuple[float, dict[int, float]]]()
    try:
        if packed := _probe(person_id):
            answer = of.identify(packed, limit=deciding.MOST_CANDIDATES, without=list(own.values()))
            size, engine = answer.size, answer.engine
            least = deciding.shown_from()
            persons = stored.persons_of_keys(hit.key for hit in answer.hits)
            near = {
                persons[hit.key]: (hit.score, dict(hit.fingers))
                for hit in answer.hits
                if hit.score >= least and hit.key in persons
            }
    except GalleryAway as away:
        searching.note_problem(search_id, away.code)
        return False
    faces = _faces(person_id, list(near), passed)
    found = [
        searching.Found(other, score, fingers, faces.pop(other, None))
        for other, (score, fingers) in near.items()
    ]
    # Whom the face alone brings to mind: shown, with no finger beside it.
    found += [searching.Found(other, score, {}, score) for other, score in faces.items()]
    try:
        searching.answer_search(
            Command(system_actor()),
            search_id=search_id,
            found=found,
            gallery_size=size,
            engine=engine,
        )
    except NotFound:
        pass  # erased while it was being asked
    return True


def _probe(person_id: int) -> dict[int, bytes]:
    try:
        return stored.packed_fingers([person_id]).get(person_id, {})
    except VaultError:
        return {}


def _faces(person_id: int, near: Collection[int], passed: Collection[int]) -> dict[int, float]:
    """What the faces say of whom the fingers found, and who else is so alike that it is worth a
    look. A second opinion: a score that decides nothing."""
    from pims.biometrics.engine.faces import DOCUMENTED, Faces
    from pims.biometrics.taking_faces import alike, unpack_face

    try:
        own = stored.packed_faces([person_id]).get(person_id)
        if own is None:
            return {}
        known = {other: face for other, face in stored.all_faces() if other not in passed}
    except VaultError:
        return {}
    told = {other: alike(own, known[other]) for other in near if other in known}
    many = Faces([(str(other).encode(), unpack_face(face)) for other, face in known.items()])
    for one in many.nearest(unpack_face(own), most=MOST_BY_FACE):
        if one.score >= DOCUMENTED.most:
            told[int(one.key)] = one.score
    return told
