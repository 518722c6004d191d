"""Where what an alarm warns of is put right: the page on which what ends it is recorded."""

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.assurance.selectors import AlarmInfo
from pims.ui.shapes import Text

Way = Callable[[AlarmInfo], str]


def remedy(alarm: AlarmInfo) -> str:
    """The address; "" where there is no one page, or where the alarm has ended."""
    if alarm.ended_at is not None:
        return ""
    way = WAYS.get(_about(alarm))
    return "" if way is None else way(alarm)


def other_remedy(alarm: AlarmInfo) -> tuple[str, Text]:
    """The address of the other way out and what it is called, "" where there is but one: who is
    held on nothing goes free, or is held on an order that nobody has recorded."""
    way = OTHERWISE.get(_about(alarm))
    if alarm.ended_at is not None or way is None:
        return "", ""
    return way(alarm), _("Or let the person go") if way is _DISCHARGE else _("Or record an order")


def _about(alarm: AlarmInfo) -> str:
    """The fault, where the proof says why; else the kind."""
    return str(alarm.params.get("fault") or alarm.kind.code)


def order_ids(alarm: AlarmInfo) -> list[str]:
    """The orders that the proof names: O of the courts, W a warrant, R a release order."""
    found = alarm.params.get("orders")
    return [str(one) for one in found] if isinstance(found, list) else []


def _person(name: str, *more: str) -> Way:
    def way(alarm: AlarmInfo) -> str:
        return "" if alarm.person_id is None else reverse(name, args=[alarm.person_id, *more])

    return way


def _episode(name: str) -> Way:
    def way(alarm: AlarmInfo) -> str:
        return "" if alarm.episode_id is None else reverse(name, args=[alarm.episode_id])

    return way


def _page(name: str) -> Way:
    return lambda alarm: reverse(name)


def _key(name: str) -> Way:
    """The key of the alarm is the id of the thing."""
    return lambda alarm: reverse(name, args=[int(alarm.key.partition("@")[0])])


def _order(alarm: AlarmInfo) -> str:
    """The first of the orders that has a page, else the person's papers."""
    for one in order_ids(alarm):
        if one[:1] == "O" and one[1:].isdigit():
            return reverse("courts:order", args=[int(one[1:])])
    return _person("courts:person")(alarm)


def _reading(alarm: AlarmInfo) -> str:
    for one in order_ids(alarm):
        if one[:1] == "O" and one[1:].isdigit():
            return reverse("courts:read", args=[int(one[1:])])
    return reverse("courts:readings")


def _message(alarm: AlarmInfo) -> str:
    """The message of another agency that the alarm is about."""
    return reverse("exchange:message", args=[alarm.key])


def _hearing(alarm: AlarmInfo) -> str:
    number = str(alarm.params.get("hearing", ""))
    if number[:1] == "H" and number[1:].isdigit():
        return reverse("courts:outcome", args=[int(number[1:])])
    return reverse("courts:without_outcome")


_NEW_ORDER = _person("courts:record_order")
_COURTS = _person("courts:person")
_SENTENCES = _person("sentences:person")
_DISCHARGE = _episode("release:start")
_PLACE = _episode("custody:place")


def _bare(alarm: AlarmInfo) -> str:
    """Nobody knows why no order holds. Where one was there and is over, the way is out."""
    return _NEW_ORDER(alarm) if alarm.episode_id is None else _DISCHARGE(alarm)


WAYS: Mapping[str, Way] = {
    "messages_held": _page("exchange:breaker"),
    "agency_silent": _page("exchange:traffic"),
    "deliveries_stopped": _page("exchange:traffic"),
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
    "dates_out_of_order": _order,
    "court_without_power": _order,
    "court_unknown": _order,
    "order_not_for_age": _order,
    "order_on_anothers_charge": _order,
    "default_without_amount": _order,
    "charges_ended_undated": _COURTS,
    "release_ends_nothing": _COURTS,
    "order_revokes_itself": _order,
    "order_without_end": _order,
    "orders_contradict": _order,
    "court_power_in_doubt": _order,
    "order_kind_unknown": _order,
    "order_undated": _order,
    "changes_an_order_elsewhere": _order,
    "second_reading_late": _reading,
    "second_reading_differs": _page("courts:readings"),
    # Dates.
    "sentence_of_another": _SENTENCES,
    "sentence_without_date": _SENTENCES,
    "date_beyond_term": _SENTENCES,
    "sentence_not_begun": _SENTENCES,
    "paper_ends_before_term": _SENTENCES,
    "at_large_not_shown": _SENTENCES,
    "date_from_unsigned_rule": _page("sentences:laws"),
    "release_not_prepared": _page("release:preparations"),
    # Courts.
    "hearing_without_outcome": _hearing,
    "next_appearance_passed": _page("courts:without_outcome"),
    "no_next_hearing": _person("courts:schedule"),
    "unsentenced_6_months": _COURTS,
    "unsentenced_12_months": _COURTS,
    "unsentenced_24_months": _COURTS,
    "over_longest_term": _COURTS,
    "over_likely_sentence": _COURTS,
    "longest_term_unknown": _COURTS,
    "unfit_not_reviewed": _person("courts:schedule"),
    "review_overdue": _person("courts:schedule"),
    # The person.
    "juvenile_among_adults": _PLACE,
    "turned_18": _PLACE,
    "placement_breach": _PLACE,
    "place_taken_since": _PLACE,
    "consul_not_told": _person("people:edit", "consular"),
    "no_lawyer": _person("people:edit", "contact"),
    "nothing_recorded": _episode("custody:event"),
    # Comings and goings.
    "discharged_with_order_open": _COURTS,
    "freed_without_power": _COURTS,
    "transferred_nowhere": _page("custody:reception"),
    "admission_overdue": _episode("custody:admission"),
    "order_unacknowledged": _message,
    "freedom_overdue": _key("release:case"),
    "identity_unsigned": _key("release:vouch"),
    "release_dates_differ": _key("release:preparation"),
    "end_unsigned": _key("custody:end"),
    "order_in_doubt": _key("authority:order"),
    "freed_without_order": _person("courts:record_order"),
    "not_returned": _page("custody:desk"),
    "escort_overdue": _page("custody:desk"),
    "defect_undecided": _page("authority:index"),
}
# The second way out of what no order covers.
OTHERWISE: Mapping[str, Way] = {
    "no_valid_warrant": _NEW_ORDER,
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
