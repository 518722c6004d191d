"""Every write of the vault, from the modules that hold them by subject."""

from pims.foundation.vault.erasure.orders import (
    CarriedOut,
    ErasureStep,
    carry_out_again,
    carry_out_erasure,
    confirm_erasure,
    erase_person,
    order_erasure,
    scrub_pending,
    withdraw_erasure,
)
from pims.foundation.vault.files import BlobRef, store_file
from pims.foundation.vault.rotation import retire_master_key, rotate_master_key
from pims.foundation.vault.sealing import seal_person, unseal_person
from pims.foundation.vault.values import open_value, open_values, seal_value

__all__ = [
    "BlobRef",
    "CarriedOut",
    "ErasureStep",
    "carry_out_again",
    "carry_out_erasure",
    "confirm_erasure",
    "erase_person",
    "open_value",
    "open_values",
    "order_erasure",
    "retire_master_key",
    "rotate_master_key",
    "scrub_pending",
    "seal_person",
    "seal_value",
    "store_file",
    "unseal_person",
    "withdraw_erasure",
]
