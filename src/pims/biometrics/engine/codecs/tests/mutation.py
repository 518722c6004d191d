"""Files changed as accidents and enemies change them, by a seed."""

import random
from collections.abc import Iterator

# Numbers at which lengths and counts go wrong.
SHARP = (
    b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff", b"\x00\x00", b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x00\x05", b"4294967295", b"65535",
    b"-1", b"9" * 40, b"\x1c", b"\x1d", b"\x1e", b"\x1f", b"999:", b"1.003:", b"\xff\xa3",
    b"\xff\xa1", b"FMR\x00030\x00", b"1e999", "٣".encode(),
)  # fmt: skip
# Of a long file most is image: the heads are where readers are led astray.
HEAD = 1200


def mutations(data: bytes, *, seed: int, count: int) -> Iterator[bytes]:
    """`count` changed copies of `data`."""
    dice = random.Random(seed)
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(dice.choice((1, 1, 2, 5))):
            _change(changed, dice)
        yield bytes(changed)


def _change(data: bytearray, dice: random.Random) -> None:
    if not data:
        return
    near = min(len(data), HEAD) if dice.random() < 0.7 else len(data)
    at = dice.randrange(near)
    kind = dice.randrange(7)
    if kind == 0:
        data[at] = dice.randrange(256)
    elif kind == 1:
        data[at] ^= 1 << dice.randrange(8)
    elif kind == 2:
        sharp = dice.choice(SHARP)
        data[at : at + len(sharp)] = sharp
    elif kind == 3:
        data[at:at] = dice.choice(SHARP)
    elif kind == 4:
        del data[at : at + dice.choice((1, 2, 4, 17, 400))]
    elif kind == 5:
        del data[at:]
    else:
        end = at + dice.choice((1, 8, 60, 300))
        data[at:at] = data[at:end] * dice.choice((1, 3))
