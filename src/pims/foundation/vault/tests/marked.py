"""A person with a mark in every kind of place that an erasure must reach.

Rows of the rooms above are made by the names of their tables: this room is below them.
"""

from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from pims.foundation.commands.models import CommandResult
from pims.foundation.commands.transaction import Command, Transaction
from pims.foundation.vault import files
from pims.foundation.vault.events import PersonSealed
from pims.foundation.vault.tests import samples
from pims.kernel import clock


def fill(person_id: int, mark: str, command: Command, *, beside: int | None) -> dict[str, UUID]:
    """Write the mark about the person everywhere; give the files' ids.

    `beside` is a person named on one paper together with this one.
    """
    blobs = _files(person_id, mark, command, shared=beside is not None)
    _identity(person_id, mark, beside)
    give_custody(person_id, ended=True, mark=mark)
    _papers(person_id, mark, beside, blobs)
    _passing(person_id, mark, command)
    return blobs


def give_custody(person_id: int, *, ended: bool, mark: str = "") -> None:
    """An episode, with what hangs from it by a foreign key alone."""
    now = clock.now()
    episode = _make(
        "custody", "Episode", person_id=person_id, establishment_id=_establishment(),
        starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=2) if ended else None,
        end_kind="discharged" if ended else "", arrest_place=mark,
    )  # fmt: skip
    _make("custody", "AdmissionStep", episode_id=episode, data={"note": mark})


def shared_papers() -> list[str]:
    """The papers that name several people, as an erasure lists them."""
    named = apps.get_model("authority", "WarrantName").objects.values_list("warrant_id", flat=True)
    ids = list(named)
    return sorted(f"authority_warrant {i}" for i in set(ids) if ids.count(i) > 1)


def _files(person_id: int, mark: str, command: Command, *, shared: bool) -> dict[str, UUID]:
    wanted = {
        "scan": ("scan", samples.pdf_bytes(title=mark)),
        "photo": ("photo", samples.jpeg_with_position(mark)),
    }
    if shared:
        wanted["shared"] = ("warrant_scan", samples.pdf_bytes(title=f"{mark} and another"))
    with transaction.atomic():
        tx = Transaction(command=command, now=clock.now(), name="test")
        stored = {
            name: files.store_file(tx, person_id=person_id, kind=kind, data=data).blob_id
            for name, (kind, data) in wanted.items()
        }
        tx.write_journal()
    return stored


def _identity(person_id: int, mark: str, beside: int | None) -> None:
    person = apps.get_model("people", "Person").objects.get(pk=person_id)
    person.birth_place, person.age_decision_reason = mark, f"said {mark}"
    person.sex, person.birth_date = "male", clock.today("America/Belize") - timedelta(days=12_000)
    person.save()
    name = _make(
        "people", "PersonName", person_id=person_id, given=mark, family=f"{mark}ez",
        is_primary=True, search_key=mark, sort_key=mark,
    )  # fmt: skip
    _make("people", "PersonSearch", person_id=person_id, name_id=name, key=f"old {mark}",
          keys=[1])  # fmt: skip
    # Rewritten: the earlier version is a dead row in the table's file.
    apps.get_model("people", "PersonSearch").objects.filter(person_id=person_id).update(key=mark)
    for word in (mark.lower(), f"{mark}ez".lower()):
        apps.get_model("people", "NameWord").objects.get_or_create(word=word, variants=[1])
    _make("people", "Contact", person_id=person_id, name=f"Mother of {mark}")
    _make("people", "Child", person_id=person_id, name=f"Child of {mark}")
    if beside is not None:
        first, second = sorted((person_id, beside))
        _make("people", "PossibleMatch", person_id=first, other_id=second,
              decision_reason=f"not {mark}", reasons=[])  # fmt: skip


def _papers(person_id: int, mark: str, beside: int | None, blobs: dict[str, UUID]) -> None:
    body = _make("authority", "Body", code=f"B{person_id}", name="Magistrates' Court")
    own = _make(
        "authority", "Warrant", body_id=body, establishment_id=_establishment(),
        as_written=f"Hold {mark}", scan_blob_id=blobs["scan"],
    )  # fmt: skip
    _make("authority", "WarrantName", warrant_id=own, person_id=person_id, name_as_written=mark)
    _make("authority", "ClerkQuery", warrant_id=own, text=f"Who is {mark}?")
    if beside is not None:
        both = _make(
            "authority", "Warrant", body_id=body, establishment_id=_establishment(),
            as_written="Hold both", scan_blob_id=blobs["shared"],
        )  # fmt: skip
        for named in (person_id, beside):
            _make("authority", "WarrantName", warrant_id=both, person_id=named,
                  name_as_written=mark if named == person_id else "the other")  # fmt: skip


def _passing(person_id: int, mark: str, command: Command) -> None:
    """Values that pass through tables that serve everybody."""
    once = Command(command.actor)
    with transaction.atomic():
        tx = Transaction(command=once, now=clock.now(), name="test")
        tx.record(
            PersonSealed(person_id=person_id, sealing_id=0), details={"said": f"about {mark}"}
        )
        tx.write_journal()
        CommandResult.objects.create(
            actor_id=once.actor.user_id, command_id=once.command_id, name="test",
            digest=b"\x00" * 32, result={"name": mark}, recorded_at=clock.now(),
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES"
                " ('default', 'test', jsonb_build_object('event',"
                "   jsonb_build_object('person_id', %s::bigint, 'name', %s::text)), 'succeeded')",
                [person_id, mark],
            )
            cursor.execute(
                "INSERT INTO outbox_parked (subscriber, position, lane, attempts, error,"
                " retry_at) VALUES ('test', %s, %s, 1, %s, now())",
                [person_id, f"person:{person_id}", f"KeyError: {mark}"],
            )


def all_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def rows_by_table() -> dict[str, set[str]]:
    """Every row of every table, as text."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in all_tables():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = {row[0] for row in cursor.fetchall()}
    return found


def rows_of(person_id: int, before: dict[str, set[str]]) -> dict[str, set[str]]:
    """Those of `before` that hang from this person by a column of their own, and may not change.

    Files are left out: one paper's file is sealed anew under this person's key.
    """
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table, rows in before.items():
            cursor.execute(
                "SELECT 1 FROM information_schema.columns"
                " WHERE table_name = %s AND column_name = 'person_id'",
                [table],
            )
            if cursor.fetchone() is None or table in ("vault_blob", "people_possible_match",
                                                      "people_possible_match_history"):  # fmt: skip
                continue
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE person_id = %s', [person_id])
            found[table] = {row[0] for row in cursor.fetchall()} & rows
    assert sum(len(kept) for kept in found.values()) > 10
    return found


def _establishment() -> int:
    model = apps.get_model("facilities", "Establishment")
    row, _ = model.objects.get_or_create(code="X", defaults={"name": "X"})
    return int(row.pk)


def _make(app: str, name: str, /, **values: object) -> int:
    """A row of a room above, its plain fields filled in where they may not be empty."""
    model = apps.get_model(app, name)
    now = clock.now()
    for field in model._meta.concrete_fields:
        if field.attname in values or field.primary_key or field.null or field.has_default():
            continue
        kind = field.get_internal_type()
        if kind == "DateTimeField":
            values[field.attname] = now
        elif kind == "DateField":
            values[field.attname] = now.date()
        elif kind in ("BigIntegerField", "PositiveSmallIntegerField", "PositiveIntegerField"):
            values[field.attname] = 1
        elif kind in ("CharField", "TextField"):
            values[field.attname] = field.choices[0][0] if field.choices else ""
    return int(model.objects.create(**values).pk)
