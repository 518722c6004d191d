"""What a message says, field by field, as its sender wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.courts.web.words import dollars, term_text
from pims.exchange.inbound.kinds.court_order import SentenceSaid
from pims.exchange.inbound.kinds.parts import ChargeSaid
from pims.exchange.inbound.kinds.registry import Content
from pims.jurisdictions.offences import offences
from pims.jurisdictions.order_kinds import order_kinds
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.ui.shapes import Fact

# In the order in which they are read. What is empty is left out.
LABELS: Mapping[str, Any] = {
    "issued_by": _("Made by"),
    "order": _("Order"),
    "warrant": _("Warrant"),
    "reference": _("Reference"),
    "case_number": _("Case number"),
    "dated": _("Dated"),
    "on": _("Day of the list"),
    "pronounced_at": _("Pronounced"),
    "holds_from": _("Holds from"),
    "arrested_at": _("Arrested"),
    "place": _("Where"),
    "station": _("Station"),
    "telephone": _("Telephone"),
    "court": _("Goes before"),
    "first_appearance": _("First day in court"),
    "next_date": _("Next court date"),
    "next_appearance": _("Next court date"),
    "until": _("Last day"),
    "amount_cents": _("Amount"),
    "review_months": _("Review, months"),
    "sentences": _("Sentences"),
    "charges": _("Charges"),
    "ends_all": _("Frees from everything"),
    "frees_from": _("Frees from"),
    "changes": _("About the earlier order"),
    "conditions": _("Conditions"),
    "sureties": _("Sureties"),
    "dates_as_written": _("Dates as written"),
    "because": _("Why"),
    "note": _("Note"),
    "as_written": _("In its own words"),
    "withdrawn": _("Taken back"),
}


def said(content: Content | None, language: str) -> list[Fact]:
    """Only what is said; nothing where it cannot be read."""
    if content is None:
        return []
    short = "es" if language.startswith("es") else "en"
    found = []
    for name, label in LABELS.items():
        value = getattr(content, name, None)
        if value not in (None, "", (), False) and value != {}:
            found.append(Fact(label, _shown(name, value, short)))
    return found


def _shown(name: str, value: Any, short: str) -> object:
    if value is True:
        return gettext("Yes")
    if name in ("issued_by", "court"):
        return next((body.name for body in authority.bodies() if body.code == value), value)
    if name == "order":
        return order_kinds()[value].label[short] if value in order_kinds() else value
    if name == "warrant":
        return warrant_kinds()[value].label[short] if value in warrant_kinds() else value
    if name == "amount_cents":
        return dollars(value)
    if name == "charges":
        return _charges(value, short) if not isinstance(value, str) else value
    if name == "sentences":
        return "; ".join(_sentence(one) for one in value)
    if name == "dates_as_written":
        return "; ".join(f"{field}: {text}" for field, text in value.items())
    return ", ".join(value) if isinstance(value, tuple) else value


def _charges(charges: Iterable[ChargeSaid], short: str) -> str:
    known = offences()
    return "; ".join(
        one.words or (known[one.offence].label[short] if one.offence in known else one.offence)
        for one in charges
    )


def _sentence(one: SentenceSaid) -> str:
    text = term_text((one.years, one.months, one.weeks, one.days))
    if one.after is None:
        return text
    return gettext("%(term)s, after sentence %(number)s") % {"term": text, "number": one.after}
