"""What the codes of this room are called on the page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.courts.selectors import ChargeInfo, HearingInfo, OrderInfo, SentenceInfo, Term
from pims.jurisdictions.offences import offences
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel.reasons import Reason
from pims.ui import wording
from pims.ui.dates import day_text
from pims.ui.shapes import Flag, Tone

EFFECTS: dict[Effect, Promise] = {
    Effect.DETAINS: _("Detains"),
    Effect.SENTENCE: _("Sentences"),
    Effect.FREES: _("Frees"),
    Effect.NOTES: _("Changes nothing by itself"),
}
CHARGE_STATES: dict[str, Promise] = {
    "open": _("Open"),
    "withdrawn": _("Charge withdrawn"),
    "acquitted": _("Acquitted"),
    "convicted": _("Convicted"),
    "discharged": _("Discharged"),
    "quashed": _("Quashed"),
}
OUTCOMES: dict[str, Promise] = {
    "adjourned": _("Adjourned"),
    "remanded": _("Remanded"),
    "bailed": _("Bail granted"),
    "sentenced": _("Sentenced"),
    "fined": _("Fined"),
    "convicted": _("Convicted"),
    "acquitted": _("Acquitted"),
    "discharged": _("Discharged"),
    "withdrawn": _("Charge withdrawn"),
    "not_held": _("The court did not sit"),
    "not_produced": _("Not produced"),
    "refused": _("Refused to go"),
    "other": _("Other"),
}
MODES: dict[str, Promise] = {"in_person": _("In person"), "video": _("By video")}
STATES: dict[str, Promise] = {
    "stands": _("Stands"),
    "set_aside": _("Set aside"),
    "replaced": _("Replaced"),
    "void": _("Never made: entered by mistake"),
}
STATE_TONES: dict[str, Tone] = {
    "stands": "ok", "set_aside": "quiet", "replaced": "quiet", "void": "warn",
}  # fmt: skip
CHANGES: dict[str, Promise] = {
    "varies": _("It varies the earlier order"),
    "replaces": _("It takes the place of the earlier order"),
    "revokes": _("It revokes the earlier order"),
    "sets_aside": _("It sets the earlier order aside"),
}
SENTENCE_KINDS: dict[str, Promise] = {
    "imprisonment": _("Imprisonment"),
    "fine_default": _("In default of a fine"),
    "compensation_default": _("In default of compensation"),
    "life": _("Imprisonment for life"),
    "pleasure": _("During the court's pleasure"),
    "unfit": _("Unfit to plead"),
}
SENTENCE_STATES: dict[str, Promise] = {
    "stands": _("Stands"),
    "quashed": _("Quashed"),
    "replaced": _("Replaced"),
}
# The boxes of an order and of a sentence, as a difference between two readings names them.
FIELDS: dict[str, Promise] = {
    "dated": _("Dated"),
    "next_date": _("Next date"),
    "until": _("Until (last day, as written)"),
    "amount_cents": _("Amount in dollars"),
    "review_months": _("Review every so many months"),
    "years": _("Years"),
    "months": _("Months"),
    "weeks": _("Weeks"),
    "days": _("Days"),
    "minimum_years": _("Minimum: years"),
    "minimum_months": _("Minimum: months"),
    "minimum_weeks": _("Minimum: weeks"),
    "minimum_days": _("Minimum: days"),
    "pronounced_on": _("Pronounced on"),
    "effective_from": _("Effective from"),
    "link": _("Runs"),
}
LINKS: dict[str, Promise] = {
    "concurrent": _("At the same time"),
    "consecutive": _("After another"),
}
TAKES: dict[str, Promise] = {
    "first": _("The first: the order stays as it is recorded"),
    "second": _("The second: the order is corrected to it"),
    "neither": _("Neither: the order will be set aside or recorded anew"),
}


def language() -> str:
    return "es" if (get_language() or "en").startswith("es") else "en"


def order_kind(code: str) -> str:
    """A kind of order in the reader's language."""
    kind = order_kinds().get(code)
    return code if kind is None else kind.label[language()]


def grouped_kinds() -> list[tuple[Any, Any]]:
    """Choices of a kind, by what an order of it does."""
    groups: dict[Effect, list[tuple[str, str]]] = {effect: [] for effect in EFFECTS}
    for code, kind in order_kinds().items():
        groups[kind.effect].append((code, kind.label[language()]))
    return [("", _("Choose")), *((EFFECTS[effect], rows) for effect, rows in groups.items())]


def offence(code: str, as_written: str = "") -> str:
    """The offence by its name; the paper's own words where the table has none."""
    row = offences().get(code)
    return as_written or "—" if row is None else row.label[language()]


