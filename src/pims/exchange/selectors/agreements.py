"""Agreements as officers see them: what is agreed, who signed, what a new version would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pims.exchange.models import Agency, AgreementSignature, AgreementVersion
from pims.exchange.rules import agreements as rules
from pims.exchange.rules import terms as terms_rules
from pims.exchange.rules.terms import Change, Terms
from pims.exchange.selectors.agencies import VIEW
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.kernel.reasons import Reason


@dataclass(frozen=True, slots=True)
class SignatureInfo:
    side: str
    how: str
    name: str
    office: str
    kid: str
    paper_reference: str
    signed_at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """`hinders` is why it cannot be put in force now; `signed_by` the officers who have signed.

    `sandbox`: the agency only tries things out; `reach` is what the terms reach for it.
    """

    version_id: int
    agreement_id: int
    agency_id: int
    agency_code: str
    agency_name: str
    purpose: str
    number: int
    state: str
    document: dict[str, Any]
    terms: Terms
    digest: str
    starts_at: datetime | None
    ends_at: datetime | None
    made_at: datetime
    ended_reason: str
    signatures: tuple[SignatureInfo, ...]
    hinders: tuple[Reason, ...] = ()
    sandbox: bool = False

    @property
    def reach(self) -> Terms:
        return terms_rules.tried_out(self.terms) if self.sandbox else self.terms

    @property
    def signed_by(self) -> frozenset[int]:
        return frozenset(s.by_id for s in self.signatures if s.side == "ours")

    def in_force(self, at: datetime) -> bool:
        if self.state != "active" or self.starts_at is None or self.ends_at is None:
            return False
        return self.starts_at <= at < self.ends_at


def agreements_of(viewer: Actor, agency_id: int) -> list[VersionInfo]:
    """Every version of every agreement with an agency, by purpose, the newest first."""
    require_held(viewer, VIEW)
    rows = AgreementVersion.objects.filter(agreement__agency_id=agency_id)
    return _infos(rows.order_by("agreement__purpose", "-number"))


def agreement_version(viewer: Actor, version_id: int) -> VersionInfo:
    """Raises NotFound, NotPermitted."""
    require_held(viewer, VIEW)
    found = _infos(AgreementVersion.objects.filter(pk=version_id))
    if not found:
        raise NotFound("agreement_version", version_id)
    return found[0]


def version_before(viewer: Actor, info: VersionInfo) -> VersionInfo | None:
    """The version that is or was in force when this one is to follow it."""
    require_held(viewer, VIEW)
    rows = AgreementVersion.objects.filter(
        agreement_id=info.agreement_id, number__lt=info.number, starts_at__isnull=False
    )
    return next(iter(_infos(rows.order_by("-number")[:1])), None)


def changes(viewer: Actor, info: VersionInfo) -> list[Change]:
    """What the version changes against the one before it; of a first one, all that it allows."""
    before = version_before(viewer, info)
    return terms_rules.difference(before.terms if before else None, info.terms)


def in_force(*, agency_ids: Iterable[int] | None = None) -> list[VersionInfo]:
    """The versions in force now of agencies that are active: for delivery, without scope."""
    now = clock.now()
    rows = AgreementVersion.objects.filter(
        state="active", starts_at__lte=now, ends_at__gt=now, agreement__agency__state="active"
    )
    if agency_ids is not None:
        rows = rows.filter(agreement__agency_id__in=list(agency_ids))
    return _infos(rows.order_by("pk"))


def _infos(rows: Any) -> list[VersionInfo]:
    found = rows.select_related("agreement__agency").prefetch_related("signatures")
    return [_info(row) for row in found]


def _info(row: AgreementVersion) -> VersionInfo:
    agency: Agency = row.agreement.agency
    terms = terms_rules.parse(row.terms)
    signatures = sorted(row.signatures.all(), key=lambda s: (s.signed_at, s.pk))
    hinders: tuple[Reason, ...] = ()
    if row.state == "draft":
        facts = rules.VersionFacts(
            state=row.state,
            terms=terms,
            digest=terms_rules.digest(row.terms),
            agency_state=agency.state,
            agency_code=agency.code,
            signatures=tuple(rules.Signed(s.side, s.recorded_by_id, s.digest) for s in signatures),
        )
        faults = terms_rules.faults(terms, aggregate_only=agency.kind == Agency.Kind.OBSERVATORY)
        hinders = rules.decide_activation(facts, faults, as_of=clock.now()).reasons
    return VersionInfo(
        version_id=row.pk,
        agreement_id=row.agreement_id,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_name=agency.name,
        purpose=row.agreement.purpose,
        number=row.number,
        state=row.state,
        document=row.terms,
        terms=terms,
        digest=row.digest,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        made_at=row.made_at,
        ended_reason=row.ended_reason,
        signatures=tuple(_signature(s) for s in signatures),
        hinders=hinders,
        sandbox=agency.sandbox,
    )


def _signature(row: AgreementSignature) -> SignatureInfo:
    return SignatureInfo(
        row.side, row.how, row.name, row.office, row.kid, row.paper_reference, row.signed_at,
        row.recorded_by_id,
    )  # fmt: skip


def text_to_sign(viewer: Actor, version_id: int) -> str:
    """The one text of a version that both sides sign. Raises NotFound, NotPermitted."""
    return terms_rules.canonical_text(agreement_version(viewer, version_id).document)
