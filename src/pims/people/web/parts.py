"""One page a part of the person: a form, and what it writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Stale
from pims.people import selectors, services
from pims.people.selectors import PersonDetail
from pims.people.services import NameInput
from pims.people.web import forms, words
from pims.ui.asking import asked_of
from pims.ui.commands import command_from, then
from pims.ui.doubts import Doubt, question
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.newer import show_newer
from pims.ui.pages import page

EDIT = "people.edit"
BOTH = ("GET", "HEAD", "POST")
Given = dict[str, Any]
Starts = Callable[[PersonDetail], Given]


@dataclass(frozen=True, slots=True)
class Part:
    """`writes` carries out what was typed; `starts` gives what the form begins with."""

    title: str | Promise
    form: type[forms.PartForm]
    writes: Callable[[Command, int, Given, Any], object]
    starts: Starts = lambda detail: {}
    files: bool = False
    permission: str = ""
    lead: str | Promise = ""
    template: str = "people/part.html"


def _simple(service: Callable[..., object]) -> Callable[[Command, int, Given, Any], object]:
    return lambda command, person_id, given, _form: service(command, person_id=person_id, **given)


def _name(command: Command, person_id: int, given: Given, _form: Any) -> object:
    name = NameInput(given["given"], given["family"], given["kind"])
    return services.add_name(
        command,
        person_id=person_id,
        name=name,
        make_primary=given["make_primary"],
        version=given["version"],
    )


def _identity(command: Command, person_id: int, given: Given, _form: Any) -> object:
    if given["birth_precision"] == "unknown":
        given = given | {"birth_date": None}
    return services.amend_person(command, person_id=person_id, **given)


def _nationalities(command: Command, person_id: int, given: Given, _form: Any) -> object:
    countries = [code for code in (given["first"], given["second"]) if code]
    return services.set_nationalities(
        command, person_id=person_id, countries=countries, version=given["version"]
    )


def _languages(command: Command, person_id: int, given: Given, form: Any) -> object:
    return services.set_languages(
        command, person_id=person_id, languages=form.languages(), version=given["version"]
    )


def _photograph(command: Command, person_id: int, given: Given, _form: Any) -> object:
    picture = given["photograph"]
    return services.add_photograph(
        command,
        person_id=person_id,
        kind=given["kind"],
        data=picture.read(),
        taken_at=given["taken_at"],
        version=given["version"],
    )


def _mark(command: Command, person_id: int, given: Given, _form: Any) -> object:
    picture = given.pop("photograph")
    made = services.add_mark(command, person_id=person_id, **given)
    if picture:
        services.add_photograph(
            then(command, "photograph"),
            person_id=person_id,
            kind="mark",
            data=picture.read(),
            mark_id=made.part_id,
        )
    return made


def _starts_identity(detail: PersonDetail) -> Given:
    header = detail.header
    return {
        "sex": header.sex,
        "gender": header.gender,
        "birth_date": header.birth_date,
        "birth_precision": header.birth_precision,
        "birth_place": detail.birth_place,
        "age_disputed": header.age_disputed,
    }


def _starts_nationalities(detail: PersonDetail) -> Given:
    first, second, *_rest = (*detail.nationalities, "", "")
    return {"first": first or "BZ", "second": second}


def _starts_languages(detail: PersonDetail) -> Given:
    found: Given = {}
    for spoken in detail.languages:
        found[f"speaks_{spoken.code}"] = True
        found[f"reads_{spoken.code}"] = {True: "yes", False: "no", None: ""}[spoken.reads]
        found[f"interpreter_{spoken.code}"] = spoken.needs_interpreter
    return found


def _starts_consular(detail: PersonDetail) -> Given:
    if detail.consular:
        last = detail.consular[-1]
        return {
            "country": last.country,
            "told_at": last.told_at,
            "answer": last.answer,
            "asked_in_writing": last.asked_in_writing,
            "consulate_told_at": last.consulate_told_at,
            "note": last.note,
        }
    foreign = [code for code in detail.nationalities if code != "BZ"]
    return {"country": foreign[0] if foreign else "GT", "answer": "not_answered"}


def _starts_lawyer(detail: PersonDetail) -> Given:
    known = detail.contacts_of("lawyer")
    last = {"answer": "has", "name": known[-1].name, "phone": known[-1].phone} if known else {}
    return {"asked_at": clock.now(), **last}


def _starts_description(detail: PersonDetail) -> Given:
    last = detail.description
    if last is None:
        return {}
    fields = ("height_cm", "weight_kg", "build", "complexion", "hair", "eyes", "facial_hair",
              "handedness", "other")  # fmt: skip
    return {field: getattr(last, field) for field in fields}


PARTS: Mapping[str, Part] = {
    "identity": Part(_("Sex, gender and birth"), forms.IdentityForm, _identity, _starts_identity),
    "age": Part(
        _("Decide a disputed age"),
        forms.AgeForm,
        _simple(services.decide_age),
        lambda detail: {"decision": detail.age_decision},
        lead=_("Until decided, whoever disputes the age is treated as a juvenile."),
    ),
    "name": Part(_("Add a name"), forms.NameForm, _name),
    "identifier": Part(_("Add a document"), forms.IdentifierForm, _simple(services.add_identifier)),
    "nationalities": Part(
        _("Nationality"), forms.NationalitiesForm, _nationalities, _starts_nationalities
    ),
    "languages": Part(
        _("Languages"),
        forms.LanguagesForm,
        _languages,
        _starts_languages,
        template="people/languages.html",
    ),
    "address": Part(_("Add an address"), forms.AddressForm, _simple(services.add_address)),
    "description": Part(
        _("Description"),
        forms.DescriptionForm,
        _simple(services.set_description),
        _starts_description,
        lead=_("As seen today, unless a day is given. Earlier descriptions are kept."),
    ),
    "mark": Part(_("Add a mark, scar or tattoo"), forms.MarkForm, _mark, files=True),
    "contact": Part(_("Add a contact"), forms.ContactForm, _simple(services.add_contact)),
    "lawyer": Part(
        _("Lawyer in the present matter"),
        forms.LawyerForm,
        _simple(services.record_lawyer),
        _starts_lawyer,
        lead=_(
            "One who acted in an earlier, closed matter is asked about again. Whoever declines a"
            " lawyer is offered one again after a time."
        ),
    ),
    "consular": Part(
        _("The consulate"),
        forms.ConsularForm,
        _simple(services.record_consular_notice),
        _starts_consular,
        lead=_(
            "Every foreign national is told without delay of the right to have the consulate"
            " told. For somebody who seeks asylum only on a request in writing."
        ),
    ),
    "child": Part(
        _("Add a child"),
        forms.ChildForm,
        _simple(services.add_child),
        permission="people.view_confidential",
        lead=_("Shown only to those who may see confidences."),
    ),
    "infant": Part(
        _("A baby inside with its mother"),
        forms.InfantForm,
        _simple(services.record_infant),
        lambda detail: {"entered_at": clock.now()},
        lead=_("Counted in case of fire, never as a prisoner."),
    ),
    "photograph": Part(
        _("Add a photograph"),
        forms.PhotographForm,
        _photograph,
        files=True,
        lead=_("By camera or from a file. The newest front view heads the file."),
    ),
}


@page(permission=EDIT, methods=BOTH)
def edit(request: Any, person_id: int, part: str) -> HttpResponse:
    """One part of the person: its form, and its saving."""
    chosen = PARTS.get(part)
    if chosen is None:
        raise NotFound("part", part)
    if chosen.permission and not request.actor.can(chosen.permission):
        raise NotPermitted(chosen.permission)
    detail = selectors.person_detail(request.actor, person_id)
    return _form_page(
        request,
        detail,
        chosen,
        lambda command, given, form: chosen.writes(command, person_id, given, form),
        lambda given: asked_of(f"people.{part}", request.actor, person_id, given),
    )


@page(permission=EDIT, methods=BOTH)
def infant_left(request: Any, person_id: int, infant_id: int) -> HttpResponse:
    """A baby leaves, and with whom."""
    detail = selectors.person_detail(request.actor, person_id)
    if infant_id not in {infant.infant_id for infant in detail.infants}:
        raise NotFound("infant", infant_id)
    part = Part(
        _("The baby leaves"),
        forms.InfantLeftForm,
        lambda *_unused: None,
        lambda _detail: {"left_at": clock.now()},
    )
    return _form_page(
        request,
        detail,
        part,
        lambda command, given, _form: services.record_infant_left(
            command, infant_id=infant_id, **given
        ),
    )


@page(permission=EDIT, methods=BOTH)
def withdraw(request: Any, person_id: int, part: str, part_id: int) -> HttpResponse:
    """Take back a part that was wrong: it stays in the history."""
    detail = selectors.person_detail(request.actor, person_id)
    if part_id not in _part_ids(detail, part):
        raise NotFound(part if part in words.PART else "part")
    page_part = Part(
        _("Take back"), forms.WithdrawForm, lambda *_unused: None,
        lead=_("It stays in the history, with your reason."),
    )  # fmt: skip

    def carry_out(command: Command, given: Given, _form: Any) -> None:
        if part == "name":
            services.withdraw_name(command, name_id=part_id, **given)
        else:
            services.withdraw_part(command, part=part, part_id=part_id, **given)

    return _form_page(request, detail, page_part, carry_out)


def _part_ids(detail: PersonDetail, part: str) -> set[int]:
    """The ids of the person's own parts of that kind, none for a kind that there is not."""
    return {
        "name": {n.name_id for n in detail.names if n.person_id == detail.header.person_id},
        "identifier": {line.identifier_id for line in detail.identifiers},
        "address": {line.address_id for line in detail.addresses},
        "contact": {line.contact_id for line in detail.contacts},
        "child": {line.child_id for line in detail.children or ()},
        "mark": {line.mark_id for line in detail.marks},
        "photograph": {line.photograph_id for line in detail.photographs},
        "consular_notice": {line.consular_notice_id for line in detail.consular},
        "description": {line.description_id for line in detail.descriptions},
        "infant": {line.infant_id for line in detail.infants},
    }.get(part, set())


