"""The extended data of a view: ridge counts, cores and deltas, and blocks kept as they came.

ISO/IEC 19794-2:2005 clause 7.5 and :2011 clause 8.5; ANSI/INCITS 378 clause 6.6. ISO says of each
core and delta whether it has angles (the top two bits of its x); INCITS says it once for all cores
and once for all deltas (the top two bits of their count).
"""

from collections.abc import Sequence
from dataclasses import replace

from pims.biometrics.engine.codecs.bounds import MOST_BLOCKS
from pims.biometrics.engine.codecs.cursor import Cursor
from pims.biometrics.engine.codecs.fmr.record import (
    Core,
    CoresAndDeltas,
    Delta,
    Extended,
    OpaqueBlock,
    RidgeCounts,
    Standard,
)
from pims.biometrics.engine.codecs.fmr.units import MOST_COORDINATE, turn, units_of_turn
from pims.biometrics.engine.reasons import Unusable
from pims.kernel.reasons import Reason

__all__ = ["convert", "read", "write"]

RIDGE_COUNTS = 1
CORES_AND_DELTAS = 2
# Type and length of each block, which its length counts.
HEAD = 4
SLACK = 2
ANGULAR = 1
FEW = 0x3F
ISO_FEW = 0xFF


def read(
    cursor: Cursor, standard: Standard, *, last: bool
) -> tuple[tuple[Extended, ...], list[Reason]]:
    """The blocks at the cursor and what was odd about them.

    Test files that everybody reads say of their last block a byte too many, or two too few. At the
    very end of a record (`last`) its length may therefore be off by up to `SLACK`, where what is
    there makes sense. Raises Unusable ``biometrics.codec.truncated`` or ``.block_length``.
    """
    remarks: list[Reason] = []
    stated = cursor.u16()
    loose = bool(last and stated and 0 < abs(cursor.left - stated) <= SLACK)
    if loose:
        remarks.append(
            Reason("biometrics.codec.block_off", {"stated": stated, "found": cursor.left})
        )
    part = cursor.part(cursor.left if loose else stated)
    found: list[Extended] = []
    while part.left:
        at = part.at
        kind, wanted = part.u16(), part.u16() - HEAD
        ends_off = loose and -SLACK <= part.left - wanted < HEAD and part.left != wanted
        if wanted < 0 or (wanted > part.left and not ends_off):
            raise Unusable("biometrics.codec.block_length", at=at, length=wanted + HEAD)
        if len(found) == MOST_BLOCKS:
            raise Unusable(
                "biometrics.codec.too_many_values", count=MOST_BLOCKS + 1, most=MOST_BLOCKS
            )
        block = _understood(kind, part.take(part.left if ends_off else wanted), standard)
        if isinstance(block, OpaqueBlock) and ends_off:
            raise Unusable("biometrics.codec.block_length", at=at, length=wanted + HEAD)
        if isinstance(block, OpaqueBlock) and kind in (RIDGE_COUNTS, CORES_AND_DELTAS):
            remarks.append(Reason("biometrics.codec.block_opaque", {"kind": kind}))
        found.append(block)
    return tuple(found), remarks


def write(blocks: tuple[Extended, ...], standard: Standard) -> bytes:
    """The blocks with the length of them all before. Raises Unusable ``.mixed_angles``,
    ``.block_length``, ``.beyond_fourteen_bits``."""
    written = b"".join(_block(block, standard) for block in blocks)
    if len(written) > 0xFFFF:
        raise Unusable("biometrics.codec.block_length", at=0, length=len(written))
    return len(written).to_bytes(2, "big") + written


def convert(block: Extended, source: Standard, target: Standard) -> Extended:
    """The block with its angles in the target's units; INCITS has room for none of them where some
    are missing."""
    if not isinstance(block, CoresAndDeltas):
        return block
    if not target.iso and any(core.angle is None for core in block.cores):
        block = replace(block, cores=tuple(Core(core.x, core.y) for core in block.cores))
    if not target.iso and any(delta.angles is None for delta in block.deltas):
        block = replace(block, deltas=tuple(Delta(delta.x, delta.y) for delta in block.deltas))
    cores = tuple(
        core if core.angle is None else Core(core.x, core.y, turn(core.angle, source, target))
        for core in block.cores
    )
    deltas = tuple(
        delta
        if delta.angles is None
        else Delta(
            delta.x, delta.y,
            (turn(delta.angles[0], source, target), turn(delta.angles[1], source, target),
             turn(delta.angles[2], source, target)),
        )
        for delta in block.deltas
    )  # fmt: skip
    return CoresAndDeltas(cores, deltas)


