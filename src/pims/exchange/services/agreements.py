"""Agreements: drafted, signed on both sides, in force, at an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from pims.exchange import catalogue, events, jose
from pims.exchange.models import Agency, AgencyKey, Agreement, AgreementSignature, AgreementVersion
from pims.exchange.rules import agreements as rules
from pims.exchange.rules import terms as terms_rules
from pims.exchange.rules.terms import BadTerms, Terms
from pims.exchange.services.common import LINE, MANAGE, REASON, locked_agency
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse, refuse_if_any
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field

SIGN = rules.SIGN


@dataclass(frozen=True, slots=True)
class VersionResult:
    agreement_id: int
    version_id: int
    number: int
    digest: str


@service
def draft_agreement(
    tx: Transaction, *, agency_id: int, terms: Mapping[str, Any], version_id: int | None = None
) -> VersionResult:
    """Write new terms with an agency: a draft, which binds nobody until it is signed.

    With `version_id` the draft that it names is rewritten; one that anybody signed is not, and
    there is one open draft a purpose. Raises InvalidInput, NotFound, Refused, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    agency = locked_agency(agency_id)
    parsed = _parsed(terms)
    document = terms_rules.document_of(parsed)
    if parsed.agency != agency.code:
        refuse(Reason("exchange.terms_of_another")).require()
    if parsed.purpose not in catalogue.PURPOSES:
        refuse(Reason("exchange.unknown_purpose", {"purpose": parsed.purpose})).require()
    agreement, _ = Agreement.objects.select_for_update().get_or_create(
        agency=agency, purpose=parsed.purpose, defaults={"recorded_by_id": tx.actor.user_id}
    )
    drafts = agreement.versions.select_for_update().filter(state=AgreementVersion.State.DRAFT)
    digest = terms_rules.digest(document)
    draft = drafts.first()
    if version_id is None and draft is not None:
        refuse(Reason("exchange.draft_open", decided_by=MANAGE)).require()
    if version_id is not None:
        if draft is None or draft.pk != version_id:
            raise NotFound("agreement_version", version_id)
        if draft.signatures.exists():
            refuse(Reason("exchange.draft_is_signed", decided_by=MANAGE)).require()
        draft.terms, draft.digest = document, digest
        draft.made_at, draft.made_by_id = tx.now, tx.actor.user_id
        draft.save(update_fields=["terms", "digest", "made_at", "made_by_id"])
    else:
        draft = AgreementVersion.objects.create(
            agreement=agreement,
            number=agreement.versions.count() + 1,
            terms=document,
            digest=digest,
            made_at=tx.now,
            made_by_id=tx.actor.user_id,
        )
    tx.record(
        events.AgreementDrafted(
            agency_id=agency.pk, agreement_id=agreement.pk, version_id=draft.pk, digest=digest
        )
    )
    return VersionResult(agreement.pk, draft.pk, draft.number, digest)


@service
def sign_agreement(tx: Transaction, *, version_id: int, office: str) -> None:
    """Sign for the service; a second officer must do so too before it can be in force.

    Raises InvalidInput, NotFound, Refused, NotPermitted.
    """
    require_held(tx.actor, SIGN)
    version, agency = _locked_version(version_id)
    facts = _facts(version, agency)
    rules.decide_signature(facts, _faults(facts, agency), by_id=tx.actor.user_id).require()
    _sign(
        tx,
        version,
        AgreementSignature(
            version=version,
            side=AgreementSignature.Side.OURS,
            how=AgreementSignature.How.OFFICER,
            name=tx.actor.name[:LINE],
            office=clean_field("office", office, limit=LINE, required=True),
            digest=facts.digest,
            signed_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        ),
    )


