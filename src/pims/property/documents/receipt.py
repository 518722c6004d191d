"""The property receipt: what was taken in or given back, and who signed for it."""

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.property import selectors
from pims.property.documents.lines import item_rows
from pims.property.selectors import ReceiptInfo
from pims.ui.dates import instant_text
from pims.ui.printing import Paper, require_printing_of

TEMPLATE = Path(__file__).with_name("receipt.typ")


def property_receipt(viewer: Actor, receipt_id: int) -> Paper:
    """One receipt, in or out. Raises NotFound, NotPermitted."""
    found = selectors.receipt(viewer, receipt_id)
    person_id = people.canonical_id(found.person_id)
    require_printing_of(viewer, person_id)
    header = people.person_headers(viewer, [person_id]).get(person_id)
    if header is None:
        raise NotFound("person")
    taken_in = found.kind == "in"
    title = _("Property receipt: taken in") if taken_in else _("Property receipt: given back")
    facts: list[list[object]] = [
        [_("Receipt"), found.receipt_id],
        [_("Number"), header.number],
        [_("Prisoner"), header.display_name or _("Name not known")],
        [_("Taken in") if taken_in else _("Given back"), instant_text(found.issued_at)],
    ]
    if found.given_to:
        facts.append([_("Given to"), found.given_to])
    return Paper(
        code="property_receipt",
        template=TEMPLATE,
        title=title,
        file_name=f"{header.number}-property-{found.kind}-{found.receipt_id}",
        data={
            "title": title,
            "facts": facts,
            "head": [_("Quantity"), _("Item"), _("Condition"), _("Amount")],
            "rows": item_rows(found.items),
            "empty": _("Nothing was taken in.") if taken_in else _("Nothing was given back."),
            "count": ngettext(
                "%(count)s line. Nothing was added below it.",
                "%(count)s lines. Nothing was added below the last of them.",
                len(found.items),
            )
            % {"count": len(found.items)},
            "statement": _statement(found, taken_in=taken_in),
            "refused": _refusal(found),
            "signers": _signers(found),
        },
        person_ids=[found.person_id, person_id],
        subject=f"{header.number} {header.display_name}".strip(),
    )


def _statement(found: ReceiptInfo, *, taken_in: bool) -> str:
    if taken_in:
        return _("This list is complete. The things on it are kept for the prisoner.")
    if found.given_to:
        return _("The things on this list were handed over to the person named above.")
    return _("I was given back the things on this list.")


def _refusal(found: ReceiptInfo) -> str:
    if not found.refused_to_sign:
        return ""
    witness = found.witness or _("nobody named")
    return _("The prisoner refused to sign. Witness: %(witness)s") % {"witness": witness}


def _signers(found: ReceiptInfo) -> list[str]:
    if found.refused_to_sign:
        return [_("Witness"), _("Officer")]
    if found.given_to:
        return [_("Who received the things"), _("Officer")]
    return [_("Prisoner"), _("Officer")]
