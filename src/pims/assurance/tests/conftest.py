"""The small prison of the custody room's tests."""

from pims.custody.tests.conftest import prison

__all__ = ["prison"]
