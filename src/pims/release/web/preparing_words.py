"""What the codes of preparations, parole and the register are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.ui.shapes import Text, Tone

SOURCES: dict[str, Promise] = {
    "calculation": _("Calculation"),
    "by_hand": _("Worked out by hand"),
    "paper": _("Words of the warrant"),
    "parole": _("Decision of the parole board"),
}
STATES: dict[str, Promise] = {
    "open": _("Open"),
    "done": _("Discharged"),
    "closed": _("Closed"),
}
THINGS: dict[str, Promise] = {
    "other_warrants": _("Other warrants searched"),
    "property": _("Property and money made ready"),
    "travel": _("Way home arranged"),
    "licence": _("Licence and conditions explained"),
}
THING_STATES: dict[str, Promise] = {
    "open": _("To do"),
    "done": _("Done"),
    "explained": _("Explained"),
}
THING_TONES: dict[str, Tone] = {"open": "quiet", "done": "ok", "explained": "info"}
STAGES: dict[str, Promise] = {
    "14d": _("14 days before"),
    "24h": _("24 hours before"),
    "1h": _("1 hour before"),
}
AGENCIES: dict[str, Promise] = {
    "police": _("Police"),
    "immigration": _("Immigration"),
    "court": _("A court"),
    "human_services": _("Human Services"),
    "parole": _("Parole Board"),
    "other": _("Another"),
}
HOW: dict[str, Promise] = {
    "telephone": _("By telephone"),
    "letter": _("By letter"),
    "email": _("By email"),
    "in_person": _("In person"),
}
DIFFERENCES: dict[str, Promise] = {
    "readings_differ": _("The two officers made out different days"),
    "record_differs": _("An officer made out another day than the record has"),
    "earlier_than_record": _("An officer made out an earlier day than the record has"),
    "unsettled_before": _("A difference about the day before this one was never settled"),
}
ELIGIBLE: dict[str, Text] = {
    "passed": _("May ask now"),
    "soon": _("Within six months"),
    "later": _("Later"),
    "": "—",
}
ELIGIBLE_TONES: dict[str, Tone] = {"passed": "warn", "soon": "info", "later": "quiet", "": "quiet"}
PAROLE_GROUPS: dict[str, Promise] = {
    "board": _("Before the board"),
    "now": _("May ask now"),
    "soon": _("Within six months"),
    "decided": _("Granted or revoked"),
}
DECISIONS: dict[str, Promise] = {
    "granted": _("Granted"),
    "refused": _("Refused"),
    "deferred": _("Deferred"),
}
PAROLE_STATES: dict[str, Promise] = {
    "": _("No case yet"),
    "open": _("Before the board"),
    **DECISIONS,
    "revoked": _("Revoked"),
    "closed": _("Closed"),
}
PAROLE_TONES: dict[str, Tone] = {
    "": "quiet", "open": "info", "granted": "ok", "refused": "dark", "deferred": "warn",
    "revoked": "alarm", "closed": "quiet",
}  # fmt: skip
KINDS: dict[str, Promise] = {
    "wrongful_release": _("Wrongful release"),
    "over_detention": _("Over-detention"),
}
CAUSES: dict[str, Promise] = {
    "term_arithmetic": _("Arithmetic of the term"),
    "concurrent_consecutive": _("Concurrent or consecutive mistaken"),
    "credit": _("Credit counted wrongly"),
    "further_warrant_missed": _("Further warrant missed"),
    "order_not_seen": _("Order not seen or not genuine"),
    "order_late": _("Order acted on late"),
    "identity": _("Wrong person"),
    "paper_late": _("Papers came late"),
    "other": _("Other"),
}
