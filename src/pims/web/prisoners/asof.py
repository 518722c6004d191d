"""Reading the two times off a page's address: as it was at T, as known at K."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.ui.asof import AsOfForm


@dataclass(frozen=True, slots=True)
class Looking:
    """`past` is true where the page shows another moment than now.

    `joined_into` is the number that the record leads to now, "" where it stood by itself then
    as it does now.
    """

    as_of: AsOf
    form: AsOfForm
    past: bool
    joined_into: str = ""


def looking_at(query: QueryDict) -> Looking:
    """The moment that the page shows; what cannot be read leaves the form with its error."""
    asked = any(name.startswith(("at_", "known_")) for name in query)
    form = AsOfForm(query if asked else None)
    found = form.as_of() if asked and form.is_valid() else None
    return Looking(found or AsOf(clock.now()), form, past=found is not None)


def not_known_then(looking: Looking) -> Looking:
    """The page as it is now, with why: nobody had this record at the moment that was asked for."""
    looking.form.add_error("known", _("This record was not known then"))
    return Looking(AsOf(clock.now()), looking.form, past=False)
