"""Every write service asks whether its actor may do what it does."""

import ast

from tests.architecture.calls import Function, node_of, reached_from, services

# `require` of a Decision takes nothing; that of a transaction names a permission.
ASKS = {"require", "require_person", "may_person", "require_held", "can_at"}
# Who asks nobody, and why; this list may only shrink.
ASKS_NOBODY = {
    "pims.foundation.access.services.factors.add_passkey": "somebody's own account",
    "pims.foundation.access.services.factors.add_totp": "somebody's own account",
    "pims.foundation.access.services.factors.renew_recovery_codes": "somebody's own account",
    "pims.foundation.access.services.factors.use_recovery_code": "nobody is signed in yet",
    "pims.foundation.access.services.factors.use_totp": "nobody is signed in yet",
    "pims.foundation.access.services.signin.open_attempt": "nobody is signed in yet",
    "pims.foundation.access.services.signin.record_confirmation": "somebody's own session",
    "pims.foundation.access.services.signin.record_failure": "nobody is signed in yet",
    "pims.foundation.access.services.signin.record_sign_in": "nobody is signed in yet",
    "pims.foundation.access.services.signin.record_sign_out": "somebody's own session",
    "pims.foundation.vault.erasure.orders._destroy": "an order is carried out that two people gave",
}


def test_every_service_asks_for_a_permission() -> None:
    found = {function: reached_from(function) for function in services()}
    assert len(found) > 150, "the services are not found any more"
    silent = {
        f"{module}.{name}"
        for (module, name), reached in found.items()
        if not any(map(_asks, reached))
    }
    assert silent == ASKS_NOBODY.keys()


def _asks(function: Function) -> bool:
    if function[0].startswith("pims.foundation.commands"):
        return False
    return any(
        node.func.attr in ASKS and bool(node.args)
        if isinstance(node.func, ast.Attribute)
        else isinstance(node.func, ast.Name) and node.func.id in ASKS
        for node in ast.walk(node_of(function))
        if isinstance(node, ast.Call)
    )
