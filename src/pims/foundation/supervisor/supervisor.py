"""The loop that keeps the parts running."""

import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from pims.foundation.supervisor.child import Child, kill_group, spawn
from pims.foundation.supervisor.logs import RotatingLog
from pims.foundation.supervisor.service import Service
from pims.kernel.errors import PimsError

TICK = 0.1
ASK_EVERY = 0.25
FIRST_PAUSE, LONGEST_PAUSE, STEADY_AFTER = 0.2, 5.0, 10.0
HOPELESS_AFTER = 6


class StartFailed(Exception):
    """A part did not come up at the first start; carries the end of its log."""

    def __init__(self, name: str, why: str, log: Path, lines: Sequence[str]) -> None:
        super().__init__(f"{name} {why}")
        self.name, self.why, self.log, self.lines = name, why, log, list(lines)


class Stopped(Exception):
    """We were asked to stop while something was still being started."""


@dataclass(eq=False)
class _Part:
    service: Service
    log: RotatingLog
    child: Child | None = None
    started: float = 0.0
    answered: bool = False
    failures: int = 0
    again_at: float | None = None
    fell_at: float | None = None
    said: bool = False
    asked_at: float = 0.0

    def answers(self) -> bool:
        """Whether it is ready, asked at most a few times a second."""
        now = time.monotonic()
        if now - self.asked_at < ASK_EVERY:
            return False
        self.asked_at = now
        return self.service.ready()


def _last_words(part: _Part, count: int) -> list[str]:
    own = part.service.last_words
    return own().splitlines()[-count:] if own is not None else part.log.last_lines(count)


def _ending(code: int) -> str:
    if code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended by itself (code {code})"


class Supervisor:
    """Starts parts in order, starts again the ones that fall, stops them in the reverse order.

    `say` gets one line for a person at a time. `env` is given to every part.
    """

    def __init__(self, *, logs: Path, env: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._logs, self.env, self._say = logs, dict(env), say
        self._parts: list[_Part] = []
        self._selector = selectors.DefaultSelector()
        self._asked = 0

    # -- being told to stop ----------------------------------------------------------------
    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1

    # -- starting --------------------------------------------------------------------------
    def start(self, *services: Service) -> None:
        """Start these together and return when all of them answer.

        Raises StartFailed with the end of the log of the one that does not, Stopped if asked to.
        """
        fresh = [
            _Part(service, RotatingLog(self._logs / f"{service.name}.log")) for service in services
        ]
        for part in fresh:
            self._parts.append(part)
            part.service.prepare()
            self._spawn(part)
        while waiting := [part for part in fresh if not part.answered]:
            self._pump()
            for part in waiting:
                assert part.child is not None
                code = part.child.process.poll()
                late = time.monotonic() - part.started > part.service.ready_within
                if code is None and not late:
                    part.answered = part.answers()
                    continue
                self._pump()
                why = _ending(code) if code is not None else "does not answer"
                raise StartFailed(part.service.name, why, part.log.path, _last_words(part, 12))
            if self._asked:
                raise Stopped

    def run_step(self, argv: Sequence[str]) -> int:
        """Run a program to its end on our own terminal while the parts are watched.

        Gives its exit code. Raises Stopped if asked to stop; the program is then ended first.
        """
        process = spawn(argv, env=self.env)
        patience: float | None = None
        while process.poll() is None:
            self._tick()
            if self._asked and patience is None:
                process.send_signal(signal.SIGINT)
                patience = time.monotonic() + 10
            if patience is not None and time.monotonic() > patience:
                kill_group(process.pid)
        if self._asked:
            raise Stopped
        return process.returncode

    # -- watching --------------------------------------------------------------------------
    def run(self) -> None:
        """Watch until asked to stop."""
        while not self._asked:
            self._tick()

    def _tick(self) -> None:
        self._pump()
        for part in self._parts:
            self._look_after(part)

    def _pump(self) -> None:
        for key, _ in self._selector.select(TICK):
            self._collect(key.data)

    def _collect(self, part: _Part) -> None:
        if part.child is None or part.child.silent:
            return
        for line in part.child.drain():
            if not self._asked:
                self._say(f"{part.service.name}: {line}")
        if part.child.silent:
            self._selector.unregister(part.child)

    def _spawn(self, part: _Part) -> None:
        part.child = Child(part.service, part.log, self.env)
        part.started, part.answered, part.again_at = time.monotonic(), False, None
        self._selector.register(part.child, selectors.EVENT_READ, part)

    def _let_go(self, part: _Part) -> None:
        if part.child is not None:
            self._collect(part)
            if not part.child.silent:
                self._selector.unregister(part.child)
            part.child.bury()
            part.child = None

    def _look_after(self, part: _Part) -> None:
        now = time.monotonic()
        if part.child is None:
            if part.again_at is not None and now >= part.again_at:
                self._start_again(part, now)
            return
        code = part.child.process.poll()
        if code is not None:
            self._fell(part, _ending(code), now)
        elif not part.answered:
            if part.answers():
                self._came_back(part, now)
            elif now - part.started > part.service.ready_within:
                part.child.signal(signal.SIGKILL)
        elif part.failures and now - part.started > STEADY_AFTER:
            part.failures, part.said = 0, False

    def _start_again(self, part: _Part, now: float) -> None:
        try:
            part.service.prepare()
        except PimsError as error:
            self._fell(part, f"could not be started ({error})", now)
        else:
            self._spawn(part)

    def _fell(self, part: _Part, how: str, now: float) -> None:
        self._let_go(part)
        pause = min(FIRST_PAUSE * 2**part.failures, LONGEST_PAUSE)
        part.failures += 1
        part.again_at = now + pause
        part.fell_at = part.fell_at or now
        name = part.service.name
        if part.failures < HOPELESS_AFTER:
            self._say(f"{name} {how}; starting it again in {pause:.1f} s")
        elif not part.said:
            part.said = True
            self._say(f"{name} keeps stopping; it is tried every {pause:.0f} s. It last said:")
            for line in _last_words(part, 5):
                self._say(f"  {line}")
            self._say(f"  (all of it: {part.log.path})")

    def _came_back(self, part: _Part, now: float) -> None:
        part.answered = True
        if part.fell_at is not None:
            self._say(f"{part.service.name} is back after {now - part.fell_at:.1f} s")
            part.fell_at = None

    # -- stopping --------------------------------------------------------------------------
    def stop(self) -> None:
        """Stop every part, last started first, each as kindly as its patience lasts.

        A second wish to stop (another Ctrl-C) goes straight to each part's next signal.
        """
        self._asked = max(self._asked, 1)
        for part in reversed(self._parts):
            if part.child is not None:
                self._stop(part, part.child)
            part.log.close()
        self._parts.clear()
        self._selector.close()

    def _stop(self, part: _Part, child: Child) -> None:
        for number, patience in part.service.stop:
            child.signal(number)
            asked, deadline = self._asked, time.monotonic() + patience
            while child.process.poll() is None and time.monotonic() < deadline:
                if self._asked > asked:
                    break
                self._pump()
            if child.process.poll() is not None:
                break
        else:
            self._say(f"{part.service.name} did not stop when asked; it was killed")
            child.signal(signal.SIGKILL)
            child.process.wait()
        self._let_go(part)
