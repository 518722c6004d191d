"""The transfer of a prisoner to another establishment, as it is asked for and told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.words import kind_label
from pims.custody import services
from pims.custody.reading import READER, establishment_names
from pims.custody.selectors.standing import owner_of
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command, was_carried_out
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.property import selectors as property_room
from pims.ui.commands import command_from
from pims.ui.fields import InstantField

TRANSFER = "transfer"
VIEW = "custody.view"


class TransferForm(forms.Form):
    """Where to, when, by whom and with which papers. The papers stand on the record as text."""

    to_establishment_id = forms.TypedChoiceField(label=_("To which establishment"), coerce=int)
    happened_at = InstantField(label=_("When they were handed over"))
    by_whom = forms.CharField(
        label=_("Taken over by"),
        required=False,
        max_length=200,
        help_text=_("The officer who took charge of the person: rank, number and name."),
    )
    warrants = forms.MultipleChoiceField(
        label=_("Warrants handed over"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Tick the papers that went along. On the record every warrant goes with the person, "
            "wherever the paper lies."
        ),
    )
    papers = forms.CharField(
        label=_("Other papers handed over, and what stays here"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
    )

    def __init__(
        self,
        posted: QueryDict | None,
        *,
        places: dict[int, str],
        papers: Sequence[str],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(posted, initial=initial)
        choices: list[tuple[object, str]] = list(places.items())
        self.fields["to_establishment_id"].choices = (  # type: ignore[attr-defined]
            choices if len(choices) == 1 else [("", "—"), *choices]
        )
        if papers:
            self.fields["warrants"].choices = [(p, p) for p in papers]  # type: ignore[attr-defined]
        else:
            del self.fields["warrants"]


def elsewhere(establishment_id: int) -> dict[int, str]:
    """The other establishments, by name."""
    return {pk: name for pk, name in establishment_names().items() if pk != establishment_id}


def transfer_form(
    viewer: Actor, episode_id: int, posted: QueryDict | None, initial: dict[str, Any]
) -> TransferForm:
    """Raises NotFound where there is no other establishment."""
    person_id, here = owner_of(episode_id)
    places = elsewhere(here)
    if not places:
        raise NotFound("occurrence", TRANSFER)
    papers = _papers(person_id, here) if viewer.can("authority.view") else []
    return TransferForm(posted, places=places, papers=papers, initial=initial)


def record_transfer(
    command: Command,
    *,
    episode_id: int,
    to_establishment_id: int,
    happened_at: datetime,
    by_whom: str,
    papers: str,
    warrants: Sequence[str] = (),
) -> services.TransferResult:
    return services.record_transfer(
        command,
        episode_id=episode_id,
        to_establishment_id=to_establishment_id,
        happened_at=happened_at,
        by_whom=by_whom,
        papers="\n".join([*warrants, *([papers] if papers.strip() else [])]),
    )


def what_goes_along(person_id: int) -> list[str | Promise]:
    """What the officer is told before it is recorded."""
    told: list[str | Promise] = [
        _(
            "Warrants, flags, keep-aparts, alarms and a discharge check that is open go with the "
            "record. Admission and cell place begin anew there."
        )
    ]
    items = len(property_room.held_items([person_id]).get(person_id, []))
    if items:
        told.append(
            ngettext(
                "%(n)s item of property is in the store here: hand it over too.",
                "%(n)s items of property are in the store here: hand them over too.",
                items,
            )
            % {"n": items}
        )
    return told


def after_transfer(request: Any, person_id: int, to_establishment_id: int) -> HttpResponseRedirect:
    """Say where the person is now, and lead to a page that the officer may still see.

    Whoever holds no grant there sees the record no longer, and is told who can take it back.
    """
    seen = people.person_headers(request.actor, [person_id]).get(person_id)
    head = seen or people.person_headers(READER, [person_id])[person_id]
    said = {
        "who": f"{head.number} {head.display_name}".strip(),
        "place": establishment_names()[to_establishment_id],
    }
    text = gettext("Transferred: %(who)s is on the books of %(place)s now.") % said
    if seen is None:
        text += " " + gettext(
            "You see the record no longer. If it was an error, the officer in charge of "
            "%(place)s takes it back."
        ) % {"place": said["place"]}
    messages.success(request, text)
    if seen is None:
        return HttpResponseRedirect(reverse("home"))
    return HttpResponseRedirect(reverse("prisoner", args=[head.number]))


def sent_again(request: Any, episode_id: int, person_id: int) -> HttpResponseRedirect | None:
    """The answer to a transfer sent twice, the first of which took the record out of reach.

    None where this form was not carried out before; the service holds a repeat against what was
    sent the first time.
    """
    if request.method != "POST" or not was_carried_out(command_from(request)):
        return None
    form = transfer_form(request.actor, episode_id, request.POST, {})
    if not form.is_valid():
        return None
    record_transfer(command_from(request), episode_id=episode_id, **form.cleaned_data)
    return after_transfer(request, person_id, form.cleaned_data["to_establishment_id"])


def _papers(person_id: int, establishment_id: int) -> list[str]:
    """Each warrant that has not ended, in the words of its list."""
    zone = facilities.time_zone(establishment_id)
    found = authority.warrants_of([person_id], zone=zone).get(person_id, [])
    return list(
        dict.fromkeys(
            " · ".join(filter(None, (str(kind_label(b.kind)), b.body_name, b.reference)))
            for b in found
            if b.ends_at is None
        )
    )
