"""The roles and their permissions, to read: what each role may do."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pims.foundation.access.permissions import PERMISSIONS
from pims.foundation.access.selectors import roles_in_order
from pims.ui.pages import page


@page(permission="access.view")
def matrix(request: Any) -> HttpResponse:
    language = get_language() or "en"
    roles = roles_in_order()
    groups = [
        (
            room,
            [
                (
                    p.code,
                    p.text(language),
                    [(role.name(language), p.code in role.permissions) for role in roles],
                )
                for p in found
            ],
        )
        for room, found in groupby(PERMISSIONS.values(), key=lambda p: p.code.split(".")[0])
    ]
    context = {
        "roles": [(role.name(language), role.strong) for role in roles],
        "groups": groups,
    }
    return render(request, "administration/roles.html", context)
