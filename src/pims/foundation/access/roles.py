"""The roles as data: read from `roles.toml`, written to the tables by the owner at migration."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.db import transaction

from pims.foundation.access.actor import LABELS
from pims.foundation.access.models import Role, RolePermission, User
from pims.foundation.access.permissions import require_known
from pims.kernel import clock

SYSTEM_BADGE = "system"


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role as written in the file; `labels` are those offered when it is granted."""

    code: str
    en: str
    es: str
    permissions: frozenset[str]
    labels: tuple[str, ...]
    strong: bool

    def name(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


def parse_roles(text: str) -> dict[str, RoleDefinition]:
    """The roles of a TOML text, in its order.

    Raises KeyError for an unknown permission and ValueError for an unknown label.
    """
    found = {}
    for code, row in tomllib.loads(text).items():
        unknown = set(row["labels"]) - set(LABELS)
        if unknown:
            raise ValueError(f"{code}: unknown labels {sorted(unknown)}")
        found[code] = RoleDefinition(
            code=code,
            en=row["en"],
            es=row["es"],
            permissions=frozenset(require_known(p) for p in row["permissions"]),
            labels=tuple(row["labels"]),
            strong=row.get("strong", False),
        )
    return found


@cache
def definitions() -> Mapping[str, RoleDefinition]:
    """The roles of this installation, by code, in the order of the file."""
    return parse_roles(files(__package__).joinpath("roles.toml").read_text("utf-8"))


def sync_roles(using: str = "default") -> None:
    """Make the tables say what the file says, and see that the system's own user exists.

    Idempotent. A role that left the file keeps its row, for the grants that name it, and loses
    every permission. Run by the owner of the tables; the application may not write them.
    """
    with transaction.atomic(using=using):
        for role in definitions().values():
            Role.objects.using(using).update_or_create(
                code=role.code,
                defaults={
                    "name_en": role.en, "name_es": role.es, "always_strong": role.strong
                },
            )  # fmt: skip
        wanted = {(r.code, p) for r in definitions().values() for p in r.permissions}
        rows = RolePermission.objects.using(using)
        held = {(row.role_id, row.permission): row.pk for row in rows.all()}
        rows.filter(pk__in=[pk for pair, pk in held.items() if pair not in wanted]).delete()
        rows.bulk_create(
            RolePermission(role_id=role, permission=permission)
            for role, permission in sorted(wanted - held.keys())
        )
        User.objects.using(using).get_or_create(
            badge=SYSTEM_BADGE,
            defaults={
                "name": "PIMS", "kind": User.Kind.SYSTEM, "password": "!",
                "created_at": clock.now(),
            },
        )  # fmt: skip
