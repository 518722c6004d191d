"""What is handed out through the window, and to whom; runs where the tables can be read."""

import json
from datetime import timedelta
from uuid import UUID

from django.db import connection

from pims.biometrics.gallery.wire import Head
from pims.exchange.models import Asked, Disclosure, Inquiry
from pims.exchange.window import Carried, Window
from pims.foundation.access.selectors import system_actor
from pims.foundation.ledger import keys
from pims.foundation.ledger.proving import history_between, newest_checkpoint, receipt_of
from pims.foundation.vault.errors import VaultError
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people import selectors as people

PICTURE_KIND, PICTURE_FIELD = "person.photograph", "photograph.photograph"
# A picture is fetched right after its disclosure was written, and by that answer alone.
FRESH = timedelta(seconds=60)
NOTHING: Carried = ({"found": False}, [])


def open_window() -> Window:
    """Serve the window from a thread of this process, which has set Django up."""
    window = Window(_in_thread)
    window.start()
    return window


def _in_thread(head: Head) -> Carried:
    try:
        return carry_out(head)
    finally:
        # Each question has a thread, and a connection, of its own.
        connection.close()


def carry_out(head: Head) -> Carried:
    """Raises KeyError or ValueError for what is no request of ours."""
    match head["do"]:
        case "picture":
            return _picture(UUID(head["inquiry"]), UUID(head["photograph"]))
        case "checkpoint":
            return _checkpoint(head["before"])
        case "receipt":
            return _receipt(UUID(head["inquiry"]), UUID(head["about"]))
    raise ValueError("unknown")


def _picture(inquiry: UUID, photograph: UUID) -> Carried:
    """Only the picture that was asked for, of a person whose disclosure says that it was given."""
    asked = Asked.objects.filter(
        inquiry_id=inquiry,
        inquiry__kind=PICTURE_KIND,
        inquiry__outcome="ok",
        inquiry__closed_at__gt=clock.now() - FRESH,
        asked__photograph=str(photograph),
    )
    given = Disclosure.objects.filter(inquiry_id=inquiry, fields__contains=[PICTURE_FIELD])
    persons = set(given.values_list("person_id", flat=True))
    if not persons or not asked.exists():
        return NOTHING
    try:
        found = people.photograph_file(system_actor(), photograph)
    except (NotFound, VaultError):
        return NOTHING
    if not persons & set(people.persons_of(found.person_id)):
        return NOTHING
    return {"found": True, "media_type": found.media_type}, [found.content]


def _checkpoint(before: int | None) -> Carried:
    line = keys.verifier().line
    if before is None:
        newest = newest_checkpoint()
        if newest is None:
            return NOTHING
        return {"found": True, "checkpoint": newest.note(), "key": line}, []
    try:
        earlier, newest, proof = history_between(int(before))
    except NotFound:
        return NOTHING
    return {
        "found": True, "checkpoint": newest.note(), "before": earlier.note(), "key": line,
        "proof": [one.hex() for one in proof],
    }, []  # fmt: skip


def _receipt(inquiry: UUID, about: UUID) -> Carried:
    """Of the agency's own inquiries alone."""
    asking = Inquiry.objects.filter(pk=inquiry, kind="receipt", outcome="ok").first()
    meant = Inquiry.objects.filter(pk=about).first()
    if asking is None or meant is None or meant.agency_id != asking.agency_id:
        return NOTHING
    if meant.entry_id is None:
        return NOTHING
    try:
        found = receipt_of(meant.entry_id)
    except NotFound:
        return NOTHING
    return {"found": True, "receipt": json.loads(found.text()), "key": keys.verifier().line}, []
