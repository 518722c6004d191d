"""What the supervisor needs to know of a part that it runs."""

import re
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TROUBLE = re.compile(rb"\b(ERROR|CRITICAL|FATAL|PANIC)\b")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One part: how to start it, how to know that it answers, how to stop it.

    `prepare` is called before every start; a `PimsError` of it counts as a failed start. `ready`
    is asked over and over until it is true, at most `ready_within` seconds, and must return within
    a second itself. `stop` is tried in order: a signal, and the seconds that it is
    given before the next one; after the last, SIGKILL for the part's whole process group.
    `orphaned` is the signal that the part gets where the supervisor itself is killed.
    `popen` goes to `subprocess.Popen` (account, environment, folder). Lines of its output that
    match `repeat` are shown on the terminal as well as logged; `last_words` are the end of its log
    where it keeps one of its own.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    popen: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True
    ready_within: float = 30.0
    stop: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 8.0),)
    orphaned: signal.Signals = signal.SIGTERM
    repeat: re.Pattern[bytes] = TROUBLE
    last_words: Callable[[], str] | None = None
