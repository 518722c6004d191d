"""The tree proves what is in it and what it grew from, and nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.foundation.ledger import merkle
from tests.fixtures.reference import need_reference, reference

VECTORS = reference("ledger_vectors")
VECTOR_COUNT = 196

sizes = st.integers(min_value=1, max_value=130)


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


def recursive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word, to hold the frontier against."""
    if not hashes:
        return merkle.EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


def vector_files(kind: str) -> list[Path]:
    return sorted((VECTORS / kind).rglob("*.json"))


def read_vector(path: Path) -> dict[str, Any]:
    vector: dict[str, Any] = json.loads(path.read_text())
    for key in ("root", "root1", "root2", "leafHash"):
        if key in vector:
            vector[key] = base64.b64decode(vector[key] or "")
    vector["proof"] = [base64.b64decode(node) for node in vector["proof"] or []]
    return vector


def test_all_the_published_vectors_are_there() -> None:
    need_reference("ledger_vectors")
    found = len(vector_files("inclusion")) + len(vector_files("consistency"))
    assert found == VECTOR_COUNT, f"{found} of {VECTOR_COUNT} published proofs are in {VECTORS}"


@pytest.mark.parametrize(
    "path", vector_files("inclusion"), ids=lambda p: str(p.relative_to(VECTORS))
)
def test_a_published_inclusion_proof_gives_the_stated_answer(path: Path) -> None:
    vector = read_vector(path)

    def verify() -> None:
        merkle.verify_inclusion(
            leaf=vector["leafHash"],
            index=vector["leafIdx"],
            size=vector["treeSize"],
            proof=vector["proof"],
            root=vector["root"],
        )

    if vector["wantErr"]:
        with pytest.raises(merkle.ProofError):
            verify()
    else:
        verify()


@pytest.mark.parametrize(
    "path", vector_files("consistency"), ids=lambda p: str(p.relative_to(VECTORS))
)
def test_a_published_consistency_proof_gives_the_stated_answer(path: Path) -> None:
    vector = read_vector(path)

    def verify() -> None:
        merkle.verify_consistency(
            size1=vector["size1"],
            size2=vector["size2"],
            root1=vector["root1"],
            root2=vector["root2"],
            proof=vector["proof"],
        )

    if vector["wantErr"]:
        with pytest.raises(merkle.ProofError):
            verify()
    else:
        verify()


@given(st.integers(0, 130), st.integers(0, 130))
def test_a_tree_grown_in_two_steps_has_the_root_that_the_standard_defines(
    first: int, more: int
) -> None:
    hashes = leaves(first + more)
    grown = merkle.Frontier().extend(hashes[:first])
    kept = merkle.Frontier.from_bytes(first, grown.to_bytes())
    assert kept.extend(hashes[first:]).root() == recursive_root(hashes)


@given(sizes, st.data())
def test_every_entry_is_proved_and_only_at_its_place(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(hashes, index)
    root = merkle.root_of(hashes)
    merkle.verify_inclusion(leaf=hashes[index], index=index, size=size, proof=proof, root=root)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        with pytest.raises(merkle.ProofError):
            merkle.verify_inclusion(
                leaf=hashes[index], index=other, size=size, proof=proof, root=root
            )


@given(sizes, st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(hashes, index)
    root = merkle.root_of(hashes)
    leaf = hashes[index]
    part = data.draw(st.integers(0, len(proof) + 1))
    if part == len(proof):
        leaf = flipped(leaf, data)
    elif part == len(proof) + 1:
        root = flipped(root, data)
    else:
        proof = mutated(proof, part, data)
    with pytest.raises(merkle.ProofError):
        merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)


@given(sizes, st.data())
def test_every_earlier_tree_is_proved_to_be_the_beginning_of_a_later(
    size: int, data: st.DataObject
) -> None:
    hashes = leaves(size)
    earlier = data.draw(st.integers(1, size))
    merkle.verify_consistency(
        size1=earlier,
        size2=size,
        root1=recursive_root(hashes[:earlier]),
        root2=recursive_root(hashes),
        proof=merkle.consistency_proof(hashes, earlier, size),
    )


@given(sizes, st.data())
def test_no_proof_joins_trees_of_different_history(size: int, data: st.DataObject) -> None:
    hashes = leaves(size + 1)
    earlier = data.draw(st.integers(1, size))
    changed = list(hashes)
    where = data.draw(st.integers(0, earlier - 1))
    changed[where] = flipped(changed[where], data)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(
            size1=earlier,
            size2=size + 1,
            root1=merkle.root_of(hashes[:earlier]),
            root2=merkle.root_of(changed),
            proof=merkle.consistency_proof(changed, earlier, size + 1),
        )


@given(st.integers(2, 130), st.data())
def test_a_changed_consistency_proof_is_refused(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    earlier = data.draw(st.integers(1, size - 1))
    root1, root2 = merkle.root_of(hashes[:earlier]), merkle.root_of(hashes)
    proof = merkle.consistency_proof(hashes, earlier, size)
    part = data.draw(st.integers(0, len(proof) + 1))
    if part == len(proof):
        root1 = flipped(root1, data)
    elif part == len(proof) + 1:
        root2 = flipped(root2, data)
    else:
        proof = mutated(proof, part, data)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(size1=earlier, size2=size, root1=root1, root2=root2, proof=proof)


def test_an_inner_node_does_not_pass_for_an_entry() -> None:
    left, right = leaves(2)
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def flipped(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def mutated(proof: list[bytes], part: int, data: st.DataObject) -> list[bytes]:
    """The proof with one node changed, left out, doubled or cut short."""
    how = data.draw(st.sampled_from(["flip", "drop", "double", "short"]))
    nodes = list(proof)
    if how == "flip":
        nodes[part] = flipped(nodes[part], data)
    elif how == "drop":
        del nodes[part]
    elif how == "double":
        nodes.insert(part, nodes[part])
    else:
        nodes[part] = nodes[part][:-1]
    return nodes
