"""How every change travels: command, scope, rules, rows, ledger entry, outbox event.

A write service is a function decorated with `service`, whose first argument is a `Transaction`
and whose others are keyword-only::

    @service
    def place_person(tx: Transaction, *, episode_id: int, place_id: int) -> Placed: ...

It is called with a `Command` (from a page, the API or the command line), which opens the one
transaction, or with the `Transaction` of the service that calls it, which it joins.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, get_type_hints
from uuid import UUID, uuid4

from django.db import DataError, OperationalError, connection, transaction
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_jsonable_python

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import SEE_SEALED, require_held
from pims.foundation.commands.journal import Journal
from pims.foundation.commands.models import CommandResult
from pims.foundation.commands.texts import refuse_unwritable
from pims.foundation.database.passing import is_passing
from pims.foundation.ledger.append import append_entry, is_loading
from pims.foundation.ledger.entries import new_entry
from pims.foundation.outbox.records import new_event
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import CommandReused, InvalidInput, NotFound, NotPermitted, PimsError
from pims.kernel.events import Event

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
# Whom the change under way in this thread has locked, with their last numbers.
_held: ContextVar[dict[int, int] | None] = ContextVar("persons_locked", default=None)
# The names by which services take one person.
PERSONS = ("person_id", "other_person_id", "into_person_id")


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asks for: `command_id` is made by the form, the API client or the caller."""

    actor: Actor
    command_id: UUID = field(default_factory=uuid4)


@dataclass(slots=True)
class About:
    """Whom and where a change turned out to concern: for the entry of one that is refused."""

    persons: set[int] = field(default_factory=set)
    establishment_id: int | None = None


@dataclass(slots=True)
class Transaction:
    """The open change: who, since when, and what it has locked so far."""

    command: Command
    now: datetime
    name: str
    _locked: dict[int, int] = field(default_factory=dict)
    _journal: Journal = field(default_factory=Journal)
    _reached: set[tuple[str, int]] = field(default_factory=set)
    _about: About = field(default_factory=About)

    @property
    def actor(self) -> Actor:
        return self.command.actor

    def lock_persons(self, person_ids: Iterable[int]) -> None:
        """Lock the persons in id order, so that two services never wait for each other.

        Lock all that a change concerns in one call, before reading what it decides on.
        """
        wanted = sorted(set(person_ids) - self._locked.keys())
        self._about.persons.update(wanted)
        if not wanted:
            return
        locking = (
            "SELECT person_id, last_seq FROM person_sequence"
            " WHERE person_id = ANY(%s) ORDER BY person_id FOR UPDATE"
        )
        with connection.cursor() as cursor:
            cursor.execute(locking, [wanted])
            found = dict(cursor.fetchall())
            if len(found) < len(wanted):
                cursor.execute(
                    "INSERT INTO person_sequence (person_id, last_seq)"
                    " SELECT unnest(%s::bigint[]), 0 ON CONFLICT DO NOTHING",
                    [wanted],
                )
                cursor.execute(locking, [wanted])
                found = dict(cursor.fetchall())
            self._locked.update(found)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the change that may fail without losing the rest: one row of many.

        What was locked and numbered inside is forgotten with it. Lock the persons of all parts
        before the first savepoint, or another service may wait the other way round.
        """
        held, mark = dict(self._locked), self._journal.mark()
        try:
            with transaction.atomic():
                yield
        except BaseException:
            self._locked.clear()
            self._locked.update(held)
            self._journal.forget_since(mark)
            raise

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What this change locks within the block answers for `require_locked`."""
        before = _held.set(self._locked)
        try:
            yield
        finally:
            _held.reset(before)

    def beyond_scope(self) -> "Transaction":
        """The same change, by the same user, for what follows from a recorded fact by itself.

        A gate officer who records that a court freed a prisoner may not end warrants; the fact
        ends them. Use it only for consequences, never for what the user chooses.
        """
        actor = replace(self.command.actor, system=True)
        return Transaction(
            command=replace(self.command, actor=actor),
            now=self.now,
            name=self.name,
            _locked=self._locked,
            _journal=self._journal,
            _about=self._about,
        )

    def require(self, permission: str, *, establishment_id: int | None = None) -> None:
        """Raise NotPermitted unless the actor holds the permission at the establishment."""
        self._about.establishment_id = establishment_id or self._about.establishment_id
        if not self.actor.can_at(permission, establishment_id):
            raise NotPermitted(permission)

    def require_person(self, permission: str, person_id: int) -> None:
        """Raise unless the actor holds the permission and a grant of it reaches the person."""
        self._about.persons.add(person_id)
        require_held(self.actor, permission)
        if self.actor.system or (permission, person_id) in self._reached:
            return
        found = PersonScope.objects.filter(person_id=person_id).first()
        if found is None or (found.sealed and not self._covers(SEE_SEALED, found)):
            raise NotFound("person")
        if not self._covers(permission, found):
            raise NotPermitted(permission)
        # Once allowed, a change may go on though it moves the person out of its own reach.
        self._reached.add((permission, person_id))

    def may_person(self, permission: str, person_id: int) -> bool:
        """Whether `require_person` would let this pass: for a choice among permissions."""
        try:
            self.require_person(permission, person_id)
        except (NotFound, NotPermitted):
            return False
        return True

    def _covers(self, permission: str, found: PersonScope) -> bool:
        return self.actor.can_reach(
            permission,
            establishment_id=found.establishment_id,
            unit_id=found.unit_id,
            labels=found.labels,
        )

    def record(self, event: Event, *, details: Mapping[str, object] | None = None) -> UUID:
        """Keep the ledger entry and the outbox event of one change; give the entry's id.

        Both are written when the change is done (see `journal`). `details` may hold personal
        values: they stand beside the ledger, which holds only a salted commitment to them, and
        are destroyed with the person's key on erasure.
        """
        seq: int | None = None
        if event.person_id is not None:
            self.lock_persons([event.person_id])
            seq = self._locked[event.person_id] = self._locked[event.person_id] + 1
        entry = new_entry(
            kind=event.kind,
            actor_id=self.actor.user_id,
            command_id=self.command.command_id,
            person_ids=[] if event.person_id is None else [event.person_id],
            establishment_id=event.establishment_id,
            body=event.payload(),
            details=details,
            at=self.now,
            loaded=is_loading(),
        )
        _, values = new_event(event, entry_id=entry.id, event_seq=seq, at=self.now)
        self._journal.keep(entry, values)
        return entry.id

    def write_journal(self) -> None:
        """Write what was recorded; `service` calls it when the change is done."""
        self._journal.write(self._locked)


