"""What is promised about photographs and scans that are kept."""

import io
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from pims.foundation.commands.transaction import Transaction
from pims.foundation.vault import disk, files, uploads
from pims.foundation.vault.errors import Tampered
from pims.foundation.vault.filecheck import check_files
from pims.foundation.vault.models import Blob
from pims.foundation.vault.tests import samples
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound


def test_a_scan_comes_back_byte_for_byte_and_lies_encrypted_on_the_disk(
    tx: Transaction, var: Path
) -> None:
    text = samples.pdf_bytes(pages=2, title="Warrant of a marked man")
    ref = files.store_file(tx, person_id=7, kind="scan", data=text, media_type="image/gif")
    assert (ref.media_type, ref.pages, ref.size) == ("application/pdf", 2, len(text))
    stored = files.open_file(ref.blob_id)
    assert stored.text == text
    kept = [path for path in (var / "blobs").rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"marked man" not in kept[0].read_bytes()
    assert b"%PDF" not in kept[0].read_bytes()
    folder, inner, name = kept[0].parts[-3:]
    assert (folder, inner) == (name[:2], name[2:4])


def test_only_the_owner_may_read_the_files_on_the_disk(tx: Transaction, var: Path) -> None:
    files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes())
    for path in (var / "blobs").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_photograph_is_kept_with_its_thumbnail(tx: Transaction) -> None:
    upload = SimpleUploadedFile("x.exe", samples.image_bytes("PNG", size=(1600, 1200)))
    ref = files.store_file(tx, person_id=7, kind="photo", data=upload)
    assert ref.thumbnail_id is not None
    found = files.open_files([ref.blob_id, ref.thumbnail_id])
    sizes = [Image.open(io.BytesIO(found[i].text)).size for i in (ref.blob_id, ref.thumbnail_id)]
    assert sizes == [(1200, 900), (240, 180)]
    assert found[ref.thumbnail_id].ref.kind == "thumbnail"


def test_the_same_file_is_kept_once_a_person_and_not_linked_between_persons(
    tx: Transaction,
) -> None:
    text = samples.pdf_bytes()
    first = files.store_file(tx, person_id=7, kind="scan", data=text)
    again = files.store_file(tx, person_id=7, kind="scan", data=io.BytesIO(text))
    other = files.store_file(tx, person_id=8, kind="scan", data=text)
    assert again.blob_id == first.blob_id != other.blob_id
    rows = Blob.objects.filter(pk__in=[first.blob_id, other.blob_id])
    assert len({bytes(row.digest) for row in rows}) == 2
    assert len({row.address for row in rows}) == 2


def test_storing_is_in_the_ledger_and_tells_the_feed(tx: Transaction) -> None:
    ref = files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes())
    tx.write_journal()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload->>'blob_id' FROM outbox_event WHERE kind = 'vault.file_stored'"
        )
        assert cursor.fetchall() == [(str(ref.blob_id),)]


def test_nothing_is_kept_of_what_is_refused(tx: Transaction, var: Path) -> None:
    with pytest.raises(InvalidInput):
        files.store_file(tx, person_id=7, kind="scan", data=b"MZ not a scan", name="scan")
    assert Blob.objects.count() == 0
    assert not list(disk.all_files())


def test_the_file_and_its_name_are_on_the_disk_before_the_row(
    tx: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    real_fsync, real_replace, real_save = os.fsync, Path.replace, Blob.save
    monkeypatch.setattr(
        os, "fsync",
        lambda fd: (happened.append("folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file"),
                    real_fsync(fd))[1],
    )  # fmt: skip
    monkeypatch.setattr(
        Path, "replace", lambda self, to: (happened.append("rename"), real_replace(self, to))[1]
    )
    monkeypatch.setattr(
        Blob, "save",
        lambda self, **options: (happened.append("row"), real_save(self, **options))[1],
    )  # fmt: skip
    files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes())
    assert happened[-3:] == ["rename", "folder", "row"]
    assert happened.index("file") < happened.index("rename")


