"""The names of one order, as they are typed one a line, and what is surprising about them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext

from pims.custody import selectors, services
from pims.custody.web.doubts import inside
from pims.foundation.access.actor import Actor
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound
from pims.kernel.limits import OLDEST_ALIVE
from pims.people import selectors as people
from pims.ui.doubts import Doubt

BOX = "id_names"


@dataclass(frozen=True, slots=True)
class NamedLine:
    """Line `number` (from 1) of the box: a name, or the number of somebody on record."""

    number: int
    name: str
    age: int | None = None

    @property
    def is_number(self) -> bool:
        return any(c.isdigit() for c in self.name) and not any(c.isalpha() for c in self.name)


def read_lines(text: str, *, most: int) -> list[NamedLine]:
    """The lines that are filled. Raises ValidationError: too many, or an age that is none."""
    filled = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1)]
    found = [_read(n, line) for n, line in filled if line]
    if len(found) > most:
        raise forms.ValidationError(
            gettext("At most %(most)s names on one order.") % {"most": most}
        )
    return found


def _read(number: int, line: str) -> NamedLine:
    name, comma, after = line.rpartition(",")
    after = after.strip()
    if not comma or not any(c.isdigit() for c in after) or any(c.isalpha() for c in after):
        return NamedLine(number, line[:300])
    if not (after.isascii() and after.isdigit() and len(after) <= 3 and int(after) <= OLDEST_ALIVE):
        raise forms.ValidationError(
            gettext("Line %(line)s: “%(age)s” is no age.") % {"line": number, "age": after[:20]}
        )
    return NamedLine(number, name.strip()[:300], int(after))


def whom(viewer: Actor, lines: Sequence[NamedLine], *, sex: str) -> list[services.BodyReceiptInput]:
    """The receipts of the lines; a number is whoever has it. Raises ValidationError."""
    found = []
    for line in lines:
        if not line.is_number:
            found.append(
                services.BodyReceiptInput(name_as_given=line.name, age_as_given=line.age, sex=sex)
            )
            continue
        try:
            person_id = people.resolve_number(viewer, line.name)
        except NotFound:
            raise forms.ValidationError(
                gettext("Line %(line)s: no prisoner has the number %(number)s.")
                % {"line": line.number, "number": line.name[:40]}
            ) from None
        found.append(services.BodyReceiptInput(person_id=person_id, age_as_given=line.age))
    return found


def line_doubts(
    viewer: Actor, lines: Sequence[NamedLine], receipts: Sequence[services.BodyReceiptInput]
) -> list[Doubt]:
    """The same line twice, figures in a name, and who is known by a number already."""
    said = Counter(line.name.casefold() for line in lines)
    twice = [line for line in lines if said[line.name.casefold()] > 1]
    figures = [
        line for line in lines if not line.is_number and any(map(str.isdigit, line.name.split()))
    ]
    doubts = [
        Doubt(Reason(f"custody.doubt_{code}", {"names": [line.name for line in of]}), BOX)
        for code, of in (("named_twice", twice), ("figure_in_name", figures))
        if of
    ]
    known: list[int] = [r.person_id for r in receipts if r.person_id is not None]
    heads = people.person_headers(viewer, known, brief=True)
    where: Any = selectors.whereabouts(viewer, known)
    for person_id in known:
        head, held = heads.get(person_id), where.get(person_id)
        if head is None:
            continue
        named = {"number": head.number, "name": head.display_name}
        reason = Reason("custody.doubt_known_number", named)
        doubts.append(Doubt(inside(head, held) if held and held.held else reason, BOX))
    return doubts
