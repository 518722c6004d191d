"""What the first answers raise, and which label a flag carries. Pure."""

from collections.abc import Mapping

# A flag that only those who hold the label may see.
LABEL_OF: Mapping[str, str] = {
    "health_alert": "health",
    "pregnant": "health",
    "informant": "protected",
    "victim": "protected",
}

# Who may know of what carries a label: the permission that its reader holds.
MAY_SEE: Mapping[str, str] = {"health": "health.view", "protected": "safety.view_protected"}

# The first questions (Mandela Rules 30, 93; Bangkok Rule 6): code to the flag that "yes" raises.
QUESTIONS: Mapping[str, str] = {
    "thoughts_of_self_harm": "self_harm",
    "attempted_before": "self_harm",
    "on_medication": "health_alert",
    "pregnant": "pregnant",
    "disability": "disability",
    "afraid_of_someone_here": "vulnerable",
    "gang_membership": "gang",
    "police_witness": "informant",
    "violent_offence_in_custody": "violence",
    "escaped_before": "escape_risk",
    "victim_of_abuse": "victim",
}

ANSWERS = ("yes", "no", "not_answered")


def flags_raised(answers: Mapping[str, str]) -> list[str]:
    """The kinds of flag that the "yes" answers raise, each once, in the order of the questions."""
    raised: list[str] = []
    for question, kind in QUESTIONS.items():
        if answers.get(question) == "yes" and kind not in raised:
            raised.append(kind)
    return raised
