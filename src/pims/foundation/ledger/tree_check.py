"""Whether the tree grew only as its checkpoints say, and where it first did not."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pims.foundation.ledger.entry_check import EntryCheck
from pims.foundation.ledger.merkle import Frontier
from pims.foundation.ledger.report import Problem, Problems
from pims.foundation.ledger.statements import Statement, Statements


class TreeCheck:
    """Takes leaves in order and holds the root against every signed statement on the way."""

    _CHUNK = 4096

    def __init__(self, statements: Statements, problems: Problems, entries: EntryCheck) -> None:
        self._statements = statements
        self._sizes = sorted(statements.by_size, reverse=True)
        self._problems = problems
        self._entries = entries
        self._waiting: list[bytes] = []
        self._grown = Frontier()
        self._expected = 0
        self._good = 0
        self._good_time: datetime | None = None
        self._failed = False

    @property
    def erased_details(self) -> int:
        return self._entries.erased_details

    @property
    def forgotten_details(self) -> int:
        return self._entries.forgotten_details

    @property
    def frontier(self) -> Frontier:
        if self._waiting:
            self._grown = self._grown.extend(self._waiting)
            self._waiting.clear()
        return self._grown

    @property
    def size(self) -> int:
        return self._grown.size + len(self._waiting)

    def take(self, position: int, leaf_hash: bytes, recorded_at: datetime | None) -> None:
        if position != self._expected:
            self._problems.add(
                Problem(
                    "position_missing",
                    f"positions {self._expected} to {position - 1} of the tree were removed",
                    position=self._expected,
                )
            )
        self._expected = position + 1
        self._waiting.append(leaf_hash)
        if len(self._waiting) >= self._CHUNK:
            _ = self.frontier
        while self._sizes and self._sizes[-1] < self.size:
            self._sizes.pop()
        if self._sizes and self._sizes[-1] == self.size:
            self._hold_against(self._statements.by_size[self._sizes.pop()], recorded_at)

    def _hold_against(self, said: Sequence[Statement], recorded_at: datetime | None) -> None:
        root = self.frontier.root()
        wrong = [statement for statement in said if statement.checkpoint.root != root]
        if wrong and not self._failed:
            self._failed = True
            self._problems.add(self._changed_interval(wrong[0], recorded_at))
        if not wrong:
            self._good, self._good_time = self.size, recorded_at
        for statement in said:
            if statement.frontier not in (None, self.frontier.to_bytes()) and not self._failed:
                self._problems.add(
                    Problem(
                        "frontier_changed",
                        f"The frontier beside the checkpoint of {self.size} entries in the"
                        " database is not that of the tree",
                        to_size=self.size,
                    )
                )

    def _changed_interval(self, wrong: Statement, recorded_at: datetime | None) -> Problem:
        since = _time(self._good_time) if self._good else "the beginning"
        return Problem(
            "tree_changed",
            f"The entries at positions {self._good} to {self.size - 1} (recorded from {since} to"
            f" {_time(recorded_at)}) are not those that were signed: the tree agrees with the"
            f" checkpoint of {self._good} entries and not with that of {self.size}"
            f" ({wrong.source}). An entry among them was changed, added, removed or moved, and its"
            " hash with it",
            from_size=self._good,
            to_size=self.size,
        )


def _time(at: datetime | None) -> str:
    return "an unknown time" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
