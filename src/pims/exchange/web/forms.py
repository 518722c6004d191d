"""What is typed about agencies, keys and agreements."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pims.exchange import catalogue
from pims.exchange.rules.terms import Terms
from pims.exchange.services import Contact
from pims.exchange.web import words
from pims.ui.fields import DayField

CONTACT_PARTS = ("name", "role", "phone", "email")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)


class AgencyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_es = forms.CharField(label=_("Name in Spanish"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Number to ring"),
        max_length=40,
        required=False,
        help_text=_("Given with every answer that tells nothing."),
    )
    contacts = forms.CharField(
        label=_("Contacts"),
        required=False,
        widget=forms.Textarea,
        help_text=_("One a line: name; what for; telephone; e-mail."),
    )
    signs_reads = forms.BooleanField(
        label=_("Must sign its questions too, not only what it sends"), required=False
    )

    def clean_contacts(self) -> list[Contact]:
        found = []
        for line in self.cleaned_data["contacts"].splitlines():
            parts = [part.strip() for part in line.split(";")][:4]
            parts += [""] * (4 - len(parts))
            if any(parts):
                found.append(Contact(name=parts[0], role=parts[1], phone=parts[2], email=parts[3]))
        return found


class SandboxForm(AgencyForm):
    """Of an agency that only tries things out."""

    tries_as = forms.MultipleChoiceField(
        label=_("Tries out what these send"), required=False, choices=list(words.KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Beside what an agency of its own kind may send; about test prisoners alone."),
    )  # fmt: skip


class NewAgencyForm(SandboxForm):
    code = forms.CharField(label=_("Code"), max_length=24, help_text=_("police, court_bz …"))
    kind = forms.ChoiceField(label=_("What is it?"), choices=[("", ""), *words.KINDS.items()])
    sandbox = forms.BooleanField(label=_("Only tries it out, with test prisoners"), required=False)

    field_order = (
        "code", "kind", "name", "name_es", "phone", "contacts", "signs_reads", "sandbox",
        "tries_as",
    )  # fmt: skip


def contacts_text(contacts: tuple[Mapping[str, str], ...]) -> str:
    return "\n".join(
        "; ".join(one.get(part, "") for part in CONTACT_PARTS).rstrip("; ") for one in contacts
    )


class StateForm(ReasonForm):
    state = forms.ChoiceField(
        label=_("State"), choices=list(words.STATES.items()), widget=forms.RadioSelect
    )
    field_order = ("state", "reason")


class KeyForm(forms.Form):
    use = forms.ChoiceField(
        label=_("What is the key for?"), choices=list(words.USES.items()), widget=forms.RadioSelect
    )
    jwk = forms.CharField(
        label=_("Public key (JWK)"),
        widget=forms.Textarea,
        help_text=_("Ed25519 or P-256, as the agency sent it. Never a private key."),
    )
    kid = forms.CharField(
        label=_("Its name"), required=False, max_length=80, help_text=_("Empty: its thumbprint.")
    )


class CertificateForm(forms.Form):
    pem = forms.CharField(label=_("Certificate (PEM)"), widget=forms.Textarea)


class BodyForm(forms.Form):
    body = forms.ChoiceField(label=_("Court or authority"))

    def __init__(self, *args: Any, bodies: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["body"].choices = [("", ""), *bodies]  # type: ignore[attr-defined]


class SignForm(forms.Form):
    office = forms.CharField(label=_("Your office"), max_length=120)


class TheirSignatureForm(forms.Form):
    name = forms.CharField(label=_("Who signed for the agency?"), max_length=120)
    office = forms.CharField(label=_("Office"), max_length=120)
    paper_reference = forms.CharField(
        label=_("Paper"),
        required=False,
        max_length=120,
        help_text=_("Where the signed paper is kept, if they signed on paper."),
    )
    kid = forms.CharField(label=_("Name of their key"), required=False, max_length=80)
    signature = forms.CharField(
        label=_("Signature (JWS)"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Over the terms as they stand on the agreement's page."),
    )


class TermsForm(forms.Form):
    """The terms of an agreement. One any-of set of filters a line; every line must match."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    basis = forms.CharField(
        label=_("Legal basis"),
        max_length=500,
        widget=forms.Textarea,
        help_text=_("The law or order on which it rests, in words."),
    )
    citation = forms.CharField(label=_("Citation"), required=False, max_length=200)
    confirmed = forms.BooleanField(
        label=_("The legal officer has confirmed the basis"), required=False
    )
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    labels = forms.MultipleChoiceField(
        label=_("Also reaches"),
        required=False,
        choices=list(words.LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked leaves under no circumstances."),
    )
    lookups = forms.MultipleChoiceField(
        label=_("May ask for a person"), required=False, widget=forms.CheckboxSelectMultiple
    )
    retention_days = forms.IntegerField(
        label=_("Days that it may keep what it is told"), min_value=1, max_value=3660, initial=90
    )
    a_minute = forms.IntegerField(label=_("Questions a minute"), min_value=1, initial=60)
    a_day = forms.IntegerField(label=_("Questions a day"), min_value=1, initial=5000)

    def __init__(self, *args: Any, language: str, aggregate_only: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.tables = [t for t in catalogue.TABLES.values() if t.aggregate == aggregate_only]
        self._choices("purpose", [(c, words.purpose_name(c, language)) for c in catalogue.PURPOSES])
        self._choices("lookups", [(c, words.lookup_name(c, language)) for c in catalogue.LOOKUPS])
        if aggregate_only:
            del self.fields["lookups"], self.fields["labels"]
        for table in self.tables:
            name = words.table_name(table.name, language)
            self.fields[f"columns_{table.name}"] = forms.MultipleChoiceField(
                label=name,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(f.name, _column(table.name, f, language)) for f in table.fields],
            )
            self.fields[f"rows_{table.name}"] = forms.CharField(
                label=_("Of whom"),
                required=False,
                widget=forms.Textarea,
                help_text=_("held:now held:before … Every line must match. Empty: nobody."),
            )
        self.events = [] if aggregate_only else list(catalogue.EVENTS)
        for event in self.events:
            self.fields[f"event_{event}"] = forms.ChoiceField(
                label=words.event_name(event, language),
                required=False,
                choices=[("", _("Not told")), *words.SHAPES.items()],
            )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def table_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"columns_{t.name}"], self[f"rows_{t.name}"]) for t in self.tables]

    @property
    def event_fields(self) -> list[forms.BoundField]:
        return [self[f"event_{event}"] for event in self.events]

    def document(self, agency_code: str) -> dict[str, Any]:
        """The document of terms that was typed, for the service to judge."""
        given = self.cleaned_data
        tables = {}
        for table in self.tables:
            columns = given[f"columns_{table.name}"]
            if columns:
                lines = given[f"rows_{table.name}"].replace(",", " ").splitlines()
                rows = [line.split() for line in lines if line.strip()]
                tables[table.name] = {"rows": rows, "columns": columns}
        return {
            "v": 1,
            "agency": agency_code,
            "purpose": given["purpose"],
            "legal_basis": [
                {
                    "text": given["basis"],
                    "citation": given["citation"],
                    "confirmed": given["confirmed"],
                }
            ],
            "valid_from": _midnight(given["first_day"]).isoformat(),
            "valid_until": _midnight(given["last_day"] + timedelta(days=1)).isoformat(),
            "labels": ["ordinary", *given.get("labels", ())],
            "lookups": given.get("lookups", []),
            "tables": tables,
            "events": {
                event: given[f"event_{event}"] for event in self.events if given[f"event_{event}"]
            },
            "retention_days": given["retention_days"],
            "quota": {"a_minute": given["a_minute"], "a_day": given["a_day"]},
        }


