"""The law in force: each rule, who stands for it, and how many people's dates rest on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held
from pims.jurisdictions.sentence_law import Law, Rule
from pims.sentences import law as laws
from pims.sentences.models import RuleSignature

VIEW_LAW = "law.view"


@dataclass(frozen=True, slots=True)
class SignatureInfo:
    signature_id: int
    signed_by_name: str
    office: str
    signed_on: date
    recorded_at: datetime
    recorded_by_id: int
    withdrawn_at: datetime | None
    withdrawn_reason: str
    outlived: bool


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule of a version, with the signature that stands and those that no longer do.

    `resting` is of how many people the dates rest on it.
    """

    version: str
    begins: date | None
    ends: date | None
    rule: Rule
    signature: SignatureInfo | None
    earlier: tuple[SignatureInfo, ...]
    resting: int


def law_rules(viewer: Actor, law: Law | None = None) -> list[RuleInfo]:
    """Every rule of the law in force (or of another), version by version."""
    require_held(viewer, VIEW_LAW)
    asked = law or laws.law_in_force()
    signed: dict[str, list[tuple[str, SignatureInfo]]] = {}
    for row in RuleSignature.objects.filter(law=asked.code).order_by("-recorded_at", "-pk"):
        signed.setdefault(row.rule_code, []).append((row.fingerprint, _signature(row)))
    resting = _resting(asked.code)
    found = []
    for version in asked.versions:
        for rule in version.rules.values():
            rows = [
                _outlived(one, fingerprint != rule.fingerprint)
                for fingerprint, one in signed.get(rule.code, ())
            ]
            standing = next((o for o in rows if o.withdrawn_at is None and not o.outlived), None)
            found.append(
                RuleInfo(
                    version.version,
                    version.begins,
                    version.ends,
                    rule,
                    standing,
                    tuple(one for one in rows if one is not standing),
                    resting.get(rule.code, 0),
                )
            )
    return found


def unsigned_rules(viewer: Actor) -> list[RuleInfo]:
    """Those in use that nobody has signed, by how many people's dates rest on each."""
    rows = law_rules(viewer)
    found = [
        one for one in rows
        if one.resting and one.signature is None and not one.rule.is_arithmetic
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.resting, one.rule.code))


def _resting(law: str) -> Mapping[str, int]:
    """Rule -> of how many people the stored dates rest on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule, count(*) FROM sentences_calculation,"
            " jsonb_object_keys(result -> 'rules') AS rule"
            " WHERE law = %s AND superseded_at IS NULL GROUP BY rule",
            [law],
        )
        return dict(cursor.fetchall())


def _signature(row: RuleSignature) -> SignatureInfo:
    return SignatureInfo(
        row.pk, row.signed_by_name, row.office, row.signed_on, row.recorded_at, row.recorded_by_id,
        row.withdrawn_at, row.withdrawn_reason, outlived=False,
    )  # fmt: skip


def _outlived(one: SignatureInfo, changed: bool) -> SignatureInfo:
    if not changed:
        return one
    return SignatureInfo(
        one.signature_id, one.signed_by_name, one.office, one.signed_on, one.recorded_at,
        one.recorded_by_id, one.withdrawn_at, one.withdrawn_reason, outlived=True,
    )  # fmt: skip
