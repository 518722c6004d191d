"""A small prison with two people before a court, and officers who keep their dates."""

import pytest

from pims.courts.tests.conftest import court, other_prison, prison
from pims.courts.tests.court import Court
from pims.sentences.tests.bench import Bench
from tests.fixtures.actors import ActorMaker

__all__ = ["court", "other_prison", "prison"]


@pytest.fixture
def bench(court: Court, make_actor: ActorMaker) -> Bench:
    return Bench.build(court, make_actor)
