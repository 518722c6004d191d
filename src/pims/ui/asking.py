"""How a higher room asks about what is typed on the page of a lower one, which knows none of it.

A room puts its questions in its module ``asking``, under the name of the form::

    @asks("people.identity")
    def about_the_birth(viewer: Actor, person_id: int, given: Mapping[str, Any]) -> list[Doubt]: ...

The page of the form asks everything under its name before it saves. What is asked is for the
eyes of whoever typed: a room that may not show it to `viewer` asks nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

from pims.foundation.access.actor import Actor
from pims.ui.doubts import Doubt

Asker = Callable[[Actor, int, Mapping[str, Any]], list[Doubt]]

_askers: dict[str, list[Asker]] = defaultdict(list)


def asks(form: str) -> Callable[[Asker], Asker]:
    """Register the decorated function as a question about the form."""

    def register(ask: Asker) -> Asker:
        _askers[form].append(ask)
        return ask

    return register


def asked_of(form: str, viewer: Actor, person_id: int, given: Mapping[str, Any]) -> list[Doubt]:
    """What all rooms ask about a form as typed; `given` is its cleaned data."""
    _discover()
    return [doubt for ask in _askers[form] for doubt in ask(viewer, person_id, given)]


@cache
def _discover() -> None:
    autodiscover_modules("asking")
