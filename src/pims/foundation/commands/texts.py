"""Text that no table can hold, told in one place where a service came to grief on it.

Services clean what they keep (`kernel.text`) and know how long it may be. What they only compare
or look up, and what nobody thought of, must not end in an unexpected error either.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass

from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput


def refuse_unwritable(given: Mapping[str, object]) -> None:
    """Raise InvalidInput for each text with a NUL or half a surrogate pair in it, by its path."""
    wrong = {path: sign for path, text in _texts("", given) if (sign := _unwritable(text))}
    if wrong:
        raise InvalidInput(
            {
                path: Reason("text.control_character", {"code": f"U+{ord(sign):04X}"})
                for path, sign in wrong.items()
            }
        )


def _unwritable(text: str) -> str:
    if "\0" in text:
        return "\0"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return text[error.start]
    return ""


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _texts(path, key)
            yield from _texts(f"{path}.{key}".removeprefix("."), inside)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            if one.repr:  # a secret shows itself to nobody
                yield from _texts(f"{path}.{one.name}", getattr(value, one.name))
    elif isinstance(value, Collection) and not isinstance(value, bytes | bytearray | memoryview):
        for number, inside in enumerate(value):
            yield from _texts(f"{path}.{number}", inside)
