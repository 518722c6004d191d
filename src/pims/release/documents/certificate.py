"""The discharge certificate: what a prisoner takes along as proof of being free."""

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pims.authority.selectors import ReleaseOrderInfo
from pims.custody import selectors as custody
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.access.selectors import user_names
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.web.words import country_choices
from pims.property import selectors as property_room
from pims.property.documents.lines import item_rows
from pims.release import selectors
from pims.release.documents.ground import ground_text, order_of, order_text
from pims.release.selectors import DischargeInfo
from pims.release.selectors.signatures import officers_of
from pims.release.web.words import SECOND_HOW
from pims.ui.dates import instant_text
from pims.ui.printing import Paper, require_printing_of, smaller

TEMPLATE = Path(__file__).with_name("certificate.typ")


def discharge_certificate(viewer: Actor, discharge_id: int) -> Paper:
    """The certificate of one discharge. Raises NotFound, NotPermitted, Refused (taken back)."""
    found = selectors.discharge(viewer, discharge_id)
    if not found.stands:
        refuse(Reason("release.discharge_taken_back")).require()
    person_id = people.canonical_id(found.person_id)
    require_printing_of(viewer, person_id)
    header = people.person_headers(viewer, [person_id]).get(person_id)
    if header is None:
        raise NotFound("person")
    order = order_of(found)
    where = _place(viewer, found.establishment_id)
    pictures = {}
    if header.photo_blob_id is not None:
        pictures["front"] = smaller(people.photograph_file(viewer, header.photo_blob_id).content)
    name = header.display_name or _("Name not known")
    title = _("Discharge certificate")
    return Paper(
        code="discharge_certificate",
        template=TEMPLATE,
        title=title,
        file_name=f"{header.number}-discharge-{found.discharge_id}",
        data={
            "title": title,
            "statement": _("%(name)s, number %(number)s, was discharged from %(place)s on:")
            % {
                "name": name,
                "number": header.number,
                "place": "—" if where is None else where.name,
            },
            "at": instant_text(found.at),
            "facts": _facts(found, order),
            "photograph": _("Photograph"),
            "no_photograph": _("No photograph"),
            "property": _property_given(viewer, found.person_id, found.episode_id, found.at),
            "notices": _notices(found),
            "wrong_title": _("If something is wrong"),
            "wrong": _wrong(where),
            "signers": [_("First officer"), _("Second officer"), _("Discharged person")],
        },
        person_ids=[found.person_id, person_id],
        subject=f"{header.number} {header.display_name}".strip(),
        pictures=pictures,
    )


# The ends that a person is given proof of; of a death the coroner gives it.
CERTIFIED = ("removed", "discharged_at_court")


def end_certificate(viewer: Actor, end_id: int) -> Paper:
    """The certificate of an end that did not come through this gate. Raises NotFound."""
    line = custody.end_of(viewer, end_id)
    end = line.end
    person_id = people.canonical_id(line.person_id)
    require_printing_of(viewer, person_id)
    header = people.person_headers(viewer, [person_id]).get(person_id)
    if header is None or end.kind not in CERTIFIED:
        raise NotFound("end_of_custody", end_id)
    where = _place(viewer, line.establishment_id)
    pictures = {}
    if header.photo_blob_id is not None:
        pictures["front"] = smaller(people.photograph_file(viewer, header.photo_blob_id).content)
    at_court = end.kind == "discharged_at_court"
    said = (
        _("%(name)s, number %(number)s, held at %(place)s, was discharged at court on:")
        if at_court
        else _("%(name)s, number %(number)s, held at %(place)s, was removed from the country on:")
    )
    names = user_names(
        {i for i in (line.recorded_by_id, line.countersigned_by_id) if i is not None}
    )
    title = _("Certificate of the end of custody")
    country = dict(country_choices()).get(end.country, "")
    return Paper(
        code="end_certificate",
        template=TEMPLATE,
        title=title,
        file_name=f"{header.number}-end-{end.end_id}",
        data={
            "title": title,
            "statement": said
            % {
                "name": header.display_name or _("Name not known"),
                "number": header.number,
                "place": "—" if where is None else where.name,
            },
            "at": instant_text(end.at),
            "facts": [
                [_("Order seen"), end.order_seen or _("None")],
                [_("By whom"), end.by_whom],
                *([] if at_court else [[_("To which country"), str(country)]]),
                [_("Handed to"), end.receiving_authority],
                [_("Where to"), end.destination],
                [_("Recorded by"), names.get(line.recorded_by_id, "")],
                [_("Second officer"), names.get(line.countersigned_by_id or 0, "")],
            ],
            "photograph": _("Photograph"),
            "no_photograph": _("No photograph"),
            "property": _property_given(viewer, line.person_id, line.episode_id, end.at),
            "notices": [_("The second officer has not yet signed this in the record.")]
            if line.unsigned
            else [],
            "wrong_title": _("If something is wrong"),
            "wrong": _wrong(where),
            "signers": [_("First officer"), _("Second officer"), _("Discharged person")],
        },
        person_ids=[line.person_id, person_id],
        subject=f"{header.number} {header.display_name}".strip(),
        pictures=pictures,
    )


