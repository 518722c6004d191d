"""An officer at the server's own desk, known by badge and password as at a page."""

from pims.foundation.access.actor import Actor
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import actor_for
from pims.foundation.access.signin import PASSWORD, try_secret
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import Refused

ADDRESS = "local"


def confirmed_officer(badge: str, password: str) -> Actor:
    """The officer, their secret given now. Attempts count towards the lock as everywhere.

    Raises Refused.
    """
    tried = try_secret(
        badge=badge, secret=Secret(password), how=PASSWORD, address=ADDRESS, inside=True
    )
    if tried.user is None:
        problem = tried.problem or Reason("access.sign_in_failed")
        raise Refused(problem)
    return actor_for(tried.user, strong=False, confirmed_at=clock.now().timestamp())
