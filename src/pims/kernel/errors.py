"""The expected errors: each with a stable code and an HTTP status.

Only what is not one of these reaches the error log.
"""

from collections.abc import Mapping

from pims.kernel.reasons import Reason


class PimsError(Exception):
    code = "error"
    http_status = 400

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code),)


class Refused(PimsError):
    """A decision was refused, for these reasons; nothing was changed."""

    code = "refused"
    http_status = 409

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self._reasons = reasons

    def reasons(self) -> tuple[Reason, ...]:
        return self._reasons


class NotPermitted(PimsError):
    """The actor may not do this here, or to this person."""

    code = "access.not_permitted"
    http_status = 403

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"permission": self.permission}, decided_by="access.manage"),)


class NotFound(PimsError):
    """No such thing, or none that the viewer may know of: the two look alike."""

    code = "not_found"
    http_status = 404

    def __init__(self, what: str, key: object = "") -> None:
        super().__init__(f"{what} {key}".strip())
        self.what = what

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"what": self.what}),)


class InvalidInput(PimsError):
    """What was entered cannot be right; `fields` maps a field's name to its reason."""

    code = "invalid_input"
    http_status = 422

    def __init__(self, fields: Mapping[str, Reason]) -> None:
        super().__init__(", ".join(f"{k}: {r.code}" for k, r in fields.items()))
        self.fields = dict(fields)

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(self.fields.values())


class Stale(PimsError):
    """Somebody changed the record after this form was opened."""

    code = "stale"
    http_status = 409


class CommandReused(PimsError):
    """The same command_id came again with other content."""

    code = "command_reused"
    http_status = 409
