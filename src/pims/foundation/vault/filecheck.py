"""Whether the files on the disk and the rows that name them agree."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pims.foundation.vault import disk
from pims.foundation.vault.models import Blob, Erasure
from pims.kernel import clock

GRACE = timedelta(hours=1)


@dataclass(slots=True)
class FilesReport:
    """`missing` and `corrupt` are the ids of files; `orphans` are names on the disk.

    An orphan was written by a change that did not come to be. It is removed once it is older than
    the grace time, within which its change may still be under way (`waiting`).
    """

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    waiting: int = 0
    removed: int = 0

    @property
    def good(self) -> bool:
        return not self.missing and not self.corrupt


def check_files(*, remove_orphans: bool = True, now: datetime | None = None) -> FilesReport:
    """Read every file and compare it with its name and with the rows. Needs no key."""
    now = now or clock.now()
    report = FilesReport()
    # The disk first: a file that is written meanwhile is then merely not looked at yet.
    on_disk = {path.name: path for path in disk.all_files()}
    named: dict[str, str] = {}
    for blob_id, address in Blob.objects.values_list("id", "address").iterator(chunk_size=2000):
        named[address] = str(blob_id)
        report.checked += 1
        try:
            if not disk.is_whole(address):
                report.corrupt.append(str(blob_id))
        except FileNotFoundError:
            report.missing.append(str(blob_id))
    # Files of an erasure that is not finished are its to unlink, and at once.
    doomed = {a for row in Erasure.objects.values_list("files_left", flat=True) for a in row}
    for name, path in sorted(on_disk.items()):
        if name in named or name in doomed:
            continue
        try:
            age = now.timestamp() - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if age < GRACE.total_seconds():
            report.waiting += 1
            continue
        report.orphans.append(name)
        if remove_orphans:
            path.unlink(missing_ok=True)
            report.removed += 1
    return report
