"""How whoever pushes messages hears that something else than the feed has changed for it.

A nudge, never the message itself: whoever misses it looks again within two seconds.
"""

from django.db import connection, transaction

from pims.exchange.feed.publishing import CHANNEL


def wake_courier() -> None:
    """Once the transaction under way is committed. Not inside it: a NOTIFY there takes a lock of
    the whole server until the commit."""
    if all(hook is not _notify for _, hook, *_ in connection.run_on_commit):
        transaction.on_commit(_notify, robust=True)


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
