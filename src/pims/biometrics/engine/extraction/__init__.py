"""From the image of a finger to its template."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.extraction import checks
from pims.biometrics.engine.extraction.advice import advice
from pims.biometrics.engine.extraction.leader import Found, network
from pims.biometrics.engine.extraction.nbis_parts import mindtct, nfiq2
from pims.biometrics.engine.extraction.phases import with_phase
from pims.biometrics.engine.extraction.ridges import Ridges, measure
from pims.biometrics.engine.images import Print, from_pixels, read
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import NOT_COMPUTED, Kind, Position, Template
from pims.kernel.reasons import Reason

__all__ = ["Extraction", "examine", "extract"]

Source = bytes | Path | str | NDArray[np.uint8] | Print
Method = Literal["leader", "mindtct"]


@dataclass(frozen=True, slots=True, eq=False)
class Extraction:
    """A template, the image that it was taken from, and what is to be said of both."""

    template: Template
    image: Print
    method: Method
    notes: tuple[Reason, ...] = ()  # remarks: the image was used all the same
    advice: tuple[Reason, ...] = ()  # how a better print might be had


def extract(
    source: Source,
    *,
    ppi: float | None = None,
    position: Position = Position.UNKNOWN,
    quality: bool = True,
    threads: int = 1,
) -> Template:
    """The template of one finger from a file, its bytes, its pixels or a `Print`.

    See `examine`, of which this is the template.
    """
    return examine(source, ppi=ppi, position=position, quality=quality, threads=threads).template


def examine(
    source: Source,
    *,
    ppi: float | None = None,
    position: Position = Position.UNKNOWN,
    quality: bool = True,
    method: Method = "leader",
    threads: int = 1,
    strict: bool = True,
) -> Extraction:
    """The template of one finger, the image at 500 ppi with dark ridges, and remarks.

    `ppi` is the image's resolution, without it that of the file's own tags, else 500; `quality`
    says whether NFIQ 2 is computed, which takes as long again as a quarter of the rest; `threads`
    are those of the network. Where the network can't be used, mindtct takes its place, with a
    remark. Light ridges are made dark, with a remark.

    Raises `Unusable` for what can't be read and, if `strict`, for what shows no finger or shows
    it at another resolution; else that is a remark, and the template has what was found.
    """
    image = _print(source, ppi)
    find, method, notes = _finder(method, threads)
    ridges, found = measure(image.pixels), find(image.pixels)
    image, found, turned = _dark_ridges(image, ridges, found, find)
    notes += turned
    try:
        checks.check_finger(
            image.pixels, ridges, found, ppi=image.ppi, find=find if method == "leader" else None
        )
    except Unusable as refusal:
        if strict:
            raise
        notes += refusal.reasons()
    template = _template(image, ridges, found, position)
    if quality:
        template = replace(template, image_quality=nfiq2(image.pixels))
    return Extraction(template, image, method, notes, advice(image.pixels, ridges))


def _print(source: Source, ppi: float | None) -> Print:
    if isinstance(source, Print):
        return source
    if isinstance(source, np.ndarray):
        return from_pixels(source) if ppi is None else from_pixels(source, ppi=ppi)
    return read(source, ppi=ppi)


Find = Callable[[NDArray[np.uint8]], Found]


def _finder(method: Method, threads: int) -> tuple[Find, Method, tuple[Reason, ...]]:
    if method == "mindtct":
        return mindtct, "mindtct", ()
    try:
        return network(threads).find, "leader", ()
    except Unusable as refusal:
        return mindtct, "mindtct", (*refusal.reasons(), Reason("biometrics.by_mindtct"))


def _dark_ridges(
    image: Print, ridges: Ridges, found: Found, find: Find
) -> tuple[Print, Found, tuple[Reason, ...]]:
    """The same, or turned light for dark where that shows more of a finger."""
    if not checks.looks_inverted(image.pixels, ridges):
        return image, found, ()
    turned = replace(image, pixels=255 - image.pixels, inverted=True)
    other = find(turned.pixels)
    if checks.evidence(other) <= checks.evidence(found):
        return image, found, ()
    return turned, other, (Reason("biometrics.inverted"),)


def _template(image: Print, ridges: Ridges, found: Found, position: Position) -> Template:
    return Template(
        x=found.x,
        y=found.y,
        angle=found.angle,
        kind=np.where(found.ending >= 0.5, Kind.ENDING, Kind.BIFURCATION).astype(np.uint8),
        # 0 would say that no quality was told.
        quality=np.clip(np.rint(found.likelihood * 100), 1, 100).astype(np.uint8),
        width=image.width,
        height=image.height,
        position=position,
        image_quality=NOT_COMPUTED,
        ridges=with_phase(ridges.map(), image.pixels),
    ).best()
