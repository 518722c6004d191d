"""What the codes of this room are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

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
    "not_recorded": _("How it ended was not recorded"),
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
WARRANT_STATES: dict[str, Promise] = {
    "yes": _("Yes"),
    "no": _("No"),
    "defective": _("Defective"),
}
TURN_AWAY_REASONS: dict[str, Promise] = {
    "no_warrant": _("No warrant"),
    "defective_warrant": _("Defective warrant"),
    "wrong_establishment": _("Meant for another establishment"),
    "needs_hospital": _("Needs a hospital first"),
    "other": _("Another reason"),
}
STEP_STATES: dict[str, Promise] = {
    "todo": _("To do"),
    "done": _("Done"),
    "not_needed": _("Nothing to record"),
}
QUESTIONS: dict[str, Promise] = {
    "thoughts_of_self_harm": _("Do you think of harming yourself?"),
    "attempted_before": _("Have you ever tried to end your life?"),
    "on_medication": _("Do you take medicine, or are you ill now?"),
    "pregnant": _("Are you pregnant, or were you lately?"),
    "disability": _("Do you need help to walk, see, hear, read or understand?"),
    "afraid_of_someone_here": _("Are you afraid of anyone in this prison?"),
    "gang_membership": _("Do you belong to a gang, or do others think so?"),
    "police_witness": _("Are you a witness, or did you work for the police or the prison?"),
    "violent_offence_in_custody": _("Were you ever violent in custody?"),
    "escaped_before": _("Did you ever escape or fail to return?"),
    "victim_of_abuse": _("Did anyone abuse you, at home or in custody?"),
}
OUTCOMES: dict[str, Promise] = {
    "same_warrant": _("Back on the same warrant"),
    "new_date": _("New date"),
    "sentenced": _("Sentenced"),
    "fined": _("Fined"),
    "bailed": _("Bailed"),
    "discharged_at_court": _("Discharged at court"),
    "not_produced": _("Not produced"),
    "refused_to_go": _("Refused to go"),
    "not_returned": _("Not returned"),
    "wrong_person_produced": _("Wrong person produced"),
    "returned": _("Returned"),
}
NOT_RETURNED: dict[str, Promise] = {
    "court": _("Kept by the court"),
    "police": _("Kept by the police"),
    "hospital": _("Kept at hospital"),
    "escaped": _("Escaped"),
    "unknown": _("Nobody knows why"),
}


def received_text(count: int) -> str:
    """How many were just received, said when it is done."""
    return ngettext(
        "%(count)s received and on the books.", "%(count)s received and on the books.", count
    ) % {"count": count}
