"""What the property room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PropertyTakenIn(Event):
    kind: ClassVar[str] = "property.taken_in"
    receipt_id: int
    items: int


@dataclass(frozen=True, kw_only=True)
class PropertyGivenBack(Event):
    kind: ClassVar[str] = "property.given_back"
    receipt_id: int
    items: int


@dataclass(frozen=True, kw_only=True)
class PropertyMissing(Event):
    kind: ClassVar[str] = "property.missing"
    item_id: int