def charge_text(charge: ChargeInfo) -> str:
    return offence(charge.offence_code, charge.as_written)


def citation(code: str) -> str:
    """Act and section; "" where the table has no such offence."""
    row = offences().get(code)
    return "" if row is None else row.citation


def defect(code: str) -> str:
    return wording.render(Reason(f"courts.defect_{code}"), get_language() or "en")


def defects(codes: Iterable[str]) -> list[str]:
    return [defect(code) for code in codes]


def defect_count(count: int) -> str:
    return ngettext("%(n)s defect", "%(n)s defects", count) % {"n": count}


def dollars(cents: int | None) -> str:
    return "" if cents is None else f"$ {cents / 100:,.2f}"


def term_text(term: Sequence[int | None]) -> str:
    """Years, months, weeks and days, those that are named; "no time" where none is."""
    years, months, weeks, days = (part or 0 for part in term)
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": f"{years:,}"})
    if months:
        parts.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": f"{months:,}"})
    if weeks:
        parts.append(ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": f"{weeks:,}"})
    if days:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": f"{days:,}"})
    return ", ".join(parts) or gettext("no time")


def figures(term: Term) -> tuple[int, int, int, int]:
    return term.years, term.months, term.weeks, term.days


def sentence_text(one: SentenceInfo, others: Mapping[int, SentenceInfo] | None = None) -> str:
    """A sentence in one line: how long, from when, after which."""
    open_ended = one.kind in ("life", "pleasure", "unfit")
    parts = [str(SENTENCE_KINDS[one.kind])]
    if not open_ended or not one.term.is_nothing:
        parts.append(term_text(figures(one.term)))
    if one.minimum is not None:
        parts.append(gettext("at least %(term)s") % {"term": term_text(figures(one.minimum))})
    if one.link == "consecutive":
        parts.append(_after(one, others or {}))
    elif one.effective_from is not None and one.effective_from != one.pronounced_on:
        parts.append(gettext("from %(day)s") % {"day": day_text(one.effective_from)})
    return ", ".join(parts)


def _after(one: SentenceInfo, others: Mapping[int, SentenceInfo]) -> str:
    if one.consecutive_to_id is None:
        return gettext("after another, which is not named")
    before = others.get(one.consecutive_to_id)
    if before is None:
        return gettext("after a sentence of another order")
    if before.order_id == one.order_id:
        return gettext("after sentence %(number)s") % {"number": before.position}
    return gettext("after the sentence of order %(reference)s") % {
        "reference": before.reference or before.order_id
    }


def hearing_state(hearing: HearingInfo, today: date) -> Flag:
    if hearing.cancelled_at is not None:
        return Flag(_("Cancelled"), "quiet")
    if hearing.outcome:
        return Flag(OUTCOMES[hearing.outcome], "info")
    if hearing.on < today:
        return Flag(_("No outcome"), "alarm")
    return Flag(_("To come"), "quiet")


def reading_flag(order: OrderInfo, *, now: Any) -> Flag | None:
    """How the second reading of an order stands; None where there is none to do."""
    reading = order.reading
    if reading is None:
        return None
    if reading.read_at is None:
        if order.state != "stands":
            return None
        late = now > reading.due_at
        return Flag(_("Second reading late") if late else _("Second reading due"),
                    "alarm" if late else "warn")  # fmt: skip
    if reading.differs:
        return Flag(_("The readings differ"), "alarm")
    return Flag(_("Read twice"), "ok")


def field_label(name: str) -> str:
    """``until``, ``sentence_2.years`` or ``sentences`` as a reader of the two readings says it."""
    if name == "sentences":
        return gettext("How many sentences")
    where, dot, field = name.rpartition(".")
    label = str(FIELDS.get(field, field))
    if not dot:
        return label
    number = where.rpartition("_")[2]
    return gettext("Sentence %(number)s: %(field)s") % {"number": number, "field": label}


def value_text(name: str, values: Mapping[str, Any]) -> str:
    """What one reading says in a field, as people write it."""
    sentences = values.get("sentences") or []
    if name == "sentences":
        return "; ".join(
            term_text([one.get(u) for u in ("years", "months", "weeks", "days")])
            for one in sentences
        ) or gettext("none")  # fmt: skip
    where, dot, field = name.rpartition(".")
    if dot:
        at = int(where.rpartition("_")[2]) - 1
        found = sentences[at].get(field) if at < len(sentences) else None
    else:
        found = (values.get("order") or {}).get(field)
    if field == "link":
        return str(LINKS[found or "concurrent"])
    if found is None:
        return "—"
    if field == "amount_cents":
        return dollars(found)
    return day_text(date.fromisoformat(found)) if isinstance(found, str) else str(found)
