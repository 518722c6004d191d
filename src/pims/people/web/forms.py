"""What is typed about a person. Lengths and rules are the services' own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.people.languages import LANGUAGES
from pims.people.services.parts import LanguageInput
from pims.people.web import words
from pims.ui.fields import DayField, HiddenNumberField, InstantField


def text(label: Any, *, limit: int = 200, required: bool = False) -> forms.CharField:
    # A little over the limit, so that the service says what is wrong in its own words.
    return forms.CharField(label=label, required=required, max_length=limit * 20)


def area(label: Any, *, limit: int, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=limit * 20, widget=forms.Textarea
    )


def choice(label: Any, table: words.Words, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(table.items()), **more)


def country(label: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=words.country_choices, **more)


class BirthField(DayField):
    """A date of birth of which the day, or day and month, may be left out; those become 1."""

    # Nobody is received on the day of birth: no button that fills in the present day.
    never_today = True

    def compress(self, data_list: Sequence[str]) -> date | datetime | None:
        if len(data_list) == 3 and data_list[2]:
            day, month, year = (part.strip() for part in data_list)
            if not day:
                data_list = ["1", month or "1", year]
        return super().compress(data_list)


class BirthMixin(forms.Form):
    """Makes the precision follow what was left out of ``birth_date``."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        # What was typed is known as far as it was typed, whatever was left standing beside it.
        if given.get("birth_date") and given.get("birth_precision") in ("day", "unknown"):
            widget = self.fields["birth_date"].widget
            typed = widget.value_from_datadict(self.data, self.files, self.add_prefix("birth_date"))
            day, month, *_year = [str(part or "").strip() for part in typed]
            given["birth_precision"] = "day" if day else "month" if month else "year"
        return given


class PartForm(forms.Form):
    """A form of a page about one person; `version` tells whether somebody was faster."""

    version = HiddenNumberField()


class NewPersonForm(BirthMixin):
    given = text(_("Given names"))
    family = text(_("Family names"))
    sex = choice(_("Sex"), words.SEX, initial="unknown", widget=forms.RadioSelect)
    birth_date = BirthField(label=_("Date of birth"), required=False)
    birth_precision = choice(_("How sure is it?"), words.PRECISION, initial="day")
    nationality = forms.ChoiceField(
        label=_("Nationality"),
        choices=lambda: [("", "—"), *words.country_choices()],
        required=False,
    )


class IdentityForm(BirthMixin, PartForm):
    sex = choice(_("Sex"), words.SEX, widget=forms.RadioSelect)
    gender = choice(_("Gender, as the prisoner says it"), words.GENDER, widget=forms.RadioSelect)
    birth_date = BirthField(
        label=_("Date of birth"), required=False,
        help_text=_("A year alone is enough, and an estimate is better than nothing."),
    )  # fmt: skip
    birth_precision = choice(_("How sure is it?"), words.PRECISION)
    birth_place = text(_("Place of birth"))
    age_disputed = forms.BooleanField(
        label=_("The age is disputed: treated as a juvenile until decided"), required=False
    )


class AgeForm(PartForm):
    decision = choice(_("Decision"), words.AGE, widget=forms.RadioSelect)
    reason = area(_("Reason, and on what evidence"), limit=2000)


class NameForm(PartForm):
    kind = choice(_("Kind of name"), words.NAME)
    given = text(_("Given names"))
    family = text(_("Family names"))
    make_primary = forms.BooleanField(label=_("Heads the file from now on"), required=False)


class IdentifierForm(PartForm):
    kind = choice(_("Document"), words.IDENTIFIER)
    number = text(_("Number"), limit=60)
    country = country(_("Country"), initial="BZ")
    expires_on = DayField(label=_("Expires on"), required=False)


class NationalitiesForm(PartForm):
    first = country(_("Nationality"), initial="BZ")
    second = forms.ChoiceField(
        label=_("Second nationality"),
        choices=lambda: [("", "—"), *words.country_choices()],
        required=False,
    )


