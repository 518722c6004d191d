"""The law's tables and the register speak of the same kinds of body and of release order."""

import pytest

from pims.authority.models import Body, ReleaseOrder
from pims.jurisdictions.courts import powers
from pims.jurisdictions.order_kinds import RELEASES
from pims.jurisdictions.warrant_kinds import bodies


def test_an_order_that_frees_becomes_a_release_order_that_the_register_knows() -> None:
    assert set(ReleaseOrder.Kind.values) == RELEASES


@pytest.mark.parametrize("jurisdiction", ["belize", "testland"])
def test_the_bodies_of_the_law_are_of_kinds_that_the_register_knows(jurisdiction: str) -> None:
    assert {body.kind for body in bodies(jurisdiction)} <= set(Body.Kind.values)
    assert set(powers(jurisdiction)) <= set(Body.Kind.values)