@service
def record_their_signature(
    tx: Transaction,
    *,
    version_id: int,
    name: str,
    office: str,
    signature: str = "",
    kid: str = "",
    paper_reference: str = "",
    signed_at: datetime | None = None,
) -> None:
    """Record who signed for the agency: with a key of theirs for agreements, or on paper.

    `signature` is a JWS in compact form over the canonical text of the terms, which may be left
    out of it. Raises InvalidInput, NotFound, Refused, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    version, agency = _locked_version(version_id)
    facts = _facts(version, agency)
    rules.decide_their_signature(facts, _faults(facts, agency)).require()
    if bool(signature) == bool(paper_reference):
        raise InvalidInput({"signature": Reason("exchange.one_way_of_signing")})
    if signature:
        key = AgencyKey.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=tx.now), agency=agency, kid=kid,
            use=AgencyKey.Use.AGREEMENT, revoked_at=None, starts_at__lte=tx.now,
        ).first()  # fmt: skip
        if key is None:
            raise InvalidInput({"kid": Reason("exchange.no_such_key", {"kid": kid})})
        text = terms_rules.canonical_text(version.terms).encode()
        if not jose.signs(key.jwk, signature, text):
            raise InvalidInput({"signature": Reason("exchange.signature_differs")})
    if signed_at is not None and signed_at > tx.now:
        raise InvalidInput({"signed_at": Reason("exchange.signed_in_the_future")})
    how = AgreementSignature.How
    _sign(
        tx,
        version,
        AgreementSignature(
            version=version,
            side=AgreementSignature.Side.THEIRS,
            how=how.KEY if signature else how.PAPER,
            name=clean_field("name", name, limit=LINE, required=True),
            office=clean_field("office", office, limit=LINE, required=True),
            kid=kid if signature else "",
            signature=signature.strip(),
            paper_reference=clean_field("paper_reference", paper_reference, limit=LINE),
            digest=facts.digest,
            signed_at=signed_at or tx.now,
            recorded_by_id=tx.actor.user_id,
        ),
    )


@service
def activate_agreement(tx: Transaction, *, version_id: int) -> VersionResult:
    """Put a version in force that two officers and the other side signed, in place of the one
    that was. Raises NotFound, Refused, NotPermitted."""
    require_held(tx.actor, SIGN)
    version, agency = _locked_version(version_id)
    facts = _facts(version, agency)
    rules.decide_activation(facts, _faults(facts, agency), as_of=tx.now).require()
    begins = max(tx.now, facts.terms.valid_from)
    for earlier in version.agreement.versions.select_for_update().filter(
        state=AgreementVersion.State.ACTIVE, ends_at__gt=begins
    ):
        # One that was to begin later than this does never begins.
        earlier.ends_at = max(begins, earlier.starts_at)  # type: ignore[type-var]
        earlier.state = AgreementVersion.State.SUPERSEDED if begins <= tx.now else earlier.state
        earlier.save(update_fields=["ends_at", "state"])
    version.state = AgreementVersion.State.ACTIVE
    version.starts_at, version.ends_at = begins, facts.terms.valid_until
    version.activated_by_id = tx.actor.user_id
    version.save(update_fields=["state", "starts_at", "ends_at", "activated_by_id"])
    tx.record(
        events.AgreementActivated(
            agency_id=agency.pk, agreement_id=version.agreement_id, version_id=version.pk,
            digest=version.digest,
        )
    )  # fmt: skip
    return VersionResult(version.agreement_id, version.pk, version.number, version.digest)


@service
def end_agreement(tx: Transaction, *, version_id: int, reason: str) -> None:
    """End a version before its day, at once; or give up a draft. One officer is enough.

    Of one that has not begun yet the one before it holds on, as it would have. Raises InvalidInput,
    NotFound, Refused (ended already), NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    version, agency = _locked_version(version_id)
    kept = clean_field("reason", reason, limit=REASON, required=True)
    states = AgreementVersion.State
    withdrawn = version.state == states.DRAFT
    if not withdrawn and version.state != states.ACTIVE:
        refuse(Reason("exchange.ended_already")).require()
    version.state = states.WITHDRAWN if withdrawn else states.ENDED
    if version.starts_at is not None and version.ends_at is not None:
        version.ends_at = min(version.ends_at, max(version.starts_at, tx.now))
    version.ended_by_id, version.ended_reason = tx.actor.user_id, kept
    version.save(update_fields=["state", "ends_at", "ended_by_id", "ended_reason"])
    if version.starts_at is not None and version.starts_at > tx.now:
        _hold_on(version, version.starts_at)
    tx.record(
        events.AgreementEnded(
            agency_id=agency.pk, agreement_id=version.agreement_id, version_id=version.pk,
            withdrawn=withdrawn,
        )
    )  # fmt: skip


def _hold_on(ended: AgreementVersion, begins: datetime) -> None:
    """Whatever was to give way to this one, which never begins, holds as long as it was signed for,
    or until another begins."""
    others = ended.agreement.versions.select_for_update().filter(
        state=AgreementVersion.State.ACTIVE, starts_at__lt=F("ends_at")
    )
    later = [one.starts_at for one in others if one.starts_at and one.starts_at >= begins]
    for earlier in others:
        if earlier.ends_at == begins:
            earlier.ends_at = min([_parsed(earlier.terms).valid_until, *later])
            earlier.save(update_fields=["ends_at"])


def _sign(tx: Transaction, version: AgreementVersion, signature: AgreementSignature) -> None:
    signature.save(force_insert=True)
    tx.record(
        events.AgreementSigned(
            agency_id=version.agreement.agency_id, agreement_id=version.agreement_id,
            version_id=version.pk, side=signature.side, how=signature.how,
            digest=signature.digest,
        ),
        details={"name": signature.name, "office": signature.office},
    )  # fmt: skip


def _locked_version(version_id: int) -> tuple[AgreementVersion, Agency]:
    found = (
        AgreementVersion.objects.select_for_update(of=("self", "agreement"))
        .select_related("agreement")
        .filter(pk=version_id)
        .first()
    )
    if found is None:
        raise NotFound("agreement_version", version_id)
    return found, locked_agency(found.agreement.agency_id)


def _facts(version: AgreementVersion, agency: Agency) -> rules.VersionFacts:
    return rules.VersionFacts(
        state=version.state,
        terms=_parsed(version.terms),
        digest=terms_rules.digest(version.terms),
        agency_state=agency.state,
        agency_code=agency.code,
        signatures=tuple(
            rules.Signed(s.side, s.recorded_by_id, s.digest) for s in version.signatures.all()
        ),
    )


def _faults(facts: rules.VersionFacts, agency: Agency) -> list[Reason]:
    aggregate_only = agency.kind == Agency.Kind.OBSERVATORY
    return terms_rules.faults(facts.terms, aggregate_only=aggregate_only)


def _parsed(terms: Mapping[str, Any]) -> Terms:
    try:
        return terms_rules.parse(terms)
    except BadTerms as bad:
        refuse_if_any([Reason("exchange.bad_terms", {"where": str(bad)})]).require()
        raise
