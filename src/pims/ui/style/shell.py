"""A shell for the style page where the site gives none: nobody is signed in there."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.ui.shapes import NavItem


def sample_shell() -> dict[str, Any]:
    here = (get_language() or "en")[:2]
    return {
        "nav": [
            NavItem(_("Home"), "/", current=True),
            NavItem(_("Reception"), "#reception", count=12),
            NavItem(_("Escorts"), "#escorts"),
            NavItem(_("Nominal roll"), "#roll"),
            NavItem(_("Board"), "#board"),
        ],
        "search_url": "/style/",
        "alarms_url": "#alarms",
        "alarm_count": 3,
        "user": {"name": "A. Castillo", "badge": "sample", "role": _("Reception officer")},
        "switch_url": "#switch",
        "establishment": "Belize Central Prison",
        "languages": [
            {"code": "en", "label": "English", "current": here == "en"},
            {"code": "es", "label": "Español", "current": here == "es"},
        ],
    }
