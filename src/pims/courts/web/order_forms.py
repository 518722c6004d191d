"""What is typed of an order from its paper: the kind first, and then what that kind carries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.selectors import WarrantBrief
from pims.authority.web.forms import SCAN_HINT, body_choices
from pims.authority.web.words import ORDER_KINDS as RELEASE_KINDS
from pims.authority.web.words import kind_label
from pims.authority.web.written import Written, WrittenDayField
from pims.courts.rules.defects import MARKED
from pims.courts.selectors.pages import PersonFile
from pims.courts.selectors.unkeyed import UnkeyedPaper
from pims.courts.services import SentenceInput
from pims.courts.services.papers import NewCharge
from pims.courts.web import words
from pims.courts.web.boxes import (
    MOST,
    LineDayField,
    cents,
    dollars_field,
    figure,
    texts,
    written_days,
)
from pims.jurisdictions.offences import offences
from pims.jurisdictions.order_kinds import Effect, OrderKind, order_kinds
from pims.ui.dates import instant_text
from pims.ui.fields import InstantField

LINES, MOST_LINES = 5, 60
MOST_NAMES = 300
NEW_CHARGES = ("new_charge_1", "new_charge_2", "new_charge_3")
TERMS = frozenset({"term", "default_term", "minimum_term"})
# Kinds that are about an earlier order: what they change is asked for at once.
ABOUT_EARLIER = frozenset(
    {
        "bail_revoked", "bail_surrendered", "appeal_allowed", "appeal_dismissed", "appeal_varied",
        "retrial", "resentencing", "parole_revoked", "fine_paid", "habeas_corpus", "pardon",
    }
)  # fmt: skip
# Kinds of other bodies than courts: no charge stands on their papers.
NO_CHARGE = frozenset(
    {
        "immigration_detention", "immigration_release", "emergency_detention",
        "juvenile_behaviour", "civil_commitment", "pardon", "parole_granted", "parole_revoked",
        "habeas_corpus",
    }
)  # fmt: skip
NONE, BEFORE, UNKNOWN = "concurrent", "line:", "unknown"


def kinds_for(name: str) -> str:
    """The kinds of order that ask for a box, as the page tells them to the browser."""
    return " ".join(code for code, kind in order_kinds().items() if _asks(name, kind))


def _asks(name: str, kind: OrderKind) -> bool:
    if name in ("case_id", "case_number", "charges", "new_charges"):
        return kind.code not in NO_CHARGE
    if name in ("changes_order_id", "changes_reference", "change"):
        return kind.code in ABOUT_EARLIER
    if name == "others":
        return kind.many_names
    if name == "warrants":
        return kind.effect is not Effect.NOTES
    if name == "ends_all":
        return kind.effect is Effect.FREES
    carries = {
        "sentences": TERMS, "term": {"term", "default_term"}, "minimum": {"minimum_term"},
        "amount": {"amount_cents"},
    }  # fmt: skip
    return bool(set(carries.get(name, {name})) & set(kind.fields))


class OrderForm(forms.Form):
    """An order as written. What a kind does not carry may be written all the same."""

    kind = forms.ChoiceField(label=_("Kind of order"), choices=words.grouped_kinds)
    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=80)
    dated = WrittenDayField(label=_("Dated"), required=False)
    received_at = InstantField(label=_("Received"))
    paper = forms.ChoiceField(
        label=_("This paper, where the gate or the desk has recorded it already"), required=False
    )
    case_id = forms.TypedChoiceField(label=_("Case"), required=False, coerce=int, empty_value=None)
    case_number = forms.CharField(
        label=_("Number of a case that is not on record yet"), required=False, max_length=80
    )
    charges = forms.TypedMultipleChoiceField(
        label=_("Charges that it is about"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    new_charge_1 = forms.CharField(label=_("Charge not on record yet"), required=False)
    new_charge_2 = forms.CharField(label=_("Second charge not on record yet"), required=False)
    new_charge_3 = forms.CharField(label=_("Third charge not on record yet"), required=False)
    next_date = WrittenDayField(label=_("Next date"), required=False)
    next_mode = forms.ChoiceField(
        label=_("How the next hearing is held"), choices=list(words.MODES.items()),
        required=False, initial="in_person",
    )  # fmt: skip
    until = WrittenDayField(label=_("Until (last day, as written)"), required=False)
    amount = dollars_field(label=_("Amount in dollars"))
    review_months = figure(_("Review every so many months"))
    sureties = forms.CharField(
        label=_("Sureties"), required=False, max_length=10_000, widget=forms.Textarea
    )
    conditions = forms.CharField(
        label=_("Conditions"), required=False, max_length=10_000, widget=forms.Textarea
    )
    others = forms.CharField(
        label=_("The others whom it names"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea,
        help_text=_("Their numbers, one a line. Whoever has no number yet is received first."),
    )
    warrants = forms.TypedMultipleChoiceField(
        label=_("Warrants that it ends or takes the place of"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    ends_all = forms.BooleanField(label=_("It ends all of them"), required=False)
    changes_order_id = forms.TypedChoiceField(
        label=_("Earlier order that it is about"), required=False, coerce=int, empty_value=None
    )
    changes_reference = forms.CharField(
        label=_("Reference of the earlier order"), required=False, max_length=80
    )
    change = forms.ChoiceField(
        label=_("What it does to the earlier order"),
        required=False,
        choices=[("", "—"), *words.CHANGES.items()],
    )
    name_as_written = forms.CharField(
        label=_("Name as written"),
        required=False,
        max_length=200,
        help_text=_("Letter by letter from the paper, where it is another than ours"),
    )
    pronounced_at = InstantField(
        label=_("In force from"), required=False,
        help_text=_("Where it began to hold earlier than it was received"),
    )  # fmt: skip
    as_written = forms.CharField(
        label=_("As written"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea,
        help_text=_("The words of the paper, mistakes included"),
    )
    scan = forms.FileField(label=_("Scan"), required=False, help_text=SCAN_HINT)
    defects = forms.MultipleChoiceField(
        label=_("What is wrong with the paper?"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        file: PersonFile,
        held: Sequence[WarrantBrief],
        unkeyed: Sequence[UnkeyedPaper] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.impossible: dict[str, Written] = {}
        for name in NEW_CHARGES:
            self.fields[name].widget = forms.TextInput(
                {"autocomplete": "off", "data-suggest": reverse_lazy("courts:offences")}
            )
            self.fields[name].max_length = 300  # type: ignore[attr-defined]
        choices: Mapping[str, list[tuple[str, str]]] = {
            "paper": [("", "—"), *((paper_key(one), paper_text(one)) for one in unkeyed)],
            "case_id": [
                ("", "—"),
                *(
                    (str(c.case_id), f"{c.number} · {c.body_name}")
                    for c in file.cases
                    if c.closed_on is None
                ),
            ],
            "charges": [
                (str(c.charge_id), f"{words.charge_text(c)} · {case.number}")
                for c, case in file.charges
                if c.state in ("open", "convicted")
            ],
            "warrants": [
                (str(w.warrant_name_id), f"{kind_label(w.kind)} {w.reference}".strip())
                for w in held
            ],
            "changes_order_id": [
                ("", "—"),
                *((str(o.order_id), _order_text(o)) for o in file.orders if o.state == "stands"),
            ],
            "defects": [(code, words.defect(code)) for code in sorted(MARKED - {"other"})]
            + [("other", words.defect("other"))],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A date that no calendar has is kept in `impossible`, by its box."""
        super().clean()
        self.impossible = written_days(self)
        return self.cleaned_data

    def new_charges(self) -> list[NewCharge]:
        return [new_charge(text) for text in self._typed()]

    def new_charge_at(self, box: str) -> int | None:
        """The place of a new charge's box among those that are filled."""
        filled = [name for name in NEW_CHARGES if self.cleaned_data.get(name)]
        return filled.index(box) if box in filled else None

    def _typed(self) -> list[str]:
        return [self.cleaned_data[name] for name in NEW_CHARGES if self.cleaned_data.get(name)]

    def scan_bytes(self) -> bytes | None:
        upload = self.cleaned_data.get("scan")
        return None if upload is None else upload.read()


