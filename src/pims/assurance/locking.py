"""One writer of alarms at a time."""

from django.db import connection


def one_at_a_time() -> None:
    """The minute's sweep and an event's look at a person must not both raise the same alarm.

    Taken before any person is locked, so that no two writers wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('assurance.alarms'))")
