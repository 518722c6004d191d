"""Compile what is otherwise compiled when first used, once, before the tests run side by side.

Numba keeps what it compiled beside the sources, so a later run ends at once.
"""

from pims.biometrics.engine.extraction import examine
from pims.biometrics.engine.synthetic import bulk_templates, draw
from pims.biometrics.gallery.warming import warm

if __name__ == "__main__":
    warm()
    bulk_templates([1])
    examine(draw(1, 2, 0), ppi=500)
