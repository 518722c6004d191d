"""What the codes of this room are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.ui.shapes import Tone

OUT_KINDS: dict[str, Promise] = {
    "court": _("At court"),
    "hospital": _("At hospital"),
    "bed_watch": _("Bed-watch"),
    "police": _("With the police"),
    "funeral": _("At a funeral"),
    "other": _("Out with escort"),
    "at_large": _("Unlawfully at large"),
}
END_KINDS: dict[str, Promise] = {
    "discharged": _("Discharged"),
    "discharged_at_court": _("Discharged at court"),
    "died": _("Died"),
    "removed": _("Removed from the country"),
    "transferred": _("Transferred"),
    "released_in_error": _("Released in error"),
    "never_held": _("Was never held"),
}
RECEPTION_KINDS: dict[str, Promise] = {
    "court": _("From court"),
    "police": _("From the police"),
    "immigration": _("From Immigration"),
    "emergency_order": _("Emergency order"),
    "transfer": _("Transfer"),
    "surrender": _("Gave themself up"),
    "recapture": _("Recaptured"),
    "return_from_error": _("Back after release in error"),
    "inherited": _("Taken over from paper"),
    "other": _("Other"),
}
SEXES: dict[str, Promise] = {
    "male": _("Male"),
    "female": _("Female"),
    "intersex": _("Intersex"),
    "unknown": _("Not known"),
}
FLAGS: dict[str, Promise] = {
    "escape_risk": _("Escape risk"),
    "self_harm": _("Self-harm"),
    "violence": _("Violence"),
    "vulnerable": _("Vulnerable"),
    "gang": _("Gang"),
    "pregnant": _("Pregnant"),
    "disability": _("Disability"),
    "health_alert": _("Health alert"),
    "informant": _("Informant"),
    "victim": _("Victim"),
    "single_cell": _("Single cell"),
}
FLAG_TONES: dict[str, Tone] = {
    "escape_risk": "alarm",
    "self_harm": "alarm",
    "violence": "alarm",
    "informant": "dark",
    "victim": "dark",
    "health_alert": "info",
    "pregnant": "info",
}
