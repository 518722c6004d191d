"""The courts and other bodies."""

from dataclasses import dataclass

from pims.authority.models import Body


@dataclass(frozen=True, slots=True)
class BodyInfo:
    body_id: int
    code: str
    name: str
    kind: str
    district: str
    registry_phone: str


def bodies() -> list[BodyInfo]:
    """The courts and other bodies, by kind and name; they name no one."""
    return [
        BodyInfo(b.pk, b.code, b.name, b.kind, b.district, b.registry_phone)
        for b in Body.objects.order_by("kind", "name")
    ]
