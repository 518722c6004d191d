"""Whose finger is this? Everybody's fingers in memory, searched in stages."""

from pathlib import Path

from pims.biometrics.engine.matching.outdated import __file__ as _matching
from pims.biometrics.engine.matching.outdated import forget_outdated

forget_outdated(Path(__file__).parent, Path(_matching).parent)

from pims.biometrics.engine.gallery.memory import SHORTLIST, Gallery, Hit  # noqa: E402

__all__ = ["SHORTLIST", "Gallery", "Hit"]
