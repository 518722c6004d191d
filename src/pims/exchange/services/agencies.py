"""Agencies: registered, amended, suspended, ended; the courts for which they speak."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from pims.authority import selectors as authority
from pims.exchange import events
from pims.exchange.models import AccessToken, Agency, AgencyBody
from pims.exchange.services.common import LINE, MANAGE, REASON, locked_agency
from pims.foundation.access.scope import require_held
from pims.foundation.access.services import add_office
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field


class Contact(TypedDict):
    """Somebody at the agency: `role` says for what they are rung."""

    name: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class AgencyResult:
    agency_id: int
    version: int


@service
def register_agency(
    tx: Transaction,
    *,
    code: str,
    name: str,
    kind: str,
    name_es: str = "",
    phone: str = "",
    contacts: Sequence[Contact] = (),
    sandbox: bool = False,
    signs_reads: bool = True,
    tries_as: Sequence[str] = (),
) -> AgencyResult:
    """Make an agency known. It is told nothing until an agreement with it is in force.

    A `sandbox` agency may send what agencies of its kind, and of the kinds in `tries_as`, may.

    Raises InvalidInput, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    code = code.strip().lower()
    if not code.isascii() or not code.replace("_", "").isalnum() or not 2 <= len(code) <= 24:
        raise InvalidInput({"code": Reason("exchange.code_form")})
    if Agency.objects.filter(code=code).exists():
        raise InvalidInput({"code": Reason("exchange.code_taken", {"code": code})})
    if kind not in Agency.Kind.values:
        raise InvalidInput({"kind": Reason("exchange.unknown_kind")})
    kept = clean_field("name", name, limit=LINE, required=True)
    user = add_office(tx.beyond_scope(), badge=f"agency-{code}", name=kept)
    agency = Agency.objects.create(
        code=code,
        name=kept,
        name_es=clean_field("name_es", name_es, limit=LINE),
        kind=kind,
        phone=clean_field("phone", phone, limit=40),
        contacts=_contacts(contacts),
        sandbox=sandbox,
        tries_as=_tried(tries_as, sandbox=sandbox),
        signs_reads=signs_reads,
        state_at=tx.now,
        user_id=user.user_id,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(events.AgencyRegistered(agency_id=agency.pk, code=code))
    return AgencyResult(agency.pk, agency.version)


@service
def amend_agency(
    tx: Transaction,
    *,
    agency_id: int,
    version: int,
    name: str,
    name_es: str,
    phone: str,
    contacts: Sequence[Contact],
    signs_reads: bool,
    tries_as: Sequence[str] | None = None,
) -> AgencyResult:
    """Correct what is known of an agency; `tries_as` None stays as it is.

    Raises InvalidInput, NotFound, Stale, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    agency = locked_agency(agency_id, version=version)
    wanted: dict[str, object] = {
        "name": clean_field("name", name, limit=LINE, required=True),
        "name_es": clean_field("name_es", name_es, limit=LINE),
        "phone": clean_field("phone", phone, limit=40),
        "contacts": _contacts(contacts),
        "signs_reads": signs_reads,
    }
    if tries_as is not None:
        wanted["tries_as"] = _tried(tries_as, sandbox=agency.sandbox)
    changed = [field for field, value in wanted.items() if getattr(agency, field) != value]
    if changed:
        for field in changed:
            setattr(agency, field, wanted[field])
        agency.version += 1
        agency.recorded_by_id = tx.actor.user_id
        agency.save(update_fields=[*changed, "version", "recorded_by_id"])
        tx.record(events.AgencyAmended(agency_id=agency_id, fields=" ".join(changed)))
    return AgencyResult(agency.pk, agency.version)


@service
def set_agency_state(
    tx: Transaction, *, agency_id: int, version: int, state: str, reason: str
) -> AgencyResult:
    """Suspend an agency, let it back, or end it for good.

    Nothing is told to it from the same moment, and its tokens are worth nothing; what happens
    meanwhile is kept for it. Raises InvalidInput, NotFound, Refused (ended), Stale, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    agency = locked_agency(agency_id, version=version)
    if state not in Agency.State.values:
        raise InvalidInput({"state": Reason("exchange.unknown_state")})
    kept = clean_field("reason", reason, limit=REASON, required=True)
    if agency.state == Agency.State.ENDED:
        refuse(Reason("exchange.agency_ended")).require()
    if agency.state != state:
        agency.state, agency.state_reason, agency.state_at = state, kept, tx.now
        agency.version += 1
        agency.recorded_by_id = tx.actor.user_id
        agency.save(
            update_fields=["state", "state_reason", "state_at", "version", "recorded_by_id"]
        )
        if state != Agency.State.ACTIVE:
            AccessToken.objects.filter(agency=agency, revoked_at=None).update(revoked_at=tx.now)
        tx.record(events.AgencyStateChanged(agency_id=agency_id, state=state))
    return AgencyResult(agency.pk, agency.version)


@service
def speak_for(tx: Transaction, *, agency_id: int, body_id: int, speaks: bool) -> None:
    """The agency speaks for a court or authority, or no longer does.

    Another agency that spoke for it no longer does. Raises NotFound, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    agency = locked_agency(agency_id)
    if body_id not in {body.body_id for body in authority.bodies()}:
        raise NotFound("body", body_id)
    rows = AgencyBody.objects.select_for_update().filter(body_id=body_id, ended_at=None)
    own = any(row.agency_id == agency.pk for row in rows)
    if own == speaks:
        return
    for row in rows:
        if speaks or row.agency_id == agency.pk:
            row.ended_at = tx.now
            row.save(update_fields=["ended_at"])
            tx.record(events.AgencyBodyNamed(agency_id=row.agency_id, body_id=body_id, ended=True))
    if speaks:
        AgencyBody.objects.create(agency=agency, body_id=body_id, recorded_by_id=tx.actor.user_id)
        tx.record(events.AgencyBodyNamed(agency_id=agency.pk, body_id=body_id, ended=False))


def _tried(kinds: Sequence[str], *, sandbox: bool) -> list[str]:
    """Raises InvalidInput for what is no kind, and where real agencies would be meant."""
    if not set(kinds) <= set(Agency.Kind.values):
        raise InvalidInput({"tries_as": Reason("exchange.unknown_kind")})
    if kinds and not sandbox:
        raise InvalidInput({"tries_as": Reason("exchange.tries_as_sandbox")})
    return sorted(set(kinds))


def _contacts(contacts: Sequence[Contact]) -> list[dict[str, str]]:
    return [
        {
            part: clean_field("contacts", str(contact.get(part, "")), limit=LINE)
            for part in ("name", "role", "phone", "email")
        }
        for contact in contacts
        if any(str(value).strip() for value in contact.values())
    ]
