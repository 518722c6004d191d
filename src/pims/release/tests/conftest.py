"""The small prison of the custody room's tests, and officers with their roles' rights."""

from collections.abc import Callable

import pytest

from pims.courts.tests.conftest import court
from pims.custody.tests.conftest import other_prison, prison
from pims.foundation.access.actor import Actor
from pims.sentences.tests.conftest import bench

__all__ = ["bench", "court", "other_prison", "prison"]


@pytest.fixture
def officer(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(
        "release.view", "release.prepare", "release.discharge", "authority.record",
        "authority.view", "custody.view", "people.view", "custody.receive", "people.edit",
        "biometrics.verify",
    )  # fmt: skip


@pytest.fixture
def second(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor("release.view", "release.second_check")


@pytest.fixture
def second_reader(make_actor: Callable[..., Actor]) -> Actor:
    """Another officer who prepares releases."""
    return make_actor("release.view", "release.prepare", "custody.view", "people.view")


@pytest.fixture
def third(make_actor: Callable[..., Actor]) -> Actor:
    """An officer who may settle what two others made out, and worked nothing out."""
    return make_actor("release.view", "release.discharge", "custody.view", "people.view")
