"""Who may do what to which table, given anew after every migration.

The application reads, adds and changes rows; it deletes only what is meant to pass away. It can't
change the ledger, the feed or a history. A table that no list names is a domain table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

# Made and removed in daily use: sessions, jobs, sign-in helpers, subscribers' progress, and the
# search rows of names, which are derived and can be made again.
EPHEMERAL = frozenset(
    {
        "django_session",
        "access_sign_in_state",
        "outbox_parked",
        "outbox_cursor",
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
        "people_search",
        "people_word",
    }
)
EPHEMERAL_PREFIXES = ("procrastinate_",)

# Written by migrations alone: Django's own bookkeeping, and what each role may do.
CATALOGUE = frozenset(
    {
        "access_role",
        "access_role_permission",
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "auth_group",
        "auth_group_permissions",
    }
)

# Written once, by the application or by the sequencer; changed and removed by nobody.
APPENDED = frozenset({"ledger_entry", "ledger_detail", "outbox_event"})
SEQUENCED = frozenset({"ledger_leaf", "ledger_checkpoint", "outbox_feed"})
PENDING = frozenset({"ledger_pending", "outbox_pending"})
HISTORY_SUFFIX = "_history"

# What other agencies are answered from: views that show rows only under an agreement in force.
AGREED_PREFIX = "agreed_"
OBSERVATORY_VIEWS = frozenset({"agreed_statistic"})
# By name, whatever arguments they take: nothing else of ours may be executed by these roles.
OBSERVATORY_FUNCTIONS = frozenset(
    {
        # What the views themselves call, in the name of whoever reads them: the terms of one's own
        # inquiry, and two that judge what they are given.
        "exchange_terms",
        "exchange_row_agreed",
        "exchange_fields_agreed",
        "agency_client",
        "agency_bearer",
        "agency_issue_token",
        "agency_revoke_token",
        "agency_open_inquiry",
        "agency_close_inquiry",
        "agency_freshness",
    }
)
AGENCY_FUNCTIONS = OBSERVATORY_FUNCTIONS | {
    "agency_find",
    # What the view of messages calls.
    "exchange_message_agreed",
    "exchange_facts_agreed",
    "agency_feed_ends",
    "agency_feed_pulse",
    "agency_snapshot_place",
    "agency_acknowledge",
    "agency_cursor",
    "agency_receive",
    "agency_inbound",
}
# Derived rows of the exchange, made anew whenever a person changes.
SHELVED = frozenset(
    {"exchange_shelf", "exchange_lookup_key", "exchange_shelf_due", "exchange_facets_seen"}
)

FROZEN = ("ledger_entry", "ledger_leaf", "ledger_checkpoint", "outbox_event", "outbox_feed")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of the database by what may be done to them."""

    domain: tuple[str, ...]
    ephemeral: tuple[str, ...]
    catalogue: tuple[str, ...]
    appended: tuple[str, ...]
    sequenced: tuple[str, ...]
    pending: tuple[str, ...]
    history: tuple[str, ...]
    agreed: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (
            *self.domain, *self.ephemeral, *self.catalogue, *self.appended, *self.sequenced,
            *self.pending, *self.history, *self.agreed,
        )  # fmt: skip


def classify(names: Iterable[str]) -> Tables:
    kinds: dict[str, list[str]] = {
        kind: []
        for kind in (
            "domain", "ephemeral", "catalogue", "appended", "sequenced", "pending", "history",
            "agreed",
        )
    }  # fmt: skip
    for name in sorted(names):
        kinds[_kind(name)].append(name)
    return Tables(**{kind: tuple(found) for kind, found in kinds.items()})


def _kind(name: str) -> str:
    if name.startswith(AGREED_PREFIX):
        return "agreed"
    if name in SHELVED or name in EPHEMERAL or name.startswith(EPHEMERAL_PREFIXES):
        return "ephemeral"
    if name in CATALOGUE:
        return "catalogue"
    if name in APPENDED:
        return "appended"
    if name in SEQUENCED:
        return "sequenced"
    if name in PENDING:
        return "pending"
    return "history" if name.endswith(HISTORY_SUFFIX) else "domain"


@dataclass(slots=True)
class _Grants:
    made: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def give(self, role: str, privileges: str, *groups: Sequence[str]) -> None:
        tables = tuple(name for group in groups for name in group)
        if tables:
            self.made.append((role, privileges, tables))


