"""The small prison, for the tests of this room."""

import pytest

from pims.custody.tests.prison import OTHER, Prison
from pims.foundation.access.actor import Actor


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def other_prison(prison: Prison) -> Prison:
    return Prison.build(prison.actor, OTHER)
