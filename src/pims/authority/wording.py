"""What the defects of a paper are called, on pages and in the question that goes to the court."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

DEFECTS: dict[str, Promise] = {
    "paper_to_come": _("Told at the hand-over; the paper has yet to come"),
    "no_signature": _("Not signed"),
    "no_seal": _("No seal"),
    "no_date": _("No date"),
    "wrong_name": _("Name differs"),
    "wrong_person": _("About another person"),
    "no_next_appearance": _("No next appearance"),
    "no_end": _("No end"),
    "no_review_date": _("No review date"),
    "no_amount": _("No amount"),
    "body_cannot_issue": _("Issued by a body that cannot issue it"),
    "date_passed": _("A date on it has already passed"),
    "date_in_the_future": _("Dated in the future"),
    "dates_out_of_order": _("It ends, or names an appearance, before it begins"),
    "appearance_after_end": _("Its next appearance is after its own last day"),
    "date_before_birth": _("A date on it is before the birth of whom it names"),
    "impossible_date": _("A date that no calendar has"),
    "illegible": _("Illegible"),
    "no_offence": _("No offence named"),
    "other": _("Something else"),
}

# What a refusal says of an order, or of a warrant, by its state.
ORDER_STANDS: dict[str, dict[str, str]] = {
    "received": {"en": "it stands, not yet verified", "es": "está en pie, sin verificar"},
    "verified": {"en": "it stands, verified", "es": "está en pie, verificada"},
    "acted_on": {"en": "somebody was released on it", "es": "alguien salió en libertad con ella"},
    "withdrawn": {"en": "it no longer stands", "es": "ya no vale"},
    "struck_out": {
        "en": "it was struck out as entered by mistake",
        "es": "fue tachada por haberse anotado por error",
    },
}
WARRANT_STANDS: dict[str, dict[str, str]] = {
    "as_received": {"en": "to be decided", "es": "por decidir"},
    "acted_on": {"en": "it is acted on", "es": "se cumple"},
    "returned": {"en": "it went back to the court", "es": "volvió al tribunal"},
    "void": {"en": "it is void", "es": "es nulo"},
}


def query_text(
    *, body: str, reference: str, defects: Sequence[str], language: str, remarks: Sequence[str] = ()
) -> str:
    """The draft of a query to the clerk of court, in the language of whoever will send it.

    `remarks` are in that language already; where there are any, they say what *other* is.
    """
    with translation.override(language):
        lines = [
            gettext("To the clerk, %(body)s.") % {"body": body},
            gettext("Reference: %(reference)s.")
            % {"reference": reference or gettext("none on the paper")},
            gettext("We received this paper with the following defects:"),
            *(f"– {DEFECTS[code]}" for code in defects if not (remarks and code == "other")),
            *(f"– {remark}" for remark in remarks),
            gettext("Please confirm or correct it in writing."),
        ]
        return "\n".join(str(line) for line in lines)