class LanguagesForm(PartForm):
    """A row a language: spoken, read, interpreter."""

    READS = (("", _("Not asked")), ("yes", _("Reads it")), ("no", _("Read aloud by an officer")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label: Any
        for code, label in LANGUAGES.items():
            self.fields[f"speaks_{code}"] = forms.BooleanField(label=label, required=False)
            self.fields[f"reads_{code}"] = forms.ChoiceField(
                label=_("Reading"), choices=self.READS, required=False
            )
            self.fields[f"interpreter_{code}"] = forms.BooleanField(
                label=_("Needs an interpreter"), required=False
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [
            (self[f"speaks_{code}"], self[f"reads_{code}"], self[f"interpreter_{code}"])
            for code in LANGUAGES
        ]

    def languages(self) -> list[LanguageInput]:
        given = self.cleaned_data
        reads = {"yes": True, "no": False}
        return [
            LanguageInput(
                code,
                reads=reads.get(given.get(f"reads_{code}", "")),
                needs_interpreter=bool(given.get(f"interpreter_{code}")),
            )
            for code in LANGUAGES
            # Whoever reads it, or needs an interpreter for it, has it.
            if any(given.get(f"{what}_{code}") for what in ("speaks", "reads", "interpreter"))
        ]


class AddressForm(PartForm):
    lines = text(_("Street and house"), limit=300)
    place = text(_("Village, town or city"), limit=100)
    district = text(_("District"), limit=60)
    country = country(_("Country"), initial="BZ")
    phone = text(_("Telephone"), limit=40)
    lived_from = DayField(label=_("Since"), required=False)
    lived_until = DayField(label=_("Until"), required=False)


class DescriptionForm(PartForm):
    observed_on = DayField(label=_("Seen on"), required=False)
    height_cm = forms.IntegerField(label=_("Height in cm"), required=False)
    weight_kg = forms.IntegerField(label=_("Weight in kg"), required=False)
    build = text(_("Build"), limit=40)
    complexion = text(_("Complexion"), limit=40)
    hair = text(_("Hair"), limit=60)
    eyes = text(_("Eyes"), limit=40)
    facial_hair = text(_("Facial hair"), limit=60)
    handedness = forms.ChoiceField(
        label=_("Handedness"),
        choices=[("", "—"), ("left", _("Left")), ("right", _("Right")), ("both", _("Both"))],
        required=False,
    )
    other = area(_("Other"), limit=500)


class MarkForm(PartForm):
    kind = choice(_("Kind of mark"), words.MARK)
    body_part = text(_("Where on the body"), limit=60)
    side = choice(_("Side"), words.SIDE, required=False)
    text = area(_("What it shows or looks like"), limit=300)
    photograph = forms.FileField(label=_("Photograph"), required=False)


class ContactForm(PartForm):
    kind = choice(_("Who is it?"), {k: v for k, v in words.CONTACT.items() if k != "no_lawyer"})
    name = text(_("Name"))
    relationship = text(_("Relationship"), limit=60)
    phone = text(_("Telephone"), limit=40)
    email = text(_("E-mail"), limit=254)
    address = text(_("Address"), limit=300)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: [("", "—"), *LANGUAGES.items()],
        required=False,
    )
    note = area(_("Note"), limit=500)


class LawyerForm(PartForm):
    answer = choice(_("Answer"), words.LAWYER, widget=forms.RadioSelect)
    name = text(_("Name of the lawyer"))
    phone = text(_("Telephone"), limit=40)
    asked_at = InstantField(label=_("When was the person asked?"))
    note = area(_("Note"), limit=500)


class ConsularForm(PartForm):
    country = country(_("Country of nationality"))
    told_at = InstantField(label=_("Told of the right at"), required=False)
    answer = choice(_("Answer"), words.CONSULAR, widget=forms.RadioSelect)
    asked_in_writing = forms.BooleanField(
        label=_("Asked in writing that the consulate be told"), required=False
    )
    consulate_told_at = InstantField(label=_("Consulate told at"), required=False)
    note = area(_("Note"), limit=500)


class ChildForm(PartForm):
    name = text(_("Name of the child"))
    birth_date = DayField(label=_("Date of birth"), required=False)
    age_as_given = text(_("Age as given"), limit=40)
    where = text(_("Where the child is"), limit=300)
    with_whom = text(_("With whom"))
    note = area(_("Note"), limit=500)


class InfantForm(PartForm):
    name = text(_("Name of the baby"))
    sex = choice(_("Sex"), words.SEX, initial="unknown")
    birth_date = DayField(label=_("Date of birth"), required=False)
    entered_at = InstantField(label=_("Came in at"))


class InfantLeftForm(PartForm):
    left_at = InstantField(label=_("Left at"))
    left_with = text(_("With whom"))


class PhotographForm(PartForm):
    kind = choice(_("View"), {k: v for k, v in words.PHOTOGRAPH.items() if k != "mark"})
    photograph = forms.FileField(label=_("Photograph"))
    taken_at = InstantField(label=_("Taken at"), required=False)


class WithdrawForm(PartForm):
    reason = text(_("Why is it taken back?"))


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Are they one person?"),
        choices=[
            ("different", _("Two persons")),
            ("unsure", _("Nobody can tell yet")),
            ("same", _("The same person: to be joined by the records office")),
        ],
        widget=forms.RadioSelect,
    )
    reason = area(_("Reason"), limit=1000)


class MergeForm(forms.Form):
    reason = area(_("How do you know that they are one person?"), limit=2000, required=True)


class UnmergeForm(forms.Form):
    reason = area(_("How do you know that they are two persons?"), limit=2000, required=True)
