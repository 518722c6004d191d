"""Where what an alarm warns of is put right: the page on which what ends it is recorded."""

from collections.abc import Mapping

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from pims.assurance.selectors import AlarmInfo
from pims.assurance.web import ways
from pims.assurance.web.ways import Way
from pims.foundation.access.actor import Actor
from pims.ui.pages import permission_of
from pims.ui.shapes import Text


def remedy(viewer: Actor, alarm: AlarmInfo) -> str:
    """The address; "" where there is no one page, or where the alarm has ended."""
    if alarm.ended_at is not None:
        return ""
    way = WAYS.get(_about(alarm)) or WAYS.get(alarm.kind.code)
    return "" if way is None else way(viewer, alarm)


def other_remedy(viewer: Actor, alarm: AlarmInfo) -> tuple[str, Text]:
    """The address of the other way out and what it is called, "" where there is but one: who is
    held on nothing goes free, or is held on an order that nobody has recorded."""
    way = OTHERWISE.get(_about(alarm))
    if alarm.ended_at is not None or way is None:
        return "", ""
    address = way(viewer, alarm)
    leaves = address == _DISCHARGE(viewer, alarm)
    return address, _("Or let the person go") if leaves else _("Or record an order")


def opens_for(viewer: Actor, address: str) -> bool:
    """Whether the viewer's roles open that page: nobody is sent to a page that turns them away."""
    try:
        asked = permission_of(resolve(address.partition("?")[0]).func)
    except (Resolver404, AttributeError):
        return False
    return asked is None or viewer.can(asked)


def _about(alarm: AlarmInfo) -> str:
    """The fault, where the proof says why; else the kind."""
    return str(alarm.params.get("fault") or alarm.kind.code)


_NEW_ORDER = ways.person("courts:record_order")
_COURTS = ways.person("courts:person")
_SENTENCES = ways.person("sentences:person")
_DISCHARGE = ways.episode("release:start")
_PLACE = ways.episode("custody:place")
_BIRTH = ways.person("people:edit", "identity")
_BEGINNING = ways.episode("custody:correct")


def _bare(viewer: Actor, alarm: AlarmInfo) -> str:
    """Nobody knows why no order holds. Where one was there and is over, the way is out; where there
    never was one, or nobody is held, it is looked for."""
    if alarm.episode_id is None or not alarm.params.get("expired"):
        return _NEW_ORDER(viewer, alarm)
    return _DISCHARGE(viewer, alarm)


def _bare_otherwise(viewer: Actor, alarm: AlarmInfo) -> str:
    discharge = _DISCHARGE(viewer, alarm)
    return _NEW_ORDER(viewer, alarm) if _bare(viewer, alarm) == discharge else discharge


