"""Which public keys can be believed, and up to where, by the hand-overs between them.

No private key and no database: anchors, the keys that are trusted from outside, and everything
signed are given. An installation's anchor is the key that it signs with; it vouches, in the
hand-over that it co-signed, for the key before it. An auditor's is any key that they were given;
it names the one that follows. A key speaks for no tree larger than that of its hand-over: whoever
has an old private key can neither sign on nor name another successor.
"""

from collections.abc import Iterable, Sequence

from pims.foundation.ledger.notes import Checkpoint, Verifier
from pims.foundation.ledger.report import Problem, Problems, SignedBy


class KeyChain:
    """The keys that can be believed, oldest first, and what each of them signed."""

    def __init__(
        self, anchors: Sequence[Verifier], signed: Iterable[Checkpoint], problems: Problems
    ) -> None:
        """`signed` is everything found, believable or not; a key named twice is reported."""
        self._keys = {anchor.line: anchor for anchor in anchors}
        self._until: dict[str, int] = {}
        self._follows: dict[str, str] = {}
        found = {c for c in signed if c.handover is not None and _both_signed(c)}
        handovers = sorted(found, key=lambda c: (c.size, c.signed_at))
        self._look_back(anchors, handovers)
        self._look_on(anchors, handovers, problems)
        self._report_strangers(handovers, problems)
        self._counts: dict[str, list[Checkpoint]] = {line: [] for line in self._keys}
        self._known: dict[Checkpoint, str] = {}

    def refuses(self, checkpoint: Checkpoint) -> str:
        """Why the checkpoint can't be believed, "" where it can."""
        if checkpoint not in self._known:
            self._known[checkpoint] = self._refuses(checkpoint)
        return self._known[checkpoint]

    @property
    def handovers(self) -> dict[str, int]:
        """The believed hand-overs (`HandOver.names`) and the size of the tree at the last."""
        return {f"{old} {new}": self._until[old] for old, new in self._follows.items()}

    def signed_by(self) -> tuple[SignedBy, ...]:
        found = []
        for line in self._in_order():
            signed = self._counts[line]
            found.append(
                SignedBy(
                    key_id=self._keys[line].key_id,
                    line=line,
                    until_size=self._until.get(line),
                    signed=len({(c.size, c.root) for c in signed}),
                    first_size=min((c.size for c in signed), default=None),
                    last_size=max((c.size for c in signed), default=None),
                    first_at=min((c.signed_at for c in signed), default=None),
                    last_at=max((c.signed_at for c in signed), default=None),
                )
            )
        return tuple(found)

    def _refuses(self, checkpoint: Checkpoint) -> str:
        named = [key for key in self._keys.values() if key.key_id == checkpoint.key_id]
        signers = [key for key in named if key.signed(checkpoint)]
        if not signers:
            if named:
                return "its signature does not fit what it says"
            known = ", ".join(key.key_id for key in self._keys.values())
            return f"it is signed by another key ({checkpoint.key_id}, not {known})"
        line = signers[0].line
        until = self._until.get(line)
        if until is not None and checkpoint.size > until:
            return (
                f"it is signed by a key ({checkpoint.key_id}) that had handed over at {until}"
                " entries"
            )
        handover = checkpoint.handover
        if handover is not None:
            follows = self._keys.get(self._follows.get(line, ""))
            if follows is None or not follows.cosigned(checkpoint):
                return "it hands over to a key that did not follow, or was not signed by it"
        self._counts[line].append(checkpoint)
        return ""

    def _look_back(self, anchors: Sequence[Verifier], handovers: Sequence[Checkpoint]) -> None:
        """From each anchor to the keys that handed over to it, the last hand-over first."""
        waiting = [anchor.line for anchor in anchors]
        while waiting:
            new = waiting.pop(0)
            for checkpoint in reversed(handovers):
                if checkpoint.handover is None or checkpoint.handover.new != new:
                    continue
                old = checkpoint.handover.old
                if checkpoint.size > self._until.get(new, checkpoint.size):
                    continue
                if self._follows.get(old, new) != new:
                    continue
                if old not in self._keys:
                    self._keys[old] = Verifier.of_line(old)
                    waiting.append(old)
                self._link(old, new, checkpoint.size)

    def _look_on(
        self, anchors: Sequence[Verifier], handovers: Sequence[Checkpoint], problems: Problems
    ) -> None:
        """From each anchor that no later anchor vouches for to the keys that followed it."""
        for anchor in anchors:
            line = anchor.line
            while line not in self._follows:
                named = [c for c in handovers if c.handover and c.handover.old == line]
                successors = {c.handover.new for c in named if c.handover}
                if len(successors) > 1:
                    problems.add(_forked(anchor.key_id if line == anchor.line else line, named))
                if len(successors) != 1:
                    break
                (new,) = successors
                if new in self._keys:  # a circle: nothing vouches for anything
                    break
                self._keys[new] = Verifier.of_line(new)
                self._link(line, new, named[-1].size)
                line = new

    def _report_strangers(self, handovers: Sequence[Checkpoint], problems: Problems) -> None:
        """Whoever has an old private key may have named a successor of their own."""
        for checkpoint in handovers:
            if checkpoint.handover is None:
                continue
            old, new = checkpoint.handover.old, checkpoint.handover.new
            if old in self._follows and self._follows[old] != new:
                problems.add(
                    Problem(
                        "handover_forged",
                        f"The key {self._keys[old].key_id} also hands over to {new}, at"
                        f" {checkpoint.size} entries: the key that rightly followed it is"
                        f" {self._follows[old]}",
                        to_size=checkpoint.size,
                    )
                )

    def _link(self, old: str, new: str, size: int) -> None:
        self._follows[old] = new
        self._until[old] = max(size, self._until.get(old, 0))

    def _in_order(self) -> list[str]:
        return sorted(self._keys, key=lambda line: self._until.get(line, 2**63))


def _both_signed(checkpoint: Checkpoint) -> bool:
    handover = checkpoint.handover
    if handover is None or handover.old == handover.new:
        return False
    try:
        old, new = Verifier.of_line(handover.old), Verifier.of_line(handover.new)
    except ValueError:
        return False
    return old.signed(checkpoint) and new.cosigned(checkpoint)


def _forked(key: str, named: Sequence[Checkpoint]) -> Problem:
    new = sorted({c.handover.new for c in named if c.handover})
    return Problem(
        "handover_forked",
        f"The key {key} hands over to more than one key: {', '.join(new)}. Give the public key that"
        " the installation prints now (pims ledger key) to tell which is right",
        to_size=named[0].size,
    )
