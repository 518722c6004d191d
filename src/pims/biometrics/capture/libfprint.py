"""libfprint 2 by its C interface: any Python finds it where the library is installed.

Source: the reference of libfprint 1.94 (FpContext, FpDevice, FpImage). One thread at a time may
use it: its calls turn GLib's default main loop.
"""

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int, c_size_t, c_uint, c_void_p
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Failed", "Missing", "Picture", "capture", "scanners"]

LIBRARY, GOBJECT, GIO, GLIB = (
    "libfprint-2.so.2", "libgobject-2.0.so.0", "libgio-2.0.so.0", "libglib-2.0.so.0",
)  # fmt: skip
CAN_CAPTURE = 1  # FP_DEVICE_FEATURE_CAPTURE
MM_PER_INCH = 25.4


class Missing(Exception):
    """The library is not on this PC."""


class Failed(Exception):
    """What the library said, in its words."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey, a byte a pixel, row by row; dark ridges. `ppi` 0 where the scanner does not say."""

    width: int
    height: int
    data: bytes = field(repr=False)
    ppi: int = 0


class _Error(Structure):
    _fields_ = (("domain", c_uint), ("code", c_int), ("message", c_char_p))


class _Array(Structure):
    _fields_ = (("data", POINTER(c_void_p)), ("length", c_uint))


# Function -> what it gives, what it takes.
_ERROR = POINTER(POINTER(_Error))
_SIGNATURES: dict[str, dict[str, tuple[Any, tuple[Any, ...]]]] = {
    LIBRARY: {
        "fp_context_new": (c_void_p, ()),
        "fp_context_get_devices": (POINTER(_Array), (c_void_p,)),
        "fp_device_get_name": (c_char_p, (c_void_p,)),
        "fp_device_has_feature": (c_int, (c_void_p, c_uint)),
        "fp_device_open_sync": (c_int, (c_void_p, c_void_p, _ERROR)),
        "fp_device_close_sync": (c_int, (c_void_p, c_void_p, _ERROR)),
        "fp_device_capture_sync": (c_void_p, (c_void_p, c_int, c_void_p, _ERROR)),
        "fp_device_retry_quark": (c_uint, ()),
        "fp_image_get_width": (c_uint, (c_void_p,)),
        "fp_image_get_height": (c_uint, (c_void_p,)),
        "fp_image_get_ppmm": (c_double, (c_void_p,)),
        "fp_image_get_data": (c_void_p, (c_void_p, POINTER(c_size_t))),
    },
    GOBJECT: {"g_object_unref": (None, (c_void_p,))},
    GIO: {"g_cancellable_new": (c_void_p, ()), "g_cancellable_cancel": (None, (c_void_p,))},
    GLIB: {"g_error_free": (None, (POINTER(_Error),))},
}
_known: list[Any] = []
_alone = threading.Lock()


class _Functions:
    """The C functions by their names."""


def _library() -> Any:
    """Raises Missing."""
    if not _known:
        functions = _Functions()
        try:
            for name, signatures in _SIGNATURES.items():
                library = ctypes.CDLL(name)
                for function, (gives, takes) in signatures.items():
                    found = getattr(library, function)
                    found.restype, found.argtypes = gives, takes
                    setattr(functions, function, found)
        except (OSError, AttributeError) as error:
            raise Missing(str(error)) from error
        _known.append(functions)
    return _known[0]


def scanners() -> list[tuple[str, bool]]:
    """The name of each scanner that is attached, and whether it gives pictures: some compare by
    themselves and never let one out. Raises Missing."""
    of = _library()
    with _alone, _devices(of) as devices:
        return [
            (_text(of.fp_device_get_name(one)), bool(of.fp_device_has_feature(one, CAN_CAPTURE)))
            for one in devices
        ]


def capture(*, within: float) -> Picture | None:
    """The first finger that is laid on the first scanner that gives pictures, None where none came
    within so many seconds.

    Raises Missing, and Failed where the scanner does not work, or there is none.
    """
    of, deadline = _library(), time.monotonic() + within
    with _alone, _devices(of) as devices:
        device = next((one for one in devices if of.fp_device_has_feature(one, CAN_CAPTURE)), None)
        if device is None:
            raise Failed("no scanner that gives pictures")
        with _timer(of, within) as cancellable:
            _checked(of, of.fp_device_open_sync, device, cancellable)
            try:
                return _awaited(of, device, cancellable, deadline)
            finally:
                # With a time of its own: the finger's may have run out.
                problem = POINTER(_Error)()
                of.fp_device_close_sync(device, None, byref(problem))
                if problem:
                    of.g_error_free(problem)


def _awaited(of: Any, device: Any, cancellable: Any, deadline: float) -> Picture | None:
    while True:
        try:
            image = _checked(of, of.fp_device_capture_sync, device, 1, cancellable)
        except _Again:
            # Too short, not in the middle: whoever stands there lays it on again.
            if time.monotonic() < deadline:
                continue
            return None
        except Failed:
            if time.monotonic() >= deadline:
                return None
            raise
        try:
            return _picture(of, image)
        finally:
            of.g_object_unref(image)


def _picture(of: Any, image: Any) -> Picture:
    size = c_size_t()
    data = of.fp_image_get_data(image, byref(size))
    width, height = of.fp_image_get_width(image), of.fp_image_get_height(image)
    if not data or not width * height or size.value < width * height:
        raise Failed("a picture without pixels")
    return Picture(
        width, height, ctypes.string_at(data, width * height),
        round(of.fp_image_get_ppmm(image) * MM_PER_INCH),
    )  # fmt: skip


class _Again(Failed):
    """The scanner asks for another try."""


def _checked(of: Any, function: Any, *given: Any) -> Any:
    """What a function gives. Raises Failed with what it complains of."""
    problem = POINTER(_Error)()
    found = function(*given, byref(problem))
    if problem:
        told = problem.contents
        again, text = told.domain == of.fp_device_retry_quark(), _text(told.message)
        of.g_error_free(problem)
        raise (_Again if again else Failed)(text)
    return found


@contextmanager
def _devices(of: Any) -> Iterator[list[Any]]:
    """Looked for anew each time: a scanner may be plugged in at any moment."""
    context = of.fp_context_new()
    try:
        array = of.fp_context_get_devices(context)
        yield [array.contents.data[k] for k in range(array.contents.length)] if array else []
    finally:
        of.g_object_unref(context)


@contextmanager
def _timer(of: Any, within: float) -> Iterator[Any]:
    """What ends a call that nobody laid a finger on for."""
    cancellable = of.g_cancellable_new()
    timer = threading.Timer(within, of.g_cancellable_cancel, (cancellable,))
    timer.start()
    try:
        yield cancellable
    finally:
        timer.cancel()
        timer.join()
        of.g_object_unref(cancellable)


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