def test_a_changed_a_swapped_and_a_lost_file_are_told_and_found(tx: Transaction) -> None:
    refs = [
        files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes(title=f"{n}"))
        for n in range(4)
    ]
    paths = [disk.path_of(Blob.objects.get(pk=ref.blob_id).address) for ref in refs]
    assert check_files().good
    changed = bytearray(paths[0].read_bytes())
    changed[200] ^= 1
    paths[0].write_bytes(changed)
    first, second = paths[1].read_bytes(), paths[2].read_bytes()
    paths[1].write_bytes(second)
    paths[2].write_bytes(first)
    paths[3].unlink()
    for ref in refs[:3]:
        with pytest.raises(Tampered):
            files.open_file(ref.blob_id)
    with pytest.raises(files.FileMissing):
        files.open_file(refs[3].blob_id)
    assert files.open_files([ref.blob_id for ref in refs]) == {}
    report = check_files()
    assert sorted(report.corrupt) == sorted(str(ref.blob_id) for ref in refs[:3])
    assert report.missing == [str(refs[3].blob_id)]
    assert not report.good


def test_a_row_pointed_at_another_persons_file_opens_nothing(tx: Transaction) -> None:
    mine = files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes(title="a"))
    theirs = files.store_file(tx, person_id=8, kind="scan", data=samples.pdf_bytes(title="b"))
    address = Blob.objects.get(pk=theirs.blob_id).address
    Blob.objects.filter(pk=theirs.blob_id).update(address="0" * 64)
    Blob.objects.filter(pk=mine.blob_id).update(address=address)
    with pytest.raises(Tampered):
        files.open_file(mine.blob_id)


def test_a_lost_file_that_comes_again_is_whole_again(tx: Transaction) -> None:
    text = samples.pdf_bytes()
    ref = files.store_file(tx, person_id=7, kind="scan", data=text)
    disk.path_of(Blob.objects.get(pk=ref.blob_id).address).unlink()
    assert files.store_file(tx, person_id=7, kind="scan", data=text).blob_id == ref.blob_id
    assert files.open_file(ref.blob_id).text == text


def test_files_of_changes_that_did_not_come_to_be_go_after_an_hour(tx: Transaction) -> None:
    ref = files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes())
    orphan = disk.write([b"of a transaction that was rolled back"])
    (disk.folder() / ".writing-x").write_bytes(b"of a process that was killed")
    report = check_files()
    assert (report.waiting, report.removed) == (2, 0)
    later = clock.now() + timedelta(hours=1, minutes=1)
    assert len(check_files(remove_orphans=False, now=later).orphans) == 2
    report = check_files(now=later)
    assert (report.removed, report.good) == (2, True)
    assert not disk.path_of(orphan).exists()
    assert files.open_file(ref.blob_id).ref == ref


def test_a_file_that_nobody_stored_is_not_found(tx: Transaction) -> None:
    ref = files.store_file(tx, person_id=7, kind="scan", data=samples.pdf_bytes())
    Blob.objects.filter(pk=ref.blob_id).update(person_id=7)
    with pytest.raises(NotFound):
        files.open_file(type(ref.blob_id)(int=0))


def _request(field: str, data: bytes, **headers: str) -> HttpRequest:
    body = encode_multipart(BOUNDARY, {"note": "kept", field: SimpleUploadedFile("scan.pdf", data)})
    request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT, **headers)
    request.upload_handlers = [  # type: ignore[attr-defined]
        uploads.LimitedUploadHandler(request),
        *request.upload_handlers[1:],  # type: ignore[attr-defined]
    ]
    return request


def test_a_form_with_a_file_that_is_too_large_arrives_without_it_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 200_000)
    request = _request("scan", b"x" * 700_000)
    assert "scan" not in request.FILES
    assert request.POST["note"] == "kept"
    reason = uploads.refused_upload(request, "scan")
    assert reason is not None
    assert reason.code == "vault.too_large"
    request.close()
    good = _request("scan", b"x" * 100_000)
    assert good.FILES["scan"].size == 100_000
    assert uploads.refused_upload(good, "scan") is None
    good.close()


def test_of_a_request_of_500_megabytes_no_file_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 50_000)
    request = _request("scan", b"x" * 600_000)
    monkeypatch.setattr(
        uploads.LimitedUploadHandler, "receive_data_chunk", lambda *a: pytest.fail("it was read")
    )
    assert not request.FILES
    assert uploads.refused_upload(request, "scan") is not None
    request.close()
