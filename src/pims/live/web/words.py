"""What the groups of the board are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AGES: dict[str, Promise | str] = {
    "juvenile": _("Juveniles"),
    "18-24": "18–24",
    "25-34": "25–34",
    "35-49": "35–49",
    "50+": _("50 and over"),
    "unknown": _("Not known"),
}
