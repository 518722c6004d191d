"""Fingerprints and faces without framework or database: read, extract, compare, exchange."""

from pims.biometrics.engine.outdated import forget_outdated
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import Kind, Position, RidgeMap, Template

__all__ = ["Kind", "Position", "RidgeMap", "Template", "Unusable"]

# Before any of the folders with compiled code is imported.
forget_outdated()
