"""What is not shown to an officer who may still read an order again, blind.

Which papers and prisoners those are only rooms above know: each adds its answers with `withholds`.
"""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from pims.authority.selectors import WarrantBrief
from pims.foundation.access.actor import Actor

# In the place of what a second reader keys without having seen it.
HELD_BACK = _("Not shown before you have read the paper again, or asked for it")
READ_FIRST = _("Read the paper again first")

# Person names -> by warrant name, or by person: the address at which the viewer asks to be shown
# it all the same.
Answer = Callable[[Actor, frozenset[int]], Mapping[int, str]]
_PAPERS: list[Answer] = []
_PERSONS: list[Answer] = []


def withholds(*, papers: Answer, persons: Answer) -> None:
    """Have `papers` asked whenever papers are shown, `persons` whenever days of prisoners are."""
    if papers not in _PAPERS:
        _PAPERS.append(papers)
        _PERSONS.append(persons)


def withheld(viewer: Actor, papers: Iterable[WarrantBrief]) -> dict[int, str]:
    """Of these papers those of which the viewer is shown no date, and where to ask for them."""
    shown = list(papers)
    found = _asked(_PAPERS, viewer, frozenset(paper.person_id for paper in shown))
    names = {paper.warrant_name_id for paper in shown}
    return {name: address for name, address in found.items() if name in names}


def withheld_persons(viewer: Actor, person_ids: Iterable[int]) -> dict[int, str]:
    """Of these prisoners those of whom the viewer is told no day that an order sets, and where to
    ask for it."""
    return _asked(_PERSONS, viewer, frozenset(person_ids))


def _asked(answers: Iterable[Answer], viewer: Actor, person_ids: frozenset[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for answer in answers:
        found.update(answer(viewer, person_ids))
    return found
