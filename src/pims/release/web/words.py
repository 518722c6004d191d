"""What the codes of this room are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ITEMS: dict[str, Promise] = {
    "order_verified": _("Order verified with the registry"),
    "date_provisional": _("Release date rests on a rule that nobody has signed"),
    "date_readings": _("Two officers worked out different release dates"),
    "second_reading": _("Orders of a court not read again, read differently, or not blind"),
    "property": _("Property given back"),
    "police_interest": _("Police told"),
    "medication": _("Medication and health summary"),
    "travel": _("Way home"),
    "documents": _("Documents handed over"),
    "next_of_kin": _("Next of kin told"),
}
READINGS: dict[str, Promise] = {
    "unread": _("not read again yet"),
    "differs": _("the two readings differ"),
    "not_blind": _("the second reading was not blind"),
}
ITEM_STATES: dict[str, Promise] = {
    "open": _("To do"),
    "done": _("Done"),
    "explained": _("Explained"),
}
BASES: dict[str, Promise] = {
    "order": _("Release order"),
    "final_date": _("Final date, of the warrant or by calculation"),
    "no_authority": _("Nothing detains: decision of the officer in charge"),
    "": _("Not stated"),
}
IDENTITY_WAYS: dict[str, Promise] = {
    "fingerprint": _("Fingerprint"),
    "photograph": _("Photograph compared"),
    "two_officers": _("Two officers who know the person"),
}
SECOND_HOW: dict[str, Promise] = {
    "present": _("Present"),
    "telephone": _("By telephone"),
    "paper": _("Named on the paper"),
    "none": _("Nobody is named"),
}
MARKS: dict[str, Promise] = {
    "from_paper": _("Entered from paper"),
    "no_order_seen": _("The paper names no order"),
    "order_in_doubt": _("The order was odd, and no registry had confirmed it"),
    "officer_not_named": _("The paper names no officer"),
    "second_not_known": _("The second officer named by telephone is not known here"),
    "release.identity_denied": _("Somebody had said that it was another person"),
    "identity_decided": _("Somebody had said that it was another person; it was decided otherwise"),
    "before_order": _("Its hour is before the order came"),
    "before_identity": _("Its hour is before identity was established"),
    "was_at_large": _("Was unlawfully at large: no return was recorded"),
    "second_is_first": _("The paper names one officer as the first and as the second"),
    "not_countersigned": _("Second signature missing at the time"),
    "release.no_order_or_final_date": _("No order or final date"),
    "release.further_warrant": _("A further warrant still detained"),
    "release.further_warrant_keyed_later": _(
        "A further warrant, keyed after the order, still detained"
    ),
    "release.further_warrant_follows": _("A further warrant followed on"),
    "release.further_warrant_undecided": _(
        "A further warrant, recorded and not decided, might have detained"
    ),
    "release.identity_not_established": _("Identity was not established"),
}


def mark_label(mark: str) -> str:
    """A mark of a discharge in words: ``not_done:property`` names the item."""
    kind, _sep, code = mark.partition(":")
    if kind == "not_done":
        return str(_("Not done: %(item)s") % {"item": ITEMS.get(code, code)})
    return str(MARKS.get(mark, mark))
