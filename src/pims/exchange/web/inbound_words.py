"""What messages of other agencies, their state and what is to be noted of them are called."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from pims.exchange.inbound.differences import Deed
from pims.jurisdictions.order_kinds import order_kinds
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.ui.dates import day_asked, day_text
from pims.ui.shapes import Tone

STATES: Mapping[str, Any] = {
    "received": _("Received"),
    "refused": _("Turned back"),
    "unmatched": _("Nobody knows yet who it is about"),
    "waiting": _("Waits for an officer"),
    "applied": _("Done"),
    "rejected": _("Declined by an officer"),
    "superseded": _("Replaced by another message"),
    "matched": _("Person found"),
    "acknowledged": _("An officer has it in hand"),
    "asked": _("The sender was asked"),
    "emptied": _("Its words are kept no longer"),
    "told_before": _("Told that the person is to be let go"),
    "told_discharged": _("Told that the person was let go"),
    "told_left_at_court": _("Told that the court let the person go"),
    "told_freed": _("The person walked"),
    "told_not_freed": _("The person was not let go after all"),
    "told_stopped": _("Custody ended in another way"),
}
TONES: Mapping[str, Tone] = {
    "received": "info", "refused": "alarm", "unmatched": "warn", "waiting": "info",
    "applied": "ok", "rejected": "quiet", "superseded": "quiet",
}  # fmt: skip
HOWS: Mapping[str, Any] = {
    "number": _("Prisoner number"),
    "document": _("Identity document"),
    "fingerprint": _("Fingerprints"),
    "name": _("Name"),
    "officer": _("Said by an officer"),
}
WHATS: Mapping[str, Any] = {
    "number": _("Prisoner number"),
    "name": _("Name"),
    "birth": _("Date of birth"),
    "sex": _("Sex"),
    "nationality": _("Nationality"),
    "next_date": _("Next court date"),
    "until": _("Last day"),
    "amount": _("Amount"),
}
_SEXES: Mapping[str, Any] = {"male": _("Male"), "female": _("Female")}
LINES: Mapping[str, Any] = {
    "add": _("Put in the diary"),
    "move": _("Hour or way changed in the diary"),
    "cancel": _("Taken off the diary"),
    "stands": _("In the diary already"),
    "nobody": _("Nobody knows who this is"),
    "left_out": _("Left out"),
}
LINE_TONES: Mapping[str, Tone] = {
    "add": "info", "move": "warn", "cancel": "warn", "stands": "quiet", "nobody": "alarm",
    "left_out": "quiet",
}  # fmt: skip
# Codes that problems, steps and doubts carry; what follows a colon is shown after the words.
CODES: Mapping[str, Any] = {
    "not_text": _("It is no text"),
    "not_json": _("It cannot be read"),
    "bad_field": _("Not as it should be"),
    "missing_field": _("Missing"),
    "unknown_field": _("Not known"),
    "agency_not_active": _("The agency is suspended or ended"),
    "unknown_kind": _("No kind of message that we know"),
    "order_not_of_kind": _("The order is not of this kind of message"),
    "other_content": _("Its number was used for other words before"),
    "id_differs": _("Sent under another number than it says"),
    "corrects_itself": _("It says that it corrects itself"),
    "not_signed": _("Nobody signed it"),
    "wrong_signature": _("The signature is not the sender's"),
    "unknown_key": _("Signed with a key that we do not know"),
    "key_revoked": _("Signed with a key that was revoked"),
    "key_not_in_force": _("Signed with a key that was not in force"),
    "kind_not_yours": _("Not a message that this agency may send"),
    "body_not_yours": _("The agency does not speak for this court"),
    "unknown_body": _("No court or authority that we know"),
    "clock_ahead": _("The sender's clock is ahead, minutes"),
    "clock_behind": _("Sent some time before it came, minutes"),
    "sent_long_ago": _("Sent long before it came, minutes"),
    "no_agreement": _("No agreement with the agency is in force"),
    "corrects_unknown": _("It corrects a message that never came"),
    "corrects_undecided": _("It takes the place of a message that nobody had decided on"),
    "corrects_applied": _("It corrects a message that was done already"),
    "corrects_rejected": _("It corrects a message that was declined"),
    "corrects_refused": _("It corrects a message that was turned back"),
    "corrects_superseded": _("It corrects a message that another had replaced"),
    "corrects_other_kind": _("It corrects a message of another kind"),
    "superseded_by": _("Replaced by message"),
    "overtaken_by": _("A newer one had come before it"),
    "replaces_applied_list": _("A list of this court for this day was done already"),
    "unknown_person": _("Nobody of ours is found"),
    "name_alone": _("Only a name points at somebody: an officer says who it is"),
    "evidence_conflicts": _("Number, document or fingerprints point at different people"),
    "another_by_name_and_birth": _("The number is of somebody with another name and birth"),
    "name_differs": _("The name is not one of this person's"),
    "birth_differs": _("The date of birth is another"),
    "number_malformed": _("The prisoner number cannot be right"),
    "number_unknown": _("Nobody has this prisoner number"),
    "fingers_unreadable": _("The fingerprints could not be read"),
    "gallery_away": _("The fingerprints could not be searched for"),
    "sandbox": _("Sent by an agency that only tries things out: it finds test prisoners alone"),
    "matched_by_officer": _("An officer said who it is"),
    "noted": _("Noted"),
    "withdrawn": _("Taken back"),
    "defect": _("Something on the order is asked about"),
}


def worded(code: str) -> str:
    """A code in words, with what stands after its colon."""
    name, _colon, rest = code.partition(":")
    words = str(CODES.get(name, name))
    return f"{words}: {rest}" if rest else words


def readable(text: str) -> str:
    """Days that stand in a text by themselves, as pages write them."""
    found = [(part, day_asked(part)) for part in text.split(" · ")]
    return " · ".join(day_text(day) if day else str(_SEXES.get(part, part)) for part, day in found)


def all_worded(codes: Iterable[str]) -> list[str]:
    return [worded(code) for code in codes]


def deed(one: Deed, language: str) -> str:
    """What would be done, or what is to be noted, in a sentence."""
    short = "es" if language.startswith("es") else "en"
    about = {name: str(value) for name, value in one.about.items()}
    kinds: Mapping[str, Callable[[str], str]] = {
        "order": lambda code: order_kinds()[code].label[short] if code in order_kinds() else code,
        "warrant": lambda code: (
            warrant_kinds()[code].label[short] if code in warrant_kinds() else code
        ),
        "state": lambda code: str(STATES.get(code, code)),
    }
    about = {
        name: kinds[name](value) if name in kinds else readable(value)
        for name, value in about.items()
    }
    return str(_DEEDS[one.what]) % about


_DEEDS: Mapping[str, Any] = {
    "record_order": _("The order is recorded: %(order)s, %(body)s."),
    "record_warrant": _("The warrant is recorded, and holds: %(warrant)s, %(body)s."),
    "open_case": _("A case is opened: %(number)s."),
    "add_charge": _("A charge is recorded: %(charge)s."),
    "put_in_diary": _("%(day)s stands in the court diary."),
    "record_interest": _("%(agency)s is told before and when the person leaves."),
    "withdraw_interest": _("%(agency)s is no longer told when the person leaves."),
    "note": _("It is noted on the person's record."),
    "holds_nobody": _("It holds nobody and moves no hour."),
    "has_died": _("The person died on %(on)s."),
    "is_in_custody_here": _("The person is in custody here."),
    "is_not_in_custody": _("The person is not in custody."),
    "contradicts": _("Another message says the opposite: %(message)s (%(state)s)."),
    "reference_unknown": _("No paper on record has the reference %(reference)s."),
    "day_passed": _("%(day)s has passed."),
    "made_later_than_it_came": _(
        "It says that it was made later than it came; it is taken to be from when it came."
    ),
    "nothing_to_free_from": _("No paper on record holds the person."),
    "other_court": _("%(reference)s is a paper of another court."),
    "court_not_heard": _(
        "The police say that %(body)s made it. Stored number of the registry: %(telephone)s."
    ),
    "takes_the_place": _(
        "It takes the place of an earlier list: whoever is not on it is taken off the diary."
    ),
}
