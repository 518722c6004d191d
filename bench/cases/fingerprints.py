"""Fingerprints: comparing two, searching many, and what the search loses by being quick."""

import resource
import struct
import time
from statistics import median
from typing import Any
from uuid import UUID

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.context import Context
from bench.results import Result, percentile
from pims.biometrics.engine.extraction import examine
from pims.biometrics.engine.gallery import Gallery
from pims.biometrics.engine.gallery.exhaustive import Exhaustive
from pims.biometrics.engine.matching import Matcher
from pims.biometrics.engine.matching.bits import popcount as _popcount
from pims.biometrics.engine.synthetic import bulk_templates, draw
from pims.biometrics.engine.template import Kind, Position, Template

# Compiled, it takes the word alone.
popcount: Any = _popcount

COMPARED = 1_000
PROBES = 1_000
SHORT, FULL = 10_000, 200_000
AT_ONCE = 1_000  # people whose templates are made at a time
COMPARISONS_A_SECOND, FINGERS_A_SECOND = 15_000, 1_000_000
LOSS = 0.1  # points of rank 1
BYTES = 2_048
IMAGES = 4


def run(context: Context) -> list[Result]:
    context.say("Making synthetic fingers")
    probes = bulk_templates(range(PROBES // 10), impression=1)
    asked = [probes.template(k) for k in range(PROBES)]
    results = [_comparing(asked)]
    results += _searching(context, asked, SHORT)
    if context.full:
        results += _searching(context, asked, FULL)
    return results + _extracting()


def _comparing(asked: list[Template]) -> Result:
    """Every comparison in full, on one core, beside bozorth3 on the same templates."""
    matcher = Matcher()
    held = bulk_templates(range(COMPARED // 10))
    templates = [held.template(k) for k in range(COMPARED)]
    everybody = Exhaustive([matcher.prepare(one) for one in templates])
    ready = [matcher.prepare(one) for one in asked[:40]]
    everybody.scores(ready[0])
    began = time.process_time()
    for one in ready:
        everybody.scores(one)
    rate = len(ready) * COMPARED / (time.process_time() - began)
    return Result(
        name="fingerprints compared in full",
        value=rate,
        unit="a second",
        target=COMPARISONS_A_SECOND,
        at_most=False,
        floor=_bozorth(templates[:150], asked[:8]),
        against="bozorth3 on the same minutiae",
        details={"minutiae": float(np.median([len(one) for one in templates]))},
    )


def _bozorth(held: list[Template], asked: list[Template]) -> float:
    import nbis

    extractor = nbis.new_nbis_extractor(
        nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False,
            compute_nfiq2=False, ppi=500.0,
        )
    )  # fmt: skip
    others = [extractor.load_iso_19794_2_2005(_as_nbis_reads(one)) for one in held]
    own = [extractor.load_iso_19794_2_2005(_as_nbis_reads(one)) for one in asked]
    began = time.process_time()
    for one in own:
        for other in others:
            one.compare(other)
    return len(own) * len(others) / (time.process_time() - began)


def _as_nbis_reads(template: Template) -> bytes:
    """The layout of nbis-py's own, which the standard does not know: 26 bytes, then six each."""
    rows = [
        struct.pack(
            ">HHBB",
            ((1 if template.kind[k] == Kind.ENDING else 2) << 14) | int(template.x[k]),
            int(template.y[k]),
            round(float(template.angle[k]) * 128 / np.pi) & 255,
            min(63, int(template.quality[k]) * 63 // 100),
        )
        for k in range(len(template))
    ]
    head = struct.pack(
        ">4s4sIHHH7xB", b"FMR\0", b" 20\0", 26 + 6 * len(rows), 0,
        template.width, template.height, len(rows),
    )  # fmt: skip
    return head + b"".join(rows)


def _searching(context: Context, asked: list[Template], size: int) -> list[Result]:
    """One finger of unknown position against all, on one core: times are the processor's."""
    context.say(f"Filling a gallery with {size:,} fingers")
    gallery = Gallery()
    put = 0.0
    for base in range(0, size // 10, AT_ONCE):
        held = bulk_templates(range(base, base + AT_ONCE))
        began = time.process_time()
        for person in range(AT_ONCE):
            gallery.put(
                UUID(int=base + person + 1),
                {Position(f + 1): held.template(10 * person + f) for f in range(10)},
            )
        put += time.process_time() - began
    gallery.search({Position.UNKNOWN: asked[0]})
    index, templates = gallery.bytes_held()
    scanned = size / _one_pass(index)
    context.say("Searching")
    whole = size == SHORT
    times, missed = [], []
    for number, probe in enumerate(asked):
        began = time.process_time()
        hits = gallery.search({Position.UNKNOWN: probe}, limit=1)
        times.append(time.process_time() - began)
        if hits[0].key.int != number // 10 + 1:
            missed.append((number, hits[0].score))
    # Whoever the search found, comparing with everybody would at best have found as well.
    context.say(f"{len(missed)} probes did not come first: would they among all?")
    lost = sum(_lost(gallery, asked[number], number, score) for number, score in missed)
    details: dict[str, Any] = {
        "probes": len(times), "not_first": len(missed), "lost": lost,
        "p95_ms": round(1000 * percentile(times, 0.95), 1),
        "put_ms": round(1000 * put / size, 3),
    }  # fmt: skip
    return [
        Result(
            name=f"fingers searched, of {size:,}",
            value=size / median(times),
            unit="a second",
            target=None if whole else FINGERS_A_SECOND,
            at_most=False,
            floor=scanned,
            against="counting the bits of the index once",
            details=details,
        ),
        Result(
            name="  first places lost to comparing with all",
            value=100 * lost / len(times),
            unit="points",
            target=LOSS,
        ),
        Result(
            name="  kept of a finger in the quick stages",
            value=index / size,
            unit="bytes",
            target=None if whole else BYTES,
            details={"compared_in_full": round(templates / size)},
        ),
    ]


def _one_pass(size: int) -> float:
    """Seconds of one core for counting the bits of so many bytes: what looking at every finger's
    code would take at the least."""
    words = np.arange(size // 8, dtype=np.uint64)
    _bits(words[:8])
    times = []
    for _ in range(3):
        began = time.process_time()
        _bits(words)
        times.append(time.process_time() - began)
    return median(times)


@njit(nogil=True)
def _bits(words: NDArray[np.uint64]) -> int:
    total = 0
    for k in range(words.shape[0]):
        total += popcount(words[k])
    return total


def _lost(gallery: Gallery, probe: Template, number: int, best: float) -> bool:
    """Whether the probe's own finger would come first if everybody were compared in full; `best`
    is the score of whom the search put first, who would be there as well."""
    own, position = UUID(int=number // 10 + 1), Position(number % 10 + 1)
    if gallery.compare(probe, gallery.templates(own)[position]).score <= best:
        return False
    key, at, _ = max(gallery.exhaustive(probe), key=lambda one: one[2])
    return (key, at) == (own, position)


def _extracting() -> list[Result]:
    images = [draw(seed, 2, 0) for seed in range(IMAGES)]
    examine(images[0], ppi=500)
    times = []
    for image in images:
        began = time.perf_counter()
        examine(image, ppi=500)
        times.append(time.perf_counter() - began)
    return [
        Result(
            name="a print extracted, with its quality",
            value=1000 * median(times),
            unit="ms",
            details={"process_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024},
        )
    ]
