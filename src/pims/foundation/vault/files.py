"""Photographs and scans: taken in, sealed, written, opened.

The caller decides who may store or see a file and audits the reading; here nobody is asked.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from uuid import UUID, uuid4

from pims.foundation.commands.transaction import Transaction
from pims.foundation.vault import ciphers, disk, intake, personkeys
from pims.foundation.vault.errors import Tampered, VaultError
from pims.foundation.vault.events import FileStored
from pims.foundation.vault.models import Blob
from pims.kernel.errors import NotFound

_log = logging.getLogger(__name__)


class FileMissing(VaultError):
    """The record names a file that is not on the disk."""

    code = "vault.file_missing"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A stored file without its content. `size` in bytes; `pages` None where not counted."""

    blob_id: UUID
    person_id: int
    kind: str
    media_type: str
    size: int
    pages: int | None
    marks: tuple[str, ...]
    thumbnail_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    ref: BlobRef
    text: bytes = field(repr=False)


def store_file(
    tx: Transaction,
    *,
    person_id: int,
    kind: str,
    data: bytes | BinaryIO,
    media_type: str | None = None,
    name: str = "file",
) -> BlobRef:
    """Keep a photograph or a scan of the person, once however often it comes.

    `kind` is ``photo``, ``scan``, or a scan of something: ``warrant_scan``.
    `media_type` is what the sender calls it and is not believed: the bytes decide. `name` is the
    form field that a refusal blames. The sealed file is on the disk before this returns; where
    the transaction fails after it, `check_files` clears it away.

    Raises InvalidInput (see `intake.accept`), Erased, KeyMissing, WrongKey.
    """
    accepted = intake.accept("photo" if kind == "photo" else "scan", data, name=name)
    if kind not in ("photo", "scan") and not kind.endswith("_scan"):
        raise ValueError(f"not a kind of file: {kind}")
    tx.lock_persons([person_id])
    keys = personkeys.keys_for_sealing(person_id)
    thumbnail = None
    if accepted.thumbnail is not None:
        thumbnail, _ = _keep(
            tx, keys, Blob(person_id=person_id, kind="thumbnail",
                           media_type=accepted.media_type), accepted.thumbnail,
        )  # fmt: skip
    blob, fresh = _keep(
        tx,
        keys,
        Blob(
            person_id=person_id,
            kind=kind,
            media_type=accepted.media_type,
            pages=accepted.pages,
            marks=list(accepted.marks),
            thumbnail=thumbnail,
        ),
        accepted.text,
    )
    if fresh:
        tx.record(FileStored(person_id=person_id, blob_id=str(blob.pk), file_kind=kind))
    return _ref(blob)


def _keep(tx: Transaction, keys: ciphers.WorkingKeys, blob: Blob, text: bytes) -> tuple[Blob, bool]:
    """The row of the file, and whether it is new."""
    digest = ciphers.digest(keys, text)
    same = Blob.objects.filter(person_id=blob.person_id, kind=blob.kind, digest=digest).first()
    if same is not None:
        if not disk.path_of(same.address).is_file():  # lost, and here it is again
            same.address = _write(keys, same.person_id, same.pk, text)
            same.save(update_fields=["address"])
        return same, False
    blob.id = uuid4()
    blob.digest, blob.size = digest, len(text)
    blob.created_at, blob.created_by = tx.now, tx.actor.user_id
    blob.address = _write(keys, blob.person_id, blob.id, text)
    blob.save(force_insert=True)
    return blob, True


def _write(keys: ciphers.WorkingKeys, person_id: int, blob_id: UUID, text: bytes) -> str:
    return disk.write(ciphers.seal_file(keys, [text], person_id=person_id, file_id=blob_id))


def move_file(*, blob_id: UUID, to_person_id: int) -> tuple[UUID, str | None]:
    """Seal a file anew under another person's key; give its id, and the address left behind.

    For a paper that names several people, when the one under whose key it lies is erased. Where
    the other has the same file already, that one's id is given and nothing is moved.
    """
    stored = open_file(blob_id)
    keys = personkeys.keys_for_sealing(to_person_id)
    digest = ciphers.digest(keys, stored.text)
    blob = Blob.objects.get(pk=blob_id)
    same = Blob.objects.filter(person_id=to_person_id, kind=blob.kind, digest=digest).first()
    if same is not None:
        return same.pk, None
    left = blob.address
    blob.address = _write(keys, to_person_id, blob_id, stored.text)
    blob.person_id, blob.digest = to_person_id, digest
    blob.save(update_fields=["person_id", "digest", "address"])
    return blob_id, left


def file_refs(blob_ids: Iterable[UUID]) -> dict[UUID, BlobRef]:
    """What is known of these files, in one query; unknown ids are absent."""
    return {blob.pk: _ref(blob) for blob in Blob.objects.filter(pk__in=list(blob_ids))}


def open_file(blob_id: UUID) -> StoredFile:
    """The whole file, verified to its end.

    Raises NotFound, FileMissing, Tampered, Erased, KeyMissing, WrongKey.
    """
    ref, pieces = iter_file(blob_id)
    return StoredFile(ref, b"".join(pieces))


def iter_file(blob_id: UUID) -> tuple[BlobRef, Iterator[bytes]]:
    """The file piece by piece, each piece verified; raises as `open_file`, Tampered while read."""
    blob = Blob.objects.filter(pk=blob_id).first()
    if blob is None:
        raise NotFound("file", blob_id)
    keys = personkeys.keys_for_opening([blob.person_id])[blob.person_id]
    return _ref(blob), _pieces(blob, keys)


def open_files(blob_ids: Iterable[UUID]) -> dict[UUID, StoredFile]:
    """Many files at once, for a list: two queries. What does not open is absent and logged."""
    blobs = list(Blob.objects.filter(pk__in=list(blob_ids)))
    keys = personkeys.keys_for_opening({blob.person_id for blob in blobs})
    found: dict[UUID, StoredFile] = {}
    for blob in blobs:
        try:
            text = b"".join(_pieces(blob, keys[blob.person_id]))
        except VaultError as error:
            _log.error("file %s does not open: %s", blob.pk, error.code)
            continue
        found[blob.pk] = StoredFile(_ref(blob), text)
    return found


def _pieces(blob: Blob, keys: ciphers.WorkingKeys) -> Iterator[bytes]:
    try:
        file = disk.path_of(blob.address).open("rb")
    except FileNotFoundError:
        raise FileMissing(f"file {blob.pk}") from None
    with file:
        given = 0
        try:
            for piece in ciphers.open_file(keys, file, person_id=blob.person_id, file_id=blob.pk):
                given += len(piece)
                yield piece
            return
        except Tampered:
            if given:
                raise
        # The held key may be of a person made again since; the row decides.
        fresh = personkeys.keys_for_opening([blob.person_id], fresh=True)[blob.person_id]
        file.seek(0)
        yield from ciphers.open_file(fresh, file, person_id=blob.person_id, file_id=blob.pk)


def _ref(blob: Blob) -> BlobRef:
    return BlobRef(
        blob_id=blob.pk,
        person_id=blob.person_id,
        kind=blob.kind,
        media_type=blob.media_type,
        size=blob.size,
        pages=blob.pages,
        marks=tuple(blob.marks),
        thumbnail_id=blob.thumbnail_id,
        created_at=blob.created_at,
    )
