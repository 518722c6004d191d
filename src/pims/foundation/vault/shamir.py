"""Secret sharing after Shamir (1979) over the field of 256 elements. Pure.

Each byte of the secret is the value at 0 of a random polynomial of degree threshold - 1; a share
is the values of all of them at one point 1..255. Any `threshold` shares give the secret; fewer
tell nothing of it, whatever the computing power.
"""

import secrets
from collections.abc import Mapping

# The field GF(2)[x] / (x^8 + x^4 + x^3 + x + 1); 3 generates its multiplicative group.
_MODULUS = 0x11B
_EXP = [0] * 510
_LOG = [0] * 256
_value = 1
for _power in range(255):
    _EXP[_power] = _EXP[_power + 255] = _value
    _LOG[_value] = _power
    _value ^= _value << 1
    if _value & 0x100:
        _value ^= _MODULUS


def multiply(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def divide(a: int, b: int) -> int:
    if b == 0:
        raise ZeroDivisionError
    return _EXP[_LOG[a] - _LOG[b] + 255] if a else 0


def split(secret: bytes, *, threshold: int, shares: int) -> dict[int, bytes]:
    """Point -> share, points 1..`shares`; each share is as long as the secret.

    Raises ValueError unless 2 <= threshold <= shares <= 255.
    """
    if not 2 <= threshold <= shares <= 255:
        raise ValueError("2 <= threshold <= shares <= 255")
    polynomials = [(byte, *secrets.token_bytes(threshold - 1)) for byte in secret]
    return {
        point: bytes(_evaluate(polynomial, point) for polynomial in polynomials)
        for point in range(1, shares + 1)
    }


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret, by Lagrange interpolation at 0.

    Whether the shares belong together and are enough cannot be seen from the result: the caller
    checks it. Raises ValueError where they differ in length, or a point is 0.
    """
    points = list(shares)
    if not points or 0 in points or len({len(s) for s in shares.values()}) != 1:
        raise ValueError("shares of one length at points 1..255")
    weights = []
    for i in points:
        weight = 1
        for j in points:
            if i != j:
                weight = multiply(weight, divide(j, i ^ j))
        weights.append(weight)
    secret = bytearray(len(next(iter(shares.values()))))
    for weight, point in zip(weights, points, strict=True):
        for index, byte in enumerate(shares[point]):
            secret[index] ^= multiply(weight, byte)
    return bytes(secret)


def _evaluate(polynomial: tuple[int, ...], point: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = multiply(value, point) ^ coefficient
    return value