WAYS: Mapping[str, Way] = {
    # What other agencies send, and what is sent to them.
    "order_unacknowledged": ways.message,
    "messages_held": ways.listed("exchange:breaker"),
    "agency_silent": ways.listed("exchange:traffic"),
    "deliveries_stopped": ways.listed("exchange:traffic"),
    # What no order covers: by a new one, or by letting somebody go.
    "no_valid_warrant": _bare,
    "no_order": _NEW_ORDER,
    "remand_expired": _NEW_ORDER,
    "next_date_passed": _NEW_ORDER,
    "parole_hearing_passed": _NEW_ORDER,
    "order_no_longer_stands": _NEW_ORDER,
    "emergency_expired": _NEW_ORDER,
    "order_expired": _NEW_ORDER,
    "held_for_police": _NEW_ORDER,
    "authority_ends_soon": _NEW_ORDER,
    "warrant_expiring": _NEW_ORDER,
    "warrant_to_come": _NEW_ORDER,
    "freed_in_court_no_order": _NEW_ORDER,
    "charges_ended": _DISCHARGE,
    "fine_paid": _DISCHARGE,
    "full_term_passed": _DISCHARGE,
    "release_date_passed": _DISCHARGE,
    "held_after_release_order": _DISCHARGE,
    "provisional_date_passed": _SENTENCES,
    # An order that is there.
    "dates_out_of_order": ways.order,
    "court_without_power": ways.order,
    "court_unknown": ways.order,
    "order_not_for_age": ways.order,
    "order_on_anothers_charge": ways.order,
    "default_without_amount": ways.order,
    "charges_ended_undated": _COURTS,
    "release_ends_nothing": _COURTS,
    "order_revokes_itself": ways.order,
    "order_without_end": ways.end_of_order,
    "orders_contradict": ways.order,
    "court_power_in_doubt": ways.order,
    "order_kind_unknown": ways.order,
    "order_undated": ways.order,
    "changes_an_order_elsewhere": ways.order,
    "order_unconfirmed": ways.key("courts:confirm"),
    "second_reading_late": ways.reading,
    "second_reading_differs": ways.differing_reading,
    "defect_undecided": ways.undecided_paper,
    "order_in_doubt": ways.key("authority:order"),
    "freed_without_order": _NEW_ORDER,
    # Dates.
    "sentence_of_another": _SENTENCES,
    "sentence_without_date": _SENTENCES,
    "date_beyond_term": _SENTENCES,
    "dates_not_calculable": _SENTENCES,
    "sentence_not_begun": _SENTENCES,
    "paper_ends_before_term": _SENTENCES,
    "at_large_not_shown": _SENTENCES,
    "date_from_unsigned_rule": ways.listed("sentences:laws"),
    "release_not_prepared": ways.preparation,
    "release_dates_differ": ways.key("release:preparation"),
    # Courts.
    "hearing_without_outcome": ways.hearing,
    "next_appearance_passed": ways.listed("courts:without_outcome"),
    "no_next_hearing": ways.person("courts:schedule"),
    "unsentenced_6_months": _COURTS,
    "unsentenced_12_months": _COURTS,
    "unsentenced_24_months": _COURTS,
    "over_longest_term": _COURTS,
    "over_likely_sentence": _COURTS,
    "longest_term_unknown": _COURTS,
    "unfit_not_reviewed": ways.person("courts:schedule"),
    "review_overdue": ways.person("courts:schedule"),
    # The person.
    "juvenile_among_adults": _PLACE,
    "turned_18": _PLACE,
    "placement_breach": _PLACE,
    "place_taken_since": _PLACE,
    "consul_not_told": ways.person("people:edit", "consular"),
    "no_lawyer": ways.person("people:edit", "lawyer"),
    "nothing_recorded": ways.episode("custody:occurrence", "seen"),
    "birth_unknown": _BIRTH,
    "birth_in_doubt": _BIRTH,
    "identity_in_doubt": ways.record,
    "ill_treatment_complained": ways.record,
    # Comings and goings.
    "admission_overdue": ways.step_of_admission,
    "received_long_ago": _BEGINNING,
    "stay_put_before": _BEGINNING,
    "episode_was_open": ways.record,
    "transferred_nowhere": ways.listed("custody:reception"),
    "not_returned": ways.listed("custody:desk"),
    "escort_overdue": ways.listed("custody:desk"),
    "at_large": ways.episode("custody:occurrence", "recapture"),
    "freedom_overdue": ways.key("release:case"),
    "identity_unsigned": ways.key("release:vouch"),
    "countersign_missing": ways.end_of_custody,
    "end_unsigned": ways.key("custody:end"),
    "discharged_with_order_open": _COURTS,
    "freed_without_power": _COURTS,
    "released_in_error": ways.end_of_custody,
    "released_in_doubt": ways.end_of_custody,
    "removed_without_order": ways.end_of_custody,
    "taken_off_the_books": ways.end_of_custody,
}
# About no prisoner: what is looked into is the machine, and a reason ends it.
NOWHERE = frozenset({"ledger_differs", "clock_went_back"})

# The second way out of what no order covers.
OTHERWISE: Mapping[str, Way] = {
    "no_valid_warrant": _bare_otherwise,
    **dict.fromkeys(
        (
            "no_order", "remand_expired", "next_date_passed", "parole_hearing_passed",
            "order_no_longer_stands", "emergency_expired", "order_expired", "held_for_police",
            "freed_in_court_no_order", "freed_without_order",
        ),
        _DISCHARGE,
    ),
    **dict.fromkeys(
        (
            "fine_paid", "full_term_passed", "release_date_passed", "held_after_release_order",
            "charges_ended",
        ),
        _NEW_ORDER,
    ),
}  # fmt: skip
