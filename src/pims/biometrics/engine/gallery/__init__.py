"""Whose finger is this? Everybody's fingers in memory, searched in stages."""

from pims.biometrics.engine.gallery.memory import SHORTLIST, Gallery, Hit

__all__ = ["SHORTLIST", "Gallery", "Hit"]
