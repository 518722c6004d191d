"""The agencies of the demonstration: registered, agreed with, and given keys of this installation.

Their private keys are made here and lie among the secrets, each agency's in a folder of its own
that its program alone reads (`pims agency run`). Nothing of them is in the repository. In earnest
an agency makes its own keys and hands over the public halves.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from importlib import resources
from pathlib import Path
from shlex import quote
from typing import Any

from django.conf import settings
from django.db import transaction
from joserfc import jws
from joserfc.jwk import OKPKey

from pims.authority.selectors import bodies
from pims.config import instance
from pims.demo.agency_keys import Authority
from pims.demo.signins import SIGN_INS
from pims.exchange import selectors, services
from pims.exchange.api.signatures import public_keys
from pims.exchange.selectors import traffic
from pims.exchange.services import endpoints
from pims.exchange.statistics import make_month
from pims.exchange.webhooks import secretfiles
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import User
from pims.foundation.access.selectors import actor_for, system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock

HERE = "127.0.0.1"
PHONE = "+501 555 0100"
VALID = timedelta(days=365)
MONTHS = 3


def folder() -> Path:
    """Where the demonstration's agencies keep what is theirs."""
    return instance.secrets_dir() / "agencies"


def is_anybody_registered() -> bool:
    """Whether this database knows of any agency: then nothing is registered by itself."""
    return bool(selectors.agencies(system_actor()))


@transaction.atomic
def register_agencies(ports: Mapping[str, int]) -> None:
    """Register them all, and put in force what is agreed with those that have a program or try one
    out: all or nothing. What an interrupted start left of keys is written over.

    `ports` of this machine's loopback: ``exchange`` and ``observatory_api`` of the gateway, and one
    a program.
    """
    authority = Authority.make()
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority.issue_server(place / "gateway.pem", place / "gateway.key", names=("localhost", HERE))
    first, second = _officer("superintendent"), _officer("officer_in_charge")
    endpoints.allow_address(
        Command(first), network=f"{HERE}/32", plain=True,
        reason="The demonstration's programs run on this machine",
    )  # fmt: skip
    for told in _agencies():
        agency_id = services.register_agency(
            Command(first), code=told["code"], name=told["name"], name_es=told["name_es"],
            kind=told["kind"], phone=PHONE, sandbox=told.get("sandbox", False),
            tries_as=told.get("tries_as", ()),
        ).agency_id  # fmt: skip
        _speak(first, agency_id, told.get("speaks", ()))
        if "agreement" in told:
            _open_for(first, agency_id, told, authority, ports)
            _agree(first, second, agency_id, told, ports)
    authority.write(place / "authorities.pem")
    _count_months()


def move_agencies(ports: Mapping[str, int]) -> list[str]:
    """The agencies' folders name these ports from now on, and what is pushed goes to them; the
    files that were changed, by the name of their agency. To be repeated where it was cut off.
    """
    moved = []
    for told in _agencies():
        place, port = folder() / told["code"], _port_for(told, ports)
        for name, before, after in (
            ("client.json", r'"https://localhost:\d+"', f'"https://localhost:{port}"'),
            ("call.env", r"(?m)^export HOST=localhost:\d+$", f"export HOST=localhost:{port}"),
        ):
            if (place / name).is_file() and _rewrite(place / name, before, after):
                moved.append(f"{told['code']}/{name}")
    _push_to({told["code"]: ports[told["program"]] for told in _agencies() if "program" in told})
    return moved


def _rewrite(path: Path, before: str, after: str) -> bool:
    """Whole or not at all; whether anything is another now."""
    found = path.read_text()
    text = re.sub(before, lambda _: after, found)
    if text == found:
        return False
    beside = path.with_suffix(".new")
    _write(beside, text)
    beside.replace(path)
    return True


def _push_to(listens: Mapping[str, int]) -> None:
    """By agency where its program listens now. An address that an officer gave stays."""
    officer = _officer("superintendent")
    for one in traffic.endpoints(system_actor()):
        ours = re.fullmatch(rf"http://{re.escape(HERE)}:\d+/hooks", one.url)
        if ours and one.state != "ended" and one.agency_code in listens:
            endpoints.move_endpoint(
                Command(officer), endpoint_id=one.endpoint_id, version=one.version,
                url=_hooks(listens[one.agency_code]),
            )  # fmt: skip


def _hooks(port: int) -> str:
    return f"http://{HERE}:{port}/hooks"


def _port_for(told: Mapping[str, Any], ports: Mapping[str, int]) -> int:
    """Where the agency calls."""
    return ports["observatory_api" if told["kind"] == "observatory" else "exchange"]


def _count_months() -> None:
    """The last months' numbers, which the Observatory would have by now."""
    month = clock.today(settings.TIME_ZONE).replace(day=1)
    for _ in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        make_month(month)


def _agencies() -> list[dict[str, Any]]:
    text = resources.files("pims.demo").joinpath("data/agencies.toml").read_text("utf-8")
    return list(tomllib.loads(text)["agency"])


def _officer(role: str) -> Actor:
    badge = next(one.badge for one in SIGN_INS if one.code == role)
    return actor_for(User.objects.get(badge=badge), strong=True)


