"""The forms of the admission's steps, and what each of them writes.

A step is a form and a function that carries out what was typed. Whatever it records in another
room and the mark of the step are separate commands of the one form: a repeat repeats both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.custody import services
from pims.custody.selectors import AdmissionRow
from pims.custody.selectors.standing import owner_of
from pims.custody.web.words import QUESTIONS
from pims.foundation.commands.transaction import Command
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.people import services as people
from pims.people.web.forms import BirthField, BirthMixin
from pims.property import services as property_room
from pims.safety import services as safety
from pims.ui.commands import then
from pims.ui.fields import HiddenNumberField, InstantField

ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("not_answered", _("Not answered"))]


class PersonForm(BirthMixin):
    version = HiddenNumberField()
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[
            ("male", _("Male")), ("female", _("Female")), ("intersex", _("Intersex")),
            ("unknown", _("Not known")),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    gender = forms.ChoiceField(
        label=_("Gender, as the prisoner says it"),
        choices=[
            ("man", _("Man")), ("woman", _("Woman")), ("other", _("Other")),
            ("not_stated", _("Not stated")),
        ],
        initial="not_stated",
        widget=forms.RadioSelect,
    )  # fmt: skip
    birth_date = BirthField(
        label=_("Date of birth"), required=False,
        help_text=_("A year alone is enough, and an estimate is better than nothing."),
    )  # fmt: skip
    birth_precision = forms.ChoiceField(
        label=_("How sure is it?"),
        choices=[
            ("day", _("The day is known")), ("month", _("Only month and year")),
            ("year", _("Only the year")), ("estimated", _("Estimated")),
            ("unknown", _("Not known")),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    age_disputed = forms.BooleanField(
        label=_("The age is disputed: treated as a juvenile until decided"), required=False
    )


class ArrestForm(forms.Form):
    version = HiddenNumberField()
    arrested_at = InstantField(label=_("When arrested"), required=False)
    place = forms.CharField(label=_("Where arrested"), required=False, max_length=300)
    reasons = forms.CharField(
        label=_("Reasons given"), required=False, max_length=4000, widget=forms.Textarea
    )
    officer = forms.CharField(label=_("Arresting officer"), required=False, max_length=200)


class InjuryForm(forms.Form):
    nothing = forms.BooleanField(label=_("No injury seen and no complaint"), required=False)
    body_area = forms.CharField(label=_("Where on the body"), required=False, max_length=60)
    description = forms.CharField(
        label=_("What is seen"), required=False, max_length=4000, widget=forms.Textarea
    )
    complaint_of_ill_treatment = forms.BooleanField(
        label=_("Complains of ill-treatment"), required=False
    )
    complaint = forms.CharField(
        label=_("In the prisoner's own words"), required=False, max_length=4000,
        widget=forms.Textarea,
    )  # fmt: skip
    by_whom = forms.CharField(label=_("By whom, as said"), required=False, max_length=300)
    photo = forms.FileField(label=_("Photograph of the injury"), required=False)

    def clean(self) -> dict[str, Any]:
        """What was written beside "nothing" would be lost: one of the two is wrong."""
        given = super().clean() or {}
        if given.get("nothing") and any(given.get(name) for name in given if name != "nothing"):
            self.add_error(
                "nothing",
                gettext("You ticked that there is nothing, and entered something below."),
            )
        return given


class PropertyForm(forms.Form):
    """Up to eight lines; more can be taken in later on the prisoner's page."""

    LINES = 8
    signed = forms.ChoiceField(
        label=_("Receipt"),
        choices=[("yes", _("Signed by the prisoner")), ("no", _("Refused to sign"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    witness = forms.CharField(
        label=_("Witness, where it was not signed"), required=False, max_length=120
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(self.LINES):
            self.fields[f"description_{number}"] = forms.CharField(
                label=_("What"), required=False, max_length=300
            )
            self.fields[f"category_{number}"] = forms.ChoiceField(
                label=_("Kind"),
                choices=[
                    ("clothing", _("Clothing")), ("valuables", _("Valuables")),
                    ("documents", _("Documents")), ("electronics", _("Electronics")),
                    ("medicine", _("Medicine")), ("cash", _("Cash (BZD)")),
                    ("other", _("Other")),
                ],
            )  # fmt: skip
            self.fields[f"quantity_{number}"] = forms.IntegerField(
                label=_("How many"), min_value=1, max_value=100_000, initial=1, required=False
            )
            self.fields[f"amount_{number}"] = forms.DecimalField(
                label=_("Amount"), required=False, min_value=0, max_value=10_000_000,
                decimal_places=2,
            )  # fmt: skip
            self.fields[f"store_{number}"] = forms.CharField(
                label=_("Kept at"), required=False, max_length=60
            )

    def rows(self) -> list[list[forms.BoundField]]:
        """The bound fields, a row a line."""
        names = ("description", "category", "quantity", "amount", "store")
        return [[self[f"{name}_{n}"] for name in names] for n in range(self.LINES)]

    def lines(self) -> list[tuple[int, property_room.ItemInput]]:
        """Every line with anything in it, with its number: what can't be kept is told, not
        dropped."""
        given = self.cleaned_data
        found = []
        for n in range(self.LINES):
            what, amount = given.get(f"description_{n}", "").strip(), given.get(f"amount_{n}")
            category, store = given.get(f"category_{n}", ""), given.get(f"store_{n}", "")
            quantity = given.get(f"quantity_{n}") or 1
            cash = category == "cash"
            if what or store or cash or amount is not None or quantity != 1:
                found.append(
                    (
                        n,
                        property_room.ItemInput(
                            category=category,
                            description=what or (str(_("Cash")) if cash else ""),
                            quantity=quantity,
                            amount_cents=None if amount is None else int(amount * 100),
                            currency="BZD" if cash else "",
                            store=store,
                        ),
                    )
                )
        return found


class ContactForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Whom"),
        choices=[
            ("next_of_kin", _("Next of kin")), ("emergency", _("Emergency contact")),
            ("lawyer", _("Lawyer")), ("other", _("Other")),
        ],
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=200)
    relationship = forms.CharField(label=_("Relationship"), required=False, max_length=60)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    address = forms.CharField(label=_("Address"), required=False, max_length=300)


class RiskForm(forms.Form):
    """The first risk and separation questions (Mandela Rules 30, 93; Bangkok Rule 6)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, question in QUESTIONS.items():
            self.fields[code] = forms.ChoiceField(
                label=str(question), choices=ANSWERS, widget=forms.RadioSelect
            )


class PhotographForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("View"), choices=[("front", _("Front")), ("profile", _("Profile"))]
    )
    photo = forms.FileField(label=_("Photograph"))


@dataclass(frozen=True, slots=True)
class Step:
    """`carry_out` writes what was typed and marks the step; `leave_out` says it may be skipped."""

    label: Promise
    form: type[forms.Form] | None = None
    carry_out: Callable[[Command, AdmissionRow, Any], None] | None = None
    multipart: bool = False


def _mark(command: Command, row: AdmissionRow, step: str, **data: Any) -> None:
    services.complete_step(then(command, "step"), episode_id=row.episode_id, step=step, data=data)


def _person(command: Command, row: AdmissionRow, form: PersonForm) -> None:
    given = form.cleaned_data
    people.amend_person(
        command,
        person_id=row.person_id,
        version=given["version"],
        sex=given["sex"],
        gender=given["gender"],
        birth_date=given["birth_date"],
        birth_precision=given["birth_precision"],
        age_disputed=given["age_disputed"],
    )
    people.look_for_matches(then(command, "matches"), person_id=row.person_id)
    _mark(command, row, "person")


def _arrest(command: Command, row: AdmissionRow, form: ArrestForm) -> None:
    services.record_arrest(command, episode_id=row.episode_id, **form.cleaned_data)
    _mark(command, row, "arrest")


def _injuries(command: Command, row: AdmissionRow, form: InjuryForm) -> None:
    given = dict(form.cleaned_data)
    nothing, photo = given.pop("nothing"), given.pop("photo")
    if not nothing:
        services.record_injury(
            command,
            episode_id=row.episode_id,
            photo=None if photo is None else photo.read(),
            **given,
        )
    _mark(command, row, "injuries", none_seen=bool(nothing))


def _property(command: Command, row: AdmissionRow, form: PropertyForm) -> None:
    refused = form.cleaned_data["signed"] == "no"
    lines = form.lines()
    try:
        made = property_room.record_property(
            command,
            person_id=row.person_id,
            establishment_id=owner_of(row.episode_id)[1],
            items=[item for _n, item in lines],
            signed=not refused,
            refused_to_sign=refused,
            witness=form.cleaned_data["witness"],
        )
    except InvalidInput as problem:
        raise InvalidInput(_by_line(problem.fields, [n for n, _item in lines])) from problem
    _mark(command, row, "property", receipt_id=made.receipt_id)


def _by_line(wrong: Mapping[str, Reason], lines: Sequence[int]) -> dict[str, Reason]:
    """What is wrong with the items, by the lines on which they were typed."""
    named = {}
    for name, reason in wrong.items():
        field, _under, position = name.rpartition("_")
        named[f"{field}_{lines[int(position)]}" if position.isdigit() else name] = reason
    return named


def _contacts(command: Command, row: AdmissionRow, form: ContactForm) -> None:
    people.add_contact(command, person_id=row.person_id, **form.cleaned_data)
    _mark(command, row, "contacts")


def _risk(command: Command, row: AdmissionRow, form: RiskForm) -> None:
    made = safety.record_first_risk(
        command,
        person_id=row.person_id,
        episode_id=row.episode_id,
        answers=form.cleaned_data,
    )
    _mark(command, row, "risk", first_risk_id=made.first_risk_id)


def _photograph(command: Command, row: AdmissionRow, form: PhotographForm) -> None:
    people.add_photograph(
        command,
        person_id=row.person_id,
        kind=form.cleaned_data["kind"],
        data=form.cleaned_data["photo"].read(),
    )
    _mark(command, row, "photograph")


STEPS: Mapping[str, Step] = {
    "person": Step(_("Who this is"), PersonForm, _person),
    "warrant": Step(_("Warrant")),
    "arrest": Step(_("Arrest"), ArrestForm, _arrest),
    "injuries": Step(_("Injuries and complaints"), InjuryForm, _injuries, multipart=True),
    "property": Step(_("Property"), PropertyForm, _property),
    "contacts": Step(_("Family and contacts"), ContactForm, _contacts),
    "risk": Step(_("First risk questions"), RiskForm, _risk),
    "photograph": Step(_("Photograph"), PhotographForm, _photograph, multipart=True),
    "place": Step(_("Cell place")),
}
