"""Who a page is about: one builder for every room, named in the settings.

The identity bar shows status, place and flags, which rooms above the page's own know. The room
that can see them all builds it (`PIMS_IDENTITY`, a dotted path); pages of any room call it here.
"""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from pims.foundation.access.actor import Actor
from pims.ui.shapes import Identity

Builder = Callable[[Actor, int], Identity]


@cache
def _builder() -> Builder:
    builder: Builder = import_string(settings.PIMS_IDENTITY)
    return builder


def identity_of(viewer: Actor, person_id: int) -> Identity:
    """The identity bar of one prisoner. Raises NotFound where the viewer may not see them."""
    return _builder()(viewer, person_id)
