"""Fingerprints of a nation: the online gallery with two million fingers, in 8 GB (--full alone)."""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from uuid import UUID

import numpy as np

from bench.context import Context
from bench.results import Result
from pims.biometrics.engine.gallery import Gallery
from pims.biometrics.engine.synthetic import bulk_templates
from pims.biometrics.engine.template import Position, Template

FINGERS = 2_000_000
DISGUISES = 20  # of each synthetic person: making so many persons would take longer than all else
PROBES = 20
GIB = 8.0
PACE = 500  # people whose templates are made at a time
STRAYED = 40.0  # px


def run(context: Context) -> list[Result]:
    return many(FINGERS, context.say) if context.full else []


def many(size: int, say: Callable[[str], None]) -> list[Result]:
    """A gallery of ten-finger people, filled one by one; then single fingers of unknown position,
    then all ten of a person."""
    before = _resident()
    gallery, people = Gallery(), size // 10
    real = people // DISGUISES
    say(f"Filling a gallery with {size:,} fingers")
    put, peak = 0.0, 0.0
    for done, (key, fingers) in enumerate(_population(real), 1):
        began = time.process_time()
        gallery.put(UUID(int=key + 1), fingers)
        put += time.process_time() - began
        if done % 20_000 == 0:
            peak = max(peak, _resident())
            say(f"{10 * done:,} fingers, {_resident():.2f} GiB")
    gc.collect()
    asked = bulk_templates(range(0, real, real // PROBES), impression=1)
    alone, ten, first = [], [], 0
    gallery.search({Position.UNKNOWN: asked.template(0)}, limit=1)
    for probe in range(PROBES):
        person = int(asked.seeds[10 * probe])
        fingers = {Position(f + 1): asked.template(10 * probe + f) for f in range(10)}
        began = time.process_time()
        hits = gallery.search({Position.UNKNOWN: fingers[Position.RIGHT_INDEX]}, limit=1)
        alone.append(time.process_time() - began)
        first += hits[0].key == UUID(int=person + 1)
        if probe < PROBES // 4:
            began = time.process_time()
            hits = gallery.search(fingers, limit=1)
            ten.append(time.process_time() - began)
            first += hits[0].key == UUID(int=person + 1)
    peak = max(peak, _resident())
    index, templates = gallery.bytes_held()
    asked_for = PROBES + PROBES // 4
    return [
        Result(
            name=f"{size:,} fingers held", value=peak - before, unit="GiB", target=GIB,
            details={"index": round(index / 2**30, 2), "templates": round(templates / 2**30, 2)},
        ),
        Result(name="  put, one by one", value=size / put, unit="a second"),
        Result(
            name="  one finger of unknown position", value=1000 * median(alone), unit="ms",
            details={"first": first, "of": asked_for, "fingers_a_second": size / median(alone)},
        ),
        Result(name="  ten fingers of a person", value=1000 * median(ten), unit="ms"),
    ]  # fmt: skip


def _population(real: int) -> Iterator[tuple[int, dict[Position, Template]]]:
    """Synthetic persons as they are (keys below `real`), and each again in disguises: mirrored or
    not, every minutia strayed and turned at random, so that nobody matches whom they come from."""
    dice = np.random.default_rng(5)
    for base in range(0, real, PACE):
        held = bulk_templates(range(base, min(base + PACE, real)))
        for person in range(len(held) // 10):
            fingers = {Position(f + 1): held.template(10 * person + f) for f in range(10)}
            yield base + person, fingers
            for disguise in range(1, DISGUISES):
                yield (
                    disguise * real + base + person,
                    {at: _disguised(one, dice) for at, one in fingers.items()},
                )


def _disguised(one: Template, dice: np.random.Generator) -> Template:
    x = one.x + dice.normal(0, STRAYED, len(one)).astype(np.float32)
    y = one.y + dice.normal(0, STRAYED, len(one)).astype(np.float32)
    angle = one.angle + dice.normal(0, 0.7, len(one)).astype(np.float32)
    if dice.random() < 0.5:
        x, angle = one.width - x, np.float32(np.pi) - angle
    return replace(
        one,
        x=np.clip(x, 0, one.width - 1).astype(np.float32),
        y=np.clip(y, 0, one.height - 1).astype(np.float32),
        angle=np.mod(angle, 2 * np.pi).astype(np.float32),
    )


def _resident() -> float:
    """GiB of this process in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 2**20
    return 0.0
