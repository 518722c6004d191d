"""Looking at a message for the first time: is it the sender's, what does it do to earlier ones,
whom is it about."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pims.authority import selectors as authority
from pims.exchange.inbound import signed
from pims.exchange.inbound.kinds.hearing_list import Content as HearingList
from pims.exchange.inbound.matching import match_subject
from pims.exchange.inbound.rows import Said, establishment_of, said
from pims.exchange.models import AgencyBody, AgencyKey, AgreementVersion, Inbound
from pims.exchange.rules import inbound as rules
from pims.exchange.rules.matching import Match
from pims.kernel import clock

Supersedes = tuple[UUID, tuple[str, ...]]
# Of what is in doubt about whom it means, only what says nothing of our record is told the sender:
# else a message would be a way to ask what the record says.
TOLD = frozenset({"number_malformed", "fingers_unreadable", "gallery_away", "sandbox"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of it at first. `codes` are the refusals, or what is to be noted beside it;
    `supersedes` the earlier messages whose place it takes, each with why."""

    state: str
    kind: str
    codes: tuple[str, ...]
    corrects: str = ""
    person_id: int | None = None
    matched_how: str = ""
    establishment_id: int | None = None
    sounds: bool = False
    proposal: dict[str, Any] = field(default_factory=dict)
    supersedes: tuple[Supersedes, ...] = ()


def judge(row: Inbound) -> Judged:
    """Reads only; the row is locked."""
    heard = said(row)
    wrong = _refusals(row, heard)
    if wrong or heard.kind is None or heard.content is None:
        return Judged(rules.REFUSED, row.kind, wrong)
    code, read = heard.kind.code, heard.read
    remarks = list(rules.clock_remarks(read.sent_at, row.received_at))
    if not _agreed(row.agency_id):
        remarks.append("no_agreement")
    if heard.kind.by_itself:
        return Judged(rules.APPLIED, code, tuple(remarks), read.corrects)
    about = _Earlier(row, heard)
    fate = about.fate()
    if fate.refused:
        return Judged(rules.REFUSED, code, (fate.refused,), read.corrects)
    proposal: dict[str, Any] = {"list": about.list_key} if about.list_key else {}
    if fate.overtaken_by:
        codes = (*remarks, f"overtaken_by:{fate.overtaken_by}"[:60])
        return Judged(rules.SUPERSEDED, code, codes, read.corrects, proposal=proposal)
    remarks += fate.remarks
    sandbox = row.agency.sandbox
    if isinstance(heard.content, HearingList):
        found = [match_subject(one, sandbox=sandbox) for one in heard.content.subjects]
        proposal["entries"] = [_kept(one) for one in found]
        where = establishment_of(next((m.person_id for m in found if m.person_id), None))
        return Judged(
            rules.WAITING, code, tuple(remarks), read.corrects, establishment_id=where,
            proposal=proposal, supersedes=fate.supersedes,
        )  # fmt: skip
    match = match_subject(heard.content.subjects[0], sandbox=sandbox)
    proposal["match"] = _kept(match)
    return Judged(
        state=rules.UNMATCHED if match.person_id is None else rules.WAITING,
        kind=code,
        codes=(*remarks, *(one for one in match.doubts if one in TOLD)),
        corrects=read.corrects,
        person_id=match.person_id,
        matched_how=match.how,
        establishment_id=establishment_of(match.person_id),
        sounds=heard.kind.sounds and heard.frees is True and not sandbox,
        proposal=proposal,
        supersedes=fate.supersedes,
    )


def _refusals(row: Inbound, heard: Said) -> tuple[str, ...]:
    known = {body.code for body in authority.bodies()}
    spoken = AgencyBody.objects.filter(agency_id=row.agency_id, ended_at=None)
    issued_by = getattr(heard.content, "issued_by", "")
    facts = rules.MessageFacts(
        message_id=heard.read.message_id,
        named_id=row.message_id,
        sent_at=heard.read.sent_at,
        received_at=row.received_at,
        faults=heard.faults,
        signature=_signature(row, heard.read.sent_at),
        kind=None if heard.kind is None else rules.KindFacts(heard.kind.senders, heard.kind.speaks),
        issued_by=issued_by,
        known_bodies=frozenset(known),
        other_content="other_content" in row.problems,
    )
    bodies = frozenset(spoken.values_list("body__code", flat=True))
    sender = rules.SenderFacts(
        row.agency.kind, row.agency.state, bodies,
        tries_out=row.agency.sandbox,
        tries_as=frozenset(row.agency.tries_as),
    )  # fmt: skip
    return rules.refusals(facts, sender)


