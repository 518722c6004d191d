"""The small prison of the custody room's tests."""

from pims.custody.tests.conftest import other_prison, prison

__all__ = ["other_prison", "prison"]
