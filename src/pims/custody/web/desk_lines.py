"""A line of the 17:00 desk: its boxes, and which of them each outcome asks for."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.forms import body_choices
from pims.authority.web.words import kind_label
from pims.custody.selectors import DeskRow
from pims.custody.web.words import NOT_RETURNED, OUTCOMES
from pims.ui.fields import HiddenNumberField, hidden_number

DAY_FORMATS = ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %m %Y"]
HOUR_FORMATS = ["%H:%M", "%H.%M", "%H%M", "%H:%M:%S"]
# The outcomes that ask for each box, in the order of the page. The other boxes of a line stay
# within reach behind its "More": an outcome may come with what nobody foresaw.
ASKED: dict[str, tuple[str, ...]] = {
    "not_returned_because": ("not_returned",),
    "day": ("new_date", "sentenced", "fined", "not_produced", "refused_to_go"),
    "amount": ("fined",),
    "frees": ("fined",),
    "body_id": ("sentenced", "fined", "bailed"),
    "reference": ("sentenced", "fined", "bailed", "discharged_at_court"),
    "warrants": ("new_date", "sentenced", "fined", "bailed", "discharged_at_court"),
    "when": ("discharged_at_court", "not_returned"),
    "condition_back": (
        "same_warrant", "new_date", "sentenced", "fined", "bailed", "wrong_person_produced",
    ),
    "note": ("not_produced", "refused_to_go", "not_returned", "wrong_person_produced"),
}  # fmt: skip
# Asked for, and often left as they are: Enter goes past them, Tab does not.
PASSED_BY = frozenset({"body_id", "when", "condition_back", "frees"})
# May be said with whatever outcome.
ALWAYS = frozenset({"when", "condition_back", "note"})
# What else is recorded with an outcome that does not ask for it.
TAKEN: dict[str, tuple[str, ...]] = {
    "day": ("wrong_person_produced",),
    "amount": ("sentenced",),
    "reference": ("new_date", "not_produced", "refused_to_go", "wrong_person_produced"),
    "warrants": ("not_produced", "refused_to_go", "wrong_person_produced"),
}
# What the day is, where the outcome is known.
DAY_LABELS: dict[str, Promise] = {
    "new_date": _("New court date"),
    "not_produced": _("New court date, if one was set"),
    "refused_to_go": _("New court date, if one was set"),
    "sentenced": _("Last day of the sentence"),
    "fined": _("Last day, if the fine is not paid"),
}
WIDTHS = {"day": 10, "amount": 5, "when": 5}


class RowForm(forms.Form):
    """One person. Which of the boxes are asked for follows from the outcome: `ASKED`."""

    escort_id = HiddenNumberField(required=False)
    episode_id = HiddenNumberField()
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Choose")), *OUTCOMES.items()]
    )
    when = forms.TimeField(
        label=_("Hour, where different"),
        required=False,
        input_formats=HOUR_FORMATS,
        error_messages={
            "invalid": _("Enter the time with hours and minutes, for example 18:30"),
        },
    )
    day = forms.DateField(
        label=_("New date or end"),
        required=False,
        input_formats=DAY_FORMATS,
        error_messages={"invalid": _("Enter day, month and year, for example 15/12/2026")},
    )
    body_id = forms.TypedChoiceField(
        label=_("Court"), required=False, coerce=int, empty_value=None, choices=body_choices
    )
    reference = forms.CharField(label=_("Reference or order seen"), required=False, max_length=80)
    amount = forms.DecimalField(
        label=_("Fine in dollars"),
        required=False,
        min_value=0,
        max_value=100_000_000,
        decimal_places=2,
    )
    warrants = forms.TypedMultipleChoiceField(
        label=_("Which warrants"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    frees = forms.BooleanField(label=_("Paid, or time given: goes free"), required=False)
    not_returned_because = forms.ChoiceField(
        label=_("Why not returned"),
        required=False,
        choices=[("", "—"), *NOT_RETURNED.items()],
    )
    condition_back = forms.CharField(
        label=_("Condition and medication"), required=False, max_length=500
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        """What was typed beside no outcome, or beside one that has no use for it, would go
        nowhere: it is told, never dropped."""
        given = super().clean() or {}
        typed = [name for name in ASKED if name != "body_id" and given.get(name)]
        outcome = given.get("outcome")
        if typed and not outcome:
            self.add_error("outcome", gettext("Choose an outcome, or empty the line."))
        for name in typed if outcome else ():
            if name not in ALWAYS and outcome not in (*ASKED[name], *TAKEN.get(name, ())):
                self.add_error(
                    name,
                    gettext(
                        "Nothing comes of this with the outcome chosen: empty the box, or write it"
                        " in the note."
                    ),
                )
        return given


RowFormSet = forms.formset_factory(
    RowForm, extra=0, max_num=300, absolute_max=300, validate_max=True
)


def offer_warrants(line: RowForm, by_episode: Mapping[int, DeskRow]) -> None:
    """Give the line the warrants to choose from that hold its person."""
    row = by_episode.get(hidden_number(line["episode_id"]))
    line.fields["warrants"].choices = [  # type: ignore[attr-defined]
        (str(w.warrant_name_id), f"{kind_label(w.kind)} {w.reference}".strip())
        for w in (row.detaining if row else ())
    ]


def boxes_of(line: RowForm, row: DeskRow) -> list[dict[str, Any]]:
    """The boxes behind the outcome, as the page draws them. One warrant needs no choosing."""
    return [
        {
            "field": line[name],
            "outcomes": " ".join(outcomes),
            "width": WIDTHS.get(name),
            "passed_by": name in PASSED_BY,
            "always": name in ALWAYS,
            "prefilled": name == "body_id",
            "labels": DAY_LABELS if name == "day" else {},
        }
        for name, outcomes in ASKED.items()
        if name != "warrants" or len(row.detaining) > 1
    ]


def errors_of(lines: Iterable[tuple[RowForm, DeskRow]]) -> list[dict[str, str]]:
    """Every error of the lines for the summary: whose it is, what is wrong, and the box."""
    found = []
    for line, row in lines:
        who = f"{row.name} {row.number}".strip()
        for name, problems in line.errors.items():
            known = name in line.fields and not line.fields[name].widget.is_hidden
            box = name if known else "outcome"
            # A choice of several has no one box: its first answers for it.
            first = f"id_{line.prefix}-{box}" + ("_0" if box == "warrants" else "")
            label: str | Promise | None = line.fields[name].label if known else ""
            if name == "day":
                label = DAY_LABELS.get(str(line["outcome"].value()), label or "")
            what = f"{label}: " if label else ""
            found += [{"text": f"{who}: {what}{text}", "target": first} for text in problems]
    return found


def nothing_chosen(lines: Iterable[RowForm]) -> list[dict[str, str]]:
    """What to say where no line has an outcome, with the first of them to go to."""
    first = next(iter(lines), None)
    return [
        {
            "text": gettext("Nothing was recorded: choose an outcome on a line."),
            "target": "" if first is None else f"id_{first.prefix}-outcome",
        }
    ]