def _signature(row: Inbound, sent_at: datetime | None) -> str:
    keys = [
        signed.Key(key.kid, key.jwk, key.starts_at, key.ends_at, key.revoked_at)
        for key in AgencyKey.objects.filter(agency_id=row.agency_id, use=AgencyKey.Use.MESSAGE)
    ]
    return signed.fault_of(
        keys,
        kid=row.kid,
        proof=row.signature,
        body=row.body.encode(),
        digest=bytes(row.digest),
        at=row.received_at,
        signed_at=sent_at if row.channel == "paper" else None,
    )


def _agreed(agency_id: int) -> bool:
    now = clock.now()
    return AgreementVersion.objects.filter(
        agreement__agency_id=agency_id, state="active", starts_at__lte=now, ends_at__gt=now
    ).exists()


def _kept(match: Match) -> dict[str, Any]:
    return {
        "person_id": match.person_id,
        "how": match.how,
        "doubts": list(match.doubts),
        "candidates": [
            {"person_id": one.person_id, "hows": list(one.hows), "score": round(one.score, 3)}
            for one in match.candidates
        ],
    }


@dataclass(frozen=True, slots=True)
class _Fate:
    """What earlier and later messages make of this one."""

    refused: str = ""
    overtaken_by: str = ""
    remarks: tuple[str, ...] = ()
    supersedes: tuple[Supersedes, ...] = ()


class _Earlier:
    """The messages of the same sender that this one is about: whatever order they came in."""

    def __init__(self, row: Inbound, heard: Said) -> None:
        self.row, self.heard = row, heard
        content = heard.content
        self.list_key = (
            f"{content.issued_by} {content.on.isoformat()}"
            if isinstance(content, HearingList)
            else ""
        )
        self.own = Inbound.objects.filter(agency_id=row.agency_id).exclude(pk=row.pk)
        self.sent_at = heard.read.sent_at or row.received_at

    def fate(self) -> _Fate:
        kind = self.heard.read.kind
        remarks: list[str] = []
        supersedes: list[Supersedes] = []
        by_this = (f"superseded_by:{self.row.message_id}"[:60],)
        # One that corrects this came before it did.
        later = self.own.filter(corrects=self.row.message_id, kind=kind)
        for one in later.exclude(state=rules.REFUSED).order_by("received_at")[:1]:
            return _Fate(overtaken_by=one.message_id)
        if self.heard.read.corrects:
            named = self.own.filter(message_id=self.heard.read.corrects).first()
            earlier = None if named is None else _corrected(named)
            decided = rules.correction(kind, earlier)
            if decided.refused:
                return _Fate(refused=decided.refused)
            remarks += decided.remarks
            if decided.supersede and named is not None:
                supersedes.append((named.pk, by_this))
            siblings = self.own.filter(corrects=self.heard.read.corrects, kind=kind)
            for other in siblings.exclude(state__in=[rules.REFUSED, rules.REJECTED]):
                if (other.sent_at or other.received_at) > self.sent_at:
                    return _Fate(overtaken_by=other.message_id)
                supersedes.append((other.pk, by_this))
        if self.list_key:
            lists = self.own.filter(proposal__list=self.list_key)
            sent = [
                rules.ListSent(str(one.pk), one.message_id, one.state, one.sent_at)
                for one in lists
                if one.sent_at is not None
            ]
            newer = rules.overtaken(self.sent_at, sent)
            if newer is not None:
                return _Fate(overtaken_by=newer.message_id)
            supersedes += [(UUID(one.inbound_id), by_this) for one in sent]
            if any(one.state == rules.APPLIED for one in sent):
                remarks.append("replaces_applied_list")
        return _Fate(remarks=tuple(dict.fromkeys(remarks)), supersedes=tuple(supersedes))


def _corrected(row: Inbound) -> rules.Corrected:
    # What nobody has looked at yet is of the kind that it says it is.
    return rules.Corrected(str(row.pk), row.message_id, row.state, row.kind)