def _form_page(
    request: Any,
    detail: PersonDetail,
    part: Part,
    carry_out: Callable[[Command, Given, Any], object],
    doubts: Callable[[Given], list[Doubt]] = lambda given: [],
) -> HttpResponse:
    """The form; once it is right and nothing is left to ask, what it says is carried out."""
    header = detail.header
    append_read(
        actor_id=request.actor.user_id,
        page="people.edit",
        person_ids=[header.person_id],
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    back = reverse("prisoner_who", args=[header.number])
    status, asked = 200, None
    if request.method == "POST":
        form = part.form(request.POST, request.FILES)
        arrived = uploads_arrived(form, request) if part.files else form.is_valid()
        if arrived:
            asked = question(request, doubts(dict(form.cleaned_data)))
        if arrived and asked is None:
            try:
                carry_out(command_from(request), dict(form.cleaned_data), form)
            except InvalidInput as problem:
                add_reasons(form, problem)
            except Stale:
                status = 409
                form.add_error(
                    None,
                    gettext(
                        "Somebody else changed this person after you opened the form. Compare,"
                        " then save again."
                    ),
                )
                typed = request.POST.copy()
                typed["version"] = header.version
                form.data = typed
                show_newer(form, part.form(initial=part.starts(detail)))
            else:
                messages.success(request, gettext("Saved."))
                return HttpResponseRedirect(back)
        status = 422 if (form.errors or asked) and status == 200 else status
    else:
        form = part.form(initial={"version": header.version, **part.starts(detail)})
    context = {
        "form": form,
        "question": asked,
        "detail": detail,
        "identity": identity_of(request.actor, header.person_id),
        "title": part.title,
        "lead": part.lead,
        "back": back,
        "files": part.files,
        "camera": "photograph" in form.fields,
    }
    return render(request, part.template, context, status=status)
