"""Reading numbers from bytes that may end too soon. Numbers are big-endian, as in every format
here."""

from pims.biometrics.engine.reasons import Unusable

__all__ = ["Cursor"]


class Cursor:
    """A place in `data`; takes what is asked for, or refuses where `end` comes first."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, *, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    @property
    def left(self) -> int:
        return self.end - self.at

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Raises Unusable ``biometrics.codec.truncated``."""
        if count < 0 or count > self.left:
            raise Unusable(
                "biometrics.codec.truncated", at=self.at, needed=count, left=max(self.left, 0)
            )
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def u8(self) -> int:
        return self.number(1)

    def u16(self) -> int:
        return self.number(2)

    def u32(self) -> int:
        return self.number(4)

    def part(self, length: int) -> "Cursor":
        """A cursor over the next `length` bytes, which this one leaves behind."""
        start = self.at
        if length < 0 or length > self.left:
            raise Unusable(
                "biometrics.codec.truncated", at=start, needed=length, left=max(self.left, 0)
            )
        self.at += length
        return Cursor(self.data, at=start, end=start + length)
