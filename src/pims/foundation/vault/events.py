"""What the vault says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class FileStored(Event):
    kind: ClassVar[str] = "vault.file_stored"
    blob_id: str
    file_kind: str


@dataclass(frozen=True, kw_only=True)
class PersonSealed(Event):
    kind: ClassVar[str] = "vault.person_sealed"
    sealing_id: int


@dataclass(frozen=True, kw_only=True)
class PersonUnsealed(Event):
    kind: ClassVar[str] = "vault.person_unsealed"
    sealing_id: int


@dataclass(frozen=True, kw_only=True)
class ErasureOrdered(Event):
    kind: ClassVar[str] = "vault.erasure_ordered"
    erasure_id: int


@dataclass(frozen=True, kw_only=True)
class ErasureConfirmed(Event):
    kind: ClassVar[str] = "vault.erasure_confirmed"
    erasure_id: int


@dataclass(frozen=True, kw_only=True)
class ErasureWithdrawn(Event):
    kind: ClassVar[str] = "vault.erasure_withdrawn"
    erasure_id: int


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    kind: ClassVar[str] = "vault.person_erased"
    erasure_id: int


@dataclass(frozen=True, kw_only=True)
class MasterKeyMade(Event):
    kind: ClassVar[str] = "vault.master_key_made"
    version: int


@dataclass(frozen=True, kw_only=True)
class MasterKeyRetired(Event):
    kind: ClassVar[str] = "vault.master_key_retired"
    version: int