def _place(viewer: Actor, establishment_id: int) -> facilities.EstablishmentInfo | None:
    known = facilities.establishments(viewer)
    return next((e for e in known if e.establishment_id == establishment_id), None)


def _facts(found: DischargeInfo, order: ReleaseOrderInfo | None) -> list[list[object]]:
    officers = officers_of([found])[found.discharge_id]
    how = str(SECOND_HOW[found.second_how])
    facts: list[list[object]] = [
        [_("Ground"), ground_text(found, order)],
        [_("Order"), order_text(order, found.order_seen)],
        [_("First officer"), officers.first],
        [_("Second officer"), f"{officers.second} ({how})" if officers.second else how],
        [_("Where to"), found.destination],
    ]
    if found.entered_from_paper:
        facts.insert(4, [_("Typed in from the paper by"), officers.typed_by])
    if order is not None and order.conditions:
        facts.append([_("Conditions of the order"), order.conditions])
    return facts


def _property_given(
    viewer: Actor, person_id: int, episode_id: int, at: datetime
) -> dict[str, object]:
    """What was given back from the store since this custody began, and what is still there."""
    given: dict[str, object] = {
        "title": _("Property given back"),
        "head": [_("Quantity"), _("Item"), _("Condition"), _("Amount")],
        "rows": [],
        "empty": _("Nothing was given back."),
        "waiting": "",
    }
    if not (viewer.system or visible_ids(viewer, "property.view", [person_id])):
        return given | {"empty": _("See the property receipt.")}
    brief = custody.episode_brief(viewer, episode_id)
    # What came in with a later custody is none of this discharge's.
    items = [
        item for item in property_room.property_of(viewer, person_id)
        if item.taken_in_at <= at
    ]  # fmt: skip
    back = [
        item for item in items
        if item.given_back_at is not None
        and (brief is None or item.given_back_at >= brief.starts_at)
    ]  # fmt: skip
    waiting = sum(1 for item in items if item.held)
    if waiting:
        given["waiting"] = ngettext(
            "Still in the store: %(count)s thing. It is handed over against a receipt.",
            "Still in the store: %(count)s things. They are handed over against a receipt.",
            waiting,
        ) % {"count": waiting}
    return given | {"rows": item_rows(back)}


def _notices(found: DischargeInfo) -> list[str]:
    notices = []
    if found.error_id is not None:
        notices.append(_("This discharge was recorded as an error."))
    if not found.signed:
        notices.append(_("The second officer has not yet signed this discharge in the record."))
    return notices


def _wrong(where: facilities.EstablishmentInfo | None) -> str:
    place = "—" if where is None else where.name
    telephone = "" if where is None else where.telephone
    return " ".join(
        [
            _(
                "If a name, a day or an item on this paper is wrong, or something of yours is "
                "missing, tell the records office of %(place)s and show this paper."
            )
            % {"place": place},
            _(
                "If anybody doubts that you were discharged, show this paper: the prison can "
                "confirm it by the number above."
            ),
            *([_("Telephone: %(telephone)s.") % {"telephone": telephone}] if telephone else []),
        ]
    )
