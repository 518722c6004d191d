"""What of a paper is not shown to an officer who may still read it again, blind.

Which papers those are only rooms above know: each adds its answer with `withholds`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from pims.authority.selectors import WarrantBrief
from pims.foundation.access.actor import Actor

# Warrant name -> the address at which the viewer asks to be shown it all the same.
Answer = Callable[[Actor, Sequence[WarrantBrief]], Mapping[int, str]]
_ANSWERS: list[Answer] = []


def withholds(answer: Answer) -> Answer:
    """Have `answer` asked whenever papers are shown."""
    if answer not in _ANSWERS:
        _ANSWERS.append(answer)
    return answer


def withheld(viewer: Actor, papers: Iterable[WarrantBrief]) -> dict[int, str]:
    """Of these papers those of which the viewer is shown no date, and where to ask for them."""
    found: dict[int, str] = {}
    shown = list(papers)
    for answer in _ANSWERS:
        found.update(answer(viewer, shown))
    return found
