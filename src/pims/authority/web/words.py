"""What the codes of this room are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import wording
from pims.authority.rules import LegalStatus
from pims.authority.selectors import ReleaseOrderInfo, WarrantBrief
from pims.jurisdictions.warrant_kinds import legal_statuses, warrant_kinds
from pims.ui.dates import instant_text, until_text
from pims.ui.shapes import Fact

DEFECTS = wording.DEFECTS
STATES: dict[str, Promise] = {
    "as_received": _("To be decided"),
    "acted_on": _("Acted on"),
    "returned": _("Returned to the court"),
    "void": _("Void"),
}
END_KINDS: dict[str, Promise] = {
    "replaced": _("Replaced by another"),
    "released": _("Release ordered"),
    "bailed": _("Bail taken up"),
    "sentenced": _("Sentenced"),
    "returned": _("Warrant returned"),
    "void": _("Void"),
    "fine_paid": _("Fine paid"),
    "withdrawn": _("Charge withdrawn"),
    "died": _("Died"),
    "removed": _("Removed from the country"),
    "expired": _("Its own term was over"),
}
ORDER_KINDS: dict[str, Promise] = {
    "bail": _("Bail"),
    "acquittal": _("Acquittal"),
    "discharge": _("Discharge by the court"),
    "charge_withdrawn": _("Charge withdrawn"),
    "time_served": _("Time served"),
    "sentence_served": _("Sentence served"),
    "fine_paid": _("Fine paid"),
    "appeal_allowed": _("Appeal allowed"),
    "pardon": _("Pardon"),
    "parole": _("Parole"),
    "immigration_release": _("Released by Immigration"),
    "habeas_corpus": _("Habeas corpus"),
    "other": _("Other"),
}
BASES: dict[str, Promise] = {
    "court": _("Said at court"),
    "custody ended": _("Over when custody ended"),
    "death in custody": _("Death in custody"),
    "removal": _("Removal from the country"),
}
ORDER_STATES: dict[str, Promise] = {
    "received": _("Received, not yet verified"),
    "verified": _("Verified"),
    "acted_on": _("Acted on"),
    "withdrawn": _("Withdrawn"),
    "struck_out": _("Struck out: entered by mistake"),
}
# What is odd about an order, as a mark on it.
ODDITIES: dict[str, Promise] = {
    "names_nothing": _("It does not say from which warrant it frees"),
    "dated_in_the_future": _("Dated in the future"),
    "dated_after_receipt": _("Dated after it was received"),
    "dated_long_ago": _("Dated long before it was received"),
    "received_before_hold": _("Received before what it ends began to hold"),
    "received_long_ago": _("Received days ago"),
    "body_cannot": _("Of a body that cannot make such an order"),
    "other_court": _("Of another court than the warrants it ends"),
    "higher_court": _("Of a higher court than the warrants it ends"),
    "no_reference": _("No reference"),
}
FALLS: dict[str, Promise] = {
    "by_body": _("The court or body took it back"),
    "mistake": _("The entry is a mistake: the wrong person, or entered twice"),
    "not_genuine": _("It is not genuine: decision of the officer in charge"),
}


def kind_label(code: str) -> str:
    """The kind of a warrant in the reader's language."""
    label = warrant_kinds()[code].label
    return label["es" if (get_language() or "en").startswith("es") else "en"]


def status_label(code: str) -> str:
    """A legal status in the reader's language."""
    label = legal_statuses()[code]
    return label["es" if (get_language() or "en").startswith("es") else "en"]


def detained_until(status: LegalStatus, zone: str) -> Promise | str:
    """Until when the papers detain, or since when none does, as a person reads it."""
    if not status.detaining:
        if status.lapsed_at is None:
            return _("No warrant in force")
        return gettext("%(day)s. It has ended: no warrant in force") % {
            "day": until_text(status.lapsed_at, zone)
        }
    if status.valid_until is None:
        return _("No end is named")
    return until_text(status.valid_until, zone)


def detains_text(paper: WarrantBrief) -> Promise | str:
    """Until when a paper detains by its own dates, as a person reads it."""
    if paper.detains is None:
        return _("Nobody: its dates do not say until when")
    if paper.detains.end is None:
        return _("No end is named")
    return gettext("Until %(day)s") % {"day": instant_text(paper.detains.end)}


def odd_lines(order: ReleaseOrderInfo) -> list[str]:
    """What is odd about an order that nobody has verified, for its line in a list."""
    return [str(ODDITIES[code]) for code in order.oddities] if order.state == "received" else []


def order_facts(order: ReleaseOrderInfo) -> list[Fact]:
    """What an order says and what became of it, as lines of a page."""
    facts = [
        Fact(_("Order"), ORDER_KINDS[order.kind]),
        Fact(_("Court or body"), order.body_name),
        Fact(_("Reference"), order.reference or "—"),
        Fact(_("Dated"), order.dated or "—"),
        Fact(_("Received"), order.received_at),
        Fact(_("State"), ORDER_STATES[order.state]),
    ]
    if order.verified_at is not None:
        facts += [
            Fact(_("Verified"), order.verified_at),
            Fact(_("Confirmed by"), order.verified_spoke_to),
        ]
    if order.withdrawn_at is not None:
        facts += [
            Fact(_("Why it does not stand"), FALLS.get(order.withdrawn_how, "—")),
            Fact(_("Since"), order.withdrawn_at),
            Fact(_("Reason"), order.withdrawn_reason),
        ]
    if order.withdrawn_told_by:
        facts.append(Fact(_("Told by"), order.withdrawn_told_by))
    return facts


def basis_text(basis: str) -> str:
    """On what a warrant ended, without the codes that services write there."""
    if basis in BASES:
        return str(BASES[basis])
    first, _space, rest = basis.partition(" ")
    return f"{ORDER_KINDS[first]} {rest}".strip() if first in ORDER_KINDS else basis
