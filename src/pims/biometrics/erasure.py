"""What is a person's and stands in others' records: the picture of a finger that was shown where
somebody else was expected. It goes with the person's fingerprints, and with the person."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import connection, transaction

from pims.biometrics.models import Verification
from pims.foundation.vault import disk
from pims.foundation.vault.erasure.destroy import without_history_triggers
from pims.foundation.vault.models import Blob


def shown_as_others(person_ids: Sequence[int]) -> list[UUID]:
    """The pictures kept with checks of others that a search named as these persons' fingers."""
    return list(
        Verification.objects.filter(
            identifications__found__person_id__in=person_ids,
            identifications__found__named=True,
            image_id__isnull=False,
        )
        .exclude(person_id__in=person_ids)
        .values_list("image_id", flat=True)
        .distinct()
    )


def take_out(images: Sequence[UUID]) -> tuple[list[str], int]:
    """As the eraser: the checks stay, without the pictures. The files' addresses, to be unlinked
    once this is committed, and how many rows were touched."""
    if not images:
        return [], 0
    files = list(Blob.objects.filter(pk__in=images).values_list("address", flat=True))
    rows = 0
    with connection.cursor() as cursor:
        for table in ("biometrics_verification_history", "biometrics_verification"):
            cursor.execute(
                f"UPDATE {table} SET image_blob_id = NULL WHERE image_blob_id = ANY(%s)",
                [list(images)],
            )
            rows += cursor.rowcount
        cursor.execute("DELETE FROM vault_blob WHERE id = ANY(%s)", [list(images)])
    return files, rows


def fingers_shown_as_others(person_ids: Sequence[int]) -> Callable[[], None]:
    """Look before the rows go that say whose finger it was; give what takes the pictures out."""
    images = shown_as_others(person_ids)

    def finish() -> None:
        with without_history_triggers():
            files, _ = take_out(images)
        transaction.on_commit(lambda: disk.remove(files))

    return finish
