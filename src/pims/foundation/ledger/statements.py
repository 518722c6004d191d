"""What checkpoints, in the database and off it, say about the tree; which of them can be believed.

No database access: rows and copies are given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pims.foundation.ledger.copies import Copy
from pims.foundation.ledger.keychain import KeyChain
from pims.foundation.ledger.notes import Checkpoint, Unreadable
from pims.foundation.ledger.report import Problem, Problems


@dataclass(frozen=True, slots=True)
class Row:
    """A checkpoint of the database, with the frontier that lies beside it."""

    checkpoint: Checkpoint
    frontier: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """A root that was signed for a size, and where that is written."""

    checkpoint: Checkpoint
    source: str
    frontier: bytes | None = None


@dataclass(slots=True)
class Statements:
    """Everything signed that can be believed, by the size that it speaks of."""

    by_size: dict[int, list[Statement]] = field(default_factory=dict)
    copies: int = 0
    unrecorded: int = 0
    torn: int = 0


def believe(
    rows: Sequence[Row], copies: Iterable[Copy], keys: KeyChain, problems: Problems
) -> Statements:
    """Keep what is well signed; report what is not, and rows without a copy."""
    found = Statements()
    copied: set[tuple[int, bytes]] = set()
    recorded = {row.checkpoint.size for row in rows}
    for copy in copies:
        if isinstance(copy.found, Unreadable):
            _unreadable(copy.path.name, copy.found, found, problems)
            continue
        found.copies += 1
        checkpoint = copy.found
        if why := keys.refuses(checkpoint):
            problems.add(_not_believed(checkpoint, f"copy in {copy.path.name}", why))
            continue
        copied.add((checkpoint.size, checkpoint.root))
        if checkpoint.size not in recorded:
            found.unrecorded += 1
        _keep(found, Statement(checkpoint, f"copy in {copy.path.name}"))
    for row in rows:
        checkpoint = row.checkpoint
        if why := keys.refuses(checkpoint):
            problems.add(_not_believed(checkpoint, "row in the database", why))
            continue
        if (checkpoint.size, checkpoint.root) not in copied:
            problems.add(
                Problem(
                    "checkpoint_without_copy",
                    f"The checkpoint of {checkpoint.size} entries in the database has no copy off"
                    " the database: copies were removed or are kept elsewhere",
                    to_size=checkpoint.size,
                )
            )
        _keep(found, Statement(checkpoint, "row in the database", row.frontier))
    return found


def _keep(found: Statements, statement: Statement) -> None:
    known = found.by_size.setdefault(statement.checkpoint.size, [])
    # Copies in two folders say the same; one of them is enough.
    if statement.frontier is not None or all(
        s.checkpoint.root != statement.checkpoint.root for s in known
    ):
        known.append(statement)


def _unreadable(name: str, text: Unreadable, found: Statements, problems: Problems) -> None:
    if text.torn:
        found.torn += 1
    else:
        problems.add(
            Problem(
                "copy_unreadable",
                f"Line {text.line} of the checkpoint copies {name} is no checkpoint:"
                " the file was changed",
            )
        )


def _not_believed(checkpoint: Checkpoint, source: str, why: str) -> Problem:
    return Problem(
        "checkpoint_changed",
        f"The checkpoint of {checkpoint.size} entries ({source}) can't be believed: {why}",
        to_size=checkpoint.size,
    )