def service(
    function: Callable[Concatenate[Transaction, P], R],
) -> Callable[Concatenate[Command | Transaction, P], R]:
    """Make a write service of a function: one transaction, idempotent, refusals audited.

    Where two changes stood in each other's way (a deadlock, a serialization failure), the one that
    the database undid is made once more: nobody at a desk need see it.
    """
    name = f"{function.__module__}.{function.__name__}".removeprefix("pims.").replace(
        ".services", ""
    )
    adapter: TypeAdapter[R] | None = None

    def result_adapter() -> TypeAdapter[R]:
        nonlocal adapter
        if adapter is None:
            adapter = TypeAdapter(get_type_hints(function)["return"])
        return adapter

    @wraps(function)
    def run(caller: Command | Transaction, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if isinstance(caller, Transaction):
            return function(caller, *args, **kwargs)

        about = About()

        def once() -> R:
            with transaction.atomic():
                earlier = _claim(caller, name, digest)
                if earlier is not None:
                    return result_adapter().validate_python(earlier.result)
                tx = Transaction(command=caller, now=clock.now(), name=name, _about=about)
                with tx.holding():
                    result = function(tx, *args, **kwargs)
                tx.write_journal()
                CommandResult.objects.filter(
                    actor_id=caller.actor.user_id, command_id=caller.command_id
                ).update(result=result_adapter().dump_python(result, mode="json"))
                return result

        try:
            try:
                digest = _digest(name, kwargs)
                return once()
            except (DataError, UnicodeEncodeError, PydanticSerializationError) as error:
                refuse_unwritable(kwargs)
                if not isinstance(error, DataError):
                    raise
                # A limit that the service does not know of: say so there, not here.
                log.exception("%s was given what the tables cannot hold", name)
                raise InvalidInput({"": Reason("text.does_not_fit")}) from error
            except OperationalError as error:
                # Inside a transaction of somebody else's, theirs is what is lost and made again.
                if connection.in_atomic_block or not is_passing(error):
                    raise
                return once()
        except CommandReused:
            raise
        except PimsError as refusal:
            _audit_refusal(caller, name, refusal, kwargs, about)
            raise

    return run


def require_locked(person_ids: Iterable[int]) -> None:
    """Raise RuntimeError unless the change under way has locked these persons: what decides on a
    record and writes it must not meet another that does."""
    missing = set(person_ids) - (_held.get() or {}).keys()
    if missing:
        raise RuntimeError(f"not locked by a change under way: {sorted(missing)}")


def was_carried_out(command: Command) -> bool:
    """Whether this very command was done already: a form sent twice by the same user."""
    return CommandResult.objects.filter(
        actor_id=command.actor.user_id, command_id=command.command_id
    ).exists()


def _digest(name: str, kwargs: Mapping[str, object]) -> bytes:
    text = json.dumps(
        [name, to_jsonable_python(kwargs, fallback=repr, bytes_mode="base64")], sort_keys=True
    )
    return hashlib.sha256(text.encode()).digest()


def _claim(command: Command, name: str, digest: bytes) -> CommandResult | None:
    """Take the command_id, waiting for a twin under way; give the twin's row if it was first."""
    _, fresh = CommandResult.objects.get_or_create(
        actor_id=command.actor.user_id,
        command_id=command.command_id,
        defaults={"name": name, "digest": digest, "recorded_at": clock.now()},
    )
    if fresh:
        return None
    if bytes(_.digest) != digest:
        raise CommandReused(name)
    return _


def _audit_refusal(
    command: Command, name: str, refusal: PimsError, kwargs: Mapping[str, object], about: About
) -> None:
    """Record, in a transaction of its own, that this was asked for and refused, and why.

    It is on the record of each person whom it would have concerned, as far as the service came.
    """
    named = {value for key in PERSONS if isinstance(value := kwargs.get(key), int)}
    where = kwargs.get("establishment_id")
    with transaction.atomic():
        append_entry(
            kind="command.refused",
            actor_id=command.actor.user_id,
            command_id=command.command_id,
            person_ids=sorted(named | about.persons),
            establishment_id=where if isinstance(where, int) else about.establishment_id,
            body={
                "service": name,
                "code": refusal.code,
                "reasons": [reason.code for reason in refusal.reasons()],
                "ids": {
                    k: v for k, v in kwargs.items() if k.endswith("_id") and isinstance(v, int)
                },
            },
            details=None,
            at=clock.now(),
        )