def _speak(officer: Actor, agency_id: int, codes: object) -> None:
    wanted = set(codes)  # type: ignore[call-overload]
    for body in bodies():
        if body.code in wanted:
            services.speak_for(
                Command(officer), agency_id=agency_id, body_id=body.body_id, speaks=True
            )


# -- keys --------------------------------------------------------------------------------------
def _open_for(
    officer: Actor,
    agency_id: int,
    told: Mapping[str, Any],
    authority: Authority,
    ports: Mapping[str, int],
) -> None:
    """Keys and a certificate: the public halves to PIMS, the rest to the agency's folder."""
    code = told["code"]
    place = folder() / code
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = authority.issue_client(place / "certificate.pem", place / "certificate.key", name=code)
    authority.write(place / "authorities.pem")
    services.add_certificate(Command(officer), agency_id=agency_id, pem=pem)
    kids = {}
    for use in ("assertion", "message"):
        key = OKPKey.generate_key("Ed25519")
        kid = services.add_key(
            Command(officer), agency_id=agency_id, use=use,
            jwk=json.dumps(key.as_dict(private=False)),
        ).kid  # fmt: skip
        _write(place / f"{use}.jwk", json.dumps({**key.as_dict(private=True), "kid": kid}))
        _write(place / f"{use}.pem", key.as_pem(private=True).decode())
        kids[use] = kid
    port = _port_for(told, ports)
    client = {
        "client_id": code, "address": f"https://localhost:{port}", "pims_keys": public_keys(),
    }  # fmt: skip
    _write(place / "client.json", json.dumps(client, indent=1))
    _write(place / "call.env", _for_call_sh(told, place, port, kids))


def _for_call_sh(told: Mapping[str, Any], place: Path, port: int, kids: Mapping[str, str]) -> str:
    """What `docs/exchange/call.sh` wants to be told, to be read by a shell."""
    said = {
        "HOST": f"localhost:{port}", "CLIENT": told["code"],
        "CERTIFICATE": place / "certificate.pem", "CERTIFICATE_KEY": place / "certificate.key",
        "CA": place / "authorities.pem",
        "SIGN_IN_KEY": place / "assertion.pem", "SIGN_IN_KID": kids["assertion"],
        "MESSAGE_KEY": place / "message.pem", "MESSAGE_KID": kids["message"],
        "PURPOSE": told["agreement"]["purpose"], "END_USER": "A developer",
    }  # fmt: skip
    return "".join(f"export {name}={quote(str(value))}\n" for name, value in said.items())


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


# -- agreements --------------------------------------------------------------------------------
def _agree(
    first: Actor, second: Actor, agency_id: int, told: Mapping[str, Any], ports: Mapping[str, int]
) -> None:
    terms = _terms(told)
    drafted = services.draft_agreement(Command(first), agency_id=agency_id, terms=terms)
    for officer in (first, second):
        services.sign_agreement(
            Command(officer), version_id=drafted.version_id, office=officer.name
        )
    key = OKPKey.generate_key("Ed25519")
    kid = services.add_key(
        Command(first), agency_id=agency_id, use="agreement",
        jwk=json.dumps(key.as_dict(private=False)),
    ).kid  # fmt: skip
    text = selectors.text_to_sign(first, drafted.version_id)
    signature = jws.serialize_compact(
        {"alg": "Ed25519", "kid": kid}, text.encode(), key, algorithms=["Ed25519"]
    )
    services.record_their_signature(
        Command(first), version_id=drafted.version_id, name=told["name"], office=told["name"],
        kid=kid, signature=signature,
    )  # fmt: skip
    services.activate_agreement(Command(second), version_id=drafted.version_id)
    if terms["events"] and "program" in told:
        _push(first, drafted.agreement_id, told, ports)


def _push(
    officer: Actor, agreement_id: int, told: Mapping[str, Any], ports: Mapping[str, int]
) -> None:
    """What the agency is told is pushed to its program on this machine as well."""
    endpoint = endpoints.add_endpoint(
        Command(officer), agreement_id=agreement_id, scheme="hmac",
        url=_hooks(ports[told["program"]]),
    )  # fmt: skip
    endpoints.show_secret(Command(officer), endpoint_id=endpoint.endpoint_id)
    secret = secretfiles.newest(endpoints.secret_name_of(endpoint.endpoint_id))
    _write(folder() / told["code"] / "webhook.secret", secret.text)


def _terms(told: Mapping[str, Any]) -> dict[str, Any]:
    agreed = told["agreement"]
    now = clock.now().replace(microsecond=0)
    return {
        "v": 1,
        "agency": told["code"],
        "purpose": agreed["purpose"],
        "legal_basis": [{"text": agreed["basis"], "citation": "", "confirmed": False}],
        "valid_from": (now - timedelta(minutes=1)).isoformat(),
        "valid_until": (now + VALID).isoformat(),
        "labels": agreed["labels"],
        "lookups": agreed["lookups"],
        "tables": {
            name: {"rows": [agreed["rows"]], "columns": sorted(columns)}
            for name, columns in agreed["tables"].items()
        },
        "events": dict(agreed["events"]),
        "retention_days": 90,
        "quota": {"a_minute": agreed["a_minute"], "a_day": 200_000},
    }
