"""Who wants to hear of which events, inside this installation.

A room puts its handlers in its module ``subscribers``::

    @subscriber("assurance", kinds=["authority.*", "custody.received"])
    def keep_alarms(event: EventRecord) -> None: ...

The handler runs in the worker, in one database transaction with the mark that the event was
handled: what it writes to the database happens once. Whatever else it does may happen again after
a crash. It raises to have the event tried again later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.module_loading import autodiscover_modules

from pims.foundation.outbox.records import EventRecord

Handler = Callable[[EventRecord], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A name under which progress is kept, and a handler for each event of `kinds`.

    `kinds` are whole kinds (``custody.placed``) or rooms (``custody.*``). `only` passes over
    events of these kinds that are not worth a transaction; it must not read the database.
    `since` is asked once a batch, and may: what was recorded up to then is passed over too.
    """

    name: str
    kinds: tuple[str, ...]
    handle: Handler
    only: Callable[[EventRecord], bool] = lambda event: True
    since: Callable[[], datetime | None] = lambda: None

    def wants(self, kind: str) -> bool:
        room = f"{kind.partition('.')[0]}.*"
        return kind in self.kinds or room in self.kinds


@dataclass(slots=True)
class Registry:
    """The subscribers of a process, by name."""

    known: dict[str, Subscriber] = field(default_factory=dict)

    def subscriber(
        self,
        name: str,
        *,
        kinds: Iterable[str],
        only: Callable[[EventRecord], bool] = lambda event: True,
        since: Callable[[], datetime | None] = lambda: None,
    ) -> Callable[[Handler], Handler]:
        """Register the decorated function. Raises ValueError for a name that is taken.

        A new subscriber starts at the beginning of the feed. One whose `kinds` grow later hears
        of the new kinds from then on.
        """
        wanted = tuple(kinds)
        if isinstance(kinds, str) or not wanted:
            raise ValueError(f"the kinds of {name} must be a list of at least one kind")

        def register(handle: Handler) -> Handler:
            earlier = self.known.get(name)
            if earlier is not None and earlier.handle is not handle:
                raise ValueError(f"there is a subscriber called {name} already")
            self.known[name] = Subscriber(name, wanted, handle, only, since)
            return handle

        return register


registry = Registry()
subscriber = registry.subscriber


def discover() -> Sequence[Subscriber]:
    """Import the module ``subscribers`` of every room; give all that are registered."""
    autodiscover_modules("subscribers")
    return tuple(registry.known.values())
