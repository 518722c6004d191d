"""Agencies as officers see them: state, keys, certificates, for whom they speak."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from pims.authority import selectors as authority
from pims.exchange.models import (
    Agency,
    AgencyBody,
    AgencyCertificate,
    AgencyKey,
    AgreementVersion,
    Inquiry,
)
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held
from pims.kernel import clock
from pims.kernel.errors import NotFound

VIEW = "exchange.view"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """`in_force` counts the agreements in force, `asked` its questions of the last day."""

    agency_id: int
    code: str
    name: str
    name_es: str
    kind: str
    state: str
    sandbox: bool
    in_force: int
    asked: int
    last_asked_at: datetime | None

    def name_in(self, language: str) -> str:
        return self.name_es if language.startswith("es") and self.name_es else self.name


@dataclass(frozen=True, slots=True)
class KeyInfo:
    key_id: int
    kid: str
    use: str
    curve: str
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str

    def holds(self, at: datetime) -> bool:
        ended = self.ends_at is not None and self.ends_at <= at
        return self.revoked_at is None and self.starts_at <= at and not ended


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    certificate_id: int
    thumbprint: str
    subject: str
    serial: str
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    revoked_reason: str

    def holds(self, at: datetime) -> bool:
        return self.revoked_at is None and self.not_before <= at < self.not_after


@dataclass(frozen=True, slots=True)
class BodySpoken:
    body_id: int
    name: str


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    line: AgencyLine
    state_reason: str
    state_at: datetime
    phone: str
    contacts: tuple[Mapping[str, str], ...]
    signs_reads: bool
    tries_as: tuple[str, ...]
    version: int
    keys: tuple[KeyInfo, ...]
    certificates: tuple[CertificateInfo, ...]
    bodies: tuple[BodySpoken, ...]


def agencies(viewer: Actor) -> list[AgencyLine]:
    """Every agency, by name. A constant number of queries. Raises NotPermitted."""
    require_held(viewer, VIEW)
    return _lines(Agency.objects.order_by("name"))


def agency(viewer: Actor, agency_id: int) -> AgencyInfo:
    """One agency in full. Raises NotFound, NotPermitted."""
    require_held(viewer, VIEW)
    row = Agency.objects.filter(pk=agency_id).first()
    if row is None:
        raise NotFound("agency", agency_id)
    (line,) = _lines([row])
    names = {body.body_id: body.name for body in authority.bodies()}
    spoken = AgencyBody.objects.filter(agency=row, ended_at=None).order_by("pk")
    return AgencyInfo(
        line=line,
        state_reason=row.state_reason,
        state_at=row.state_at,
        phone=row.phone,
        contacts=tuple(row.contacts),
        signs_reads=row.signs_reads,
        tries_as=tuple(row.tries_as),
        version=row.version,
        keys=tuple(_key(key) for key in row.keys.order_by("use", "-starts_at")),
        certificates=tuple(
            _certificate(one) for one in row.certificates.order_by("-not_before", "-pk")
        ),
        bodies=tuple(BodySpoken(b.body_id, names.get(b.body_id, "")) for b in spoken),
    )


def _lines(rows: Iterable[Agency]) -> list[AgencyLine]:
    found = list(rows)
    now = clock.now()
    in_force = dict(
        AgreementVersion.objects.filter(
            agreement__agency__in=found, state="active", starts_at__lte=now, ends_at__gt=now
        )
        .values_list("agreement__agency_id")
        .annotate(n=Count("pk"))
    )
    day = now
    asked: dict[int, tuple[int, datetime | None]] = defaultdict(lambda: (0, None))
    for agency_id, count, last in (
        Inquiry.objects.filter(agency__in=found, token__isnull=False)
        .values_list("agency_id")
        .annotate(n=Count("pk", filter=Q(opened_at__gt=day - _DAY)), last=Max("opened_at"))
    ):
        asked[agency_id] = (count, last)
    return [
        AgencyLine(
            agency_id=row.pk,
            code=row.code,
            name=row.name,
            name_es=row.name_es,
            kind=row.kind,
            state=row.state,
            sandbox=row.sandbox,
            in_force=in_force.get(row.pk, 0),
            asked=asked[row.pk][0],
            last_asked_at=asked[row.pk][1],
        )
        for row in found
    ]


def _key(key: AgencyKey) -> KeyInfo:
    return KeyInfo(
        key.pk, key.kid, key.use, str(key.jwk.get("crv", "")), key.starts_at, key.ends_at,
        key.revoked_at, key.revoked_reason,
    )  # fmt: skip


def _certificate(one: AgencyCertificate) -> CertificateInfo:
    return CertificateInfo(
        one.pk, one.thumbprint, one.subject, one.serial, one.not_before, one.not_after,
        one.revoked_at, one.revoked_reason,
    )  # fmt: skip
