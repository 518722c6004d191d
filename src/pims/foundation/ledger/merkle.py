"""The Merkle tree of the ledger: hashes, the growing frontier, proofs and their verification.

Source: RFC 6962 section 2.1 (tree and proofs) and RFC 9162 section 2.1 (verification).
Hashes are 32 bytes, SHA-256. A tree of size n has the leaves 0 .. n-1. Nothing here knows of a
database: a caller gives leaf hashes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class ProofError(ValueError):
    """A proof does not show what it claims."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry; the prefix keeps a leaf from ever passing for an inner node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the roots of its perfect subtrees, largest first.

    Enough to append to the tree and to know its root without any of its leaves: one hash for
    each bit that is set in `size`.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise ValueError(f"a frontier of {len(self.nodes)} nodes has not {self.size} leaves")
        if any(len(node) != HASH_SIZE for node in self.nodes):
            raise ValueError(f"a node is {HASH_SIZE} bytes")

    def root(self) -> bytes:
        if not self.nodes:
            return EMPTY_ROOT
        folded = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            folded = node_hash(node, folded)
        return folded

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """The frontier after appending the leaves, in order."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaf_hashes:
            if len(leaf) != HASH_SIZE:
                raise ValueError(f"a leaf hash is {HASH_SIZE} bytes")
            node, complete = leaf, size
            while complete & 1:
                node = node_hash(nodes.pop(), node)
                complete >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    def to_bytes(self) -> bytes:
        return b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier":
        """Raises ValueError where `data` is no frontier of a tree of `size` leaves."""
        if len(data) % HASH_SIZE:
            raise ValueError(f"a frontier is a multiple of {HASH_SIZE} bytes")
        nodes = (data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE))
        return cls(size, tuple(nodes))


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    return Frontier().extend(leaf_hashes).root()


def inclusion_proof(
    leaf_hashes: Sequence[bytes], index: int, size: int | None = None
) -> list[bytes]:
    """The audit path of leaf `index` in the tree of the first `size` leaves, lowest node first.

    Raises ValueError where there is no such leaf or tree.
    """
    size = len(leaf_hashes) if size is None else size
    if not 0 <= index < size <= len(leaf_hashes):
        raise ValueError(f"no leaf {index} in a tree of {size}, of {len(leaf_hashes)} known")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        if index < middle:
            path.append(root_of(leaf_hashes[middle:high]))
            high = middle
        else:
            path.append(root_of(leaf_hashes[low:middle]))
            low = middle
    path.reverse()
    return path


def consistency_proof(leaf_hashes: Sequence[bytes], size1: int, size2: int) -> list[bytes]:
    """The proof that the tree of `size1` leaves is the beginning of the tree of `size2`.

    Raises ValueError unless 0 <= size1 <= size2 <= the number of leaves.
    """
    if not 0 <= size1 <= size2 <= len(leaf_hashes):
        raise ValueError(f"no trees of {size1} and {size2} among {len(leaf_hashes)} leaves")
    if size1 in (0, size2):
        return []
    path: list[bytes] = []
    low, high, known = 0, size2, True
    while size1 != high:
        middle = low + _largest_power_below(high - low)
        if size1 <= middle:
            path.append(root_of(leaf_hashes[middle:high]))
            high = middle
        else:
            path.append(root_of(leaf_hashes[low:middle]))
            low, known = middle, False
    if not known:
        path.append(root_of(leaf_hashes[low:high]))
    path.reverse()
    return path


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ProofError unless `proof` shows leaf hash `leaf` at `index` under `root`.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    _whole_hashes(leaf, root, *proof)
    at, last, folded = index, size - 1, leaf
    for node in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            folded = node_hash(node, folded)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            folded = node_hash(folded, node)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if folded != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(
    *, size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ProofError unless `proof` shows the first tree to be the beginning of the second.

    Every tree begins with the empty one, so that a proof from it would show nothing: it is
    refused, as RFC 9162 section 2.1.4.2 asks for a first tree of one leaf at least.
    """
    if not 0 <= size1 <= size2:
        raise ProofError(f"a tree of {size2} does not begin with one of {size1}")
    if size1 == size2:
        if proof:
            raise ProofError("the proof must be empty")
        if root1 != root2 or (size1 == 0 and root1 != EMPTY_ROOT):
            raise ProofError("the roots differ")
        return
    if size1 == 0:
        raise ProofError("nothing is shown by a proof from the empty tree")
    _whole_hashes(root1, root2, *proof)
    if not proof:
        raise ProofError("the proof is empty")
    # A first tree that is itself a perfect subtree is its own first node and is left out.
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for node in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, node)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if first != root1 or second != root2:
        raise ProofError("the proof leads to another root")


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _whole_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise ProofError(f"a hash is {HASH_SIZE} bytes")
