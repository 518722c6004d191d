"""A prisoner who asks who changed the file reads words, in either language."""

import re
from importlib import import_module
from importlib.util import find_spec

import pytest

from pims.kernel.events import Event
from pims.ui import wording
from pims.ui.documents import PACKAGE

WRITTEN = re.compile(r'^ +code="(\w+)",$', re.MULTILINE)
ROOMS = ("people", "authority", "safety", "property", "custody", "courts", "release", "assurance")


def kinds() -> list[str]:
    found = []
    for room in ROOMS:
        name = f"pims.{room}.events"
        if find_spec(name):
            found += [
                value.kind
                for value in vars(import_module(name)).values()
                if isinstance(value, type) and issubclass(value, Event) and hasattr(value, "kind")
            ]
    return sorted(found)


@pytest.mark.parametrize("kind", kinds())
def test_every_entry_about_a_person_has_words_in_both_languages(kind: str) -> None:
    assert set(wording.catalogue().get(f"done.{kind}", {})) == {"en", "es"}


def papers() -> list[str]:
    """The codes of the papers of every room, as they are written where the papers are made."""
    made = PACKAGE.glob("*/documents/*.py")
    return sorted(code for file in made for code in WRITTEN.findall(file.read_text()))


def test_every_printing_of_a_paper_has_words_in_both_languages() -> None:
    found = papers()
    assert len(found) >= 8
    for code in found:
        assert set(wording.catalogue().get(f"read.paper.{code}", {})) == {"en", "es"}, code
