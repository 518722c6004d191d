"""Secrets of users at rest: PINs and passwords in argon2, card serials as keyed hashes.

A PIN has few digits, so it is keyed with the installation's own secret before it is hashed: the
database alone does not give it away.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.utils.crypto import salted_hmac

# Of the equivalent settings that OWASP lists for argon2id, one that a small server can carry
# at shift change: 46 MiB, one pass, one lane.
_MEMORY_KIB, _PASSES, _LANES = 47_104, 1, 1


class Secret:
    """A PIN, password or card serial on its way to a service: never printed, never stored.

    Its representation is a keyed hash, so that a repeated command can be told from one with
    another secret, and nothing can be told from the representation alone.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({_keyed('pims.access.secret', self._value)[:32]})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Argon2Hasher(Argon2PasswordHasher):
    memory_cost = _MEMORY_KIB
    time_cost = _PASSES
    parallelism = _LANES


def hash_pin(pin: str) -> str:
    return make_password(_keyed_pin(pin))


def pin_matches(pin: str, stored: str) -> bool:
    """Whether this is the PIN; as slow for a user that has none as for one that has."""
    return _matches(_keyed_pin(pin), stored)


def password_matches(password: str, stored: str) -> bool:
    return _matches(password, stored)


def card_digest(serial: str) -> str:
    """The keyed hash by which a card is found: 64 hex digits; "" for no card."""
    serial = serial.strip().upper()
    return _keyed("pims.access.card", serial) if serial else ""


def badge_digest(badge: str) -> str:
    return _keyed("pims.access.badge", badge.strip().upper())


def _matches(secret: str, stored: str) -> bool:
    if not stored or stored.startswith("!"):
        make_password(secret)
        return False
    return check_password(secret, stored)


def _keyed_pin(pin: str) -> str:
    return _keyed("pims.access.pin", pin)


def _keyed(salt: str, value: str) -> str:
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()
