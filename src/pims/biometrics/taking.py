"""From what a scanner or a camera gave to what is kept of it. Before any transaction: it takes
a third of a second."""

import io
import os
import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine import Position, Template, Unusable
from pims.biometrics.engine.images import Print, read
from pims.biometrics.engine.template import NOT_COMPUTED
from pims.biometrics.packing import pack
from pims.biometrics.rules import SURE_FROM
from pims.kernel.reasons import Reason

# How the minutiae were found: kept with each print.
# Somebody stands before the officer and waits; one network a process serves all who do.
THREADS = min(os.cpu_count() or 1, 4)
ENGINES = {"leader": "leader-1", "mindtct": "mindtct"}


@dataclass(frozen=True, slots=True)
class TakenFinger:
    """`image` is a PNG at 500 ppi, `template` packed; `quality` NFIQ 2, None where not computed.

    `minutiae` are those that the extractor is sure of; `milliseconds` is how long it took.
    `notes` are remarks on the image, `advice` is what to do otherwise at the next try: a drier
    finger, more of it.
    """

    position: int
    image: bytes = field(repr=False)
    template: bytes = field(repr=False)
    minutiae: int
    quality: int | None
    engine: str
    source: str = "upload"
    milliseconds: int = 0
    notes: tuple[Reason, ...] = ()
    advice: tuple[Reason, ...] = ()


_warming = threading.Lock()


def get_ready() -> None:
    """Have the network loaded by the time that a print comes, at the cost of nobody's page.

    Called by the pages that will take one: the first check of a process else takes half as long
    again as every other.
    """
    if _warming.acquire(blocking=False):
        threading.Thread(target=_load, name="network", daemon=True).start()


def _load() -> None:
    from pims.biometrics.engine.extraction.leader import network

    try:
        network(THREADS)
    except Unusable:
        pass  # the check itself says what is wrong, and goes on without it


def take_finger(
    data: bytes,
    *,
    position: int,
    ppi: float | None = None,
    source: str = "upload",
    at_once: bool = False,
) -> TakenFinger:
    """Raises `Unusable` with why this can't be a usable print.

    `at_once` is for a check at a gate: without NFIQ 2, which nobody asks for.
    """
    began = time.monotonic()
    taken = taken_from(read(data, ppi=ppi), position=position, source=source, at_once=at_once)
    return replace(taken, milliseconds=round((time.monotonic() - began) * 1000))


def taken_from(seen: Print, *, position: int, source: str, at_once: bool = False) -> TakenFinger:
    """Raises `Unusable`."""
    from pims.biometrics.engine.extraction import examine

    found = examine(
        seen,
        position=Position(position),
        quality=not at_once,
        threads=THREADS,
    )
    template = found.template.best()
    quality = template.image_quality
    return TakenFinger(
        position=position,
        image=png_of(found.image.pixels),
        notes=found.notes,
        advice=found.advice,
        template=pack(template),
        # mindtct's reliability is another measure than the network's likelihood.
        minutiae=sure_minutiae(template) if found.method == "leader" else len(template),
        quality=None if quality == NOT_COMPUTED else quality,
        engine=ENGINES[found.method],
        source=source,
    )


def sure_minutiae(template: Template) -> int:
    """How many count; of a template that reports no qualities all of them."""
    reported = template.quality > 0
    return int((~reported | (template.quality >= SURE_FROM)).sum())


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """The pixels of a print, at 500 ppi."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", dpi=(500, 500))
    return out.getvalue()
