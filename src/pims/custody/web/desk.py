"""The 17:00 desk: one row for everyone who was at court, the whole van in minutes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.rules.returns import MAY_ADJOURN
from pims.custody.selectors import DeskRow
from pims.custody.services import Problem, ReturnRow
from pims.custody.web.desk_lines import (
    RowForm,
    RowFormSet,
    boxes_of,
    errors_of,
    nothing_chosen,
    offer_warrants,
)
from pims.custody.web.doubts import desk_doubts
from pims.custody.web.drafts import draft_of
from pims.custody.web.words import NOT_RETURNED, OUTCOMES
from pims.facilities import selectors as facilities
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.dates import day_asked
from pims.ui.doubts import question
from pims.ui.fields import InstantField, hidden_number
from pims.ui.forms import is_whole
from pims.ui.pages import page

ESCORT = "custody.escort"
NOT_BACK = "not_returned"
# Outcomes without a hand-over at the gate; "" is a line that nobody filled in.
NOBODY_BACK = ("", NOT_BACK, "discharged_at_court", "not_produced", "refused_to_go")


class DeskForm(forms.Form):
    """What is common to the van that came back."""

    happened_at = InstantField(label=_("Back at"))
    returned_from = forms.CharField(
        label=_("Handed back by"),
        required=False,
        max_length=200,
        help_text=_("Name of the escorting officer; “not known” where nobody can say."),
    )
    received_back_by = forms.CharField(label=_("Received by"), max_length=200)


MORNING = 6  # o'clock: until then a van's outcomes may be of the evening before


@page(permission=ESCORT, methods=("GET", "HEAD", "POST"))
def desk(request: Any) -> HttpResponse:
    """Everyone of the day; each row stands alone: a bad one never loses the others."""
    day = _day(request)
    rows = selectors.desk_1700(request.actor, request.establishment_id, day)
    waiting = [row for row in rows if not row.done]
    posted = request.POST if request.method == "POST" else None
    form = DeskForm(
        posted, initial={"happened_at": clock.now(), "received_back_by": request.actor.name}
    )
    initial = [
        {
            "escort_id": row.escort.escort_id if row.escort else None,
            "episode_id": row.episode_id,
            "body_id": row.escort.destination_body_id if row.escort else None,
        }
        for row in waiting
    ]
    lines = RowFormSet(posted, initial=None if posted else initial, prefix="row")
    by_episode = {row.episode_id: row for row in rows}
    for line in lines:
        offer_warrants(line, by_episode)
    problems, asked, empty = 0, None, False
    ready = posted is not None and is_whole(form, lines)
    ready = ready and _handed_over(form, lines)
    if ready:
        told = [(line, _hour(form, line)) for line in lines if line.cleaned_data.get("outcome")]
        asked = question(request, desk_doubts(told, by_episode, today=_today(request)))
        empty = not told
        ready = bool(told)
    if posted is not None and ready and asked is None:
        chosen = [line for line in lines if line.cleaned_data.get("outcome")]
        done = services.record_returns(
            command_from(request),
            establishment_id=request.establishment_id,
            rows=[_row(form, line) for line in chosen],
        )
        problems = _blame(chosen, done.rows)
        _tell(request, [line for line in chosen if not line.errors])
        if not problems:
            return HttpResponseRedirect(f"{reverse('custody:desk')}?day={day.isoformat()}")
        rows = selectors.desk_1700(request.actor, request.establishment_id, day)
        by_episode = {row.episode_id: row for row in rows}
        recorded = {chosen[r.row] for r in done.rows if not r.problems}
        missing = {line for line in recorded if line.cleaned_data["outcome"] == NOT_BACK}
        lines = _left(posted, lines, recorded - missing, rows, said=missing)
    shown = [
        (line, by_episode[hidden_number(line["episode_id"])])
        for line in lines
        if hidden_number(line["episode_id"]) in by_episode
    ]
    errors = nothing_chosen(line for line, _row in shown) if empty else errors_of(shown)
    context = {
        "form": form,
        "lines": shown,
        "boxes": {line.prefix: boxes_of(line, row) for line, row in shown},
        "errors": errors,
        "management": lines.management_form,
        "done": [
            (row, OUTCOMES.get(row.outcome.outcome if row.outcome else "returned"))
            for row in rows
            if row.done
        ],
        "draft": draft_of(
            f"desk-{day:%Y%m%d}", (hidden_number(line["episode_id"]) for line in lines)
        ),
        "day": day,
        "earlier": day - timedelta(days=1),
        "problems": problems,
        "question": asked,
        "not_returned": [row for row in rows if row.missing],
        "kept_by": NOT_RETURNED,
        "may_verify": request.actor.can("biometrics.verify"),
    }
    wrong = asked is not None or bool(posted and (form.errors or errors))
    return render(request, "custody/desk.html", context, status=422 if wrong else 200)


def _hour(form: DeskForm, line: RowForm) -> datetime:
    """When the outcome of a line was so: the van's hour, or the line's own on that day.

    Of a van that is back by night an hour still to come is one of the evening before.
    """
    happened_at: datetime = form.cleaned_data["happened_at"]
    own = line.cleaned_data["when"]
    if own is None:
        return happened_at
    found = happened_at.replace(hour=own.hour, minute=own.minute, second=0)
    by_night = happened_at.hour < MORNING and found > clock.now()
    return found - timedelta(days=1) if by_night else found


def _handed_over(form: DeskForm, lines: Any) -> bool:
    """Whether both officers of the hand-over are named, where anybody was handed over."""
    back = [line for line in lines if line.cleaned_data.get("outcome") not in NOBODY_BACK]
    if back and not form.cleaned_data["returned_from"].strip():
        form.add_error("returned_from", gettext("Say who handed them back, or “not known”."))
        return False
    return True


def _tell(request: Any, recorded: Sequence[RowForm]) -> None:
    """How many outcomes were recorded, and apart from them who is missing."""
    missing = sum(1 for line in recorded if line.cleaned_data["outcome"] == NOT_BACK)
    if len(recorded) > missing:
        messages.success(
            request,
            ngettext("%(count)s recorded.", "%(count)s recorded.", len(recorded) - missing)
            % {"count": len(recorded) - missing},
        )
    if missing:
        messages.warning(
            request,
            gettext("%(count)s not returned: an alarm is raised, the line stays open.")
            % {"count": missing},
        )


def _left(
    posted: QueryDict,
    lines: Any,
    recorded: Collection[RowForm],
    rows: Sequence[DeskRow],
    *,
    said: Collection[RowForm],
) -> Any:
    """The rows that were not recorded, as they were typed and with what is wrong with them.

    `said` are recorded, and stay to be filled in again: whoever did not return may come yet.
    """
    kept = [line for line in lines if line not in recorded]
    data = QueryDict(mutable=True)
    data.update({"row-TOTAL_FORMS": str(len(kept)), "row-INITIAL_FORMS": str(len(kept))})
    for number, line in enumerate(kept):
        for name in line.fields:
            typed = posted.getlist(line.add_prefix(name))
            if line in said and not name.endswith("_id"):
                typed = []
            data.setlist(f"row-{number}-{name}", typed)
    left = RowFormSet(data, prefix="row")
    by_episode = {row.episode_id: row for row in rows}
    for line, before in zip(left, kept, strict=True):
        offer_warrants(line, by_episode)
        for field, problems in before.errors.items():
            for problem in problems:
                line.add_error(field if field in line.fields else None, problem)
    return left


def _day(request: Any) -> date:
    return day_asked(request.GET.get("day", "")) or _today(request)


def _today(request: Any) -> date:
    zone = ZoneInfo(facilities.time_zone(request.establishment_id))
    return clock.now().astimezone(zone).date()


def _row(form: DeskForm, line: RowForm) -> ReturnRow:
    van, given = form.cleaned_data, line.cleaned_data
    outcome, day, amount = given["outcome"], given["day"], given["amount"]
    happened_at = _hour(form, line)
    kind = {"sentenced": "committal_sentence", "fined": "fine_default"}.get(outcome, "")
    orders = outcome in ("bailed", "discharged_at_court")
    return ReturnRow(
        outcome=outcome,
        escort_id=given["escort_id"],
        episode_id=given["episode_id"],
        happened_at=happened_at,
        # Who handed the others back is not who let this one go.
        returned_from="" if outcome == "discharged_at_court" else van["returned_from"],
        received_back_by=van["received_back_by"],
        condition_back=given["condition_back"],
        note=_note(given),
        next_appearance=day if outcome in MAY_ADJOURN else None,
        until=day if kind else None,
        warrant_kind=kind if day is not None or amount is not None else "",
        body_id=given["body_id"],
        reference=given["reference"],
        order_seen=given["reference"] if orders else "",
        amount_cents=None if amount is None else int(amount * 100),
        warrant_name_ids=tuple(given["warrants"]),
        frees=given["frees"],
        not_returned_because=given["not_returned_because"] or "unknown",
    )


def _note(given: Mapping[str, Any]) -> str:
    """What was said; of whom nobody handed back, with what was said of their condition; where the
    court named no day, with its reference."""
    said = [given["note"]]
    if given["outcome"] in NOBODY_BACK:
        said.append(given["condition_back"])
    if given["outcome"] in MAY_ADJOURN and given["day"] is None:
        said.append(given["reference"])
    return "; ".join(text for text in said if text)


def _blame(chosen: Sequence[RowForm], results: Sequence[services.RowResult]) -> int:
    """Each problem goes to its row; gives how many rows have one."""
    names = {"next_appearance": "day", "until": "day", "amount_cents": "amount",
             "warrant_name_ids": "warrants", "happened_at": "when"}  # fmt: skip
    bad = 0
    for result in results:
        if result.problems:
            bad += 1
        for problem in result.problems:
            field = names.get(problem.field, problem.field)
            line = chosen[result.row]
            line.add_error(field if field in line.fields else None, _worded(problem))
    return bad


def _worded(problem: Problem) -> str:
    return wording.render(Reason(problem.code, problem.params), get_language() or "en")