def _understood(kind: int, data: bytes, standard: Standard) -> Extended:
    """What the block says, or the block itself where its inside contradicts its length."""
    if kind == RIDGE_COUNTS and data and len(data) % 3 == 1:
        triples = zip(data[1::3], data[2::3], data[3::3], strict=True)
        return RidgeCounts(data[0], tuple(triples))
    if kind == CORES_AND_DELTAS:
        cursor = Cursor(data)
        try:
            block = _cores_and_deltas(cursor, standard)
        except Unusable:
            return OpaqueBlock(kind, data)
        if not cursor.left:
            return block
    return OpaqueBlock(kind, data)


def _cores_and_deltas(cursor: Cursor, standard: Standard) -> CoresAndDeltas:
    cores, deltas = [], []
    count, shared = _count(cursor, standard)
    for _ in range(count):
        x, y, angular = _point(cursor, shared)
        cores.append(Core(x, y, _angle(cursor, standard) if angular else None))
    count, shared = _count(cursor, standard)
    for _ in range(count):
        x, y, angular = _point(cursor, shared)
        angles = None
        if angular:
            angles = (_angle(cursor, standard), _angle(cursor, standard), _angle(cursor, standard))
        deltas.append(Delta(x, y, angles))
    return CoresAndDeltas(tuple(cores), tuple(deltas))


def _count(cursor: Cursor, standard: Standard) -> tuple[int, bool | None]:
    """How many, and for INCITS whether they have angles."""
    value = cursor.u8()
    if standard.iso:
        return value, None
    if value >> 6 > ANGULAR:
        raise Unusable("biometrics.codec.block_length", at=cursor.at - 1, length=value)
    return value & FEW, value >> 6 == ANGULAR


def _point(cursor: Cursor, shared: bool | None) -> tuple[int, int, bool]:
    first, y = cursor.u16(), cursor.u16()
    own = first >> 14
    if y > MOST_COORDINATE or own > ANGULAR or (shared is not None and own):
        raise Unusable("biometrics.codec.beyond_fourteen_bits", x=first, y=y)
    return first & MOST_COORDINATE, y, own == ANGULAR if shared is None else shared


def _angle(cursor: Cursor, standard: Standard) -> int:
    value = cursor.u8()
    if value >= units_of_turn(standard):
        raise Unusable("biometrics.codec.angle", angle=value, most=units_of_turn(standard) - 1)
    return value


def _block(block: Extended, standard: Standard) -> bytes:
    if isinstance(block, RidgeCounts):
        data = bytes([block.method, *(part for triple in block.counts for part in triple)])
        kind = RIDGE_COUNTS
    elif isinstance(block, CoresAndDeltas):
        data = _points(block.cores, standard) + _points(block.deltas, standard)
        kind = CORES_AND_DELTAS
    else:
        kind, data = block.kind, block.data
    length = len(data) + HEAD
    if length > 0xFFFF:
        raise Unusable("biometrics.codec.block_length", at=0, length=length)
    return kind.to_bytes(2, "big") + length.to_bytes(2, "big") + data


def _points(points: Sequence[Core | Delta], standard: Standard) -> bytes:
    angles = [_angles(point) for point in points]
    angular = bool(points) and all(angles)
    if not standard.iso and any(angles) and not angular:
        raise Unusable("biometrics.codec.mixed_angles")
    most = ISO_FEW if standard.iso else FEW
    if len(points) > most:
        raise Unusable("biometrics.codec.too_many_points", count=len(points), most=most)
    written = bytearray([len(points) | (0 if standard.iso else angular * ANGULAR << 6)])
    for point, turned in zip(points, angles, strict=True):
        if not (0 <= point.x <= MOST_COORDINATE and 0 <= point.y <= MOST_COORDINATE):
            raise Unusable("biometrics.codec.beyond_fourteen_bits", x=point.x, y=point.y)
        flag = ANGULAR << 14 if standard.iso and turned else 0
        written += (point.x | flag).to_bytes(2, "big") + point.y.to_bytes(2, "big") + bytes(turned)
    return bytes(written)


def _angles(point: Core | Delta) -> tuple[int, ...]:
    if isinstance(point, Core):
        return () if point.angle is None else (point.angle,)
    return point.angles or ()
