"""Putting right what was keyed of a reception: a page for each, each with its reason.

What is corrected stays readable: the history holds what stood there, who changed it and why.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.selectors.standing import owner_of
from pims.custody.web.doubts import inside
from pims.custody.web.identity import identity_of
from pims.custody.web.words import RECEPTION_KINDS, SEXES, WARRANT_STATES
from pims.foundation.commands.transaction import Command
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.dates import instant_text
from pims.ui.doubts import Doubt, question
from pims.ui.fields import HiddenNumberField, InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Task
from pims.ui.surprising import long_ago_in

RECEIVE, CORRECT = "custody.receive", "custody.correct"
BOTH = ("GET", "HEAD", "POST")


def _why() -> forms.CharField:
    return forms.CharField(
        label=_("Why is it corrected?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class VanCorrection(forms.Form):
    received_at = InstantField(label=_("Received at"))
    from_where = forms.CharField(
        label=_("Which court, station or place"), required=False, max_length=200
    )
    vehicle = forms.CharField(label=_("Vehicle"), required=False, max_length=60)
    handed_over_by = forms.CharField(label=_("Handed over by"), max_length=200)
    reason = _why()


class LineCorrection(forms.Form):
    received_at = InstantField(label=_("Received at"))
    name_as_given = forms.CharField(label=_("Name as given"), required=False, max_length=300)
    age_as_given = forms.IntegerField(
        label=_("Age as given"), required=False, min_value=0, max_value=120
    )
    warrant_state = forms.ChoiceField(
        label=_("Warrant"), choices=list(WARRANT_STATES.items()), widget=forms.RadioSelect
    )
    injuries = forms.CharField(
        label=_("Injuries seen"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    handed_over_by = forms.CharField(label=_("Handed over by"), required=False, max_length=200)
    reason = _why()


class StartCorrection(forms.Form):
    starts_at = InstantField(label=_("Custody began"))
    reception_kind = forms.ChoiceField(label=_("Where from"), choices=list(RECEPTION_KINDS.items()))
    version = HiddenNumberField()
    reason = _why()


class NeverHeld(forms.Form):
    version = HiddenNumberField()
    reason = forms.CharField(
        label=_("How did the entry come about?"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class WrongPerson(forms.Form):
    who = forms.ChoiceField(
        label=_("Who is it?"),
        choices=[
            ("known", _("Somebody with a number")),
            ("new", _("Somebody not on record: give a number")),
        ],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label=_("Known number"),
        required=False,
        max_length=20,
        help_text=_("Type a name or a number"),
        widget=forms.TextInput(
            attrs={
                "data-suggest": reverse_lazy("people:suggest"),
                "autocomplete": "off",
                "class": "govuk-input--width-20",
            }
        ),
    )
    sex = forms.ChoiceField(
        label=_("Sex, of somebody not on record"), choices=list(SEXES.items()), initial="unknown"
    )
    reason = forms.CharField(
        label=_("How is it known?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@page(permission=RECEIVE)
def correct(request: Any, episode_id: int) -> HttpResponse:
    """What of this stay can be corrected, and by whom."""
    person_id, _where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    may = request.actor.can(CORRECT)
    tasks = []
    for line in selectors.receipts_of(request.actor, episode_id):
        name = line.name_as_given or gettext("Name not known")
        said = f"{instant_text(line.received_at)} · {name}"
        tasks.append(
            Task(_("Hour, name, warrant and injuries of the reception"), "",
                 reverse("custody:correct_receipt", args=[line.receipt_id]), hint=said)
        )  # fmt: skip
        tasks.append(
            Task(_("Everyone on that van: hour and place"), "",
                 reverse("custody:correct_van", args=[line.van_id]))
        )  # fmt: skip
        if may:
            tasks.append(
                Task(_("It was somebody else"), "",
                     reverse("custody:wrong_person", args=[line.receipt_id]), hint=said)
            )  # fmt: skip
    tasks.append(
        Task(_("When and how custody began"), "",
             reverse("custody:correct_start", args=[episode_id]))
    )  # fmt: skip
    if may:
        tasks.append(
            Task(_("Entered in error: was never held"), "",
                 reverse("custody:never_held", args=[episode_id]))
        )  # fmt: skip
    context = {
        "identity": identity,
        "tasks": tasks,
        "title": _("Correct a reception"),
        "lead": _("What stood there before stays in the history, with your reason."),
        "back": identity.url,
        "told": ""
        if may
        else _(
            "That somebody else was received, or nobody at all, is recorded by a records officer,"
            " a duty senior officer, the officer in charge or the superintendent."
        ),
    }
    return render(request, "custody/correct.html", context)


@page(permission=RECEIVE, methods=BOTH)
def correct_van(request: Any, van_id: int) -> HttpResponse:
    """The hour and the place of everyone on a van at once: a mistyped year is one correction."""
    van = selectors.van(request.actor, van_id)
    initial = {
        "received_at": van.arrived_at,
        "from_where": van.from_where,
        "vehicle": van.vehicle,
        "handed_over_by": van.escorting_officer,
    }
    form = VanCorrection(request.POST or None, initial=initial)
    count = len(van.lines)

    def correct_all(command: Command) -> None:
        done = services.correct_van(command, van_id=van_id, **form.cleaned_data)
        if done.not_moved:
            messages.warning(
                request,
                gettext(
                    "The hour could not be given to %(count)s: see below who, why, and what to do."
                )
                % {"count": len(done.not_moved)},
            )

    return _page(
        request,
        form,
        correct_all,
        title=gettext("Correct a van"),
        lead=ngettext(
            "The hour goes for everyone who was on it: %(count)s person.",
            "The hour goes for everyone who was on it: %(count)s people.",
            count,
        )
        % {"count": count},
        back=reverse("custody:van", args=[van_id]),
    )


@page(permission=RECEIVE, methods=BOTH)
def correct_receipt(request: Any, receipt_id: int) -> HttpResponse:
    """One line of a van."""
    line = selectors.receipt(request.actor, receipt_id)
    initial = {
        "received_at": line.received_at,
        "name_as_given": line.name_as_given,
        "age_as_given": line.age_as_given,
        "warrant_state": line.warrant_state,
        "injuries": line.injuries,
        "handed_over_by": line.handed_over_by,
    }
    form = LineCorrection(request.POST or None, initial=initial)
    doubts: list[Doubt] = []
    if request.method == "POST" and form.is_valid():
        before = selectors.place_before(receipt_id, form.cleaned_data["received_at"])
        if before is not None:
            asked = Reason("custody.doubt_place_before", before.params)
            doubts.append(Doubt(asked, "id_received_at_day"))
    return _page(
        request,
        form,
        lambda command: services.correct_receipt(
            command, receipt_id=receipt_id, carry_places=bool(doubts), **form.cleaned_data
        ),
        doubts=doubts,
        title=gettext("Correct a line of a van"),
        lead=gettext("This person alone. For everyone on the van, correct the van."),
        back=reverse("custody:van", args=[line.van_id]),
        person_id=line.person_id,
    )


@page(permission=RECEIVE, methods=BOTH)
def correct_start(request: Any, episode_id: int) -> HttpResponse:
    """When and how a stay began, also one that began without a van."""
    person_id, _where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    brief = selectors.episode_brief(request.actor, episode_id)
    if brief is None:
        raise NotFound("episode", episode_id)
    form = StartCorrection(
        request.POST or None,
        initial={
            "starts_at": brief.starts_at,
            "reception_kind": brief.reception_kind,
            "version": brief.version,
        },
    )
    return _page(
        request,
        form,
        lambda command: services.correct_episode(
            command, episode_id=episode_id, **form.cleaned_data
        ),
        title=gettext("When and how custody began"),
        lead="",
        back=str(identity.url),
        person_id=person_id,
    )


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def never_held(request: Any, episode_id: int) -> HttpResponse:
    """Nobody was held by this entry: it counts on no roll of any day."""
    person_id, _where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    brief = selectors.episode_brief(request.actor, episode_id)
    if brief is None:
        raise NotFound("episode", episode_id)
    form = NeverHeld(request.POST or None, initial={"version": brief.version})
    signs = selectors.signs_of_custody(request.actor, episode_id)
    return _page(
        request,
        form,
        lambda command: services.record_never_held(
            command, episode_id=episode_id, **form.cleaned_data
        ),
        title=gettext("Entered in error: was never held"),
        lead=gettext(
            "Only where this person was not here by this entry. Whoever was here and left was"
            " held: that is a discharge."
        ),
        doubts=[Doubt(sign, "id_reason") for sign in signs],
        back=str(identity.url),
        person_id=person_id,
    )


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def wrong_person(request: Any, receipt_id: int) -> HttpResponse:
    """Another person than the one on the line was received."""
    line = selectors.receipt(request.actor, receipt_id)
    form = WrongPerson(request.POST or None)
    right: list[int] = []
    doubts: list[Doubt] = []
    if request.method == "POST" and form.is_valid() and form.cleaned_data["who"] == "known":
        try:
            right = [people.resolve_number(request.actor, form.cleaned_data["number"])]
        except NotFound:
            form.add_error("number", gettext("No prisoner has this number."))
        else:
            held = selectors.whereabouts(request.actor, right).get(right[0])
            head = people.person_headers(request.actor, right)[right[0]]
            if held is not None and held.inside:
                doubts.append(Doubt(inside(head, held), "id_number"))

    def give(command: Command) -> str:
        given = services.give_receipt_to_another(
            command,
            receipt_id=receipt_id,
            person_id=right[0] if right else None,
            sex=form.cleaned_data["sex"],
            reason=form.cleaned_data["reason"],
        )
        messages.warning(
            request,
            gettext(
                "Papers and property recorded under %(number)s stay there: see whether they are"
                " this person's, and record them here."
            )
            % {"number": line.number},
        )
        return reverse("prisoner", args=[given.number])

    return _page(
        request,
        form,
        give,
        title=gettext("It was somebody else"),
        lead=gettext(
            "The reception goes to the right person, with the place. What began with it for this"
            " person is recorded as never held."
        ),
        back=reverse("custody:van", args=[line.van_id]),
        person_id=line.person_id,
        doubts=doubts,
    )


def _page(
    request: Any,
    form: forms.Form,
    carry_out: Callable[[Command], object],
    *,
    title: str,
    lead: str,
    back: str,
    person_id: int | None = None,
    doubts: list[Doubt] | None = None,
) -> HttpResponse:
    """The form; once it is right and nothing is left to ask, what it says is carried out."""
    asked, status = None, 200
    reasons: tuple[Reason, ...] = ()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            hours = [name for name in ("received_at", "starts_at") if name in form.fields]
            late = [doubt for name in hours for doubt in long_ago_in(form, name)]
            asked = question(request, [*(doubts or []), *late])
        if form.is_valid() and asked is None:
            try:
                answer = carry_out(command_from(request))
            except InvalidInput as problem:
                add_reasons(form, problem)
            except Refused as refusal:
                reasons, status = refusal.reasons(), 409
            else:
                messages.success(request, gettext("Corrected."))
                return HttpResponseRedirect(answer if isinstance(answer, str) else back)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "back": back,
        "question": asked,
        "reasons": reasons,
        "identity": None if person_id is None else identity_of(request.actor, person_id),
    }
    return render(request, "custody/step.html", context, status=status)
