"""Fingers that nobody has: their pictures are drawn when somebody looks, and kept nowhere."""

import re

ENGINE = "synthetic"
_NAMED = re.compile(r"^synthetic:(\d{1,19}):(\d{1,9})$", re.ASCII)


def engine_of(seed: int, impression: int) -> str:
    """What a finger's `engine` says where it was grown from a seed."""
    return f"{ENGINE}:{seed}:{impression}"


def is_drawn(engine: str) -> bool:
    return _NAMED.match(engine) is not None


def picture(engine: str, position: int) -> bytes:
    """The PNG of that impression. Raises ValueError for an engine that is no seed."""
    named = _NAMED.match(engine)
    if named is None:
        raise ValueError(engine)
    from pims.biometrics.engine.synthetic import draw
    from pims.biometrics.taking import png_of

    return png_of(draw(int(named[1]), position, int(named[2])))