def paper_key(paper: UnkeyedPaper) -> str:
    """How an address and a choice name a paper that is on record and not keyed as an order."""
    if paper.warrant_name_id is not None:
        return f"w{paper.warrant_name_id}"
    return f"r{paper.release_order_id}"


def paper_text(paper: UnkeyedPaper, *, dated: bool = True) -> str:
    label = (
        kind_label(paper.kind)
        if paper.warrant_name_id is not None
        else str(RELEASE_KINDS[paper.kind])
    )
    day = instant_text(paper.received_at, "date") if dated else ""
    return " · ".join(part for part in (label, paper.body_name, paper.reference, day) if part)


def new_charge(text: str) -> NewCharge:
    """An offence of the table by its name in either language; otherwise the paper's words."""
    said = text.strip().casefold()
    for code, row in offences().items():
        if said in (code.casefold(), *(label.casefold() for label in row.label.values())):
            return NewCharge(offence_code=code)
    return NewCharge(as_written=text.strip())


def _order_text(order: Any) -> str:
    parts = [words.order_kind(order.kind), order.reference, order.body_name]
    return " · ".join(part for part in parts if part)


class SentenceForm(forms.Form):
    """One term. `link` says in one choice whether it follows another, and which."""

    charge = forms.ChoiceField(label=_("Charge"), required=False)
    years = figure(_("Years"))
    months = figure(_("Months"))
    weeks = figure(_("Weeks"))
    days = figure(_("Days"))
    minimum_years = figure(_("Minimum: years"))
    minimum_months = figure(_("Minimum: months"))
    minimum_weeks = figure(_("Minimum: weeks"))
    minimum_days = figure(_("Minimum: days"))
    link = forms.ChoiceField(label=_("Runs"), required=False, initial=NONE)
    effective_from = LineDayField(label=_("Effective from"))
    pronounced_on = LineDayField(label=_("Pronounced on, where another day"))
    offence_on = LineDayField(label=_("Offence on"))
    amount = dollars_field(label=_("Amount of this sentence, in dollars"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.impossible = written_days(self)
        return self.cleaned_data

    @property
    def filled(self) -> bool:
        """Whether something was entered: a term of 0 is a term."""
        return bool(self.impossible) or any(
            value is not None and value != "" and not (name == "link" and value == NONE)
            for name, value in self.cleaned_data.items()
        )


SentenceFormSet = forms.formset_factory(
    SentenceForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


def offer_choices(lines: Sequence[Any], file: PersonFile) -> None:
    """Give each line the charges that it can be for, and what it can run after."""
    charges = [
        ("", "—"),
        *(
            (str(c.charge_id), words.charge_text(c))
            for c, _case in file.charges
            if c.state in ("open", "convicted")
        ),
        *((name, str(OrderForm.base_fields[name].label)) for name in NEW_CHARGES),
    ]
    standing = [s for s in file.sentences if s.state == "stands"]
    for number, line in enumerate(lines, 1):
        line.fields["charge"].choices = charges
        line.fields["link"].choices = [
            (NONE, words.LINKS["concurrent"]),
            *(
                (f"{BEFORE}{other}", gettext("After sentence %(number)s") % {"number": other})
                for other in range(1, len(lines) + 1)
                if other != number
            ),
            *((str(s.sentence_id), _after_text(s)) for s in standing),
            (UNKNOWN, _("After another, not on record")),
        ]


def _after_text(one: Any) -> str:
    return gettext("After %(term)s of order %(reference)s") % {
        "term": words.term_text(words.figures(one.term)),
        "reference": one.reference or one.order_id,
    }


@dataclass(frozen=True, slots=True)
class TypedSentences:
    """The sentences as typed; `new_charges` gives for each the place of its new charge; `lines`
    are the numbers of the lines that they stand on."""

    sentences: tuple[SentenceInput, ...]
    new_charges: tuple[int | None, ...]
    lines: tuple[int, ...]
    dates_as_written: Mapping[str, str]


def typed_sentences(form: OrderForm, lines: Iterable[SentenceForm]) -> TypedSentences:
    """The lines in which something was entered. Lines that are left out change no number that
    another line names."""
    filled = [(n, line) for n, line in enumerate(lines, 1) if line.filled]
    place = {number: position for position, (number, _line) in enumerate(filled, 1)}
    made, new, dates = [], [], dict[str, str]()
    for position, (_number, line) in enumerate(filled, 1):
        made.append(_sentence(line, place))
        new.append(form.new_charge_at(line.cleaned_data["charge"]))
        dates |= texts(line.impossible, f"sentences.{position}.")
    if not made and form.cleaned_data["kind"] == "life_minimum":
        # A life sentence that names no minimum is a sentence all the same.
        made, new = [SentenceInput()], [None]
    return TypedSentences(tuple(made), tuple(new), tuple(n for n, _line in filled), dates)


def _sentence(line: SentenceForm, place: Mapping[int, int]) -> SentenceInput:
    given = line.cleaned_data
    link, position, earlier = given["link"] or NONE, None, None
    if link.startswith(BEFORE):
        # A line that nobody filled in has no place: what it was to follow is not on the paper.
        position = place.get(int(link.removeprefix(BEFORE)), MOST)
    elif link.isdigit():
        earlier = int(link)
    charge = given["charge"]
    return SentenceInput(
        years=given["years"] or 0,
        months=given["months"] or 0,
        weeks=given["weeks"] or 0,
        days=given["days"] or 0,
        minimum_years=given["minimum_years"],
        minimum_months=given["minimum_months"],
        minimum_weeks=given["minimum_weeks"],
        minimum_days=given["minimum_days"],
        pronounced_on=given["pronounced_on"],
        effective_from=given["effective_from"],
        offence_on=given["offence_on"],
        link="concurrent" if link == NONE else "consecutive",
        consecutive_to_position=position,
        consecutive_to_id=earlier,
        charge_id=int(charge) if charge.isdigit() else None,
        amount_cents=cents(given["amount"]),
    )


def order_values(form: OrderForm) -> dict[str, Any]:
    """What a service takes of the form, but for the people, the sentences and the charges."""
    given = form.cleaned_data
    values = {
        name: given[name]
        for name in (
            "kind", "body_id", "reference", "dated", "received_at", "pronounced_at", "case_id",
            "case_number", "as_written", "defects", "next_date", "until", "review_months",
            "conditions", "sureties", "changes_order_id", "changes_reference", "change",
        )
    }  # fmt: skip
    values["amount_cents"] = cents(given["amount"])
    values["next_mode"] = given["next_mode"] or "in_person"
    return values
