"""What a running PIMS says on its terminal; who started it may have left."""

from rich.console import RenderableType

from pims.foundation.console import Teller

_out = Teller(highlight=False, soft_wrap=True)


def say(*lines: RenderableType, markup: bool = False) -> None:
    """One line after the other, at once; to nobody where nobody reads."""
    try:
        for line in lines:
            _out.print(line, markup=markup)
        _out.file.flush()
    except OSError:
        _out.to_nobody()
