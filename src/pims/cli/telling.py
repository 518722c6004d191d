"""Telling whoever watches the terminal what a running PIMS does.

Nobody may: the terminal was closed, the program that read the pipe has ended. PIMS runs on.
"""

import os
import sys

from rich.console import Console, RenderableType


class _Told(Console):
    def on_broken_pipe(self) -> None:
        """Rather than to end the program, as the console does by itself."""
        _to_nobody()


_out = _Told(highlight=False, soft_wrap=True)


def say(*lines: RenderableType, markup: bool = False) -> None:
    """One after the other, at once; to nobody where nobody reads."""
    try:
        for line in lines:
            _out.print(line, markup=markup)
        sys.stdout.flush()
    except OSError:
        _to_nobody()


def _to_nobody() -> None:
    """What is still to be written, here and by children, goes nowhere instead of failing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
