"""Looking for the owner of a finger among everybody: while somebody stands at a gate."""

from pims.biometrics import deciding, stored
from pims.biometrics.engine import Unusable
from pims.biometrics.gallery.client import GalleryAway, gallery
from pims.biometrics.models import Verification
from pims.biometrics.services import identifying, searching
from pims.biometrics.services.identifying import IdentificationResult, Likely
from pims.biometrics.taking import take_finger
from pims.foundation.access.scope import require_visible
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.errors import VaultError
from pims.foundation.vault.files import open_file
from pims.kernel.errors import NotFound

MOST = 5
# An answer that takes longer is no answer at a gate.
WITHIN = 10.0


def who_is_it(command: Command, *, verification_id: int) -> IdentificationResult:
    """Ask everybody's fingers with the one that did not match, and keep what came of it.

    A gallery that is away, or a picture that is gone, is kept too: the officer is told, and asks
    again. Raises NotFound, NotPermitted, Refused where the check did not fail.
    """
    row = Verification.objects.filter(pk=verification_id).first()
    if row is None:
        raise NotFound("verification", verification_id)
    require_visible(command.actor, identifying.VERIFY, row.person_id)
    problem = "biometrics.no_finger_given"
    if row.image_id is not None:
        try:
            image = open_file(row.image_id).text
            finger = take_finger(image, position=0, ppi=500, at_once=True)
            answer = gallery.identify(
                {0: finger.template},
                limit=MOST + 1,
                without=list(stored.keys_of(searching.keys_to_pass(row.person_id)).values()),
                within=WITHIN,
            )
        except GalleryAway:
            problem = "biometrics.matcher_away"
        except (Unusable, VaultError) as error:
            problem = error.code
        else:
            persons = stored.persons_of_keys(hit.key for hit in answer.hits)
            least, certain = deciding.may_be(answer.size), deciding.must_be(answer.size)
            return identifying.keep_identification(
                command,
                verification_id=verification_id,
                gallery_size=answer.size,
                engine=answer.engine,
                found=[
                    Likely(
                        persons[hit.key],
                        hit.score,
                        max(hit.fingers, key=lambda at: hit.fingers[at], default=0),
                        hit.score >= certain,
                    )
                    for hit in answer.hits
                    if hit.score >= least and hit.key in persons
                ][:MOST],
            )
    return identifying.keep_identification(
        command, verification_id=verification_id, found=(), problem=problem
    )
