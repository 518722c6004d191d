"""Synthetic fingers: nobody's, as many as wanted, each with as many impressions as wanted.

`person(seed)` gives ten fingers; `template_of(finger, number)` a template of one impression,
`bulk_templates(seeds)` those of a whole population; `draw(seed, position, number)` the image that
a scanner would give; `ridged_template_of` a template with the ridges of that image. Everything
follows from the seeds.
"""

from pims.biometrics.engine.synthetic.anatomy import Pattern
from pims.biometrics.engine.synthetic.fingers import (
    ANYHOW,
    POORLY,
    SENSOR,
    SMALL_SENSOR,
    TEN,
    WELL,
    Finger,
    Sensor,
    TemplateArrays,
    Touch,
    bulk_templates,
    draw,
    impression_of,
    person,
    ridged_template_of,
    template_of,
)

__all__ = [
    "ANYHOW", "POORLY", "SENSOR", "SMALL_SENSOR", "TEN", "WELL", "Finger", "Pattern", "Sensor",
    "TemplateArrays", "Touch",
    "bulk_templates", "draw", "impression_of", "person", "ridged_template_of", "template_of",
]  # fmt: skip
