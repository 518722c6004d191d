"""What makes an officer look at an order again before it is saved; the record never refuses it."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from pims.authority import selectors as authority
from pims.authority.web.written import Written
from pims.courts.rules.defects import MARKED
from pims.courts.selectors.pages import orders_like
from pims.courts.services import OrderName
from pims.courts.services.order_facts import Order, about_each, charges_named
from pims.courts.web import words
from pims.courts.web.boxes import cents
from pims.courts.web.order_forms import OrderForm, SentenceForm, TypedSentences
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel import limits
from pims.kernel.reasons import Reason
from pims.people import selectors as people
from pims.ui.doubts import Doubt
from pims.ui.names import name_and_number
from pims.ui.surprising import day_of, far_ahead, long_ago, years_ago

# The box to look at, by what is odd; the others are about the order as a whole.
BOXES = {
    "revokes_itself": "changes_reference",
    "changes_unknown": "changes_reference",
    "changes_nothing_named": "changes_order_id",
    "changes_another_person": "changes_order_id",
    "changes_later_order": "changes_order_id",
    "changes_fallen_order": "changes_order_id",
    "lower_court_changes": "body_id",
    "cannot_order": "kind",
    "no_date": "dated",
    "date_in_the_future": "dated",
    "dates_out_of_order": "dated",
    "end_before_next_date": "until",
    "date_passed": "next_date",
    "date_before_birth": "dated",
    "lacks_next_date": "next_date",
    "lacks_until": "until",
    "lacks_amount_cents": "amount",
    "amount_of_nothing": "amount",
    "amounts_not_by_sentence": "amount",
    "amounts_differ": "amount",
    "lacks_review_months": "review_months",
    "lacks_sureties": "sureties",
    "lacks_conditions": "conditions",
    "next_date_on_a_closed_day": "next_date",
    "charge_of_another_person": "charges",
}
IN_LINES = frozenset(
    {
        "lacks_term", "lacks_default_term", "lacks_minimum_term", "term_of_nothing",
        "term_beyond_a_life", "minimum_beyond_term", "sentence_before_offence",
        "effective_before_offence", "pronounced_after_order", "consecutive_to_nothing",
        "consecutive_to_itself", "consecutive_to_unknown", "consecutive_to_another_person",
        "consecutive_to_fallen", "life_under_18",
    }
)  # fmt: skip
# Told on the order's page alone: nobody can have mistyped it, or the table is not sure of it.
NOT_ASKED = MARKED | {
    "impossible_date", "perhaps_cannot_order", "dated_on_a_closed_day", "frees_from_nothing_known",
}  # fmt: skip
DAYS = frozenset({"dated", "next_date", "until"})
OLD_SENTENCE_YEARS = 10
SHOWN_NAMES = 3


def order_doubts(
    viewer: Actor,
    form: OrderForm,
    lines: Sequence[SentenceForm],
    typed: TypedSentences,
    names: Sequence[OrderName],
    *,
    establishment_id: int,
) -> list[Doubt]:
    """The doubts about an order as typed: impossible dates, all that is wrong with it, and its
    likes."""
    doubts = _in_no_calendar(form, lines)
    doubts += [
        Doubt(Reason(f"courts.defect_{code}"), _target(form, code, typed))
        for code in _wrong(form, typed, names, establishment_id=establishment_id)
        if code not in NOT_ASKED and code.removeprefix("lacks_") not in form.impossible
    ]
    received = form["received_at"]
    doubts += long_ago(
        form.cleaned_data["received_at"],
        day_of(form, "received_at"),
        what=received.label,
        beyond=limits.RECEIVED_LONG_AGO,
    )
    doubts += _far(form, lines, ZoneInfo(facilities.time_zone(establishment_id)))
    return doubts + _likes(viewer, form, {name.person_id for name in names})


def _in_no_calendar(form: OrderForm, lines: Sequence[SentenceForm]) -> list[Doubt]:
    found = [_impossible(form[box].label, w, day_of(form, box)) for box, w in
             form.impossible.items()]  # fmt: skip
    for line in lines:
        found += [
            _impossible(line[box].label, written, str(line[box].auto_id))
            for box, written in line.impossible.items()
        ]
    return found


def _impossible(label: object, written: Written, target: str) -> Doubt:
    params = {"box": str(label), "text": written.text}
    return Doubt(Reason("courts.doubt_impossible_date", params), target)


def _wrong(
    form: OrderForm, typed: TypedSentences, names: Sequence[OrderName], *, establishment_id: int
) -> list[str]:
    """What the rules find in it, of everyone whom it names."""
    given = form.cleaned_data
    written = Order(
        kind=order_kinds()[given["kind"]],
        body=next(b for b in authority.bodies() if b.body_id == given["body_id"]),
        establishment_id=establishment_id,
        received_at=given["received_at"],
        reference=given["reference"].strip(),
        dated=given["dated"],
        next_date=given["next_date"],
        until=given["until"],
        amount_cents=cents(given["amount"]),
        review_months=given["review_months"],
        sureties=given["sureties"],
        conditions=given["conditions"],
        dates_as_written={name: w.text for name, w in form.impossible.items()},
        marked=frozenset(),
    )
    about = about_each(
        written,
        [name.person_id for name in names],
        sentences=typed.sentences,
        charges=charges_named(given["charges"], typed.sentences),
        changes_order_id=given["changes_order_id"],
        changes_reference=given["changes_reference"],
        change=given["change"],
        case_id=given["case_id"],
    )
    return list(dict.fromkeys(code for read in about.values() for code in read.defects))


def _target(form: OrderForm, code: str, typed: TypedSentences) -> str:
    if code in IN_LINES:
        number = typed.lines[0] - 1 if typed.lines else 0
        box = "minimum_years" if "minimum" in code else "years"
        return f"id_line-{number}-{box}"
    box = BOXES.get(code, "kind")
    return day_of(form, box) if box in DAYS else str(form[box].auto_id)


def _far(form: OrderForm, lines: Sequence[SentenceForm], zone: ZoneInfo) -> list[Doubt]:
    given = form.cleaned_data
    received = given["received_at"].astimezone(zone).date()
    sentences = order_kinds()[given["kind"]].effect is Effect.SENTENCE
    ahead = limits.SENTENCE_AHEAD if sentences else limits.OTHER_PAPER_AHEAD
    found: list[Doubt] = []
    if given["dated"] is not None:
        found += years_ago(
            given["dated"], day_of(form, "dated"), what=form["dated"].label, against=received,
            years=limits.PAPER_OLD_YEARS,
        )  # fmt: skip
    for box, beyond in (("next_date", limits.APPEARANCE_AHEAD), ("until", ahead)):
        if given[box] is not None:
            found += far_ahead(
                given[box], day_of(form, box), what=form[box].label, beyond=beyond, after=received
            )
    for line in lines:
        first, label = line.cleaned_data["effective_from"], line["effective_from"].label
        if first is None:
            continue
        target = str(line["effective_from"].auto_id)
        found += years_ago(first, target, what=label, against=received, years=OLD_SENTENCE_YEARS)
        found += far_ahead(
            first, target, what=label, beyond=limits.OTHER_PAPER_AHEAD, after=received
        )
    return found


def _likes(viewer: Actor, form: OrderForm, whom: set[int]) -> list[Doubt]:
    given = form.cleaned_data
    likes = [
        one
        for one in orders_like(viewer, body_id=given["body_id"], reference=given["reference"])
        if one.kind == given["kind"]
    ]
    if not likes:
        return []
    ids = [one.person_id for one in likes]
    heads = people.person_headers(viewer, ids, brief=True)
    named = [name_and_number(h.display_name, h.number) for h in heads.values()]
    more = len(set(ids)) - min(len(named), SHOWN_NAMES)
    shown = named[:SHOWN_NAMES] + ([gettext("%(count)s more") % {"count": more}] if more else [])
    code = "courts.doubt_same_order" + ("_again" if set(ids) & whom else "")
    params: Mapping[str, Any] = {
        "reference": given["reference"].strip(),
        "names": "; ".join(shown),
        "kind": words.order_kind(given["kind"]),
    }
    return [Doubt(Reason(code, params), str(form["reference"].auto_id))]
