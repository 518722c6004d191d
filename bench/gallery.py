"""The gallery's own process over a case's database, with everybody of it in memory."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.context import Context
from bench.servers import running
from pims.biometrics.gallery.client import Gallery, GalleryAway

PATIENCE = 600.0  # seconds; the first time on a machine it compiles


@contextmanager
def gallery(context: Context) -> Iterator[Gallery]:
    """Within the block this process asks it as pages and jobs do. Raises TimeoutError."""
    os.environ["PIMS_GALLERY_SOCKET"] = str(context.scratch / "g.sock")
    try:
        with running([sys.executable, "-m", "pims.cli.gallery"], ready=lambda: True):
            found = Gallery()
            fingers_held(found)
            yield found
    finally:
        del os.environ["PIMS_GALLERY_SOCKET"]


def fingers_held(of: Gallery) -> int:
    """How many, once everything was read."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            size, ready, _ = of.ping()
        except GalleryAway:
            ready = False
        if ready:
            return size
        time.sleep(0.2)
    raise TimeoutError("the gallery never answered")
