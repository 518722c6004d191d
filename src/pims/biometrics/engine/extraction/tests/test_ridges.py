import numpy as np
import pytest

from pims.biometrics.engine.extraction.ridges import measure
from pims.biometrics.engine.extraction.tests import fingers


@pytest.mark.parametrize("angle", [0.0, 0.5, np.pi / 2, 2.6])
@pytest.mark.parametrize("period", [6.0, 9.0, 13.0])
def test_direction_and_period_are_those_of_the_ridges(angle, period):
    ridges = measure(fingers.waves(period, angle))
    inner = (slice(4, -4), slice(4, -4))
    off = np.mod(ridges.angle[inner] - angle + np.pi / 2, np.pi) - np.pi / 2
    assert ridges.valid[inner].all()
    assert np.abs(off).max() < np.radians(3)
    assert ridges.period[inner] == pytest.approx(period, rel=0.06)
    assert ridges.coherence[inner].min() > 0.9


def test_in_bytes_nothing_is_said_of_what_is_no_print():
    image = np.full((203, 300), 255, np.uint8)
    image[:200, :200] = fingers.waves(9, 0.5)
    ridges = measure(image).map()
    assert ridges.orientation.shape == (26, 38)
    assert not ridges.coherence[:, 28:].any()
    assert not ridges.period[:, 28:].any()
    assert ridges.coherence[5:20, 5:20].min() > 200
    assert np.abs(ridges.period[5:20, 5:20].astype(int) - 72).max() <= 4
    assert np.abs(ridges.orientation[5:20, 5:20].astype(int) - round(0.5 / np.pi * 256)).max() <= 2


def test_a_blank_image_has_no_ridges():
    assert not measure(fingers.blank()).valid.any()