def grants(tables: Tables) -> list[tuple[str, str, tuple[str, ...]]]:
    """(role, privileges, tables) of everything that is granted; nothing else is."""
    g = _Grants()
    for role in ("pims_app", "pims_loader"):
        g.give(role, "SELECT", tables.all)
        g.give(role, "INSERT", tables.domain, tables.appended, tables.pending, tables.history)
        g.give(role, "UPDATE", tables.domain)
        g.give(role, "INSERT, UPDATE, DELETE", tables.ephemeral)
    g.give("pims_sequencer", "SELECT", tables.appended, tables.sequenced, tables.pending)
    g.give("pims_sequencer", "INSERT", tables.sequenced)
    # It reports a clock that went back as an event of its own.
    g.give("pims_sequencer", "INSERT", [t for t in tables.appended if t == "outbox_event"])
    g.give("pims_sequencer", "INSERT", [t for t in tables.pending if t == "outbox_pending"])
    g.give("pims_sequencer", "UPDATE, DELETE", tables.pending)
    g.give("pims_eraser", "SELECT", tables.all)
    g.give("pims_eraser", "INSERT", tables.domain, tables.appended, tables.pending, tables.history)
    g.give("pims_eraser", "UPDATE, DELETE", tables.domain, tables.history)
    g.give("pims_eraser", "DELETE", [t for t in tables.appended if t == "ledger_detail"])
    g.give("pims_eraser", "DELETE", [t for t in tables.ephemeral if t in SHELVED])
    cleared = {"procrastinate_jobs", "outbox_parked"}
    g.give("pims_eraser", "UPDATE", [t for t in tables.ephemeral if t in cleared])
    g.give("pims_eraser", "INSERT", [t for t in tables.ephemeral if t == "procrastinate_events"])
    g.give("pims_eraser", "DELETE", [t for t in tables.ephemeral if t.startswith("people_")])
    for_observatory = [name for name in tables.agreed if name in OBSERVATORY_VIEWS]
    g.give("pims_agency", "SELECT", [n for n in tables.agreed if n not in OBSERVATORY_VIEWS])
    g.give("pims_observatory", "SELECT", for_observatory)
    g.give("pims_reader", "SELECT", [t for t in tables.sequenced if t == "outbox_feed"])
    g.give("pims_reader", "SELECT", [t for t in tables.appended if t == "outbox_event"])
    return g.made


def apply_privileges(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Take every right away and give those of `grants` again, in one transaction.

    `connection` is the owner's. Repeating it changes nothing.
    """
    with connection.transaction():
        names = [
            str(row[0])
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " UNION ALL SELECT viewname FROM pg_views WHERE schemaname = 'public'"
                " AND viewowner = current_user"
            )
        ]
        roles = sql.SQL(f"{_OWN_ROLES}, {_OUTSIDE_ROLES}, PUBLIC")
        for kind in ("TABLES", "SEQUENCES"):
            connection.execute(
                sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(
                    sql.SQL(kind), roles
                )
            )
        for role, privileges, tables in grants(classify(names)):
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(privileges),
                    sql.SQL(", ").join(map(sql.Identifier, tables)),
                    sql.Identifier(role),
                )
            )
        connection.execute(
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public"
            " TO pims_app, pims_loader, pims_sequencer, pims_eraser"
        )
        connection.execute("GRANT UPDATE ON ALL SEQUENCES IN SCHEMA public TO pims_loader")
        connection.execute(_FROZEN_FUNCTION)
        _grant_functions(connection)
        present = set(names)
        for table in FROZEN:
            if table in present:
                _freeze(connection, table, "UPDATE OR DELETE OR TRUNCATE")
        if "ledger_detail" in present:
            _freeze(connection, "ledger_detail", "UPDATE OR TRUNCATE")


def _grant_functions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """A new function is everybody's until that is taken away. Those of extensions stay so."""
    rows = connection.execute(
        "SELECT oid::regprocedure::text, proname FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole"
    ).fetchall()
    found = [(str(signature), str(name)) for signature, name in rows]

    def each(statement: str, names: Iterable[str]) -> None:
        if listed := ", ".join(names):
            connection.execute(statement.format(listed).encode())

    everybody = f"{_OWN_ROLES}, {_OUTSIDE_ROLES}, PUBLIC"
    each(f"REVOKE ALL ON ROUTINE {{}} FROM {everybody}", (s for s, _ in found))
    each(f"GRANT EXECUTE ON ROUTINE {{}} TO {_OWN_ROLES}", (s for s, _ in found))
    for role, named in (
        ("pims_agency", AGENCY_FUNCTIONS),
        ("pims_observatory", OBSERVATORY_FUNCTIONS),
    ):
        each(f"GRANT EXECUTE ON ROUTINE {{}} TO {role}", (s for s, n in found if n in named))


_OWN_ROLES = "pims_app, pims_sequencer, pims_loader, pims_eraser, pims_reader"
_OUTSIDE_ROLES = "pims_agency, pims_observatory"


def _freeze(connection: psycopg.Connection[tuple[object, ...]], table: str, events: str) -> None:
    connection.execute(
        sql.SQL(
            "CREATE OR REPLACE TRIGGER pims_frozen BEFORE {} ON {}"
            " FOR EACH STATEMENT EXECUTE FUNCTION pims_refuse_change()"
        ).format(sql.SQL(events), sql.Identifier(table))
    )


_FROZEN_FUNCTION = """
CREATE OR REPLACE FUNCTION pims_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: it is only ever added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$
"""

# Before the first migration: the triggers that keep history call it.
RECORDED_AT_FUNCTION = """
CREATE OR REPLACE FUNCTION pims_recorded_at() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN session_user = 'pims_loader'
            AND coalesce(current_setting('pims.recorded_at', true), '') <> ''
        THEN current_setting('pims.recorded_at', true)::timestamptz
        ELSE now()
    END
$$
"""
