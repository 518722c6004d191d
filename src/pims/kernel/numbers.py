"""The prisoner number: permanent, meaningless, and checked.

Seven digits and two check digits by ISO/IEC 7064 MOD 97-10, written ``4821937-64``. Digits only,
because it is read over the telephone and typed on a keypad; MOD 97-10 finds every single wrong
digit and every swap of two.
"""

from stdnum.iso7064 import mod_97_10

SPACE = 10_000_000
# Coprime to SPACE, so that serial numbers map one to one and neighbours look unrelated.
_MULTIPLIER, _OFFSET = 7_368_787, 2_912_411


def prisoner_number(serial: int) -> str:
    """The number of the `serial`-th person, 0 <= serial < 10,000,000."""
    if not 0 <= serial < SPACE:
        raise ValueError(f"serial out of range: {serial}")
    digits = f"{(serial * _MULTIPLIER + _OFFSET) % SPACE:07d}"
    return f"{digits}-{mod_97_10.calc_check_digits(digits)}"


def parse_prisoner_number(text: str) -> str | None:
    """The number in its one written form, or None where the check fails."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if len(digits) != 9 or not mod_97_10.is_valid(digits):
        return None
    return f"{digits[:7]}-{digits[7:]}"
