"""Where messages are pushed to: made, paused, ended; their secrets; what may be reached within."""

import ipaddress
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction

from pims.exchange import events_delivering as events
from pims.exchange.models import (
    Agreement,
    AllowedAddress,
    Delivery,
    Endpoint,
    EndpointState,
    Listening,
    Published,
)
from pims.exchange.rules.addresses import AllowedNetwork, refuse_address, target_of
from pims.exchange.rules.addresses import network as network_of
from pims.exchange.services.common import MANAGE, REASON
from pims.exchange.waking import wake_courier
from pims.exchange.webhooks import secretfiles
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field

# An agency is asked after at the earliest after two heartbeats, at the latest after a week.
SHORTEST_SILENCE, LONGEST_SILENCE = 3, 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class EndpointResult:
    endpoint_id: int
    version: int


@dataclass(frozen=True, slots=True)
class AllowedResult:
    allowed_id: int


@service
def add_endpoint(
    tx: Transaction, *, agreement_id: int, url: str, scheme: str, from_start: bool = False
) -> EndpointResult:
    """Push messages under an agreement to this address from now on, or from the first one kept.

    One address an agreement: another takes the place of one that was ended. Raises InvalidInput,
    NotFound, Refused, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    agreement = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFound("agreement", agreement_id)
    if scheme not in Endpoint.Scheme.values:
        raise InvalidInput({"scheme": Reason("exchange.unknown_scheme")})
    kept = clean_field("url", url, limit=500, required=True)
    problem = _url_problem(kept)
    if problem is not None:
        raise InvalidInput({"url": problem})
    if agreement.endpoints.exclude(state=Endpoint.State.ENDED).exists():
        refuse(Reason("exchange.endpoint_there", decided_by=MANAGE)).require()
    upto = 0 if from_start else newest_position()
    secret_name = f"exchange-endpoint-{uuid4().hex}" if scheme == Endpoint.Scheme.HMAC else ""
    endpoint = Endpoint.objects.create(
        agreement=agreement,
        url=kept,
        scheme=scheme,
        secret_name=secret_name,
        starts_after=upto,
        state_at=tx.now,
        made_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    EndpointState.objects.create(endpoint=endpoint, queued_upto=upto)
    secretfiles.make(secret_name or secretfiles.OWN_KEY, scheme)
    tx.record(
        events.EndpointAdded(agreement_id=agreement_id, endpoint_id=endpoint.pk, scheme=scheme)
    )
    wake_courier()
    return EndpointResult(endpoint.pk, endpoint.version)


@service
def set_endpoint_state(
    tx: Transaction, *, endpoint_id: int, version: int, state: str, reason: str
) -> EndpointResult:
    """Pause, go on or end. What happens while it is paused is pushed when it goes on.

    Raises InvalidInput, NotFound, Refused (ended), Stale, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    endpoint = _locked(endpoint_id, version=version)
    if state not in Endpoint.State.values:
        raise InvalidInput({"state": Reason("exchange.unknown_state")})
    kept = clean_field("reason", reason, limit=REASON, required=True)
    if endpoint.state == Endpoint.State.ENDED:
        refuse(Reason("exchange.endpoint_ended")).require()
    if endpoint.state != state:
        _set_state(tx, endpoint, state, kept)
    return EndpointResult(endpoint.pk, endpoint.version)


@service
def move_endpoint(tx: Transaction, *, endpoint_id: int, version: int, url: str) -> EndpointResult:
    """Push to another address of the agency's from now on, what waits included; the secret stays.

    Raises InvalidInput, NotFound, Refused (ended), Stale, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    endpoint = _locked(endpoint_id, version=version)
    kept = clean_field("url", url, limit=500, required=True)
    problem = _url_problem(kept)
    if problem is not None:
        raise InvalidInput({"url": problem})
    if endpoint.state == Endpoint.State.ENDED:
        refuse(Reason("exchange.endpoint_ended")).require()
    if endpoint.url != kept:
        endpoint.url = kept
        endpoint.version += 1
        endpoint.recorded_by_id = tx.actor.user_id
        endpoint.save(update_fields=["url", "version", "recorded_by_id"])
        tx.record(events.EndpointMoved(agreement_id=endpoint.agreement_id, endpoint_id=endpoint.pk))
        wake_courier()
    return EndpointResult(endpoint.pk, endpoint.version)


@service
def pause_gone(tx: Transaction, *, endpoint_id: int) -> None:
    """The receiver said that it is no more (410): nothing is pushed until somebody has looked."""
    tx.require("assurance.sweep")
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    if endpoint.state == Endpoint.State.ACTIVE:
        _set_state(tx, endpoint, Endpoint.State.PAUSED, "410")


@service
def change_secret(tx: Transaction, *, endpoint_id: int, version: int) -> EndpointResult:
    """Sign with a new secret from now; for seven days with the last one too.

    Raises NotFound, Refused (signed with our own key), Stale, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    endpoint = _locked(endpoint_id, version=version)
    if not endpoint.secret_name:
        refuse(Reason("exchange.signed_with_own_key")).require()
    secretfiles.rotate(endpoint.secret_name, at=tx.now)
    endpoint.version += 1
    endpoint.recorded_by_id = tx.actor.user_id
    endpoint.save(update_fields=["version", "recorded_by_id"])
    tx.record(
        events.EndpointSecretChanged(agreement_id=endpoint.agreement_id, endpoint_id=endpoint.pk)
    )
    return EndpointResult(endpoint.pk, endpoint.version)


