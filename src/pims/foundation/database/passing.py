"""Failures of the database that pass by themselves: the same change, made again, goes through."""

from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

_PASSING = (DeadlockDetected, LockNotAvailable, SerializationFailure)


def is_passing(error: BaseException) -> bool:
    """Whether two changes only stood in each other's way, as Django's error about it says."""
    return isinstance(error.__cause__, _PASSING)
