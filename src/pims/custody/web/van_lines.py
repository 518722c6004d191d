"""The lines of the van's screen: what each must say, and what is asked once more about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.web.doubts import birth_doubts, inside, put_before
from pims.custody.web.words import SEXES, WARRANT_STATES
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.services import NameInput
from pims.ui import wording
from pims.ui.doubts import Doubt

CHOOSE = [("", _("Choose"))]
SEX_CHOICES = [*CHOOSE, *SEXES.items()]
WARRANT_CHOICES = [*CHOOSE, *WARRANT_STATES.items()]


# The boxes that the head of the table fills for everyone, each with the name of its control.
FILLED_FOR_ALL = {"sex": "all-sex", "warrant_state": "all-warrant"}


class LineForm(forms.Form):
    """One person: whatever was entered of them, a name or anything else.

    Nothing is chosen beforehand: what nobody said must not stand there as if it had been said.
    """

    here = forms.BooleanField(label=_("Nobody can name this person"), required=False)
    name_as_given = forms.CharField(label=_("Name as given"), required=False, max_length=200)
    sex = forms.ChoiceField(label=_("Sex"), choices=SEX_CHOICES, required=False)
    age_as_given = forms.IntegerField(
        label=_("Age as given"), required=False, min_value=0, max_value=120
    )
    warrant_state = forms.ChoiceField(label=_("Warrant"), choices=WARRANT_CHOICES, required=False)
    injuries = forms.CharField(label=_("Injuries seen"), required=False, max_length=2000)
    complaint = forms.BooleanField(label=_("Complains of ill-treatment"), required=False)
    number = forms.CharField(
        label=_("Known number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "data-suggest": reverse_lazy("people:suggest"),
                "autocomplete": "off",
                "hx-get": reverse_lazy("custody:known"),
                "hx-trigger": "blur changed",
                "hx-target": "next [data-known]",
            }
        ),
    )
    attach = forms.ChoiceField(
        label=_("Is it the same person?"),
        required=False,
        choices=[
            ("", _("Is it the same person?")),
            ("same", _("The same: the books are wrong")),
            ("new", _("Somebody else: a new number")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person_id: int | None = None
        self.asked = bool(self.data.get(self.add_prefix("attach")))

    @property
    def filled(self) -> bool:
        """Whether the line stands for somebody: only one in which nothing was entered is empty."""
        return bool(self.entered)

    @property
    def entered(self) -> set[str]:
        """The boxes in which something was entered or chosen; an age of 0 is an age."""
        return {
            name
            for name, value in self.cleaned_data.items()
            if value is not None and value is not False and value != ""
        }

    def filled_for_all(self, chosen: Mapping[str, str]) -> bool:
        """Whether the line holds nothing but what was chosen for everyone at once."""
        entered = self.entered
        return bool(entered) and all(
            chosen.get(name) == self.cleaned_data[name] for name in entered
        )

    def receipt(self) -> services.BodyReceiptInput:
        given = self.cleaned_data
        return services.BodyReceiptInput(
            name_as_given=given["name_as_given"],
            person_id=self.person_id,
            sex=given["sex"],
            age_as_given=given["age_as_given"],
            warrant_state=given["warrant_state"],
            injuries=given["injuries"],
            complaint=given["complaint"],
            attach=given["attach"] or "auto",
        )


LineFormSet = forms.formset_factory(
    LineForm, extra=0, max_num=60, absolute_max=60, validate_max=True
)


def people_on(
    lines: Iterable[LineForm], posted: Mapping[str, str]
) -> tuple[list[LineForm], list[Doubt]]:
    """The lines that stand for somebody, and the question about those that may stand for nobody.

    What was chosen for everyone at once says of no line that somebody is on it. Such a line is
    asked about and, where it is empty by the answer, left out.
    """
    chosen = {box: posted.get(control, "") for box, control in FILLED_FOR_ALL.items()}
    filled, unsure = list[LineForm](), list[int]()
    for number, line in enumerate(lines, start=1):
        if not line.filled:
            continue
        if line.filled_for_all(chosen):
            unsure.append(number)
        else:
            filled.append(line)
    if not unsure:
        return filled, []
    named = ", ".join(str(number) for number in unsure)
    return filled, [
        Doubt(
            Reason("custody.doubt_nobody_on_line", {"lines": named}),
            f"id_line-{unsure[0] - 1}-here",
        )
    ]


def settle(
    viewer: Any, lines: Sequence[LineForm], received_at: datetime, *, repeated: bool = False
) -> list[Doubt]:
    """Find whom the numbers name, put what is missing beside its box, and give the doubts.

    Somebody whom the books hold inside is told at the line, which then asks whether it is the
    same person. A form sent twice (`repeated`) is asked nothing: its people are inside by it.
    """
    for line in lines:
        given = line.cleaned_data
        if "sex" not in line.errors and not given.get("sex"):
            line.add_error("sex", _said(Reason("custody.sex_not_chosen")))
        if "warrant_state" not in line.errors and not given.get("warrant_state"):
            line.add_error("warrant_state", _said(Reason("custody.warrant_not_chosen")))
        line.person_id = _known(viewer, line)
    if repeated:
        return []
    named = {line.person_id: line for line in lines if line.person_id is not None}
    where = selectors.whereabouts(viewer, list(named))
    heads = people.person_headers(viewer, list(named))
    doubts: list[Doubt] = []
    for line in lines:
        person_id, given = line.person_id, line.cleaned_data
        if person_id is None or person_id not in heads:
            continue
        head, held = heads[person_id], where.get(person_id)
        if held is not None and held.inside:
            line.asked = True
            if not given.get("attach"):
                line.add_error("attach", _said(inside(head, held)))
                continue
        if given.get("attach") != "new":
            doubts += _of_known(line, head, received_at)
            if held is not None and held.held and received_at < held.since:
                doubts.append(put_before(head, held, received_at, f"id_{line.prefix}-number"))
    return doubts


def line_errors(lines: Iterable[LineForm]) -> list[dict[str, str]]:
    """What is wrong in the lines, for the summary of the page, each with the id of its box."""
    return [
        {
            "text": gettext("Line %(line)s, %(box)s: %(problem)s")
            % {"line": number, "box": bound.label, "problem": text},
            "target": str(bound.auto_id),
        }
        for number, line in enumerate(lines, start=1)
        for bound in line
        for text in bound.errors
    ]


def near_of(
    viewer: Any, van: selectors.VanInfo, *, without: Mapping[int, object]
) -> dict[int, list[people.PossibleMatchLine]]:
    """Those on record who are near to each person new with this van, where none is noted."""
    if not viewer.can("people.edit"):
        return {}
    heads = people.person_headers(viewer, [line.person_id for line in van.lines])
    found = {}
    for line in van.lines:
        head = heads.get(line.person_id)
        if head is None or line.person_id in without or line.found != "not_held":
            continue
        near = near_to(viewer, head)
        if near:
            found[line.person_id] = near
    return found


def near_to(viewer: Any, head: people.PersonHeader) -> list[people.PossibleMatchLine]:
    """The records nearest to a person, beside those that are noted already."""
    if not head.given and not head.family:
        return []
    return people.near_persons(
        viewer,
        names=[NameInput(head.given, head.family)],
        birth_date=head.birth_date,
        birth_precision=head.birth_precision,
        sex=head.sex,
        without=sorted(people.persons_of(head.person_id)),
        limit=3,
    )


def _of_known(line: LineForm, head: people.PersonHeader, received_at: datetime) -> list[Doubt]:
    given, number = line.cleaned_data, (line.prefix or "").rpartition("-")[2]
    doubts = []
    if not people.answers_to(head.person_id, given["name_as_given"]):
        doubts.append(
            Doubt(
                Reason(
                    "custody.doubt_other_name",
                    {
                        "line": int(number or 0) + 1,
                        "number": head.number,
                        "name": head.display_name,
                        "given": given["name_as_given"],
                    },
                ),
                f"id_{line.prefix}-number",
            )
        )
    doubts += birth_doubts(
        people.born_between([head.person_id]).get(head.person_id),
        received_at=received_at,
        age_as_given=given["age_as_given"],
        target=f"id_{line.prefix}-age_as_given",
    )
    return doubts


def _known(viewer: Any, line: LineForm) -> int | None:
    """Whom the number names. A wrong one is told at its line and loses nothing of the van."""
    number = line.cleaned_data.get("number", "").strip()
    if not number:
        return None
    try:
        return people.resolve_number(viewer, number)
    except NotFound:
        line.add_error("number", gettext("No prisoner has this number."))
        return None


def _said(reason: Reason) -> str:
    return wording.render(reason, get_language() or "en")
