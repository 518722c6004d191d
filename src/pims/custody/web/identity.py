"""The identity bar: who this is, where, on what authority, and what must be known of them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.words import status_label
from pims.custody.selectors.briefs import EpisodeBrief
from pims.custody.selectors.ends import EndLine, last_end
from pims.custody.selectors.standing import Standing, standing, stood
from pims.custody.web import words
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.selectors import PersonHeader
from pims.safety import selectors as safety
from pims.ui.dates import day_text, instant_text
from pims.ui.shapes import Fact, Flag, Identity, Text, Tone

LastEnd = tuple[EpisodeBrief, EndLine | None]


def identity_of(
    viewer: Actor,
    person_id: int,
    *,
    header: PersonHeader | None = None,
    as_of: AsOf | None = None,
) -> Identity:
    """The identity bar of one prisoner, as of now where no other moment is asked for.

    `header` is the person's at that moment, where the page has read it for this viewer already.
    The page that shows it is a reading of the person. Raises NotFound out of the viewer's reach.
    """
    if header is None:
        header = people.person_headers(viewer, [person_id], as_of).get(person_id)
    if header is None:
        raise NotFound("person")
    shows([person_id])
    rows = standing(person_ids=[person_id]) if as_of is None else stood([person_id], as_of)
    row = rows[0] if rows else None
    ended = last_end(person_id, as_of) if row is None else None
    status, tone = _status(row, as_of or AsOf(clock.now()), ended)
    flags = safety.flags(viewer, [person_id], as_of=as_of).get(person_id, [])
    return Identity(
        number=header.number,
        name=header.display_name or _("Name not known"),
        status=status,
        status_tone=tone,
        place=_place(row) if ended is None else _since(ended),
        place_label=_("Place") if ended is None else _("Since"),
        away=_away(row),
        url=reverse("prisoner", args=[header.number]),
        photo_url=""
        if header.photo_blob_id is None
        else reverse("people:photograph", args=[header.photo_blob_id]),
        flags=[
            *([Flag(_("Juvenile"), "dark")] if header.is_juvenile else []),
            *(
                Flag(words.FLAGS[flag.kind], words.FLAG_TONES.get(flag.kind, "warn"))
                for flag in flags
            ),
        ],
        facts=_facts(header),
    )


def _status(row: Standing | None, as_of: AsOf, ended: LastEnd | None) -> tuple[Text, Tone]:
    """What the person counts as; of whoever is not in custody, how it ended."""
    if row is None:
        kind = "" if ended is None else ended[0].end_kind
        tone: Tone = "dark" if kind == "died" else "quiet"
        return words.END_KINDS.get(kind, _("Not in custody")), tone
    zone = facilities.time_zone(row.establishment_id)
    found = authority.legal_status([row.person_id], zone=zone, as_of=as_of)
    code = found[row.person_id].code
    return status_label(code), "alarm" if code == "none" else "info"


def _since(ended: LastEnd) -> Text:
    at = ended[0].ends_at
    return "—" if at is None else instant_text(at)


def _place(row: Standing | None) -> Text:
    if row is None:
        return "—"
    if row.at_large_since is not None:
        return words.OUT_KINDS["at_large"]
    if row.escort_not_returned_at is not None:
        because = words.NOT_RETURNED.get(row.escort_not_returned_because, "")
        return _("Not returned: %(why)s") % {"why": because} if because else _("Not returned")
    if row.escort_id is not None:
        return words.OUT_KINDS[row.escort_kind]
    if row.place_id is None:
        return _("Reception")
    return facilities.place_info([row.place_id], at=clock.now())[row.place_id].label


def _away(row: Standing | None) -> str:
    if row is None:
        return ""
    if row.at_large_since is not None:
        return "at_large"
    return "" if row.escort_id is None else "escort"


def _facts(header: PersonHeader) -> list[Fact]:
    return [
        Fact(_("Born"), _born(header)),
        Fact(_("Age"), "—" if header.age is None else header.age),
        Fact(_("Sex"), words.SEXES[header.sex]),
    ]


def _born(header: PersonHeader) -> Text:
    """The birth as surely as it is known: never a day that nobody gave."""
    if header.birth_date is None:
        return "—"
    if header.birth_precision == "day":
        return day_text(header.birth_date)
    year = str(header.birth_date.year)
    if header.birth_precision == "month":
        return f"{header.birth_date.month}/{year}"
    return year if header.birth_precision == "year" else _("about %(year)s") % {"year": year}
