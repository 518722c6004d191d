"""Reading the text of a message: first who sends what, then what it says."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pims.exchange.inbound.kinds.parts import Instant
from pims.exchange.inbound.kinds.registry import Content, Kind, message_kinds

_ID = re.compile(r"[A-Za-z0-9._:-]{1,80}")
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_PARTS = {"v", "message_id", "kind", "sent_at", "corrects", "content"}
MOST_FAULTS = 12


class Unfit(ValueError):
    """The text cannot be read; `codes` say where and why, as the sender is told."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(_code(code) for code in codes[:MOST_FAULTS])


@dataclass(frozen=True, slots=True)
class Read:
    """The envelope. What is not given, or not as it should be, is empty and among `faults`."""

    message_id: str = ""
    kind: str = ""
    sent_at: datetime | None = None
    corrects: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def read_envelope(text: str) -> Read:
    """Whatever stands there, as far as it can be read; nothing raises."""
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except _Twice as twice:
        return Read(faults=(_code(f"bad_field:{twice}"),))
    except (ValueError, RecursionError):
        return Read(faults=("not_json",))
    if not isinstance(found, dict):
        return Read(faults=("not_json",))
    faults = [_code(f"unknown_field:{name}") for name in sorted(found.keys() - _PARTS)]
    if found.get("v") != 1 or isinstance(found.get("v"), bool):
        faults.append("bad_field:v")

    def text_of(name: str, pattern: re.Pattern[str] = _ID, *, may_lack: bool = False) -> str:
        value = found.get(name, "")
        if may_lack and value == "":
            return ""
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        faults.append(f"bad_field:{name}")
        return ""

    message_id, kind = text_of("message_id"), text_of("kind")
    corrects = text_of("corrects", may_lack=True)
    sent_at = None
    try:
        sent_at = _INSTANT.validate_strings(found.get("sent_at"), strict=True)
    except (ValidationError, ValueError):
        faults.append("bad_field:sent_at")
    content = found.get("content")
    if not isinstance(content, dict):
        faults.append("bad_field:content")
        content = {}
    if corrects and corrects == message_id:
        faults.append("corrects_itself")
    return Read(message_id, kind, sent_at, corrects, content, tuple(faults[:MOST_FAULTS]))


def read_content(kind: Kind, content: Mapping[str, Any]) -> Content:
    """Raises Unfit, which names each field that is not as it should be."""
    try:
        found = kind.content.model_validate_json(json.dumps(content), strict=True)
    except RecursionError:
        raise Unfit("not_json") from None
    except ValidationError as error:
        raise Unfit(
            *(
                f"{_why(one['type'])}:{'.'.join(str(part) for part in one['loc'])}"
                for one in error.errors(include_url=False, include_context=False)
            )
        ) from None
    order = getattr(found, "order", None)
    if kind.orders and order not in kind.orders:
        raise Unfit("order_not_of_kind")
    return found


def _code(text: str) -> str:
    """A fault with a name in it that the sender chose: as much of it as can be written down."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)[:60]


def kind_of(code: str) -> Kind | None:
    return message_kinds().get(code)


def _why(of: str) -> str:
    if of == "missing":
        return "missing_field"
    return "unknown_field" if of == "extra_forbidden" else "bad_field"


class _Twice(ValueError):
    """A name stands twice in one object: two readers could read two messages."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