@service
def change_own_key(tx: Transaction) -> None:
    """Sign with a new key of our own from now; for seven days with the last one too.

    Agencies that believe our key must put the new public half in within that time. Raises
    NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    secretfiles.make(secretfiles.OWN_KEY, Endpoint.Scheme.ED25519)
    secretfiles.rotate(secretfiles.OWN_KEY, at=tx.now)
    tx.record(events.OwnKeyChanged())


@service
def show_secret(tx: Transaction, *, endpoint_id: int) -> EndpointResult:
    """Leave on the record that somebody takes the secret to the agency; `secret_of` gives it.

    Raises NotFound, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    endpoint = _locked(endpoint_id)
    tx.record(
        events.EndpointSecretShown(agreement_id=endpoint.agreement_id, endpoint_id=endpoint.pk)
    )
    return EndpointResult(endpoint.pk, endpoint.version)


@service
def allow_address(tx: Transaction, *, network: str, plain: bool, reason: str) -> AllowedResult:
    """Let messages be pushed to addresses within: an agency on the government's own network.

    Raises InvalidInput, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    try:
        found = ipaddress.ip_network(network.strip())
    except ValueError:
        raise InvalidInput({"network": Reason("exchange.network_form")}) from None
    if found.prefixlen < (8 if found.version == 4 else 32):
        raise InvalidInput({"network": Reason("exchange.network_too_wide")})
    if plain and not found.is_loopback:
        raise InvalidInput({"plain": Reason("exchange.plain_only_here")})
    kept = clean_field("reason", reason, limit=REASON, required=True)
    row = AllowedAddress.objects.create(
        network=str(found), plain=plain, reason=kept, allowed_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )  # fmt: skip
    tx.record(events.AddressAllowed(allowed_id=row.pk, ended=False))
    return AllowedResult(row.pk)


@service
def end_allowed(tx: Transaction, *, allowed_id: int) -> AllowedResult:
    """Nothing more is pushed there from the same moment. Raises NotFound, NotPermitted."""
    require_held(tx.actor, MANAGE)
    row = AllowedAddress.objects.select_for_update().filter(pk=allowed_id).first()
    if row is None:
        raise NotFound("allowed_address", allowed_id)
    if row.ended_at is None:
        row.ended_at, row.recorded_by_id = tx.now, tx.actor.user_id
        row.save(update_fields=["ended_at", "recorded_by_id"])
        tx.record(events.AddressAllowed(allowed_id=row.pk, ended=True))
    return AllowedResult(row.pk)


@service
def agree_silence(tx: Transaction, *, agreement_id: int, minutes: int, reason: str) -> None:
    """How long the agency may be silent before an officer here is told. Raises InvalidInput,
    NotFound, NotPermitted."""
    require_held(tx.actor, MANAGE)
    if not Agreement.objects.filter(pk=agreement_id).exists():
        raise NotFound("agreement", agreement_id)
    if not SHORTEST_SILENCE <= minutes <= LONGEST_SILENCE:
        raise InvalidInput(
            {"minutes": Reason("exchange.silence_range",
                               {"least": SHORTEST_SILENCE, "most": LONGEST_SILENCE})}
        )  # fmt: skip
    kept = clean_field("reason", reason, limit=REASON, required=True)
    Listening.objects.update_or_create(
        agreement_id=agreement_id,
        defaults={"minutes": minutes, "reason": kept, "recorded_by_id": tx.actor.user_id},
    )
    tx.record(events.SilenceAgreed(agreement_id=agreement_id, minutes=minutes))


def allowed_networks() -> tuple[AllowedNetwork, ...]:
    """What an administrator allows within, now."""
    rows = AllowedAddress.objects.filter(ended_at=None).order_by("pk")
    return tuple(AllowedNetwork(network_of(row.network), row.plain) for row in rows)


def newest_position() -> int:
    newest = Published.objects.order_by("-position").values_list("position", flat=True).first()
    return newest or 0


def _url_problem(url: str) -> Reason | None:
    """What can be said of an address before anybody looks its name up."""
    target, reason = target_of(url)
    if target is None:
        return reason
    allowed = allowed_networks()
    if target.plain and not any(one.plain for one in allowed):
        return Reason("exchange.url_https")
    try:
        ipaddress.ip_address(target.host)
    except ValueError:
        return None
    return refuse_address(target.host, allowed, plain=target.plain)


def _set_state(tx: Transaction, endpoint: Endpoint, state: str, reason: str) -> None:
    endpoint.state, endpoint.state_reason, endpoint.state_at = state, reason, tx.now
    endpoint.version += 1
    endpoint.recorded_by_id = tx.actor.user_id
    endpoint.save(update_fields=["state", "state_reason", "state_at", "version", "recorded_by_id"])
    if state == Endpoint.State.ACTIVE:
        # Whoever says that it goes on has seen to the receiver: it is tried at once.
        EndpointState.objects.filter(endpoint=endpoint).update(
            failures=0, failing_since=None, rests_until=None
        )
        Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.PENDING).update(
            next_at=tx.now
        )
    if state == Endpoint.State.ENDED:
        Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.PENDING).update(
            state=Delivery.State.SKIPPED
        )
        if endpoint.secret_name:
            name = endpoint.secret_name
            transaction.on_commit(lambda: secretfiles.forget(name))
    tx.record(
        events.EndpointStateChanged(
            agreement_id=endpoint.agreement_id, endpoint_id=endpoint.pk, state=state
        )
    )
    wake_courier()


def _locked(endpoint_id: int, *, version: int | None = None) -> Endpoint:
    """Raises NotFound, Stale."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound("endpoint", endpoint_id)
    if version is not None and endpoint.version != version:
        raise Stale
    return endpoint


def secret_name_of(endpoint_id: int) -> str:
    """The name of the file that holds what is signed with there. Raises NotFound."""
    row = Endpoint.objects.filter(pk=endpoint_id).values_list("secret_name", flat=True).first()
    if row is None:
        raise NotFound("endpoint", endpoint_id)
    return row or secretfiles.OWN_KEY
