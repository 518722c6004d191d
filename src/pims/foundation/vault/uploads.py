"""Uploads that are too large stop here, before they fill the memory or the disk.

Put first in `FILE_UPLOAD_HANDLERS`. The file's bytes are then read past and dropped, the rest of
the form arrives, and the page says why: `refused_upload(request, "scan")`.
"""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from pims.foundation.vault.intake import LIMITS, MEGABYTE
from pims.kernel.decisions import Reason

LARGEST = max(LIMITS.values())
_NOTE = "_pims_refused_uploads"


class LimitedUploadHandler(FileUploadHandler):
    """Refuses a file above `LARGEST`, or any of a request that says it is larger than ten such."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.whole = content_length or 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.whole > 10 * LARGEST:
            self._refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > LARGEST:
            self._refuse()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _refuse(self) -> None:
        notes = self.request.__dict__.setdefault(_NOTE, {})
        notes[self.field_name] = Reason("vault.too_large", {"megabytes": LARGEST // MEGABYTE})
        raise SkipFile


def refused_upload(request: HttpRequest, field_name: str) -> Reason | None:
    """Why the file of this field did not arrive, None where nothing was refused."""
    found: dict[str, Reason] = request.__dict__.get(_NOTE, {})
    return found.get(field_name)
