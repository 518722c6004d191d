"""A small prison with two people in it, a case, and the officers who record and read again."""

import pytest

from pims.courts.tests.court import Court
from pims.custody.tests.conftest import other_prison, prison
from pims.custody.tests.prison import Prison
from tests.fixtures.actors import ActorMaker

__all__ = ["other_prison", "prison"]


@pytest.fixture
def court(prison: Prison, make_actor: ActorMaker) -> Court:
    return Court.build(prison, make_actor)
