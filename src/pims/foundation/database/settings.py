"""How our own server is set up. The first version of each is the same from PostgreSQL 15 to 18."""

import os
import shlex
from pathlib import Path

from pims.foundation.database.urls import PORT


def initdb_arguments(major: int, *, durable: bool) -> list[str]:
    """Passwords for all, UTF-8, checksums, and text that sorts by code point on every version."""
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major >= 17
        else ["--locale=C", *(["--lc-ctype=C.UTF-8"] if _has_c_utf8() else [])]
    )
    return [
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        "--data-checksums",
        *([] if durable else ["--no-sync", "--wal-segsize=1"]),
    ]


def server_settings(socket_dir: Path, *, durable: bool) -> dict[str, str]:
    """Settings of the command line; the operator's own come from `PIMS_POSTGRES_SETTINGS`
    (`shared_buffers=2GB work_mem=32MB`), but can't undo those that keep it safe."""
    return {
        "max_connections": "200",
        "shared_buffers": "256MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        **(_DURABLE if durable else _THROWAWAY),
        **_operators_own(),
        **_ALWAYS,
        **(_ALWAYS_DURABLE if durable else {}),
        "unix_socket_directories": str(socket_dir),
        "port": str(PORT),
    }


_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "pims",
    # A failed statement holds names and dates of birth; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

_ALWAYS_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}

_DURABLE = {
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "server-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "idle_in_transaction_session_timeout": "5min",
}

_THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "min_wal_size": "2MB",
    "max_wal_size": "256MB",
    "log_checkpoints": "off",
}


def _operators_own() -> dict[str, str]:
    words = shlex.split(os.environ.get("PIMS_POSTGRES_SETTINGS", ""))
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _has_c_utf8() -> bool:
    """Whether the machine knows the locale, which 15 and 16 take their letter classes from."""
    import locale

    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return True
