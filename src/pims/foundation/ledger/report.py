"""What a check of the ledger found, said so that an auditor can act on it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written.

    `position`, `entry_id`, `kind` and `recorded_at` name an entry; `from_size` and `to_size` an
    interval of the tree (the entries at positions `from_size` up to `to_size` - 1), of which the
    first checkpoint that fails is the end.
    """

    code: str
    what: str
    position: int | None = None
    entry_id: UUID | None = None
    kind: str = ""
    recorded_at: datetime | None = None
    from_size: int | None = None
    to_size: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        """For sorting: an entry comes before the interval that it lies in; the rest at the end."""
        if self.position is not None:
            return self.position, 0
        return (self.to_size - 1, 1) if self.to_size is not None else (2**63, 0)

    def sentence(self) -> str:
        if self.position is None:
            return self.what
        named = f"Entry at position {self.position}"
        if self.entry_id is not None:
            named += f", {self.kind or 'of unknown kind'}, id {self.entry_id}"
        if self.recorded_at is not None:
            named += f", recorded {self.recorded_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"{named}: {self.what}"


@dataclass(frozen=True, slots=True)
class SignedBy:
    """What one key signed: its checkpoints, and copies of them, of `first_size` to `last_size`.

    `until_size` is the size at which it handed over, None for the key in use.
    """

    key_id: str
    line: str
    until_size: int | None
    signed: int
    first_size: int | None
    last_size: int | None
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The whole check. `ok` is true only where nothing at all was found.

    `checkpoints` are rows in the database, `copies` notes kept off it, `unrecorded` the notes
    without a row and `torn` the notes cut short: both are what a crash leaves and no problem.
    """

    entries: int
    root: str
    pending: int
    erased_details: int
    forgotten_details: int
    checkpoints: int
    copies: int
    unrecorded: int
    torn: int
    key_id: str
    keys: tuple[SignedBy, ...]
    problem_count: int
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        return self.problem_count == 0

    @property
    def first(self) -> Problem | None:
        return self.problems[0] if self.problems else None


class Problems:
    """Collects problems: all are counted, the first few of each code are kept."""

    KEPT_OF_A_CODE = 20

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[Problem] = []
        self._by_code: dict[str, int] = {}

    def add(self, problem: Problem) -> None:
        self.count += 1
        seen = self._by_code[problem.code] = self._by_code.get(problem.code, 0) + 1
        if seen <= self.KEPT_OF_A_CODE:
            self._kept.append(problem)

    def sorted(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._kept, key=lambda problem: problem.place))
