"""What is true of every write service."""

import ast
from functools import cache

from tests.architecture.calls import Function, node_of, reached_from, services

WRITES = {
    "save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete",
}  # fmt: skip
# Names of what writes the ledger: a change's own `record`, and the entries outside of changes.
RECORDS = {"record", "append_entry", "append_read", "append_reads"}
# What leaves none of its own, and where its entry is; this list may only shrink.
ELSEWHERE = {
    "pims.foundation.access.services.factors.use_recovery_code": "the sign-in or its failure",
    "pims.foundation.access.services.factors.use_totp": "the sign-in or its failure",
    "pims.foundation.access.services.signin.open_attempt": "the sign-in or its failure",
    "pims.foundation.vault.erasure.orders.carry_out_again": "the order, and its being carried out",
    "pims.safety.services.mark_anew": "the joining or parting of the records that it follows",
}

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


def test_every_service_that_changes_rows_leaves_an_entry_in_the_ledger() -> None:
    found = {function: reached_from(function) for function in services()}
    assert len(found) > 150, "the services are not found any more"
    silent = {
        f"{module}.{name}"
        for (module, name), reached in found.items()
        if any(map(_writes, reached)) and not any(map(_records, reached))
    }
    assert silent == ELSEWHERE.keys()


@cache
def _writes(function: Function) -> bool:
    if function[0].startswith("pims.foundation.commands"):
        return False
    return any(
        node.func.attr in WRITES or (node.func.attr == "update" and node.keywords and not node.args)
        for node in ast.walk(node_of(function))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )


@cache
def _records(function: Function) -> bool:
    called = [node.func for node in ast.walk(node_of(function)) if isinstance(node, ast.Call)]
    return bool(
        RECORDS
        & {
            func.attr if isinstance(func, ast.Attribute) else func.id
            for func in called
            if isinstance(func, ast.Attribute | ast.Name)
        }
    )


def test_every_service_asks_for_a_permission() -> None:
    found = {function: reached_from(function) for function in services()}
    assert len(found) > 150, "the services are not found any more"
    silent = {
        f"{module}.{name}"
        for (module, name), reached in found.items()
        if not any(map(_asks, reached))
    }
    assert silent == ASKS_NOBODY.keys()


@cache
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
