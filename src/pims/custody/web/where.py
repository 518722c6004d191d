"""Where somebody is, in the reader's words."""

from django.utils.translation import gettext

from pims.custody.selectors import Whereabouts
from pims.custody.web.words import END_KINDS, OUT_KINDS
from pims.ui.dates import instant_text


def where_text(found: Whereabouts | None) -> str:
    """Cell place, reception or where out; else that custody ended, when and how."""
    if found is None:
        return gettext("Never in custody")
    if not found.held:
        text = gettext("Not in custody since %(day)s") % {"day": instant_text(found.since, "date")}
        how = END_KINDS.get(found.end_kind)
        return f"{text} ({how})" if how else text
    if found.out_kind:
        return str(OUT_KINDS.get(found.out_kind, found.out_kind))
    return found.place or gettext("Reception")