def initial_of(terms: Terms) -> dict[str, Any]:
    """What the form holds where these terms are to be changed."""
    zone = ZoneInfo(settings.TIME_ZONE)
    basis = terms.legal_basis[0] if terms.legal_basis else None
    found: dict[str, Any] = {
        "purpose": terms.purpose,
        "basis": basis.text if basis else "",
        "citation": basis.citation if basis else "",
        "confirmed": bool(basis and basis.confirmed),
        "first_day": terms.valid_from.astimezone(zone).date(),
        "last_day": (terms.valid_until.astimezone(zone) - timedelta(seconds=1)).date(),
        "labels": sorted(terms.labels),
        "lookups": sorted(terms.lookups),
        "retention_days": terms.retention_days,
        "a_minute": terms.a_minute,
        "a_day": terms.a_day,
    }
    for name, table in terms.tables.items():
        found[f"columns_{name}"] = sorted(table.columns)
        found[f"rows_{name}"] = "\n".join(" ".join(sorted(any_of)) for any_of in table.rows)
    return found | {f"event_{event}": shape for event, shape in terms.events.items()}


def _column(table: str, field: catalogue.Field, language: str) -> str:
    name = words.field_name(table, field.name, language)
    return f"{name} ({words.LABELS[field.label]})" if field.label else name


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))
