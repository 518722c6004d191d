"""Whether the file of a print, a face or a station came whole, in words about prints."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language

from pims.foundation.vault.uploads import LARGEST, refused_upload
from pims.kernel.decisions import Reason
from pims.ui import wording


def prints_arrived(form: forms.BaseForm, request: HttpRequest) -> bool:
    """Whether the form is valid and its files came; one that was too large says so."""
    valid = form.is_valid()
    for name in form.fields:
        if refused_upload(request, name if not form.prefix else f"{form.prefix}-{name}") is None:
            continue
        # That it is missing is no news: it was left behind.
        form.errors.pop(name, None)
        reason = Reason("biometrics.file_too_large", {"most": LARGEST // 2**20})
        form.add_error(name, wording.render(reason, get_language() or "en"))
        valid = False
    return valid
