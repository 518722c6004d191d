"""Languages that are spoken on the landings, by ISO 639 code, and how each is named."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES: Mapping[str, str | Promise] = {
    "en": _("English"),
    "es": _("Spanish"),
    "bzj": _("Belize Kriol"),
    "kek": _("Q'eqchi'"),
    "mop": _("Mopan"),
    "yua": _("Yucatec Maya"),
    "cab": _("Garifuna"),
    "pdt": _("Plautdietsch"),
    "de": _("German"),
    "zh": _("Chinese"),
    "ar": _("Arabic"),
    "hi": _("Hindi"),
    "fr": _("French"),
    "ht": _("Haitian Creole"),
    "pt": _("Portuguese"),
    "jam": _("Jamaican Patois"),
    "sgn": _("A sign language"),
    "und": _("Another language"),
}
