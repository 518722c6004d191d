"""Invented people and things for the style page; nothing here is of any prison."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.periods import Period
from pims.ui.fields import AutocompleteInput, DayField, InstantField
from pims.ui.shapes import (
    AlarmRow,
    Bar,
    Column,
    Counter,
    Fact,
    Flag,
    Identity,
    NavItem,
    Task,
    Tile,
    TimelineItem,
)

UNITS = [("", "—"), ("rem", _("Remand")), ("max", _("Maximum security"))]


class SampleForm(forms.Form):
    """One field of every kind."""

    name_as_given = forms.CharField(label=_("Name as given"), max_length=80)
    received_at = InstantField(label=_("Received"))
    born = DayField(label=_("Date of birth"), required=False)
    warrant = forms.ChoiceField(
        label=_("Warrant"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No")), ("defective", _("Defective"))],
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("en", "English"), ("es", "Español"), ("kek", "Q'eqchi'")],
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS)
    court = forms.CharField(
        label=_("Court"), required=False, widget=AutocompleteInput("/style/suggest/")
    )
    injuries = forms.CharField(
        label=_("Injuries seen"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    photo = forms.FileField(label=_("Photograph"), required=False)
    complaint = forms.BooleanField(label=_("Complains of ill-treatment"), required=False)


class FilterForm(forms.Form):
    """The filters over the sample table."""

    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS)
    name = forms.CharField(label=_("Name"))


class RowForm(forms.Form):
    """One row of the sample van."""

    name = forms.CharField(label=_("Name as given"))
    warrant = forms.ChoiceField(label=_("Warrant"), choices=[("yes", _("Yes")), ("no", _("No"))])
    injuries = forms.CharField(label=_("Injuries seen"), required=False)


@dataclass(frozen=True, slots=True)
class Row:
    number: str
    name: str
    unit: str
    status: str
    until: object
    flags: tuple[Flag, ...] = ()
    late: bool = False


IDENTITY = Identity(
    number="4821937-64",
    name="NÚÑEZ CHOC, María Esperanza",
    status=_("On remand"),
    place="Women / B-04 / 2",
    url="#identity",
    flags=(
        Flag(_("Self-harm"), "alarm"),
        Flag(_("Keep apart"), "warn"),
        Flag(_("Foreign national"), "info"),
    ),
    facts=(Fact(_("Born"), "7 Mar 1991 (34)"), Fact(_("Sex"), _("Female"))),
)

NOBODY = Identity(
    number="2912411-05",
    name=_("Unknown name"),
    status=_("No valid warrant"),
    status_tone="alarm",
    place=_("No place"),
)

REFUSED = (
    Reason("style.place_full", {"place": "Remand A-12 / 2", "count": 1}, "UN Rules 12-13"),
    Reason("style.other_sex", {"place": "Remand A-12"}, "UN Rule 11 (a)"),
)


def context() -> dict[str, Any]:
    """Everything the page shows, at this moment."""
    now = clock.now()
    wrong = SampleForm(
        {
            "name_as_given": "",
            "received_at_day": "31",
            "received_at_month": "2",
            "received_at_year": "2026",
            "received_at_time": "2580",
            "born_year": "84",
            "unit": "",
        },
        auto_id="wrong_%s",
    )
    good = SampleForm(
        initial={"received_at": now, "warrant": "yes", "languages": ["en", "es"], "unit": "rem"}
    )
    return {
        "wrong": wrong,
        "form": good,
        "filters": FilterForm(auto_id="filter_%s"),
        "van": [RowForm(prefix=f"van-{i}", auto_id="id_%s") for i in range(3)],
        "identity": IDENTITY,
        "nobody": NOBODY,
        "refused": REFUSED,
        "now": now,
        "waited": timedelta(hours=2, minutes=10),
        "tabs": [
            NavItem(_("Record"), "#a", current=True),
            NavItem(_("Warrants"), "#b", count=2),
            NavItem(_("Property"), "#c", count=0),
        ],
        "alarms": [
            AlarmRow(
                _("No valid warrant"),
                "NÚÑEZ CHOC, María Esperanza · 4821937-64",
                "#alarm-1",
                _("Officer in charge"),
                now - timedelta(hours=3),
                overdue=True,
                detail=_("Received with a warrant that names another person."),
            ),
            AlarmRow(
                _("Warrant expires today"),
                "TUN, Emiliano · 7120034-11",
                "#alarm-2",
                _("Records officer"),
                now + timedelta(hours=5),
                tone="warn",
            ),
        ],
        "timeline": [
            TimelineItem(
                now - timedelta(hours=2),
                _("Returned from court"),
                _("Same warrant; next appearance 14 December."),
                "Cpl. A. Castillo",
                tone="ok",
            ),
            TimelineItem(
                now - timedelta(days=3),
                _("Placed in Women / B-04 / 2"),
                "",
                "Sgt. R. Pech",
                recorded=now - timedelta(days=2),
            ),
            TimelineItem(
                now - timedelta(days=5),
                _("Injury seen at reception"),
                _("Left forearm, bruise."),
                "Nurse L. Flowers",
                tone="alarm",
            ),
        ],
        "facts": [
            Fact(_("Arrested"), "4 Nov 2026 23:40", "#change", ""),
            Fact(_("Place of arrest"), "Orange Walk"),
            Fact(_("Lawyer"), None, "#change", _("Add")),
        ],
        "columns": [
            Column(_("Number"), "number"),
            Column(_("Name"), "name"),
            Column(_("Unit"), "unit"),
            Column(_("Status")),
            Column(_("Until"), "until", numeric=True),
            Column(_("Flags")),
        ],
        "rows": [
            Row(
                "4821937-64",
                "NÚÑEZ CHOC, María Esperanza",
                "Women",
                str(_("On remand")),
                now + timedelta(days=12),
                (Flag(_("Self-harm"), "alarm"),),
            ),
            Row("7120034-11", "TUN, Emiliano", "Remand", str(_("On remand")), now, (), True),
            Row(
                "0391186-29",
                "O'BRIEN-SMITH, Desmond",
                "Maximum",
                str(_("Convicted")),
                None,
                (Flag(_("Keep apart"), "warn"), Flag(_("Escape risk"), "warn")),
            ),
        ],
        "tiles": [
            Tile("A-01", "#t", 2, 2),
            Tile("A-02", "#t", 1, 2, tone="ok", note=_("1 free")),
            Tile("A-03", "#t", 3, 2, tone="alarm", note=_("Over capacity")),
            Tile("A-04", "#t", 0, 2, tone="dark", note=_("Out of use: roof")),
            Tile("A-05 / 1", "#t", lines=("TUN, E.", "7120034-11"), tone="info"),
        ],
        "counters": [
            Counter(_("On the books"), 1114, "#b"),
            Counter(_("In the prison"), 1097, "#b"),
            Counter(_("Out with"), 17, "#b", "warn", _("2 overdue")),
            Counter(_("Alarms"), 3, "#b", "alarm"),
        ],
        "tasks": [
            Task(_("Find or create the person"), _("Done"), "#t", "ok"),
            Task(_("Warrant"), _("Wrong"), "#t", "alarm", _("The name on the paper differs.")),
            Task(_("Injuries and complaints"), _("To do"), "#t", "info"),
            Task(_("Cell place"), _("Cannot start yet"), hint=_("After the risk questions.")),
        ],
        "bars": [
            Bar(
                _("Remand warrant 114/26"),
                now - timedelta(days=80),
                now - timedelta(days=52),
                "quiet",
                _("superseded"),
            ),
            Bar(
                _("Remand warrant 131/26"),
                now - timedelta(days=49),
                now + timedelta(days=12),
                "info",
                "",
                "#w",
            ),
            Bar(
                _("Commitment warrant 12/26"),
                now - timedelta(days=20),
                None,
                "ok",
                _("further warrant"),
            ),
        ],
        "gaps": [Period(now - timedelta(days=52), now - timedelta(days=49))],
    }
