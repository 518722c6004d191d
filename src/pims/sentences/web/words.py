"""Words of this room's pages."""

from django.utils.translation import gettext_lazy as _

from pims.ui.shapes import Tone

KINDS = {
    "imprisonment": _("Imprisonment"),
    "fine_default": _("Default of a fine"),
    "compensation_default": _("Default of compensation"),
    "life": _("Life"),
    "pleasure": _("At the court's pleasure"),
    "unfit": _("Unfit to plead"),
}
ADJUSTMENTS = {
    "remand_credit": _("Held before sentence: credit"),
    "bail_credit": _("Restrictive bail: credit"),
    "at_large": _("At large"),
    "forfeited": _("Remission forfeited"),
    "restored": _("Remission restored"),
    "fine_paid": _("Payment towards a fine or compensation"),
}
STATUSES = {
    "calculated": _("Calculated"),
    "by_hand": _("Worked out by hand by two officers"),
    "invalid": _("Entries contradict one another"),
    "unsupported": _("The law given has no rule for it"),
    "needs_person": _("A person must decide"),
    "pending": _("Not worked out yet"),
}
STATUS_TONES: dict[str, Tone] = {
    "calculated": "ok", "by_hand": "info", "invalid": "alarm", "unsupported": "warn",
    "needs_person": "warn", "pending": "quiet",
}  # fmt: skip
DATES = {
    "edr": _("Earliest release"),
    "release_day": _("The gate opens"),
    "ldr": _("Latest release"),
    "sentence_expiry": _("Sentence expires"),
    "full_term_end": _("Full term ends"),
    "ped": _("Parole may be asked for"),
    "next_review": _("Next review"),
}
PAPER_DAYS = {
    "last_day": _("Last day by the paper"),
    "review": _("Review, at the latest"),
}
CONFIDENCES = {
    "read": _("Read in the law"),
    "memory": _("From memory, not read"),
    "unconfirmed": _("Not confirmed"),
    "fictional": _("Made up, for trying out"),
    "arithmetic": _("Plain counting"),
}
CONFIDENCE_TONES: dict[str, Tone] = {
    "read": "ok", "memory": "warn", "unconfirmed": "warn", "fictional": "quiet",
    "arithmetic": "ok",
}  # fmt: skip
OUTCOMES = {
    "invalid": _("Contradiction"),
    "unsupported": _("No rule"),
    "needs_person": _("To be decided"),
    "remark": _("Remark"),
}
ENDS = {
    "replaced": _("Replaced by a later one"),
    "withdrawn": _("Withdrawn"),
    "facts_changed": _("Ended: what it was worked out for has changed"),
    "calculated": _("Ended: the dates are calculated, on signed rules alone"),
}
PROPOSALS = {
    "open": _("Waits for two people"),
    "in_force": _("Put in force"),
    "declined": _("Declined"),
}
PROPOSAL_TONES: dict[str, Tone] = {"open": "warn", "in_force": "ok", "declined": "quiet"}
WAYS_OF_PAYING = {
    "cash": _("Cash"),
    "bank": _("Paid in at a bank"),
    "court": _("Paid at the court"),
}


def dollars(cents: int) -> str:
    return f"$ {cents / 100:,.2f}"
