"""Templates as the tables keep them: sealed for their own column, opened many at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from pims.biometrics.engine import Template
from pims.biometrics.models import FaceRecord, FingerRecord, Subject
from pims.biometrics.packing import unpack
from pims.foundation.bulk import any_of
from pims.foundation.vault.errors import VaultError
from pims.foundation.vault.persons import same_human
from pims.foundation.vault.values import Sealed, open_values, seal_value

FINGERS, FACES = FingerRecord._meta.db_table, "biometrics_face"
# So many subjects are opened at a time: their keys, templates and rows are in memory together.
AT_ONCE = 500


def seal_template(person_id: int, finger_id: UUID, template: bytes) -> bytes:
    return seal_value(person_id, template, table=FINGERS, row=finger_id, column="template")


def _sealed(row: Mapping[str, Any]) -> Sealed:
    return Sealed(row["person_id"], FINGERS, row["id"], "template", bytes(row["template"]))


def _rows() -> Any:
    return FingerRecord.objects.filter(superseded_at__isnull=True, template__isnull=False).values(
        "id", "person_id", "position", "template"
    )


def packed_fingers(person_ids: Collection[int]) -> dict[int, dict[int, bytes]]:
    """Person -> position -> packed template, of the fingers in effect."""
    rows = list(_rows().filter(any_of("person_id", person_ids)))
    opened = open_values(_sealed(row) for row in rows)
    found: dict[int, dict[int, bytes]] = {}
    for row, template in zip(rows, opened, strict=True):
        found.setdefault(row["person_id"], {})[row["position"]] = template
    return found


def packed_by_id(finger_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    rows = list(
        FingerRecord.objects.filter(pk__in=list(finger_ids), template__isnull=False).values(
            "id", "person_id", "template"
        )
    )
    return dict(zip([row["id"] for row in rows], open_values(map(_sealed, rows)), strict=True))


def fingers_of_human(person_id: int) -> dict[int, list[bytes]]:
    """Position -> packed templates of all records that are one human being's."""
    found: dict[int, list[bytes]] = {}
    for fingers in packed_fingers(same_human(person_id) or [person_id]).values():
        for position, template in fingers.items():
            found.setdefault(position, []).append(template)
    return found


def templates_of_key(key: UUID) -> dict[int, Template]:
    """What the gallery is to hold of a subject; empty where there is nothing, or no subject."""
    person_id = Subject.objects.filter(key=key).values_list("person_id", flat=True).first()
    if person_id is None:
        return {}
    try:
        packed = packed_fingers([person_id]).get(person_id, {})
    except VaultError:
        # Erased between the two questions, or a key that is gone: nothing of it can be held.
        return {}
    return {position: unpack(template) for position, template in packed.items()}


def all_templates() -> Iterator[dict[UUID, dict[int, Template]]]:
    """Everything the gallery holds, some hundred subjects at a time, in the order of subjects."""
    last = 0
    while True:
        subjects = list(
            Subject.objects.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", "person_id", "key")[:AT_ONCE]
        )
        if not subjects:
            return
        last = subjects[-1][0]
        packed = packed_fingers([person_id for _, person_id, _ in subjects])
        yield {
            key: {position: unpack(t) for position, t in packed[person_id].items()}
            for _, person_id, key in subjects
            if person_id in packed
        }


def packed_faces(person_ids: Collection[int]) -> dict[int, bytes]:
    """Person -> the packed descriptor of the face in effect; without one absent."""
    rows = list(
        FaceRecord.objects.filter(
            any_of("person_id", person_ids), superseded_at__isnull=True
        ).values_list("id", "person_id", "descriptor")
    )
    opened = open_values(
        Sealed(person_id, FACES, face_id, "descriptor", bytes(sealed))
        for face_id, person_id, sealed in rows
    )
    return {
        person_id: descriptor for (_, person_id, _), descriptor in zip(rows, opened, strict=True)
    }


def all_faces() -> Iterator[tuple[int, bytes]]:
    """Everybody's face in effect with whose it is, some hundred opened at a time."""
    ids = list(
        FaceRecord.objects.filter(superseded_at__isnull=True).values_list("person_id", flat=True)
    )
    for start in range(0, len(ids), AT_ONCE):
        yield from packed_faces(ids[start : start + AT_ONCE]).items()


def keys_of(person_ids: Collection[int]) -> dict[int, UUID]:
    """Person -> the name the gallery knows; without fingers absent."""
    return dict(
        Subject.objects.filter(any_of("person_id", person_ids)).values_list("person_id", "key")
    )


def persons_of_keys(keys: Iterable[UUID]) -> dict[UUID, int]:
    return dict(Subject.objects.filter(key__in=list(keys)).values_list("key", "person_id"))
