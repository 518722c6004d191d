"""The lists of the release room beside one another."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.ui.shapes import NavItem

LISTS = (
    (_("Discharge"), "release:index"),
    (_("Preparation"), "release:preparations"),
    (_("Parole"), "release:paroles"),
    (_("Fines"), "sentences:fines"),
    (_("Wrongful days"), "release:register"),
)


def parts(request: Any, current: str) -> list[NavItem]:
    return [NavItem(label, reverse(name), current=name == current) for label, name in LISTS]
