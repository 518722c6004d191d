"""Every write of access: users and their secrets, grants, sign-in, second factors."""

from pims.foundation.access.services.factors import (
    add_passkey,
    add_totp,
    remove_factor,
    renew_recovery_codes,
    use_recovery_code,
    use_totp,
)
from pims.foundation.access.services.grants import RoleGiven, end_grant, grant_role
from pims.foundation.access.services.signin import (
    AttemptOpened,
    open_attempt,
    record_confirmation,
    record_failure,
    record_sign_in,
    record_sign_out,
)
from pims.foundation.access.services.users import (
    UserAddedResult,
    add_office,
    add_user,
    amend_user,
    deactivate_user,
    reactivate_user,
    set_card,
    set_language,
    set_password,
    set_pin,
    unlock_user,
)

__all__ = [
    "AttemptOpened",
    "RoleGiven",
    "UserAddedResult",
    "add_office",
    "add_passkey",
    "add_totp",
    "add_user",
    "amend_user",
    "deactivate_user",
    "end_grant",
    "grant_role",
    "open_attempt",
    "reactivate_user",
    "record_confirmation",
    "record_failure",
    "record_sign_in",
    "record_sign_out",
    "remove_factor",
    "renew_recovery_codes",
    "set_card",
    "set_language",
    "set_password",
    "set_pin",
    "unlock_user",
    "use_recovery_code",
    "use_totp",
]
